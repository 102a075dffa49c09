/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Sockets that closed a few seconds ago and are still to be shown: they stand behind
 * the living of each snapshot (snapshot.h) and go from one to the next with their owners.
 */

#ifndef LOTOP_MODEL_LINGER_H
#define LOTOP_MODEL_LINGER_H

#include "base/map.h"
#include "model/snapshot.h"

#define LINGER_NS  (3000000000ull)
#define LINGER_MAX 10000	/* the oldest go first */

/* One that has just gone: as it was, and what is known since. */
struct leaver {
	const struct sock *was;		/* in the snapshot before */
	uint64_t           age_ns;
	bool               has_bytes;	/* the totals at its end */
	uint64_t           rx_bytes;
	uint64_t           tx_bytes;
};

struct linger {
	uint64_t      *since;	/* of each gone row of the last snapshot, in their order */
	size_t         count;
	size_t         cap;
	struct leaver *leavers;	/* for the next one */
	size_t         nleavers;
	size_t         leavers_cap;
	struct map     copies;	/* task or control group of the snapshot before -> its copy; during linger_carry() */
};

void linger_init(struct linger *l);
void linger_done(struct linger *l);

/* One more that is gone from the next snapshot. */
void linger_leave(struct linger *l, const struct leaver *gone);

/*
 * Copies what is to be shown still, and what just left, from the snapshot before to the
 * next one, with owners. Their `peer` and `listener`, and those of the living from index
 * `adopted` on, are indices of the snapshot before, and are found again where they can be.
 */
void linger_carry(struct linger *l, const struct snapshot *before, struct snapshot *now,
                  size_t adopted);

/* Copies the owners and the control group of a socket into another snapshot; its info is written to. */
void linger_copy_owners(struct linger *l, struct snapshot *to, struct sock *s);

#endif
