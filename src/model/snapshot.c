/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the sockets of an instant and the index that finds them again. */

#include "model/snapshot.h"

#include <stdlib.h>

#include "base/mem.h"

#define NOWHERE SIZE_MAX

/* Where the index has an id; NOWHERE: it has not. */
static size_t
position_of(const struct snapshot *s, uint64_t id)
{
	size_t turn = 0, at;

	while ((at = index_find(&s->by_cookie, id, &turn)))
		if (sock_id(&s->socks[at - 1]) == id)
			return at - 1;
	return NOWHERE;
}

void
snapshot_init(struct snapshot *s)
{
	*s = (struct snapshot){ .socks = NULL };
	arena_init(&s->arena);
	index_init(&s->by_cookie);
}

void
snapshot_done(struct snapshot *s)
{
	arena_done(&s->arena);
	index_done(&s->by_cookie);
	free(s->socks);
	snapshot_init(s);
}

void
snapshot_clear(struct snapshot *s)
{
	arena_clear(&s->arena);
	index_clear(&s->by_cookie);
	*s = (struct snapshot){
		.arena = s->arena,
		.socks = s->socks,
		.cap = s->cap,
		.by_cookie = s->by_cookie,
	};
}

/* One by one each would be rounded up to what is aligned for any type. */
#define INFOS_AT_ONCE 32

static struct sock_info *
take_info(struct snapshot *s)
{
	if (s->ninfos == 0) {
		s->ninfos = INFOS_AT_ONCE;
		s->infos = arena_alloc(&s->arena, s->ninfos * sizeof *s->infos);
	}
	s->ninfos--;
	return s->infos++;
}

struct sock_info *
snapshot_info(struct snapshot *s, struct sock *sock)
{
	if (!sock->info)
		sock->info = take_info(s);
	return sock->info;
}

static void
put(struct snapshot *s, size_t at, const struct sock *sock)
{
	struct sock *to = &s->socks[at];

	*to = *sock;
	if (!sock->info)
		return;
	to->info = take_info(s);
	*to->info = *sock->info;
}

bool
snapshot_add(struct snapshot *s, const struct sock *sock)
{
	uint64_t id = sock_id(sock);
	size_t first = position_of(s, id);

	if (first == NOWHERE)
		index_add(&s->by_cookie, id, s->count);
	else if (s->socks[first].has & sock->has & SOCK_HAS_COOKIE)
		return false;
	s->socks = mem_room(s->socks, s->count, &s->cap, sizeof *s->socks);
	put(s, s->count++, sock);
	return true;
}

void
snapshot_replace(struct snapshot *s, size_t index, const struct sock *sock)
{
	put(s, index, sock);
}

void
snapshot_add_gone(struct snapshot *s, const struct sock *sock)
{
	size_t at = s->count + s->ngone++;

	s->socks = mem_room(s->socks, at, &s->cap, sizeof *s->socks);
	put(s, at, sock);
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
	for (; s->count > count; s->count--)
		index_remove(&s->by_cookie, sock_id(&s->socks[s->count - 1]), s->count - 1);
}

void
snapshot_drop(struct snapshot *s, size_t index)
{
	uint64_t id = sock_id(&s->socks[index]), last;
	size_t end = s->count - 1;

	index_remove(&s->by_cookie, id, index);
	if (index != end) {
		last = sock_id(&s->socks[end]);
		if (position_of(s, last) == end) {
			index_remove(&s->by_cookie, last, end);
			index_add(&s->by_cookie, last, index);
		}
		s->socks[index] = s->socks[end];
	}
	s->count = end;
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

bool
snapshot_has_all_rows(const struct snapshot *s)
{
	static const unsigned of_rows = 1u << SHORT_DUMP | 1u << SHORT_INTERRUPTED | 1u << SHORT_PROCFS;

	for (size_t i = 0; i < s->nshortfalls; i++)
		if (of_rows >> s->shortfalls[i].kind & 1)
			return false;
	return true;
}

const struct sock *
snapshot_find(const struct snapshot *s, uint64_t id)
{
	size_t at = position_of(s, id);

	return at == NOWHERE ? NULL : &s->socks[at];
}

bool
snapshot_ephemeral(const struct snapshot *s, uint16_t port)
{
	return s->eph_lo != 0 && port >= s->eph_lo && port <= s->eph_hi;
}
