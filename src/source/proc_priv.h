/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the readers of /proc/PID share: proc.c has it. */

#ifndef LOTOP_SOURCE_PROC_PRIV_H
#define LOTOP_SOURCE_PROC_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Returns a descriptor, or -errno. */
int proc_open_dir(int at, const char *path);

/* Up to size bytes of a file. Returns how many, or -errno. */
ssize_t proc_read_file(int dir, const char *name, char *buf, size_t size);

/*
 * The numbered entries of a directory, ascending, in *ret (free() it). Returns
 * how many, or -errno.
 */
int proc_list_numbers(int at, const char *path, int **ret);

/* Where a link such as exe leads (free() it), or NULL. *deleted: that name is gone. */
char *proc_read_link(int dir, const char *name, bool *deleted);

/* How many of the bytes of a command line are arguments. */
size_t proc_argv_length(const char *buf, size_t len);

#endif
