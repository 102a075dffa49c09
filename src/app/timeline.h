/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The history of sockets while somebody watches: snapshots that follow each other
 * (model/track.h), and the kernel's word on each socket that is destroyed, also of one that no
 * snapshot saw. What a dump passed over is made sure of before it is said to be gone.
 */

#ifndef LOTOP_APP_TIMELINE_H
#define LOTOP_APP_TIMELINE_H

#include "model/track.h"
#include "source/destroyed.h"
#include "source/ends.h"
#include "source/lookup.h"
#include "source/source.h"
#include "view/scope.h"

/* A socket of which the kernel said that it is destroyed. */
struct timeline_end {
	const struct sock     *sock;	/* as it was last, with its final totals */
	const struct snapshot *snap;	/* the last one */
	enum track_end         known;	/* of TRACK_OVER the totals alone are news */
	uint64_t               age_ns;	/* of TRACK_KNOWN */
};

typedef void (*timeline_end_fn)(const struct timeline_end *end, void *arg);

struct timeline {
	struct track            track;
	struct ends             ends;
	struct destroyed       *destroyed;	/* NULL: not allowed, or there were too many */
	struct lookup          *lookup;		/* NULL: no sock_diag */
	struct source          *source;		/* for a second dump; NULL: nobody may wait for one */
	struct snapshot         again;		/* that dump */
	bool                    looked_again;	/* it is of this turn */
	unsigned                lookups;	/* of this turn */
	const struct snapshot  *now;		/* the last one; NULL: none yet */
	const struct snapshot  *next;		/* during timeline_next() */
	unsigned                want;		/* SOURCE_* of the last one */
	enum scope              scope;		/* whose connections count for their listeners */
	bool                    lost;		/* the kernel lost some: timeline_lost() */
	uint64_t                waits_ns;	/* since when ends wait for their peer's; 0: none does */
	uint64_t                second_ns;	/* when the second began in which ... */
	unsigned                heard;		/* ... so many were announced */
	uint64_t                back_ns;	/* when to listen again, after a flood; 0: not planned */
	timeline_end_fn          end;		/* NULL: nobody */
	void                   *arg;
};

/*
 * Who gives a source can wait: for a second dump of it where a socket cannot be looked up,
 * and some milliseconds for the word on the other end of what ended. Who gives NULL never
 * waits: a socket that cannot be looked up stays until a second snapshot has not got it
 * either; and a flood of announcements is left alone for some seconds.
 */
void timeline_init(struct timeline *l, struct source *source, timeline_end_fn end, void *arg);
void timeline_done(struct timeline *l);

/*
 * Begins to listen; to be called before the first sample, so that what closes during it is
 * heard of. Returns 0 or -errno where the kernel announces nothing.
 */
int timeline_listen(struct timeline *l);

/* What to poll for POLLIN (-1: nothing), and by when timeline_hear() must be called anyway (0: never). */
int      timeline_fd(const struct timeline *l);
uint64_t timeline_deadline(const struct timeline *l);

/* Takes what was announced, and tells of ends. */
void timeline_hear(struct timeline *l, uint64_t now_ns);

/*
 * Takes the next snapshot: sets age, rates, life, and adds what was missed. track.events
 * are the events; they and the snapshot are used until the one after that. want: SOURCE_* that
 * it was asked for.
 */
void timeline_next(struct timeline *l, struct snapshot *now, unsigned want, enum scope scope);

/* Were events lost since this was asked the last time? */
bool timeline_lost(struct timeline *l);

#endif
