/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the two numbers that each socket of a snapshot gets. */

#include "view/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"
#include "model/listeners.h"

void
links_init(struct links *l)
{
	*l = (struct links){ .cap = 0 };
	arena_init(&l->arena);
}

void
links_done(struct links *l)
{
	free(l->mates);
	free(l->takers);
	arena_done(&l->arena);
	links_init(l);
}

bool
links_is_here(const struct snapshot *snap, const struct sock *s, const uint8_t addr[16])
{
	if (addr_is_loopback(addr) || memcmp(addr, s->local.addr, sizeof s->local.addr) == 0)
		return true;
	for (size_t i = 0; i < snap->nhost_addrs; i++)
		if (memcmp(snap->host_addrs[i], addr, sizeof snap->host_addrs[i]) == 0)
			return true;
	return false;
}

/* ---- mates ---- */

static void
find_mutual(struct links *l, const struct snapshot *snap, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t peer = snap->socks[i].peer;

		if (peer && snap->socks[peer - 1].peer == i + 1)
			l->mates[i] = peer;
	}
}

/* A gone socket knows the end that stayed; that one has been told of no peer. */
static void
find_left_behind(struct links *l, const struct snapshot *snap, size_t n)
{
	for (size_t i = snap->count; i < n; i++) {
		uint32_t peer = snap->socks[i].peer;

		if (!peer || l->mates[i] || l->mates[peer - 1] || snap->socks[peer - 1].peer)
			continue;
		l->mates[i] = peer;
		l->mates[peer - 1] = (uint32_t)i + 1;
	}
}

/* ---- takers ---- */

struct takers {
	struct listeners tcp, udp;
};

/* What takes connections where it goes; one on a wildcard, what comes to this machine alone. */
static const struct sock *
find_there(const struct takers *t, const struct snapshot *snap, const struct sock *s)
{
	const struct sock there = { .proto = s->proto, .family = s->family, .ifindex = s->ifindex,
	                            .local = s->remote, .remote = s->local };
	const struct sock *found = listeners_find(s->proto == PROTO_TCP ? &t->tcp : &t->udp, &there);

	if (!found || (addr_is_any(found->local.addr) && !links_is_here(snap, s, s->remote.addr)))
		return NULL;
	return found;
}

static void
takers_init(struct takers *t, const struct snapshot *snap, struct arena *arena)
{
	listeners_init(&t->tcp, snap, arena);
	listeners_init_udp(&t->udp, snap, arena);
}

static void
takers_done(struct takers *t)
{
	listeners_done(&t->tcp);
	listeners_done(&t->udp);
}

const struct sock *
links_find_taker(const struct snapshot *snap, const struct sock *s)
{
	const struct sock *found;
	struct takers t;
	struct arena arena;

	arena_init(&arena);
	takers_init(&t, snap, &arena);
	found = find_there(&t, snap, s);
	takers_done(&t);
	arena_done(&arena);
	return found;
}

static const struct sock *
taker_of(const struct takers *t, const struct links *l, const struct snapshot *snap, size_t i)
{
	const struct sock *s = &snap->socks[i];

	if (s->listener)
		return &snap->socks[s->listener - 1];
	if (!sock_has_peer(s) || l->mates[i])
		return NULL;
	return find_there(t, snap, s);
}

static void
find_takers(struct links *l, const struct snapshot *snap, size_t n)
{
	struct takers t;

	arena_clear(&l->arena);
	takers_init(&t, snap, &l->arena);
	for (size_t i = 0; i < n; i++) {
		const struct sock *taker = taker_of(&t, l, snap, i);

		l->takers[i] = taker ? (uint32_t)(taker - snap->socks) + 1 : 0;
	}
	takers_done(&t);
}

void
links_find(struct links *l, const struct snapshot *snap)
{
	size_t n = snap->count + snap->ngone;

	if (n > l->cap) {
		l->cap = MAX(n, snap->cap);
		l->mates = mem_resize(l->mates, l->cap, sizeof *l->mates);
		l->takers = mem_resize(l->takers, l->cap, sizeof *l->takers);
	}
	if (n > 0)
		memset(l->mates, 0, n * sizeof *l->mates);
	find_mutual(l, snap, n);
	find_left_behind(l, snap, n);
	find_takers(l, snap, n);
}
