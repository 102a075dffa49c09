/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the count. The two ends of a connection have the same two endpoints, the
 * other way round: a key that does not see the order is the same for both. That
 * two connections meet in one of 2^64 keys would take one off a number.
 */

#include "ui/tally.h"

#include <string.h>

/* splitmix64's finalizer: every bit of the input moves every bit of the result. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t
key_of_end(const struct endpoint *e, uint8_t proto)
{
	uint64_t half[2];

	memcpy(half, e->addr, sizeof half);
	return mix(mix(mix(half[0] + e->port) + half[1]) + proto);
}

static uint64_t
key_of(const struct sock *s)
{
	return key_of_end(&s->local, s->proto) + key_of_end(&s->remote, s->proto);
}

void
tally_init(struct tally *t)
{
	*t = (struct tally){ .connections = 0 };
	map_init(&t->seen);
	map_init(&t->ending);
}

void
tally_done(struct tally *t)
{
	map_done(&t->seen);
	map_done(&t->ending);
}

static bool
is_ending(const struct sock *s)
{
	static const bool ending[STATE_COUNT] = {
		[STATE_FIN_WAIT1] = true, [STATE_FIN_WAIT2] = true, [STATE_TIME_WAIT] = true,
		[STATE_CLOSE_WAIT] = true, [STATE_LAST_ACK] = true, [STATE_CLOSING] = true,
	};

	return ending[s->state];
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

static void
count_sock(struct tally *t, const struct snapshot *snap, struct sock *s)
{
	add_rates(t, snap, s);
	finding_tally_add(&t->findings, s);
	if (!sock_has_peer(s))
		return;
	if (s->state != STATE_TIME_WAIT)
		map_put(&t->seen, key_of(s), s);
	if (is_ending(s))
		map_put(&t->ending, key_of(s), s);
}

void
tally_take(struct tally *t, const struct snapshot *snap, enum scope scope)
{
	map_clear(&t->seen);
	map_clear(&t->ending);
	memset(&t->findings, 0, sizeof t->findings);
	t->has_rates = false;
	t->rx = t->tx = 0;
	for (size_t i = 0; i < snap->count; i++)
		if (scope_has(scope, snap, &snap->socks[i]))
			count_sock(t, snap, &snap->socks[i]);
	t->connections = t->seen.count;
	t->closing = t->ending.count;
}
