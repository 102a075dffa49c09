/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the sentences about what SOCK_DESTROY does. They tell what was seen on
 * Linux 6.18: the holder of a connection gets ECONNABORTED, and the other end a reset in
 * the states in which tcp_need_reset() wants one; a listener goes, and its port stays; UDP stays.
 */

#include "ui/closing.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/follow.h"

static const struct sock *
other_end(const struct snapshot *snap, const struct sock *s)
{
	return s->peer ? &snap->socks[s->peer - 1] : NULL;
}

/* ---- kinds ---- */

static enum closing_kind
kind_of_udp(const struct sock *s)
{
	return sock_has_peer(s) ? CLOSING_UDP_PEER : CLOSING_UDP;
}

/* States in which the kernel alone may have a socket, and the other end still waits for something. */
static bool
other_is_open(const struct sock *s)
{
	return s->state == STATE_FIN_WAIT1 || s->state == STATE_FIN_WAIT2 ||
	       s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT;
}

static enum closing_kind
kind_of_connection(const struct sock *s)
{
	if (s->holder == HOLDER_QUEUE)
		return CLOSING_QUEUED;
	if (s->inode == 0)
		return other_is_open(s) ? CLOSING_ORPHAN : CLOSING_KERNEL;
	if (memcmp(&s->local, &s->remote, sizeof s->local) == 0)
		return CLOSING_SELF;
	return s->state == STATE_SYN_SENT ? CLOSING_CONNECTING : CLOSING_CONNECTION;
}

enum closing_kind
closing_kind(const struct sock *s)
{
	if (s->life == LIFE_GONE)
		return CLOSING_GONE;
	if (s->proto == PROTO_UDP)
		return kind_of_udp(s);
	if (s->state == STATE_LISTEN)
		return CLOSING_LISTENER;
	if (s->state == STATE_BOUND || s->state == STATE_CLOSE)
		return CLOSING_BOUND;
	return kind_of_connection(s);
}

bool
closing_can(const struct sock *s)
{
	enum closing_kind kind = closing_kind(s);

	return kind != CLOSING_BOUND && kind != CLOSING_GONE;
}

void
closing_add_needs(struct text *t, bool root)
{
	text_add(t, root ? _("It takes CAP_NET_ADMIN in the user namespace that owns this network.")
	                 : _("It takes CAP_NET_ADMIN: sudo lotop."));
}

/* ---- names ---- */

static void
add_arrow(struct text *t, enum text_charset cs)
{
	text_add(t, cs == TEXT_UTF8 ? " → " : " -> ");
}

void
closing_add_place(struct text *t, const struct sock *s, enum text_charset cs)
{
	endpoint_add_text(t, &s->local);
	if (!sock_has_peer(s))
		return;
	add_arrow(t, cs);
	endpoint_add_text(t, &s->remote);
}

/* Whose process has an end, or will have it when it accepts it; NULL: that is not known. */
static const struct sock *
holder_of(const struct snapshot *snap, const struct sock *s)
{
	if (s && s->holder == HOLDER_QUEUE && s->listener)
		s = &snap->socks[s->listener - 1];
	return s && s->nowners > 0 ? s : NULL;
}

/* s NULL: it is not in sight. */
static void
add_end(struct text *t, const struct snapshot *snap, const struct sock *s,
        const struct endpoint *e, enum text_charset cs)
{
	const struct sock *holder = holder_of(snap, s);

	if (!holder) {
		endpoint_add_text(t, e);
		return;
	}
	follow_add_holders(t, holder, cs);
	text_addf(t, " :%u", e->port);
	if (holder != s)
		text_addf(t, " %s", _("(in accept queue)"));
}

void
closing_add_ends(struct text *t, const struct snapshot *snap, const struct sock *s,
                 enum text_charset cs)
{
	add_end(t, snap, s, &s->local, cs);
	if (!sock_has_peer(s))
		return;
	add_arrow(t, cs);
	add_end(t, snap, other_end(snap, s), &s->remote, cs);
}

