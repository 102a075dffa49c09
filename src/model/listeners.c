/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/listeners.h"

#include <string.h>

#include "base/util.h"
#include "model/task.h"

/*
 * Listeners of one address and port, in a list: one shared with SO_REUSEPORT, or on several
 * devices. Those of one port alone would not do: a program may listen on each of a thousand
 * addresses.
 */
struct listener {
	const struct sock *sock;
	struct listener   *next;
};

static void
add_listener(struct listeners *l, struct arena *arena, const struct sock *s)
{
	struct listener *new = arena_alloc(arena, sizeof *new);

	new->sock = s;
	new->next = map_put(&l->by_end, endpoint_hash(0, &s->local), new);
	l->ports[s->local.port / 64] |= 1ull << s->local.port % 64;
}

static void
init_of(struct listeners *l, const struct snapshot *s, struct arena *arena, enum sock_state state)
{
	map_init(&l->by_end);
	memset(l->ports, 0, sizeof l->ports);
	for (size_t i = 0; i < s->count; i++) {
		if (s->socks[i].state == state)
			add_listener(l, arena, &s->socks[i]);
	}
}

void
listeners_init(struct listeners *l, const struct snapshot *s, struct arena *arena)
{
	init_of(l, s, arena, STATE_LISTEN);
}

void
listeners_init_udp(struct listeners *l, const struct snapshot *s, struct arena *arena)
{
	init_of(l, s, arena, STATE_UNCONN);
}

void
listeners_done(struct listeners *l)
{
	map_done(&l->by_end);
}

/*
 * How well the listener fits: 0 not at all, 1 by its wildcard, 2 by its address. A
 * socket on :: takes IPv4 as well unless it is IPV6_V6ONLY. What a listener that is
 * bound to a device takes is bound to that device as well.
 */
static unsigned
fit(const struct sock *listener, const struct sock *s)
{
	const uint8_t *addr = listener->local.addr;

	if (listener->ifindex != 0 && listener->ifindex != s->ifindex)
		return 0;
	if (!addr_is_any(addr))
		return memcmp(addr, s->local.addr, sizeof s->local.addr) == 0 ? 2 : 0;
	if (addr_is_v4(addr) || (listener->has & SOCK_HAS_V6ONLY && listener->v6only))
		return addr_is_v4(addr) == addr_is_v4(s->local.addr);
	return 1;
}

static bool
share_a_process(const struct sock *a, const struct sock *b)
{
	for (uint32_t i = 0; i < a->nowners; i++)
		for (uint32_t k = 0; k < b->nowners; k++)
			if (task_same(a->owners[i].task, b->owners[k].task))
				return true;
	return false;
}

struct best {
	const struct sock *sock;
	unsigned           rank;
};

static void
look_at(struct best *best, const struct listener *at, const struct sock *connection)
{
	for (; at; at = at->next) {
		unsigned rank = 2 * fit(at->sock, connection);

		if (rank == 0)
			continue;
		if (rank + 1 > best->rank && share_a_process(at->sock, connection))
			rank++;
		if (rank > best->rank)
			*best = (struct best){ at->sock, rank };
	}
}

/* As the kernel looks them up: on the address, then on the wildcards, that of its own family first. */
const struct sock *
listeners_find(const struct listeners *l, const struct sock *connection)
{
	struct endpoint any4 = { .port = connection->local.port }, any6 = any4;
	const struct endpoint *const ends[] = { &connection->local, &any4, &any6 };
	struct best best = { NULL, 0 };

	if (!(l->ports[any4.port / 64] >> any4.port % 64 & 1))
		return NULL;
	addr_from_v4(any4.addr, any6.addr);
	for (size_t i = 0; i < ARRAY_SIZE(ends) && best.rank < 4; i++)
		look_at(&best, map_get(&l->by_end, endpoint_hash(0, ends[i])), connection);
	return best.sock;
}
