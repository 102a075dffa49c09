/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the counts: one walk over the sockets for all processes, which are found by pid
 * (one snapshot has no pid twice).
 */

#include "ui/stake.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"
#include "ui/follow.h"

#define PORTS_SHOWN 6

/* ---- counting ---- */

/* Of TCP first, of each protocol by port; a port once, but for what is connected to itself. */
static int
compare(const struct sock *a, const struct sock *b)
{
	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	if (a->local.port != b->local.port)
		return a->local.port < b->local.port ? -1 : 1;
	return (int)sock_is_to_itself(a) - (int)sock_is_to_itself(b);
}

static void
add_port(struct stake *s, const struct sock *sock)
{
	size_t at = s->nports;

	while (at > 0 && compare(s->ports[at - 1], sock) > 0)
		at--;
	if (at > 0 && compare(s->ports[at - 1], sock) == 0)
		return;
	s->ports = mem_room(s->ports, s->nports, &s->ports_cap, sizeof *s->ports);
	memmove(s->ports + at + 1, s->ports + at, (s->nports - at) * sizeof *s->ports);
	s->ports[at] = sock;
	s->nports++;
}

static void
add_client_name(struct stake *s, const struct task *task)
{
	for (size_t i = 0; i < s->nnames; i++)
		if (task_same(s->names[i], task))
			return;
	if (s->nnames < STAKE_NAMES)
		s->names[s->nnames++] = task;
}

/* The holders of the listener, and of the connection itself, lose it: each counts it once. */
static void
add_client(const struct map *by_pid, const struct sock *holders, const struct snapshot *snap,
           const struct sock *connection)
{
	uint32_t index = (uint32_t)(connection - snap->socks) + 1;
	const struct sock *client = connection->peer ? &snap->socks[connection->peer - 1] : NULL;

	for (uint32_t i = 0; i < holders->nowners; i++) {
		struct stake *s = map_get(by_pid, (uint64_t)holders->owners[i].task->pid);

		if (!s || s->counted == index)
			continue;
		s->counted = index;
		s->clients++;
		if (client && client->nowners > 0)
			add_client_name(s, client->owners[0].task);
	}
}

static void
note_sock(const struct map *by_pid, const struct snapshot *snap, const struct sock *s,
          const struct map *chosen)
{
	if (s->state == STATE_ESTABLISHED && s->listener) {
		add_client(by_pid, &snap->socks[s->listener - 1], snap, s);
		add_client(by_pid, s, snap, s);
		return;
	}
	if ((!sock_holds_port(s) && !sock_is_to_itself(s)) || map_get(chosen, sock_id(s)))
		return;
	for (uint32_t i = 0; i < s->nowners; i++) {
		struct stake *stake = map_get(by_pid, (uint64_t)s->owners[i].task->pid);

		if (stake)
			add_port(stake, s);
	}
}

void
stakes_find(struct stake *stakes, size_t n, const struct snapshot *snap, const struct map *chosen)
{
	struct map by_pid;

	map_init(&by_pid);
	for (size_t i = 0; i < n; i++)
		map_put(&by_pid, (uint64_t)stakes[i].task->pid, &stakes[i]);
	for (size_t i = 0; i < snap->count; i++)
		note_sock(&by_pid, snap, &snap->socks[i], chosen);
	map_done(&by_pid);
}

void
stakes_done(struct stake *stakes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(stakes[i].ports);
}

/* ---- in words ---- */

/* " 9229", " udp 9229", " udp 127.0.0.1:41112 (to itself)". */
static void
add_held(struct text *t, const struct sock *s)
{
	text_addc(t, ' ');
	if (s->proto != PROTO_TCP)
		text_addf(t, "%s ", sock_proto_names[s->proto]);
	if (!sock_is_to_itself(s)) {
		text_addf(t, "%u", s->local.port);
		return;
	}
	endpoint_add_text(t, &s->local);
	text_addf(t, " %s", _("(to itself)"));
}

static void
add_ports(struct text *t, const struct stake *s)
{
	struct text list;

	text_init(&list);
	for (size_t i = 0; i < MIN(s->nports, PORTS_SHOWN); i++)
		add_held(&list, s->ports[i]);
	text_addf(t, _("also holds%s"), text_str(&list));
	if (s->nports > PORTS_SHOWN)
		text_addf(t, P_(" and %zu more", " and %zu more", s->nports - PORTS_SHOWN),
		          s->nports - PORTS_SHOWN);
	text_done(&list);
}

static void
add_clients(struct text *t, const struct stake *s, enum text_charset cs)
{
	text_addf(t, P_("%zu client loses its connection", "%zu clients lose their connection",
	                s->clients), s->clients);
	for (size_t i = 0; i < s->nnames; i++) {
		text_add(t, i == 0 ? ": " : ", ");
		follow_add_name(t, s->names[i], cs);
	}
}

void
stake_add_text(struct text *t, const struct stake *s, enum text_charset cs)
{
	if (s->nports > 0)
		add_ports(t, s);
	if (s->nports > 0 && s->clients > 0)
		text_add(t, cs == TEXT_UTF8 ? " · " : " - ");
	if (s->clients > 0)
		add_clients(t, s, cs);
}
