/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Which sockets of a snapshot a view draws together, gone ones too. By index, + 1; 0: none.
 * The mate is the other end, as model/join found it, but also for an end that stays behind when
 * the other one has gone, and never one that is another's mate. The taker is what holds
 * the port of the server's side, for whichever end is in sight: a TIME_WAIT socket of the
 * client, whose server's end is long gone, still leads to the server.
 */

#ifndef LOTOP_VIEW_LINKS_H
#define LOTOP_VIEW_LINKS_H

#include "model/snapshot.h"

struct links {
	uint32_t    *mates;	/* snap->count + snap->ngone */
	uint32_t    *takers;
	size_t       cap;
	struct arena arena;
};

void links_init(struct links *l);
void links_done(struct links *l);

/* Finds them anew. */
void links_find(struct links *l, const struct snapshot *snap);

/* Is it an address that this machine itself has, as far as one of its sockets tells? */
/* What takes what this socket sends where no end is its own: of UDP one without a peer. NULL: none. */
const struct sock *links_find_taker(const struct snapshot *snap, const struct sock *s);

bool links_is_here(const struct snapshot *snap, const struct sock *s, const uint8_t addr[16]);

#endif
