/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Which processes are worth a reading. A refresh where nothing happened asks the kernel for
 * one number a process, how many descriptors it has; reading them all takes ten times as
 * long as the dump. What may hold something else than before is read whole: a process
 * that is new, whose number changed, or that held a socket which left the dump. (Where no socket
 * came or went, which makes it likely that nothing happened, not all of very many processes are asked
 * for the number each time, unless somebody waits for the whole truth.) What nobody
 * has after that is asked of the kernel by its cookie, for it may have ended meanwhile, and
 * then looked for in all others, and in the tables of threads, a part at each refresh.
 *
 * Where somebody waits for the first sample all processes are read while the dump is under way.
 * What was read before it ended is as if it were from the sample before: its
 * numbers are compared, and it is read again for what nobody has.
 *
 * The number stays the same where one descriptor is closed and another opened. A new socket gives that
 * away all the same: nobody has it. One that is shared does not, so each of those is looked at
 * where it was; and who got another one in place of something else is found by a few processes that
 * are read without a reason at each refresh, in turn.
 */

#ifndef LOTOP_SOURCE_SUSPECTS_H
#define LOTOP_SOURCE_SUSPECTS_H

#include "source/owners_priv.h"

/* So many are asked for the number where no socket came or went, in turn: 2.5 ms. */
#define SUSPECTS_QUIET 512

/* Does this kernel say how many descriptors a process has (Linux 6.2)? */
bool suspects_can_count(int proc_fd);

/* Compares the dump with what is held: what is new in it, and what is gone. */
void suspects_begin(struct owners *o);

/* Counts the descriptors of some more processes. Returns whether there are others left. */
bool suspects_count(struct owners *o);

/* The same of one process, if it was read before the sockets were known. */
void suspects_count_again(const struct owners *o, struct process *p);

/*
 * Begin a pass. Each returns whether there is anything to wait for. suspects_rest() may go back to
 * PASS_COUNT, once.
 */
bool suspects_changed(struct owners *o);
bool suspects_shared(struct owners *o);
bool suspects_rest(struct owners *o);
bool suspects_threads(struct owners *o);

/* All passes are over: the search may be. */
void suspects_done(struct owners *o);

/* Has it no holder, though it should? Not if it ended after the dump. */
bool suspects_unresolved(const struct owners *o, const struct sock *s);

/* And may still get one: the search for it is not over, or not begun. */
bool suspects_pending(const struct owners *o, const struct sock *s);

#endif
