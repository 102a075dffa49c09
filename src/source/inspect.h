/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Everything about one socket, the other end of it, and the process of each: asked
 * when a person looks at it, and again at each refresh while they do. It is a conversation
 * in turns like that of source.h, beside it, with a netlink socket and a reader of
 * /proc of its own, so that neither waits for the other.
 */

#ifndef LOTOP_SOURCE_INSPECT_H
#define LOTOP_SOURCE_INSPECT_H

#include <poll.h>

#include "model/detail.h"

struct inspect;

/*
 * proc_root is "/proc". Always hands one over: what cannot be asked is said so in each
 * answer. inspect_free() it; NULL is allowed there.
 */
struct inspect *inspect_new(const char *proc_root);
void            inspect_free(struct inspect *i);

/* Begins to look; what was under way is given up. `want` is copied. */
void inspect_start(struct inspect *i, const struct detail_want *want);

/* Gives up what is under way. */
void inspect_cancel(struct inspect *i);

bool inspect_busy(const struct inspect *i);

#define INSPECT_MAX_FDS 2

/*
 * Fills in what to poll; returns how many. *timeout_ms is when inspect_turn() must be
 * called even if nothing came; -1: never.
 */
int inspect_fds(const struct inspect *i, struct pollfd fds[INSPECT_MAX_FDS], int *timeout_ms);

/*
 * Does what can be done without waiting. Returns the answer once all of it is there, which
 * the caller frees (detail_free()), else NULL.
 */
struct detail *inspect_turn(struct inspect *i);

#endif
