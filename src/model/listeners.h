/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which listener a connection came through: an index of the listeners by where they listen. */

#ifndef LOTOP_MODEL_LISTENERS_H
#define LOTOP_MODEL_LISTENERS_H

#include "base/map.h"
#include "model/snapshot.h"

struct listeners {
	struct map by_end;	/* endpoint_hash() -> a list of them, in the arena */
	uint64_t   ports[1024];	/* a bit for each port that has one */
};

/* Points into the snapshot, and into the arena, which may be the snapshot's own. */
void listeners_init(struct listeners *l, const struct snapshot *s, struct arena *arena);

/* The same of UDP sockets without a peer: what comes from those with one goes there. */
void listeners_init_udp(struct listeners *l, const struct snapshot *s, struct arena *arena);
void listeners_done(struct listeners *l);

/*
 * The listener that took a connection, or would: one on its very address before one
 * on a wildcard, and of several (SO_REUSEPORT) the one that shares a process with it, if
 * any does. NULL where none is in the snapshot.
 */
const struct sock *listeners_find(const struct listeners *l, const struct sock *connection);

#endif
