/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The control groups that the kernel names by number in a row of sock_diag. That is the
 * inode of a folder in the cgroup2 mount, which any user may walk: so the unit of another
 * user's socket is known where its process is not.
 */

#ifndef LOTOP_SOURCE_CGROUP_H
#define LOTOP_SOURCE_CGROUP_H

#include "model/snapshot.h"

struct cgroups;

/* It borrows proc_fd, a descriptor of /proc, where it looks for the mount; -1: there is none. */
struct cgroups *cgroups_new(int proc_fd);
void            cgroups_free(struct cgroups *c);

/*
 * Gives every socket its control group, in the arena of the snapshot. The mount is walked
 * when a number is seen for the first time, but not twice within two seconds.
 */
void cgroups_attach(struct cgroups *c, struct snapshot *s);

#endif
