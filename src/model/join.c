/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the questions of which sockets are the two ends of a connection, and whose a
 * socket is when no descriptor was found for it.
 * Connections that wait to be accepted have no inode yet (net/ipv4/inet_diag.c
 * sends 0 while there is no struct socket), so their port is all that leads to a holder.
 */

#include "model/join.h"

#include <string.h>

#include "base/index.h"
#include "base/map.h"
#include "model/listeners.h"

static bool
may_wait_for_accept(const struct sock *s)
{
	return s->proto == PROTO_TCP &&
	       (s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT);
}

static bool
noted(const struct snapshot *s, enum shortfall_kind kind)
{
	for (size_t i = 0; i < s->nshortfalls; i++) {
		if (s->shortfalls[i].kind == kind)
			return true;
	}
	return false;
}

/*
 * What it means that a socket with an inode has no owner. A process that was not
 * read may be the one: then nobody can say that there is none in sight.
 */
static enum sock_holder
holder_of_ownerless(const struct snapshot *s)
{
	if (noted(s, SHORT_PENDING))
		return HOLDER_UNKNOWN;
	if (s->hidden_tasks > 0 || s->tasks_invisible)
		return HOLDER_HIDDEN;
	return noted(s, SHORT_OWNERS) || noted(s, SHORT_UNREADABLE) ? HOLDER_UNKNOWN : HOLDER_UNSEEN;
}

static enum sock_holder
holder_of(const struct listeners *listeners, const struct sock *s, enum sock_holder ownerless)
{
	if (s->nowners > 0)
		return HOLDER_KNOWN;
	if (s->inode != 0)
		return ownerless;
	return may_wait_for_accept(s) && listeners_find(listeners, s) ? HOLDER_QUEUE : HOLDER_NONE;
}

void
join_holders(struct snapshot *s)
{
	enum sock_holder ownerless = holder_of_ownerless(s);
	struct listeners listeners;

	listeners_init(&listeners, s, &s->arena);
	for (size_t i = 0; i < s->count; i++)
		s->socks[i].holder = (uint8_t)holder_of(&listeners, &s->socks[i], ownerless);
	listeners_done(&listeners);
}

/* ---- ends ---- */

static uint64_t
hash_ends(uint8_t proto, const struct endpoint *from, const struct endpoint *to)
{
	return endpoint_hash(endpoint_hash(proto, from), to);
}

static bool
same_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->addr, b->addr, sizeof a->addr) == 0;
}

