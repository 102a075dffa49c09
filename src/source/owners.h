/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Who holds which socket: inode -> processes, kept across snapshots. /proc is
 * read by the worker; this side only asks, collects and attaches.
 */

#ifndef LOTOP_SOURCE_OWNERS_H
#define LOTOP_SOURCE_OWNERS_H

#include "model/snapshot.h"

struct owners;

/* It borrows proc_fd. Returns 0 and hands over *ret, or -errno. */
int  owners_new(struct owners **ret, int proc_fd);
void owners_free(struct owners *o);

/*
 * Begins to look for the holders of the sockets of `want`, which it reads until
 * it is done and does not change. Returns 0, or -errno when /proc cannot be listed.
 */
int owners_start(struct owners *o, const struct snapshot *want);

int owners_fd(const struct owners *o);
int owners_timeout(const struct owners *o);

/*
 * Takes what the worker has read. Returns SOURCE_MORE or SOURCE_DONE. When the
 * first pass left sockets without an owner, a second one looks into the tables
 * of single threads before it is done.
 */
int owners_turn(struct owners *o);

/*
 * Gives every socket its owners, as far as they are known now: copies of tasks
 * in the snapshot's arena, with their parents up to the first or one that is not
 * in /proc. Sets hidden_tasks and tasks_invisible, and notes
 * what could not be read.
 */
void owners_attach(struct owners *o, struct snapshot *s);

/* The same for the sockets from `first` on alone, which came after owners_attach(). */
void owners_attach_late(struct owners *o, struct snapshot *s, size_t first);

#endif