/* ---- effects ---- */

/* Who is at an end, by name if that is known. */
static void
add_who(struct text *t, const struct snapshot *snap, const struct sock *s,
        const struct endpoint *e, enum text_charset cs)
{
	const struct sock *holder = holder_of(snap, s);
	struct text place;

	if (holder) {
		follow_add_holders(t, holder, cs);
		return;
	}
	text_init(&place);
	endpoint_add_text(&place, e);
	text_addf(t, _("the process at %s"), text_str(&place));
	text_done(&place);
}

/* Who is named first: who has this end, or will; who has the other; or where it is. */
enum subject { OWN, OTHER, PLACE };

static const struct {
	enum subject first;
	enum subject second;
	const char  *text;	/* N_(): takes those two */
} effects[CLOSING_KINDS] = {
	[CLOSING_CONNECTION] = { OWN, OTHER,
		N_("%1$s gets an error (ECONNABORTED), %2$s a reset (ECONNRESET).") },
	[CLOSING_SELF] = { OWN, OTHER,
		N_("%1$s, which has both ends, gets an error (ECONNABORTED).") },
	[CLOSING_QUEUED] = { OWN, OTHER,
		N_("No process has accepted it yet: %1$s may still be given it, and finds it broken "
		   "(ECONNABORTED). %2$s gets a reset (ECONNRESET).") },
	[CLOSING_CONNECTING] = { OWN, OTHER,
		N_("%1$s is still connecting to %2$s, which fails with an error (ECONNABORTED).") },
	[CLOSING_KERNEL] = { PLACE, PLACE,
		N_("Only the kernel has it. No process is told, and the port can be bound again at once, "
		   "unless something else lingers on it.") },
	[CLOSING_ORPHAN] = { OTHER, OTHER,
		N_("Only the kernel has this end, and no process of it is told. %1$s gets a reset "
		   "(ECONNRESET), at the latest when it sends something.") },
	[CLOSING_LISTENER] = { OWN, OWN,
		N_("No new connection is accepted; those that are open stay open. Its port stays bound "
		   "until %1$s closes it, which may also listen again.") },
	[CLOSING_UDP] = { OWN, OWN,
		N_("UDP has no connection to close: %1$s gets an error (ECONNABORTED) from its next call, "
		   "and its port stays bound.") },
	[CLOSING_UDP_PEER] = { OWN, OTHER,
		N_("%1$s gets an error (ECONNABORTED), and its socket has no peer any more; %2$s is not "
		   "told. A port that the program chose itself stays bound.") },
	[CLOSING_BOUND] = { PLACE, PLACE,
		N_("%1$s is bound, and neither listens nor is connected: the kernel closes no such socket; "
		   "k ends what holds it.") },
	[CLOSING_GONE] = { PLACE, PLACE, N_("%1$s is closed already.") },
};

static void
add_subject(struct text *t, enum subject who, const struct snapshot *snap, const struct sock *s,
            enum text_charset cs)
{
	if (who == OWN)
		add_who(t, snap, s, &s->local, cs);
	else if (who == OTHER)
		add_who(t, snap, other_end(snap, s), &s->remote, cs);
	else
		closing_add_place(t, s, cs);
}

void
closing_add_effect(struct text *t, const struct snapshot *snap, const struct sock *s,
                   enum text_charset cs)
{
	enum closing_kind kind = closing_kind(s);
	struct text first, second;

	text_init(&first);
	text_init(&second);
	add_subject(&first, effects[kind].first, snap, s, cs);
	add_subject(&second, effects[kind].second, snap, s, cs);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(t, _(effects[kind].text), text_str(&first), text_str(&second));
#pragma GCC diagnostic pop
	if (kind == CLOSING_LISTENER && s->has & SOCK_HAS_QUEUE && s->rqueue > 0)
		text_addf(t, P_(" %u that waits to be accepted is reset.",
		                " %u that wait to be accepted are reset.", s->rqueue), s->rqueue);
	text_done(&first);
	text_done(&second);
}
