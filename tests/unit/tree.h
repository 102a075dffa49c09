/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Makes trees that look like /proc, in a temporary folder, for the tests of source/. */

#ifndef LOTOP_TESTS_TREE_H
#define LOTOP_TESTS_TREE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char path[64];
	int  fd;
};

/* A process of such a tree; threads 0 counts as 1, state 0 as S. */
struct tree_task {
	pid_t       pid;
	const char *comm;
	char        state;
	pid_t       ppid;
	uint32_t    flags;
	uint32_t    threads;
	uint64_t    start;
	uint64_t    arg_start;
};

static inline void
tree_init(struct tree *t)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(t->path, sizeof t->path, "%.40s/lotop-tree.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(t->path), "%s: %s", t->path, strerror(errno));
	t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(t->fd, 0);
}

static inline int
tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* Removes what is at path, with all below it. */
static inline void
tree_remove(const struct tree *t, const char *path)
{
	char full[256];

	snprintf(full, sizeof full, "%s/%s", t->path, path);
	nftw(full, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void
tree_done(struct tree *t)
{
	tree_remove(t, ".");
	rmdir(t->path);
	close(t->fd);
}

/* Makes all folders above path, and path itself where it ends in a slash. */
static inline void
tree_dirs(const struct tree *t, const char *path)
{
	char dir[256];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
		if (mkdirat(t->fd, dir, 0755) < 0)
			cr_assert_eq(errno, EEXIST, "%s: %s", dir, strerror(errno));
	}
}

static inline void
tree_bytes(const struct tree *t, const char *path, const char *bytes, size_t len)
{
	int fd;

	tree_dirs(t, path);
	fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	cr_assert_geq(fd, 0, "%s: %s", path, strerror(errno));
	cr_assert_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static inline void
tree_text(const struct tree *t, const char *path, const char *text)
{
	tree_bytes(t, path, text, strlen(text));
}

static inline void
tree_link(const struct tree *t, const char *path, const char *target)
{
	tree_dirs(t, path);
	unlinkat(t->fd, path, 0);
	cr_assert_eq(symlinkat(target, t->fd, path), 0, "%s: %s", path, strerror(errno));
}

static inline void
tree_fifo(const struct tree *t, const char *path)
{
	tree_dirs(t, path);
	unlinkat(t->fd, path, 0);
	cr_assert_eq(mkfifoat(t->fd, path, 0644), 0, "%s: %s", path, strerror(errno));
}

/* dir is "42" or "42/task/43". */
static inline void
tree_stat(const struct tree *t, const char *dir, const struct tree_task *p)
{
	char path[96], text[512];

	snprintf(path, sizeof path, "%s/stat", dir);
	snprintf(text, sizeof text,
		 "%d (%s) %c %d 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 %u 0 %llu 0 0 0 0 0 0 0 0 0 0 0 0 "
		 "0 0 0 17 0 0 0 0 0 0 0 0 0 %llu 0 0 0 0\n",
		 (int)p->pid, p->comm, p->state ? p->state : 'S', (int)p->ppid, p->flags,
		 p->threads ? p->threads : 1, (unsigned long long)p->start,
		 (unsigned long long)p->arg_start);
	tree_text(t, path, text);
}

/* /proc/PID with a stat and an empty folder of descriptors. */
static inline void
tree_task(const struct tree *t, const struct tree_task *p)
{
	char dir[32];

	snprintf(dir, sizeof dir, "%d/fd/", (int)p->pid);
	tree_dirs(t, dir);
	snprintf(dir, sizeof dir, "%d", (int)p->pid);
	tree_stat(t, dir, p);
}

/* One descriptor; table is "42" or "42/task/43". */
static inline void
tree_fd(const struct tree *t, const char *table, int fd, const char *target)
{
	char path[96];

	snprintf(path, sizeof path, "%s/fd/%d", table, fd);
	tree_link(t, path, target);
}

#endif
