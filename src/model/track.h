/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The history of sockets across snapshots, by sock_id(): when each was seen first,
 * and what opened, changed its state and closed between two of them. It keeps a
 * few words for each socket that is there, and the ids of those that are gone for
 * some seconds.
 */

#ifndef LOTOP_MODEL_TRACK_H
#define LOTOP_MODEL_TRACK_H

#include "model/snapshot.h"

enum track_change { TRACK_OPEN, TRACK_STATE, TRACK_CLOSE };

struct track_event {
	enum track_change  change;
	const struct sock *sock;	/* in the new snapshot; of a close, as it was in the old one */
	uint64_t           age_ns;	/* since it was seen first */
};

struct track {
	struct map          seen;	/* sock_id() -> struct seen */
	struct map          ended[2];	/* ids that are gone: of late, and before that */
	uint64_t            turned_ns;	/* when the first became the second */
	bool                started;
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

/*
 * Asked about a socket that a snapshot no longer has: a dump under churn may pass over
 * one. Returns whether it lives, and then in *now what it is.
 */
typedef bool (*track_confirm_fn)(const struct sock *s, struct sock *now, void *arg);

/*
 * Takes the next snapshot and finds the events since `before`, the one that it took the
 * last time; of the first there are none. Sockets that were missed are added to `now`.
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

/* Notes the end. It is told once, whichever way it becomes known. */
enum track_end track_destroyed(struct track *t, uint64_t id, uint64_t now_ns, uint64_t *age_ns);

#endif
