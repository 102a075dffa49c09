/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What opened, changed its state and closed while the screen was up: the last ten
 * thousand of it. An entry has copies of all that it tells, so that it outlives the snapshot it
 * is of. A connection of which both ends are in sight is one entry, not two.
 */

#ifndef LOTOP_MODEL_EVENTLOG_H
#define LOTOP_MODEL_EVENTLOG_H

#include "base/map.h"
#include "model/listeners.h"
#include "model/snapshot.h"
#include "model/track.h"

#define EVENTLOG_MAX 10000	/* the oldest is dropped for the next */

enum logged_what {
	LOGGED_OPEN,
	LOGGED_STATE,
	LOGGED_CLOSE,
	LOGGED_LOST	/* the kernel lost some here */
};

struct logged {
	uint64_t         number;	/* its own, from 0 on */
	enum logged_what what;
	struct timespec  wall;
	/*
	 * The socket, and the other end if it was in sight. Of two that open or close the client's
	 * is the first; of a change of state the one that changed. Their age is that at the event
	 * (SOCK_HAS_AGE), the bytes of a close are the final totals where they are known. Of owners
	 * there are the first few; of their tasks all but long tails of arguments, and parents.
	 */
	struct sock      ends[2];
	struct sock_info infos[2];	/* theirs */
	size_t           nends;	/* 0: of LOGGED_LOST */
	/*
	 * It came and went between two snapshots: it has no age, and no owner but that of the
	 * listener, for the server's end.
	 */
	bool             unseen;
};

struct eventlog {
	struct logged  *ring[EVENTLOG_MAX];
	size_t          count;
	uint64_t        dropped;	/* entries before the first there is */
	struct map      said[2];	/* sock_id() or tuple -> number + 1 of its last entry: of late, before */
	struct snapshot look;		/* what eventlog_look() returns; borrows the ends of an entry */
	uint8_t         host_addrs[64][16];	/* its host_addrs */
	struct listeners listeners;	/* of the last snapshot */
	struct arena    arena;		/* for them */
};

struct eventlog *eventlog_new(void);
void             eventlog_free(struct eventlog *l);

/* What track_next() found between two snapshots. */
void eventlog_changes(struct eventlog *l, const struct track *t, const struct snapshot *before,
                      const struct snapshot *now);

/*
 * A socket of which the kernel said that it is destroyed, as it was last in `last`, with
 * its final totals. seen: it was in a snapshot.
 */
void eventlog_end(struct eventlog *l, const struct sock *end, const struct snapshot *last,
                  bool seen, uint64_t age_ns, struct timespec wall);

/* The final totals of a socket whose close has its entry, of late. */
void eventlog_totals(struct eventlog *l, const struct sock *end, struct timespec wall);

void eventlog_lost(struct eventlog *l, struct timespec wall);

/* The i-th of count, the oldest first. Good until the next is added. */
const struct logged *eventlog_at(const struct eventlog *l, size_t i);

/*
 * The i-th entry as a snapshot of its ends alone, for whoever takes rows of one: its sockets are
 * the entry's. Good until the next call, or the next entry. Not for LOGGED_LOST.
 */
const struct snapshot *eventlog_look(struct eventlog *l, size_t i);

#endif
