/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/ended.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/listeners.h"
#include "model/rate.h"

/* Places of clients are as many as their ports: with a long delay nearly all that there are. */
#define SUMS_MAX 65536

void
ended_init(struct ended *e)
{
	*e = (struct ended){ .count = 0 };
	map_init(&e->index);
}

void
ended_done(struct ended *e)
{
	free(e->sums);
	map_done(&e->index);
}

void
ended_clear(struct ended *e)
{
	e->count = 0;
	e->full = false;
	map_clear(&e->index);
}

/* The id that sock_id() gives a connection without a cookie from here to nowhere. */
static uint64_t
key_of(const struct sock *s, uint64_t listener)
{
	const struct sock place = { .proto = s->proto, .local = s->local, .remote.port = 1 };

	return listener ? listener : sock_id(&place) ^ (uint64_t)s->ifindex << 8 ^ s->family;
}

static struct ended_sum *
sum_of(struct ended *e, const struct sock *s, uint64_t listener)
{
	uint64_t key = key_of(s, listener);
	size_t at = (uintptr_t)map_get(&e->index, key);

	if (at > 0)
		return &e->sums[at - 1];
	if (e->count == SUMS_MAX) {
		e->full = true;
		return NULL;
	}
	e->sums = mem_room(e->sums, e->count, &e->cap, sizeof *e->sums);
	e->sums[e->count++] = (struct ended_sum){ .listener = listener, .local = s->local,
	                                          .ifindex = s->ifindex, .family = s->family };
	map_put(&e->index, key, (void *)(uintptr_t)e->count);
	return &e->sums[e->count - 1];
}

void
ended_add(struct ended *e, const struct sock *s, uint64_t listener, uint64_t rx_bytes,
          uint64_t tx_bytes)
{
	struct ended_sum *sum;

	if (rx_bytes == 0 && tx_bytes == 0)
		return;
	sum = sum_of(e, s, listener);
	if (!sum)
		return;
	sum->rx_bytes += rx_bytes;
	sum->tx_bytes += tx_bytes;
}

static const struct sock *
find_listener(const struct ended_sum *sum, const struct snapshot *s, const struct listeners *l)
{
	const struct sock place = { .proto = PROTO_TCP, .family = sum->family,
	                            .ifindex = sum->ifindex, .local = sum->local };

	return sum->listener ? snapshot_find(s, sum->listener) : listeners_find(l, &place);
}

static void
give_sums(const struct ended *e, struct snapshot *s, uint64_t interval_ns)
{
	struct listeners listeners;

	listeners_init(&listeners, s, &s->arena);
	for (size_t i = 0; i < e->count; i++) {
		const struct ended_sum *sum = &e->sums[i];
		const struct sock *found = find_listener(sum, s, &listeners);
		struct sock *to = found ? &s->socks[found - s->socks] : NULL;

		if (!to || to->state != STATE_LISTEN)
			continue;
		to->info->rx_rate += (float)rate_of(sum->rx_bytes, interval_ns);
		to->info->tx_rate += (float)rate_of(sum->tx_bytes, interval_ns);
	}
	listeners_done(&listeners);
}

void
ended_give(const struct ended *e, struct snapshot *s, uint64_t interval_ns)
{
	for (size_t i = 0; i < s->count; i++) {
		struct sock *listener = &s->socks[i];
		struct sock_info *info;

		if (listener->state != STATE_LISTEN)
			continue;
		info = snapshot_info(s, listener);
		info->rx_rate = info->tx_rate = 0;
		listener->has |= SOCK_HAS_RATE;
	}
	if (e->count > 0)
		give_sums(e, s, interval_ns);
}
