/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Sockets that the kernel said it destroyed, until their totals are settled: what a
 * connection received is told from the FIN behind it by what its peer has sent.
 */

#ifndef LOTOP_SOURCE_ENDS_H
#define LOTOP_SOURCE_ENDS_H

#include "base/map.h"
#include "model/sock.h"
#include "source/lookup.h"

struct end {
	struct sock sock;	/* without its info, but for: */
	uint64_t    rx_bytes;	/* good once it is settled; until then it may have the FIN */
	uint64_t    tx_bytes;
	bool        counted;	/* the kernel told them */
	bool        settled;
};

struct ends {
	struct end *all;
	size_t      count;
	size_t      cap;
	struct map  sent[2];	/* ends of a connection -> what it sent: of late, and before that */
	uint64_t    turned_ns;	/* when the first became the second */
};

void ends_init(struct ends *e);
void ends_done(struct ends *e);

/* Adds one, as source/destroyed.h gives it. */
void ends_add(struct ends *e, const struct sock *s, uint64_t now_ns);

/*
 * Settles what can be: from a peer that ended as well, or that `l` (NULL: nobody) finds.
 * Returns whether all is; what is not may wait for the word on its peer.
 */
bool ends_settle(struct ends *e, struct lookup *l);

/* Takes the bytes off those that could not be settled. */
void ends_give_up(struct ends *e);

/* Forgets them; what they sent is kept for some seconds. */
void ends_clear(struct ends *e);

#endif
