/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Why a port cannot be bound: kinds[] has a row a kind, each a function that adds
 * a reason for each thing that it finds. What bind(2) itself says is in the report.
 */

#include "cmd/who_priv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"
#include "cmd/describe.h"

struct kind {
	const char *name;
	void      (*find)(struct who_port *p, const struct kind *self);
};

/* Takes the text, which is empty afterwards. */
static void
add_reason(struct who_port *p, const struct kind *kind, struct text *message, uint32_t seconds)
{
	struct port_report *r = &p->report;

	r->reasons = mem_resize(r->reasons, r->nreasons + 1, sizeof *r->reasons);
	r->reasons[r->nreasons++] = (struct port_reason){
		.kind = kind->name,
		.message = mem_copy(text_str(message), message->len),
		.seconds = seconds,
	};
	text_clear(message);
}

/* "python3 (pid 4711, user www)", or what stands for it. */
static void
add_holder(struct text *t, const struct who_port *p, const struct sock *s)
{
	if (s->nowners > 0)
		describe_holder(t, p->names, s);
	else
		describe_unseen(t, p->names, s);
}

/* A translated sentence about a holder and its socket: %1$s and %2$s. */
static void
add_about(struct who_port *p, const struct kind *kind, const struct sock *s, const char *format)
{
	struct text holder, place, message;

	text_init(&holder);
	text_init(&place);
	text_init(&message);
	add_holder(&holder, p, s);
	endpoint_add_text(&place, &s->local);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(&message, format, text_str(&holder), text_str(&place));
#pragma GCC diagnostic pop
	add_reason(p, kind, &message, 0);
	text_done(&message);
	text_done(&place);
	text_done(&holder);
}

/* ---- holders ---- */

static bool
is_dual(const struct sock *s)
{
	return addr_is_any(s->local.addr) && s->family == 6 && !addr_is_v4(s->local.addr) &&
	       s->has & SOCK_HAS_V6ONLY && !s->v6only;
}

/* What a listener takes says which other binds it stands against. */
static const char *
listener_sentence(const struct sock *s)
{
	if (is_dual(s))
		return _("Listener: %1$s has %2$s, for IPv6 and IPv4 (a dual-stack socket), so neither can be bound.");
	if (addr_is_any(s->local.addr))
		return addr_is_v4(s->local.addr)
		       ? _("Listener: %1$s has %2$s, every IPv4 address; IPv6 is not touched by that.")
		       : _("Listener: %1$s has %2$s, every IPv6 address; IPv4 is not touched by that.");
	return addr_is_v4(s->local.addr)
	       ? _("Listener: %1$s has %2$s alone: that address and 0.0.0.0 cannot be bound, others can.")
	       : _("Listener: %1$s has %2$s alone: that address and :: cannot be bound, others can.");
}

static void
find_listeners(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->report.nholders; i++) {
		const struct sock *s = p->report.holders[i].sock;

		if (s->state == STATE_LISTEN)
			add_about(p, self, s, listener_sentence(s));
	}
}

static void
find_udp(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->report.nholders; i++) {
		const struct sock *s = p->report.holders[i].sock;

		if (s->state == STATE_UNCONN)
			add_about(p, self, s, _("UDP: %1$s takes datagrams on %2$s; TCP is not touched by that."));
	}
}

static void
find_bound(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->report.nholders; i++) {
		const struct sock *s = p->report.holders[i].sock;

		if (s->state == STATE_BOUND)
			add_about(p, self, s, _("Bound: %1$s has %2$s and does not listen: nobody can connect, and "
			                        "nobody else can bind it."));
	}
}

static void
find_hidden(struct who_port *p, const struct kind *self)
{
	struct text message;

	text_init(&message);
	for (size_t i = 0; i < p->report.nholders; i++) {
		const struct sock *s = p->report.holders[i].sock;

		if (s->nowners > 0)
			continue;
		text_add(&message, s->holder == HOLDER_HIDDEN && geteuid() != 0
		         ? _("Hidden: this user may not see the process; sudo lotop who names it.")
		         : _("Hidden: the process cannot be seen from here; it may be in another container."));
		add_reason(p, self, &message, 0);
		break;
	}
	text_done(&message);
}

