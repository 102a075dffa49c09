/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the way up from a working directory. Folders are opened with O_PATH relative to
 * each other, never by a name from the root: that would be lotop's root, and names of
 * another process may have changed since. What a folder is called is told by the text
 * of the link, which has one part a step.
 */

#include "source/project.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/util.h"
#include "model/cgroup.h"

#define STEPS_MAX 64

/* Services work in these, and no person. */
static const char *const state_folders[] = {
	"/var/lib", "/var/run", "/var/spool", "/var/cache", "/var/log", "/run", "/etc", "/proc",
	"/sys", "/dev", "/boot", "/bin", "/sbin", "/lib", "/usr/bin", "/usr/sbin", "/usr/lib",
	"/usr/libexec", "/usr/share",
};

static bool
is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

bool
project_is_sought(const char *cwd, const char *cgroup)
{
	return cwd && cwd[0] == '/' && cwd[1] != '\0' && !(cgroup && cgroup_is_system_service(cgroup));
}

/* The last part of the first len bytes of a path. Returns NULL where it has none. */
static char *
copy_base(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);
	size_t skip = slash ? (size_t)(slash + 1 - path) : 0;

	return len > skip ? mem_copy(path + skip, len - skip) : NULL;
}

char *
project_of_folder(const char *cwd, const char *cgroup)
{
	if (!project_is_sought(cwd, cgroup))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(state_folders); i++)
		if (is_in(cwd, state_folders[i]))
			return NULL;
	return copy_base(cwd, strlen(cwd));
}

static int
open_folder(int at, const char *name)
{
	return openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Which folder it is, from what the kernel has in memory: no server is asked. */
static bool
same_folder(int a, int b)
{
	struct statx sa, sb;
	int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;

	return statx(a, "", flags, STATX_INO, &sa) == 0 && statx(b, "", flags, STATX_INO, &sb) == 0 &&
	       sa.stx_ino == sb.stx_ino && sa.stx_dev_major == sb.stx_dev_major &&
	       sa.stx_dev_minor == sb.stx_dev_minor;
}

/* A folder in a plain repository, a file in a submodule or a further work tree. */
static bool
is_work_tree(int folder)
{
	struct stat st;

	return fstatat(folder, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Takes the last part off a path, and the slash before it. */
static size_t
length_of_parent(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);

	return slash ? (size_t)(slash - path) : 0;
}

char *
project_of_work_tree(int dir, const char *cwd, atomic_uint *beat)
{
	int root = open_folder(dir, "root"), at = open_folder(dir, "cwd");
	size_t len = strlen(cwd);
	char *name = NULL;

	for (unsigned step = 0; step < STEPS_MAX && at >= 0 && len > 0; step++) {
		int above;

		atomic_fetch_add_explicit(beat, 1, memory_order_relaxed);
		if (root >= 0 && same_folder(at, root))
			break;
		if (is_work_tree(at)) {
			name = copy_base(cwd, len);
			break;
		}
		above = open_folder(at, "..");
		close(at);
		at = above;
		len = length_of_parent(cwd, len);
	}
	if (at >= 0)
		close(at);
	if (root >= 0)
		close(root);
	return name;
}
