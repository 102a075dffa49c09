/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the question of whose a socket is when no descriptor was found for it.
 * Connections that wait to be accepted have no inode yet (net/ipv4/inet_diag.c
 * sends 0 while there is no struct socket), so their port is all that leads to a holder.
 */

#include "model/join.h"

#include <string.h>

/* Listeners of one port, in a list: on several addresses, or one shared with SO_REUSEPORT. */
struct listener {
	const struct sock *sock;
	struct listener   *next;
};

static bool
may_wait_for_accept(const struct sock *s)
{
	return s->proto == PROTO_TCP &&
	       (s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT);
}

static void
add_listener(struct map *by_port, struct arena *arena, const struct sock *s)
{
	struct listener *l = arena_alloc(arena, sizeof *l);

	l->sock = s;
	l->next = map_put(by_port, s->local.port, l);
}

/*
 * Could the listener have taken the connection? A socket on :: takes IPv4 as
 * well unless it is IPV6_V6ONLY; a snapshot does not tell, nor need it, for then
 * no IPv4 connection waits. What a listener that is bound to a device takes is
 * bound to that device as well.
 */
static bool
covers(const struct sock *listener, const struct sock *s)
{
	const uint8_t *addr = listener->local.addr;

	if (listener->ifindex != 0 && listener->ifindex != s->ifindex)
		return false;
	if (addr_is_any(addr))
		return !addr_is_v4(addr) || addr_is_v4(s->local.addr);
	return memcmp(addr, s->local.addr, sizeof s->local.addr) == 0;
}

static bool
waits_for_accept(const struct map *by_port, const struct sock *s)
{
	const struct listener *l = map_get(by_port, s->local.port);

	while (l && !covers(l->sock, s))
		l = l->next;
	return l != NULL;
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
holder_of(const struct map *by_port, const struct sock *s, enum sock_holder ownerless)
{
	if (s->nowners > 0)
		return HOLDER_KNOWN;
	if (s->inode != 0)
		return ownerless;
	return may_wait_for_accept(s) && waits_for_accept(by_port, s) ? HOLDER_QUEUE : HOLDER_NONE;
}

void
join_holders(struct snapshot *s)
{
	enum sock_holder ownerless = holder_of_ownerless(s);
	struct map by_port;

	map_init(&by_port);
	for (size_t i = 0; i < s->count; i++) {
		if (s->socks[i].state == STATE_LISTEN)
			add_listener(&by_port, &s->arena, &s->socks[i]);
	}
	for (size_t i = 0; i < s->count; i++)
		s->socks[i].holder = (uint8_t)holder_of(&by_port, &s->socks[i], ownerless);
	map_done(&by_port);
}
