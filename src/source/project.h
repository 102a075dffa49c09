/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The project of a process: the git work tree that its working directory is in, else
 * that directory. "/" and services of the system have none, nor do the folders where
 * services keep their state, unless they are in a work tree.
 */

#ifndef LOTOP_SOURCE_PROJECT_H
#define LOTOP_SOURCE_PROJECT_H

#include <stdatomic.h>
#include <stdbool.h>

/* Has a process with that working directory and control group one at all? Either may be NULL. */
bool project_is_sought(const char *cwd, const char *cgroup);

/* The name of the folder alone, to free(), or NULL. Pure. */
char *project_of_folder(const char *cwd, const char *cgroup);

/*
 * The name of the work tree that the process behind dir, a descriptor of its /proc/PID,
 * works in, to free(), or NULL. cwd is the text of its link. No git is run: a folder with
 * a ".git" in it is one. It goes upward from the directory itself, in the mount namespace
 * and below the root of that process, and so it may hang on a dead mount: only the
 * worker calls it. *beat counts up at each folder.
 */
char *project_of_work_tree(int dir, const char *cwd, atomic_uint *beat);

#endif
