/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the count. Ends know each other since model/join: of two that count the first does. */

#include "ui/tally.h"

void
tally_init(struct tally *t)
{
	*t = (struct tally){ .connections = 0 };
	finding_tally_init(&t->findings);
}

void
tally_done(struct tally *t)
{
	finding_tally_done(&t->findings);
}

static bool
is_open(const struct sock *s)
{
	return sock_has_peer(s) && s->state != STATE_TIME_WAIT;
}

static bool
is_ending(const struct sock *s)
{
	static const bool ending[STATE_COUNT] = {
		[STATE_FIN_WAIT1] = true, [STATE_FIN_WAIT2] = true, [STATE_TIME_WAIT] = true,
		[STATE_CLOSE_WAIT] = true, [STATE_LAST_ACK] = true, [STATE_CLOSING] = true,
	};

	return sock_has_peer(s) && ending[s->state];
}

/*
 * What one end sends the other receives, so of two ends in sight one tells it all: the
 * server's, as the row of its listener does, else the one that comes first.
 */
static bool
is_told_by_peer(const struct snapshot *snap, const struct sock *s)
{
	const struct sock *peer = s->peer ? &snap->socks[s->peer - 1] : NULL;

	if (!peer || peer == s || !(peer->has & SOCK_HAS_RATE))
		return false;
	return s->role != peer->role ? s->role == SOCK_CLIENT : peer < s;
}

static void
add_rates(struct tally *t, const struct snapshot *snap, const struct sock *s)
{
	if (!(s->has & SOCK_HAS_RATE))
		return;
	t->has_rates = true;
	if (is_told_by_peer(snap, s))
		return;
	t->rx += sock_info(s)->rx_rate;
	t->tx += sock_info(s)->tx_rate;
}

struct in_scope {
	const struct snapshot *snap;
	enum scope             scope;
};

/* Is s one of those, and no other end of one before it? */
static bool
is_first(const struct in_scope *in, const struct sock *s, bool (*counts)(const struct sock *))
{
	const struct sock *peer = s->peer ? &in->snap->socks[s->peer - 1] : NULL;

	if (!counts(s))
		return false;
	return !peer || peer >= s || !counts(peer) || !scope_has(in->scope, in->snap, peer);
}

static void
count_sock(struct tally *t, const struct in_scope *in, const struct sock *s)
{
	add_rates(t, in->snap, s);
	finding_tally_add(&t->findings, s);
	t->connections += is_first(in, s, is_open);
	t->closing     += is_first(in, s, is_ending);
}

void
tally_take(struct tally *t, const struct snapshot *snap, enum scope scope)
{
	struct in_scope in = { snap, scope };

	finding_tally_clear(&t->findings);
	t->connections = t->closing = 0;
	t->has_rates = false;
	t->rx = t->tx = 0;
	for (size_t i = 0; i < snap->count; i++)
		if (scope_has(scope, snap, &snap->socks[i]))
			count_sock(t, &in, &snap->socks[i]);
}
