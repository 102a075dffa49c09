/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the path of a control group says: the systemd unit and the container it is for.
 * Pure. The bytes are those that somebody named it: never to be trusted, only shown.
 */

#ifndef LOTOP_MODEL_CGROUP_H
#define LOTOP_MODEL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define CGROUP_NAME_SIZE 256	/* of one folder: NAME_MAX and a NUL */

/* A control group and what it is called; NULL: it is none. */
struct cgroup {
	const char *path;
	const char *unit;
	const char *container;
};

/* A copy with all its strings in the arena; of NULL NULL. */
const struct cgroup *cgroup_copy(struct arena *a, const struct cgroup *from);

/*
 * The path that says most in the text of /proc/PID/cgroup: of the unified hierarchy (v2),
 * of systemd's own, of one of v1 that is commonly used; "/" where none says anything.
 * Returns false, and leaves *path and *path_len alone, where there is no line at all.
 */
bool cgroup_pick(const char *text, size_t len, const char **path, size_t *path_len);

/*
 * The innermost unit that a person would stop, as systemctl(1) takes it: a service, socket,
 * scope, mount or swap; init.scope where nothing else is there, never a scope that is named
 * by the id of a container. Returns its length; 0: none.
 */
size_t cgroup_unit(const char *path, char ret[CGROUP_NAME_SIZE]);

/* The innermost container: 12 digits of its id, or its name. Returns its length; 0: none. */
size_t cgroup_container(const char *path, char ret[CGROUP_NAME_SIZE]);

/* Is it a service of the system, not of a user and not a container? */
bool cgroup_is_system_service(const char *path);

#endif
