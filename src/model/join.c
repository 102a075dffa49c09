/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the question of whose a socket is when no descriptor was found for it.
 * Connections that wait to be accepted have no inode yet (net/ipv4/inet_diag.c
 * sends 0 while there is no struct socket), so their port is all that leads to a holder.
 */

#include "model/join.h"

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
