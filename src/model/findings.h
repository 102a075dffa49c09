/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is wrong with a socket, as far as a snapshot can prove it: what cannot be known
 * (a hidden holder, a kernel without tcp_info) is never found. In words: view/finding_text.h.
 */

#ifndef LOTOP_MODEL_FINDINGS_H
#define LOTOP_MODEL_FINDINGS_H

#include "base/map.h"
#include "model/snapshot.h"

/* The worst first: the order in which they are named and sorted. */
enum finding {
	FINDING_STOPPED,	/* every holder is stopped, or a zombie */
	FINDING_BACKLOG,	/* the accept queue is at 90 % or more */
	FINDING_CLOSE_WAIT,	/* the peer closed, and the owner has not, for 10 s */
	FINDING_SPLIT,		/* different programs hold the port, each on an address of its own */
	FINDING_EXPOSED,	/* others than this machine can send to it */
	FINDING_ONE_FAMILY,	/* listens on ::1, and nothing on 127.0.0.1: a note */
	FINDING_COUNT
};

/* Those that are worth knowing and nothing to be marked with a `!`. */
#define FINDING_NOTES (1u << FINDING_ONE_FAMILY)

/* As users write them: "close-wait". */
extern const char *const finding_names[FINDING_COUNT];

/*
 * Sets `warn` of every socket, and SOCK_HAS_WARN. After the holders were joined; split and
 * one-family are about all sockets that hold a port, so none of them may be left out.
 */
void findings_set(struct snapshot *s);

/* Is anything found that is no mere note? */
bool findings_alarm(const struct sock *s);

/* How often each was found, for one line about all of it. */
struct finding_tally {
	size_t     count[FINDING_COUNT];	/* sockets; of a split, ports; of stopped, processes */
	uint8_t    split[PROTO_COUNT][65536 / 8];	/* ports that were counted, a bit each */
	struct map stopped;	/* processes that were */
};

void finding_tally_init(struct finding_tally *t);
void finding_tally_done(struct finding_tally *t);
void finding_tally_clear(struct finding_tally *t);
void finding_tally_add(struct finding_tally *t, const struct sock *s);

#endif
