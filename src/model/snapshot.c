/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the sockets of an instant and the index that finds them again. */

#include "model/snapshot.h"

#include <stdlib.h>

#include "base/mem.h"

/* by_cookie has 0 for "not there", so positions are one more. */

static void *
slot_of(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

static size_t
index_of(void *slot)
{
	return (uintptr_t)slot - 1;
}

void
snapshot_init(struct snapshot *s)
{
	*s = (struct snapshot){ .socks = NULL };
	arena_init(&s->arena);
	map_init(&s->by_cookie);
}

void
snapshot_done(struct snapshot *s)
{
	arena_done(&s->arena);
	map_done(&s->by_cookie);
	free(s->socks);
	snapshot_init(s);
}

void
snapshot_clear(struct snapshot *s)
{
	arena_clear(&s->arena);
	map_clear(&s->by_cookie);
	*s = (struct snapshot){
		.arena = s->arena,
		.socks = s->socks,
		.cap = s->cap,
		.by_cookie = s->by_cookie,
	};
}

bool
snapshot_add(struct snapshot *s, const struct sock *sock)
{
	uint64_t id = sock_id(sock);
	void *first = map_put(&s->by_cookie, id, slot_of(s->count));

	if (first)
		map_put(&s->by_cookie, id, first);
	if (first && (s->socks[index_of(first)].has & sock->has & SOCK_HAS_COOKIE))
		return false;
	s->socks = mem_room(s->socks, s->count, &s->cap, sizeof *s->socks);
	s->socks[s->count++] = *sock;
	return true;
}

void
snapshot_add_gone(struct snapshot *s, const struct sock *sock)
{
	size_t at = s->count + s->ngone++;

	s->socks = mem_room(s->socks, at, &s->cap, sizeof *s->socks);
	s->socks[at] = *sock;
	s->socks[at].life = LIFE_GONE;
}

void
snapshot_reserve(struct snapshot *s, size_t more)
{
	while (s->cap - s->count < more)
		s->socks = mem_room(s->socks, s->cap, &s->cap, sizeof *s->socks);
}

void
snapshot_cut(struct snapshot *s, size_t count)
{
	while (s->count > count) {
		uint64_t id = sock_id(&s->socks[--s->count]);

		if (map_get(&s->by_cookie, id) == slot_of(s->count))
			map_remove(&s->by_cookie, id);
	}
}

void
snapshot_drop(struct snapshot *s, size_t index)
{
	uint64_t id = sock_id(&s->socks[index]), last;

	if (map_get(&s->by_cookie, id) == slot_of(index))
		map_remove(&s->by_cookie, id);
	if (index != --s->count) {
		s->socks[index] = s->socks[s->count];
		last = sock_id(&s->socks[index]);
		if (map_get(&s->by_cookie, last) == slot_of(s->count))
			map_put(&s->by_cookie, last, slot_of(index));
	}
}

static bool
same_shortfall(const struct shortfall *a, const struct shortfall *b)
{
	return a->kind == b->kind && a->proto == b->proto && a->family == b->family;
}

void
snapshot_short(struct snapshot *s, const struct shortfall *why)
{
	size_t i = 0;

	while (i < s->nshortfalls && !same_shortfall(&s->shortfalls[i], why))
		i++;
	if (i == SNAPSHOT_SHORTFALLS)
		return;
	s->shortfalls[i] = *why;
	if (i == s->nshortfalls)
		s->nshortfalls++;
}

const struct sock *
snapshot_find(const struct snapshot *s, uint64_t id)
{
	void *slot = map_get(&s->by_cookie, id);

	return slot ? &s->socks[index_of(slot)] : NULL;
}

bool
snapshot_ephemeral(const struct snapshot *s, uint16_t port)
{
	return s->eph_lo != 0 && port >= s->eph_lo && port <= s->eph_hi;
}
