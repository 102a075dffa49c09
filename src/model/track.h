/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The history of sockets across snapshots, by sock_id(): when each was seen first,
 * how much it moves, and what opened, changed its state and closed between two of them. It
 * keeps a few words for each socket that is there, and the ids of those that are gone for
 * some seconds.
 */

#ifndef LOTOP_MODEL_TRACK_H
#define LOTOP_MODEL_TRACK_H

#include "base/map.h"
#include "model/ended.h"
#include "model/linger.h"
#include "model/snapshot.h"

#define TRACK_NEW_NS (3000000000ull)	/* LIFE_NEW for so long */

enum track_change { TRACK_OPEN, TRACK_STATE, TRACK_CLOSE };

struct track_event {
	enum track_change  change;
	const struct sock *sock;	/* in the new snapshot; of a close, as it was in the old one */
	uint64_t           age_ns;	/* since it was seen first */
};

struct track_seen;

/* What is known of each socket of a snapshot, in its order. */
struct track_rows {
	struct track_seen **of;
	size_t              count;
	size_t              cap;
};

struct track {
	/* What the owner may set. */
	bool                lingers;	/* closed sockets are kept behind the living for some seconds */
	bool                deaf;	/* not every end since the last snapshot was heard: no sums of
					   listeners; track_next() takes it back */
	/*
	 * Rates that were found sooner than so long ago stay, for over a moment they say little; what
	 * moves meanwhile is told with what comes. 0: they are found in each snapshot.
	 */
	uint64_t            least_ns;
	/* The rest is its own. */
	struct map          seen;	/* sock_id() -> struct track_seen */
	struct track_rows   rows;	/* of the last snapshot */
	struct track_rows   next;	/* of the one that is being taken */
	struct map          ended[2];	/* ids that are gone: of late, and before that */
	uint64_t            turned_ns;	/* when the first became the second */
	uint32_t            round;	/* counts the snapshots */
	uint64_t            last_ns;	/* when the last one was */
	uint64_t            rates_ns;	/* when rates were found the last time, or first could not be */
	bool                has_rates;	/* they were */
	bool                due;	/* they are to be found in this one */
	uint64_t           *lost;	/* ids of what is gone from it, to be forgotten */
	size_t              nlost;
	size_t              lost_cap;
	bool                started;
	bool                trusted;	/* what is new in the snapshot is new indeed */
	struct ended        sums;
	struct linger       linger;
	struct track_event *events;	/* of the last track_next() */
	size_t              count;
	size_t              cap;
};

void track_init(struct track *t);
void track_done(struct track *t);

/*
 * Does a process have it, or will one? A TIME_WAIT socket, and one that its process has
 * closed and the kernel still ends, are nobody's.
 */
bool track_lives(const struct sock *s);

enum track_word {
	TRACK_GONE,
	TRACK_THERE,
	TRACK_UNSURE	/* it stays as it was, until the next snapshot has not got it either */
};

/*
 * Asked about a socket that a snapshot no longer has: a dump under churn may pass over
 * one. Where it is there, *now is what it is; it comes as what it was.
 */
typedef enum track_word (*track_confirm_fn)(const struct sock *s, struct sock_alone *now, void *arg);

/*
 * Takes the next snapshot and finds the events since `before`, the one that it took the
 * last time; of the first there are none. Sockets that were missed are added to `now`,
 * those that lingered too; age, rates and life of each are set:
 *
 *	age	since the first sight; not in the first snapshot
 *	rates	over the time since the snapshot that gave the totals before, however long that
 *		is; of one that opened since, all that it moved. Not in the first snapshot, nor
 *		where totals go back or were not known. See least_ns
 */
void track_next(struct track *t, const struct snapshot *before, struct snapshot *now,
                track_confirm_fn confirm, void *arg);

/* What the next snapshot has is no event: to begin with, or where it has other ids. */
void track_restart(struct track *t);

/* What is known of a socket when the kernel says that it is destroyed. */
enum track_end {
	TRACK_OVER,	/* its end was told already */
	TRACK_KNOWN,	/* it was seen, and its end is to be told now; *age_ns is set */
	TRACK_UNSEEN	/* it lived between two snapshots */
};

/*
 * Notes the end. It is told once, whichever way it becomes known. moved: its totals for the
 * rates of its listener, in the next snapshot; NULL: it is nobody's.
 */
enum track_end track_destroyed(struct track *t, const struct sock *end, const struct sock *moved,
                               uint64_t now_ns, uint64_t *age_ns);

#endif
