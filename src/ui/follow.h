/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What became of a signal. That it was sent says nothing: what counts is whether
 * the port is free, and if not, who holds it; of a halt, whether the process is stopped. So each snapshot is looked at, for a few
 * seconds, and told in a sentence.
 */

#ifndef LOTOP_UI_FOLLOW_H
#define LOTOP_UI_FOLLOW_H

#include "act/signal.h"
#include "base/text.h"
#include "model/snapshot.h"

struct follow_task {
	struct target target;
	char         *name;	/* sanitized; "node 4211" */
};

/* Where they held a socket. */
struct follow_place {
	uint64_t            id;		/* sock_id() of the socket */
	struct endpoint     local;
	uint8_t             proto;
	bool                holds;	/* it held a port; else it is an end of a connection */
	bool                shared;	/* other sockets had the same address and port already */
	bool                was_free;	/* when it was told how it ended */
};

struct follow {
	struct follow_task *tasks;	/* those that got the signal; NULL: nothing is followed */
	size_t              count;
	struct follow_place *places;	/* those that hold ports, or else one alone */
	size_t              nplaces;
	bool                settled;	/* said how it ended; a port may still be taken again */
	int                 sig;
	uint64_t            sent_ns;
	uint64_t            ended_ns;	/* when all of the tasks were seen to have; 0: not yet */
	struct text         before;	/* what was said already and stays true, such as whom it could not be sent to */
};

/*
 * Starts with the tasks, which it owns from now on, as it does their names; they held the sockets, of which
 * there is one at least. snap: what is known when the signal is sent; NULL: nothing.
 */
void follow_start(struct follow *f, struct follow_task *tasks, size_t count,
                  const struct sock *socks, size_t nsocks, int sig, const struct snapshot *snap,
                  uint64_t now_ns);
void follow_done(struct follow *f);	/* follows nothing any more */

/* Is an outcome awaited, so that a sample should come soon? */
bool follow_waits(const struct follow *f);

/*
 * Looks at a complete snapshot. Adds to `say` what is true now, if there is
 * something new, and returns whether there was.
 */
bool follow_look(struct follow *f, const struct snapshot *snap, uint64_t now_ns,
                 enum text_charset cs, struct text *say);

/* What holds the address and port of a socket now; NULL: nothing. */
const struct sock *follow_holder(const struct snapshot *snap, const struct sock *was);

/* "next dev 4211", as a person calls it: sanitized. */
void follow_add_name(struct text *t, const struct task *task, enum text_charset cs);

/* "node 4211", or "node 4211 and 2 more". */
void follow_add_more(struct text *t, const char *first, size_t count);

/* "node 4211 and 2 more": who holds the socket, or that nobody can be seen to. */
void follow_add_holders(struct text *t, const struct sock *s, enum text_charset cs);

#endif
