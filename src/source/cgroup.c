/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the table from the number of a control group to its path, made by a walk of
 * the whole mount. A number that a walk did not find is out of sight (another
 * namespace's, or removed) and will never be found: it costs no second walk.
 */

#include "source/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/util.h"
#include "model/cgroup.h"

#define WALK_PAUSE_NS (2 * NS_PER_SEC)
#define FOLDERS_MAX   20000
#define DEPTH_MAX     32
#define ABSENT_MAX    65536	/* numbers that are remembered as out of sight */

struct entry {
	struct cgroup        names;	/* its own strings */
	uint64_t             copied;	/* the last snapshot that took a copy … */
	const struct cgroup *copy;	/* … into its arena */
};

struct cgroups {
	int        proc_fd;
	struct map entries;	/* number -> struct entry */
	struct map absent;	/* numbers that are out of sight */
	uint64_t   walked_ns;	/* when the last walk began */
	bool       walked;	/* there was one */
	uint64_t   snapshots;	/* counts cgroups_attach() */
};

/* The mount of cgroup2. */
struct mount {
	char *root;	/* path of the control group that is mounted */
	char *point;	/* where */
};

struct cgroups *
cgroups_new(int proc_fd)
{
	struct cgroups *c = mem_new(sizeof *c);

	c->proc_fd = proc_fd;
	map_init(&c->entries);
	map_init(&c->absent);
	return c;
}

static void
forget_entries(struct cgroups *c)
{
	size_t at = 0;
	uint64_t id;
	void *p;

	while (map_next(&c->entries, &at, &id, &p)) {
		struct entry *e = p;

		free((char *)e->names.path);
		free((char *)e->names.unit);
		free((char *)e->names.container);
		free(e);
	}
	map_clear(&c->entries);
}

void
cgroups_free(struct cgroups *c)
{
	if (!c)
		return;
	forget_entries(c);
	map_done(&c->entries);
	map_done(&c->absent);
	free(c);
}

/* ---- the walk ---- */

static const char *
copy_name(const char *name, size_t len)
{
	return len > 0 ? mem_copy(name, len) : NULL;
}

static void
add_entry(struct cgroups *c, uint64_t id, const struct text *path)
{
	char name[CGROUP_NAME_SIZE];
	struct entry *e;

	if (map_get(&c->entries, id))
		return;
	e = mem_new(sizeof *e);
	e->names.path      = mem_copy(text_str(path), path->len);
	e->names.unit      = copy_name(name, cgroup_unit(e->names.path, name));
	e->names.container = copy_name(name, cgroup_container(e->names.path, name));
	map_put(&c->entries, id, e);
}

/* A folder with no others in it has two links: from above, and its own ".". */
static bool
is_leaf(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_nlink == 2;
}

static void
add_part(struct text *path, const char *name)
{
	if (path->len > 0 && path->s[path->len - 1] != '/')
		text_addc(path, '/');
	text_add(path, name);
}

/* Takes the folders in dir, which it closes, and what is in them. */
static void
walk(struct cgroups *c, int dir, struct text *path, unsigned depth)
{
	DIR *d = fdopendir(dir);
	size_t len = path->len;
	struct dirent *e;

	if (!d) {
		close(dir);
		return;
	}
	while ((e = readdir(d)) && c->entries.count < FOLDERS_MAX) {
		int below;

		if (e->d_type != DT_DIR || strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		add_part(path, e->d_name);
		add_entry(c, e->d_ino, path);
		if (depth < DEPTH_MAX && !is_leaf(dir, e->d_name)) {
			below = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (below >= 0)
				walk(c, below, path, depth + 1);
		}
		text_cut(path, len);
	}
	closedir(d);
}

/* A blank, a tab, a line break and a backslash come as three octal digits. */
static void
unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw": proc(5). */
static bool
parse_mount(char *line, struct mount *ret)
{
	char *kind = strstr(line, " - "), *at = line, *words[5];

	if (!kind || strncmp(kind + 3, "cgroup2 ", 8) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		words[i] = strsep(&at, " ");
		if (!at)
			return false;
	}
	unescape(words[3]);
	unescape(words[4]);
	ret->root  = mem_copy(words[3], strlen(words[3]));
	ret->point = mem_copy(words[4], strlen(words[4]));
	return true;
}

static bool
find_mount(int proc_fd, struct mount *ret)
{
	int fd = openat(proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	bool found = false;
	char *line = NULL;
	size_t cap = 0;

	if (!f) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!found && getline(&line, &cap, f) > 0)
		found = parse_mount(line, ret);
	free(line);
	fclose(f);
	return found;
}

static void
walk_mount(struct cgroups *c, const struct mount *m)
{
	int dir = open(m->point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct text path;
	struct stat st;

	if (dir < 0)
		return;
	text_init(&path);
	text_add(&path, m->root);
	if (fstat(dir, &st) == 0)
		add_entry(c, st.st_ino, &path);
	walk(c, dir, &path, 0);
	text_done(&path);
}

static void
walk_anew(struct cgroups *c)
{
	struct mount m;

	c->walked = true;
	c->walked_ns = clock_mono_ns();
	if (!find_mount(c->proc_fd, &m))
		return;
	forget_entries(c);
	walk_mount(c, &m);
	free(m.root);
	free(m.point);
}

/* ---- snapshots ---- */

static void
note_absent(struct cgroups *c, uint64_t id)
{
	if (c->absent.count >= ABSENT_MAX)
		map_clear(&c->absent);
	map_put(&c->absent, id, c);
}

/* The entry of a number; NULL: not known, now or ever. */
static struct entry *
find(struct cgroups *c, uint64_t id)
{
	struct entry *e = map_get(&c->entries, id);

	if (e || map_get(&c->absent, id))
		return e;
	if (c->walked && clock_mono_ns() - c->walked_ns < WALK_PAUSE_NS)
		return NULL;
	walk_anew(c);
	e = map_get(&c->entries, id);
	if (!e)
		note_absent(c, id);
	return e;
}

static const struct cgroup *
cgroup_in(struct cgroups *c, struct snapshot *s, uint64_t id)
{
	struct entry *e = find(c, id);

	if (!e)
		return NULL;
	if (e->copied != c->snapshots) {
		e->copied = c->snapshots;
		e->copy = cgroup_copy(&s->arena, &e->names);
	}
	return e->copy;
}

/* The few control groups of many sockets need not be looked up for each of them. */
#define RECENT 64

void
cgroups_attach(struct cgroups *c, struct snapshot *s)
{
	struct { uint64_t id; const struct cgroup *cgroup; } recent[RECENT] = { { 0 } };

	c->snapshots++;
	for (size_t i = 0; i < s->count; i++) {
		struct sock *sock = &s->socks[i];
		uint64_t id;
		size_t slot;

		if (!(sock->has & SOCK_HAS_CGROUP_ID))
			continue;
		id = sock->info->cgroup_id;
		slot = id % RECENT;
		if (recent[slot].id != id) {
			recent[slot].id = id;
			recent[slot].cgroup = cgroup_in(c, s, id);
		}
		sock_set_cgroup(sock, recent[slot].cgroup);
	}
}
