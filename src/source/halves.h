/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The second look: a dump under churn may pass over a socket that lives, and then one end
 * of a connection would seem to be alone.
 */

#ifndef LOTOP_SOURCE_HALVES_H
#define LOTOP_SOURCE_HALVES_H

#include "model/snapshot.h"

#define HALVES_MAX 256	/* that are looked for in one sample; the rest wait for the next */

struct halves;

/* Do these states (1u << enum sock_state) leave no end out? */
bool halves_may_join(uint32_t states);

struct halves *halves_new(void);
void           halves_free(struct halves *h);

/*
 * Asks the kernel for the other end of each TCP connection within this machine that has
 * none, once join_ends() was there, and adds what it finds, as the peer of its half: the
 * rest is for join_late(). An end that is not there never comes back, so it is asked for once
 * in the life of a half. Where the kernel does not answer it gives up until the next sample.
 * Returns how many were added, at most HALVES_MAX.
 */
size_t halves_seek(struct halves *h, struct snapshot *s);

#endif
