/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What connections moved that ended since the last snapshot, summed by the listener
 * that they came through: a client that comes and goes between two snapshots is
 * seen in no other way.
 */

#ifndef LOTOP_MODEL_ENDED_H
#define LOTOP_MODEL_ENDED_H

#include "base/map.h"
#include "model/snapshot.h"

/* Of one listener, or, where no snapshot knew it, of one local address and port. */
struct ended_sum {
	uint64_t        listener;	/* its sock_id(); 0: found by what follows */
	struct endpoint local;
	uint32_t        ifindex;
	uint8_t         family;
	uint64_t        rx_bytes;
	uint64_t        tx_bytes;
};

struct ended {
	struct ended_sum *sums;
	size_t            count;
	size_t            cap;
	struct map        index;	/* of their listener or place -> position + 1 */
	bool              full;		/* some found no room: the sums are not all */
};

void ended_init(struct ended *e);
void ended_done(struct ended *e);
void ended_clear(struct ended *e);

/*
 * Adds what a TCP connection moved since the last snapshot. listener: of the listener
 * it came through in that one, 0 if it was not in it.
 */
void ended_add(struct ended *e, const struct sock *s, uint64_t listener, uint64_t rx_bytes,
               uint64_t tx_bytes);

/*
 * Gives each listener of the snapshot the rates of what is its own (rx_rate, tx_rate,
 * SOCK_HAS_RATE), 0 where there is nothing. Sums without a listener are those of clients.
 */
void ended_give(const struct ended *e, struct snapshot *s, uint64_t interval_ns);

#endif