static void *
slot_of(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

/*
 * Of two sockets with the same two ends, as a TIME_WAIT one and the next connection
 * may be for a moment, the one that is no TIME_WAIT is meant.
 */
static void
add_end(struct map *ends, const struct snapshot *s, size_t i)
{
	const struct sock *sock = &s->socks[i];
	void *old = map_put(ends, hash_ends(sock->proto, &sock->local, &sock->remote), slot_of(i));

	if (old && sock->state == STATE_TIME_WAIT)
		map_put(ends, hash_ends(sock->proto, &sock->local, &sock->remote), old);
}

/* Two tuples of one hash are as good as never seen: the wrong one is only not found. */
static uint32_t
find_peer(const struct map *ends, const struct snapshot *s, const struct sock *sock)
{
	void *slot = map_get(ends, hash_ends(sock->proto, &sock->remote, &sock->local));
	uint32_t peer = (uint32_t)(uintptr_t)slot;
	const struct sock *other = peer ? &s->socks[peer - 1] : NULL;

	if (!other || other->proto != sock->proto || !same_end(&other->local, &sock->remote) ||
	    !same_end(&other->remote, &sock->local))
		return 0;
	return peer;
}

static const struct sock *
listener_of(const struct listeners *l, const struct sock *s)
{
	return s->proto == PROTO_TCP ? listeners_find(l, s) : NULL;
}

static enum sock_role
role_of_end(const struct snapshot *snap, const struct listeners *l, const struct sock *s)
{
	const struct sock other = { .proto = s->proto, .family = s->family, .ifindex = s->ifindex,
	                            .local = s->remote, .remote = s->local };
	bool here = snapshot_ephemeral(snap, s->local.port);
	bool there = snapshot_ephemeral(snap, s->remote.port);

	if (same_end(&s->local, &s->remote))
		return SOCK_NEITHER;
	if (s->listener)
		return SOCK_SERVER;
	if (listener_of(l, &other))
		return SOCK_CLIENT;
	if (here == there)
		return SOCK_NEITHER;
	return here ? SOCK_CLIENT : SOCK_SERVER;
}

/* Each tuple by itself: for where more than two sockets have the same two ends. */
static void
find_peers_of_many(struct snapshot *s)
{
	struct map ends;

	map_init(&ends);
	map_reserve(&ends, s->count);
	for (size_t i = 0; i < s->count; i++)
		if (sock_has_peer(&s->socks[i]))
			add_end(&ends, s, i);
	for (size_t i = 0; i < s->count; i++)
		if (sock_has_peer(&s->socks[i]))
			s->socks[i].peer = find_peer(&ends, s, &s->socks[i]);
	map_done(&ends);
}

/* The same for both ends, so that the second one finds the first. */
static uint64_t
hash_pair(const struct sock *s)
{
	return endpoint_hash(s->proto, &s->local) + endpoint_hash(s->proto, &s->remote);
}

static bool
is_other_end(const struct sock *a, const struct sock *b)
{
	return a->proto == b->proto && same_end(&a->local, &b->remote) && same_end(&a->remote, &b->local);
}

static bool
is_same_end(const struct sock *a, const struct sock *b)
{
	return a->proto == b->proto && same_end(&a->local, &b->local) && same_end(&a->remote, &b->remote);
}

/*
 * Makes two ends each other's peer: i and one of those that came before it. Returns false where
 * a third one says that it is one of them.
 */
static bool
pair_up(struct snapshot *s, struct index *first, size_t i, uint64_t hash)
{
	struct sock *sock = &s->socks[i];
	size_t turn = 0, at;

	if (is_other_end(sock, sock))
		sock->peer = (uint32_t)i + 1;
	while ((at = index_find(first, hash, &turn))) {
		struct sock *other = &s->socks[at - 1];

		if (is_same_end(other, sock))
			return false;
		if (!is_other_end(other, sock))
			continue;
		if (other->peer)
			return false;
		sock->peer = (uint32_t)at;
		other->peer = (uint32_t)i + 1;
		return true;
	}
	index_add(first, hash, i);
	return true;
}

/*
 * One look into an index for each: nearly always there are two ends and no more. Hashes are made
 * MAP_AHEAD sockets before they are looked for, and wait in a ring.
 */
static void
find_peers(struct snapshot *s)
{
	uint64_t ring[MAP_AHEAD] = { 0 };
	bool paired = true;
	struct index first;

	index_init(&first);
	index_reserve(&first, s->count / 2);
	for (size_t i = 0; i < s->count + MAP_AHEAD && paired; i++) {
		size_t at = i - MAP_AHEAD;	/* of the first few: far beyond count */
		uint64_t hash = ring[i % MAP_AHEAD];

		if (i < s->count) {
			ring[i % MAP_AHEAD] = hash_pair(&s->socks[i]);
			index_prefetch(&first, ring[i % MAP_AHEAD]);
		}
		if (at < s->count && sock_has_peer(&s->socks[at]))
			paired = pair_up(s, &first, at, hash);
	}
	index_done(&first);
	if (!paired)
		find_peers_of_many(s);
}

static void
find_listener(struct snapshot *s, const struct listeners *l, struct sock *sock)
{
	const struct sock *listener = listener_of(l, sock);

	if (!listener)
		return;
	sock->listener = (uint32_t)(listener - s->socks) + 1;
	if (sock->peer && sock->peer != (uint32_t)(sock - s->socks) + 1)
		s->socks[sock->peer - 1].role = SOCK_CLIENT;
}

static void
find_role(const struct snapshot *s, const struct listeners *l, struct sock *sock)
{
	if (sock->state == STATE_LISTEN)
		sock->role = SOCK_LISTENER;
	else if (sock_has_peer(sock) && (sock->role != SOCK_CLIENT || sock->listener))
		sock->role = (uint8_t)role_of_end(s, l, sock);
}

static void
forget(struct snapshot *s)
{
	for (size_t i = 0; i < s->count; i++) {
		s->socks[i].peer = s->socks[i].listener = 0;
		s->socks[i].role = SOCK_NEITHER;
	}
}

void
join_peers(struct snapshot *s)
{
	forget(s);
	find_peers(s);
}

void
join_ends(struct snapshot *s)
{
	struct listeners listeners;

	join_peers(s);
	listeners_init(&listeners, s, &s->arena);
	for (size_t i = 0; i < s->count; i++)
		if (sock_has_peer(&s->socks[i]))
			find_listener(s, &listeners, &s->socks[i]);
	for (size_t i = 0; i < s->count; i++)
		find_role(s, &listeners, &s->socks[i]);
	listeners_done(&listeners);
}

void
join_late(struct snapshot *s, size_t first)
{
	struct listeners listeners;

	listeners_init(&listeners, s, &s->arena);
	for (size_t i = first; i < s->count; i++) {
		struct sock *sock = &s->socks[i];

		if (sock->peer && s->socks[sock->peer - 1].listener)
			sock->role = SOCK_CLIENT;
		find_listener(s, &listeners, sock);
		find_role(s, &listeners, sock);
	}
	listeners_done(&listeners);
}