/* Once a port: the proxies of both families forward to one container. */
static bool
add_keeper(struct who_port *p, const struct kind *kind, const struct sock *s)
{
	for (uint32_t i = 0; i < s->nowners; i++) {
		struct text holder, port, message;
		struct keeper k;

		if (!keeper_find(KEEPER_ROOT, s->owners[i].task, s, &k))
			continue;
		text_init(&holder);
		text_init(&port);
		text_init(&message);
		describe_task(&holder, p->names, s->owners[i].task);
		text_addf(&port, "%u", s->local.port);
		text_add(&message, _("Kept: "));
		describe_keeper(&message, &k, text_str(&holder), text_str(&port));
		add_reason(p, kind, &message, 0);
		text_done(&message);
		text_done(&port);
		text_done(&holder);
		return true;
	}
	return false;
}

static void
find_keeper(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->report.nholders; i++)
		if (add_keeper(p, self, p->report.holders[i].sock))
			return;
}

static void
find_elsewhere(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->report.nelsewhere; i++)
		add_about(p, self, p->report.elsewhere[i].sock,
		          _("Elsewhere: %1$s holds the port on another address, %2$s."));
}

/* ---- connections on the port, and what is left of them ---- */

bool
who_is_connection(const struct who_port *p, const struct sock *s)
{
	unsigned family = s->family == 4 ? PORT_IPV4 : PORT_IPV6;

	return s->local.port == p->query.end.port && !sock_holds_port(s) &&
	       (p->query.protos == 0 || p->query.protos & 1u << s->proto) &&
	       (p->query.families == 0 || p->query.families & family);
}

static uint32_t
seconds_of(const struct sock *s)
{
	return s->has & SOCK_HAS_TIMER ? (s->timer_ms + 999) / 1000 : 0;
}

struct left {
	size_t   count;
	uint32_t seconds;	/* the longest; 0: not known */
};

static struct left
count_left(const struct who_port *p, uint32_t states, bool kept)
{
	struct left left = { 0 };

	for (size_t i = 0; i < p->snap->count; i++) {
		const struct sock *s = &p->snap->socks[i];

		if (!(states >> s->state & 1) || (s->nowners > 0) != kept || !who_is_connection(p, s))
			continue;
		left.count++;
		left.seconds = MAX(left.seconds, seconds_of(s));
	}
	return left;
}

static void
find_time_wait(struct who_port *p, const struct kind *self)
{
	struct left left = count_left(p, 1u << STATE_TIME_WAIT, false);
	struct text message;

	if (left.count == 0)
		return;
	text_init(&message);
	text_addf(&message, P_("TIME_WAIT: %1$zu closed connection of it is kept for %2$u s yet: until "
	                       "then a server needs SO_REUSEADDR to bind it.",
	                       "TIME_WAIT: %1$zu closed connections of it are kept for up to %2$u s yet: "
	                       "until then a server needs SO_REUSEADDR to bind it.", left.count),
	          left.count, left.seconds);
	add_reason(p, self, &message, left.seconds);
	text_done(&message);
}

/* States of a connection that one end has closed; without a process it is the kernel's. */
#define CLOSING_STATES (1u << STATE_FIN_WAIT1 | 1u << STATE_FIN_WAIT2 | 1u << STATE_LAST_ACK | \
                        1u << STATE_CLOSING)

static void
find_lingering(struct who_port *p, const struct kind *self)
{
	struct left left = count_left(p, CLOSING_STATES, false);
	struct text message;

	if (left.count == 0)
		return;
	text_init(&message);
	text_addf(&message, P_("Lingering: %1$zu connection of it is left in the kernel (FIN_WAIT, LAST_ACK), its "
	                       "timer ends in %2$u s: until it is gone a server needs SO_REUSEADDR.",
	                       "Lingering: %1$zu connections of it are left in the kernel (FIN_WAIT, LAST_ACK), their "
	                       "timers end within %2$u s: until they are gone a server needs "
	                       "SO_REUSEADDR.", left.count),
	          left.count, left.seconds);
	add_reason(p, self, &message, left.seconds);
	text_done(&message);
}

