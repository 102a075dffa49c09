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

void
tally_init(struct tally *t)
{
	*t = (struct tally){ .taken_ns = 0 };
	map_init(&t->seen);
}

void
tally_done(struct tally *t)
{
	map_done(&t->seen);
}

static void
count_all(struct tally *t, const struct snapshot *snap, enum scope scope)
{
	map_clear(&t->seen);
	for (size_t i = 0; i < snap->count; i++) {
		struct sock *s = &snap->socks[i];

		if (s->state == STATE_TIME_WAIT || !sock_has_peer(s) || !scope_has(scope, snap, s))
			continue;
		map_put(&t->seen, key_of_end(&s->local, s->proto) + key_of_end(&s->remote, s->proto), s);
	}
	t->connections = t->seen.count;
}

size_t
tally_connections(struct tally *t, const struct snapshot *snap, enum scope scope)
{
	if (t->taken_ns != snap->mono_ns || t->scope != scope) {
		count_all(t, snap, scope);
		t->taken_ns = snap->mono_ns;
		t->scope = scope;
	}
	return t->connections;
}
