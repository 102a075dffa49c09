/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Who holds which socket: inode -> processes, kept across snapshots. /proc is
 * read by the worker; this side only asks, collects and attaches.
 */

#ifndef LOTOP_SOURCE_OWNERS_H
#define LOTOP_SOURCE_OWNERS_H

#include <poll.h>

#include "model/snapshot.h"

struct owners;

#define OWNERS_MAX_FDS 1

/* It borrows proc_fd. Returns 0 and hands over *ret, or -errno. */
int  owners_new(struct owners **ret, int proc_fd);
void owners_free(struct owners *o);

/*
 * From now on each sample is to be complete as soon as can be, and nobody waits for keys: two
 * threads read, and a search for what nobody has does not go on in the next one.
 */
void owners_hurry(struct owners *o);

/* For samples from now on: will names and arguments of processes do? */
void owners_plain(struct owners *o, bool plain);

/*
 * In a hurry: begins to read all processes while the sockets are not known yet, for the next
 * owners_start(), which looks again where need be. Does nothing in later samples, nor
 * where the kernel does not say how many descriptors a process has.
 */
void owners_ahead(struct owners *o);

/* Takes what came of that meanwhile. Returns whether more is to come. */
bool owners_gather(struct owners *o);

/*
 * Begins to look for the holders of the sockets of `want`, which it reads until
 * it is done and does not change. Returns 0, or -errno when /proc cannot be listed.
 */
int owners_start(struct owners *o, const struct snapshot *want);

/* Fills in what to poll; returns how many. */
int owners_fds(const struct owners *o, struct pollfd fds[OWNERS_MAX_FDS]);

/* Milliseconds until owners_turn() must be called all the same; -1: nothing is under way. */
int owners_timeout(const struct owners *o);

/*
 * Takes what the worker has read, and asks for more where it is needed (suspects.h says of
 * which processes). Returns SOURCE_MORE or SOURCE_DONE.
 */
int owners_turn(struct owners *o);

/*
 * Gives every socket its owners, as far as they are known now: copies of tasks
 * in the snapshot's arena, with their parents up to the first or one that is not
 * in /proc. Sets hidden_tasks and tasks_invisible, and notes what could not be read.
 */
void owners_attach(struct owners *o, struct snapshot *s);

/*
 * Sockets that ended after the dump become what they are now, and those of which nothing is
 * left are dropped.
 */
void owners_end(const struct owners *o, struct snapshot *s);

/* The same for the sockets from `first` on alone, which came after owners_attach(). */
void owners_attach_late(struct owners *o, struct snapshot *s, size_t first);

/* HOLDER_UNKNOWN for sockets without an owner, of which the search is not over. */
void owners_doubt(const struct owners *o, struct snapshot *s);

#endif