/* Does anything listen where the connection goes to? Then ours is the client. */
static bool
goes_to_listener(const struct who_port *p, const struct sock *s)
{
	const struct sock swapped = { .proto = s->proto, .family = s->family,
	                              .local = s->remote, .remote = s->local };

	return listeners_find(p->listeners, &swapped) != NULL;
}

/*
 * Connections that a listener of the port accepted are no reason of their own. Of others, the
 * one whose port the kernel gave out, or whose peer is a listener, went out from here.
 */
static bool
is_outgoing(const struct who_port *p, const struct sock *s)
{
	return !listeners_find(p->listeners, s) &&
	       (goes_to_listener(p, s) || port_facts_ephemeral(p->facts, s->local.port));
}

static bool
is_held_connection(const struct who_port *p, const struct sock *s)
{
	return s->nowners > 0 && sock_has_peer(s) && who_is_connection(p, s);
}

static void
find_outgoing(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->snap->count; i++) {
		const struct sock *s = &p->snap->socks[i];
		struct sock to = { .local = s->remote, .nowners = s->nowners, .owners = s->owners };

		if (is_held_connection(p, s) && is_outgoing(p, s))
			add_about(p, self, &to, _("Outgoing: %1$s has it as its own end of a connection to %2$s, "
			                          "until that is closed."));
	}
}

static void
find_accepted(struct who_port *p, const struct kind *self)
{
	for (size_t i = 0; i < p->snap->count; i++) {
		const struct sock *s = &p->snap->socks[i];
		struct sock to = { .local = s->remote, .nowners = s->nowners, .owners = s->owners };

		if (is_held_connection(p, s) && !is_outgoing(p, s) && !listeners_find(p->listeners, s))
			add_about(p, self, &to, _("Connection: %1$s still has one on it, from %2$s: until that "
			                          "is closed a server needs SO_REUSEADDR."));
	}
}

/* ---- what the kernel has set ---- */

/* Nobody but bind(2) knows whether this process may: capabilities are not user ids. */
static void
find_privileged(struct who_port *p, const struct kind *self)
{
	struct text message;
	bool refused = false;

	for (size_t i = 0; i < p->report.nbinds; i++)
		refused |= p->report.binds[i].err == EACCES;
	if (!refused)
		return;
	text_init(&message);
	text_addf(&message, _("Privileged: ports below %u are not for this user (ip_unprivileged_port_start): use "
	                      "sudo, give the program CAP_NET_BIND_SERVICE, or take a higher port."),
	          p->facts->unprivileged_start);
	add_reason(p, self, &message, 0);
	text_done(&message);
}

static void
find_reserved(struct who_port *p, const struct kind *self)
{
	struct text message;

	if (!port_facts_reserved(p->facts, p->query.end.port))
		return;
	text_init(&message);
	text_add(&message, _("Reserved (ip_local_reserved_ports): the kernel never gives it out by "
	                     "itself, and it can be bound by name."));
	add_reason(p, self, &message, 0);
	text_done(&message);
}

static void
find_ephemeral(struct who_port *p, const struct kind *self)
{
	struct text message;

	if (!port_facts_ephemeral(p->facts, p->query.end.port))
		return;
	text_init(&message);
	text_addf(&message, _("Ephemeral: it is in the range %1$u to %2$u from which the kernel gives out ports "
	                      "(ip_local_port_range): any outgoing connection may take it."),
	          p->facts->eph_lo, p->facts->eph_hi);
	add_reason(p, self, &message, 0);
	text_done(&message);
}

static const struct kind kinds[] = {
	{ "listener",   find_listeners },
	{ "udp",        find_udp },
	{ "bound",      find_bound },
	{ "hidden",     find_hidden },
	{ "keeper",     find_keeper },
	{ "elsewhere",  find_elsewhere },
	{ "outgoing",   find_outgoing },
	{ "connection", find_accepted },
	{ "time-wait",  find_time_wait },
	{ "lingering",  find_lingering },
	{ "privileged", find_privileged },
	{ "reserved",   find_reserved },
	{ "ephemeral",  find_ephemeral },
};

void
who_find_reasons(struct who_port *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		kinds[i].find(p, &kinds[i]);
}
