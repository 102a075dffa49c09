/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns what the page says of the other ends: the clients of a listener, the peer of a connection. */

#include <stdlib.h>

#include "base/i18n.h"
#include "base/map.h"
#include "model/findings.h"
#include "ui/detail.h"
#include "ui/ui_priv.h"
#include "view/links.h"

#define CLIENTS_SHOWN 40

/* A connection of a listener, by the port that its client has. */
static int
by_port(const void *a, const void *b)
{
	const struct sock *const *x = a, *const *y = b;

	return ((*x)->remote.port > (*y)->remote.port) - ((*x)->remote.port < (*y)->remote.port);
}

/* This end is in the snapshot; the other one may be on another machine. */
static void
add_far_end(struct detail_writer *w, const struct sock *s)
{
	const struct snapshot *snap = w->row->env->snap;
	const struct row there = { .sock = s->peer ? &snap->socks[s->peer - 1] : NULL,
	                           .env = w->row->env };

	if (there.sock) {
		detail_add_process(w, &there);
		text_addf(&w->t, " :%u", (unsigned)s->remote.port);
	} else {
		endpoint_add_text(&w->t, &s->remote);
	}
	if (s->state != STATE_ESTABLISHED)
		text_addf(&w->t, " %s", sock_state_names[s->state]);
	if (s->holder == HOLDER_QUEUE)
		text_addf(&w->t, " %s", _("(in accept queue)"));
}

static uint32_t
own_index(const struct detail_writer *w)
{
	return (uint32_t)(w->row->sock - w->row->env->snap->socks) + 1;
}

/* TIME_WAIT is no client any more, only a port that lingers. */
static bool
is_client(const struct sock *s, uint32_t listener)
{
	return s->listener == listener && s->state != STATE_TIME_WAIT;
}

/* It has a mark for them where they have no row. */
void
detail_write_leaks(struct detail_writer *w)
{
	const struct snapshot *snap = w->row->env->snap;
	size_t n = 0;

	if (w->row->sock->state != STATE_LISTEN || w->row->kind == ROW_PROCESS || !snap)
		return;
	for (size_t i = 0; i < snap->count; i++)
		n += snap->socks[i].listener == own_index(w) &&
		     snap->socks[i].warn & 1u << FINDING_CLOSE_WAIT;
	if (n == 0)
		return;
	text_addf(&w->t, P_("! %zu connection of it leaks: the client has closed it, and the process has not. In "
	                    "the list, t shows it.",
	                    "! %zu connections of it leak: the clients have closed them, and the process has "
	                    "not. In the list, t shows them.", n), n);
	page_add_wide(w->page, 1, ROLE_WARNING, text_str(&w->t));
	text_clear(&w->t);
}

void
detail_write_clients(struct detail_writer *w)
{
	const struct snapshot *snap = w->row->env->snap;
	const struct sock *shown[CLIENTS_SHOWN], *s = w->row->sock;
	uint32_t listener = own_index(w);
	size_t n = 0, kept;

	if (s->state != STATE_LISTEN || w->row->kind == ROW_PROCESS)
		return;
	for (size_t i = 0; i < snap->count; i++)
		if (is_client(&snap->socks[i], listener) && n++ < CLIENTS_SHOWN)
			shown[n - 1] = &snap->socks[i];
	kept = MIN(n, CLIENTS_SHOWN);
	qsort(shown, kept, sizeof *shown, by_port);
	for (size_t i = 0; i < kept; i++) {
		detail_fact(w);
		add_far_end(w, shown[i]);
	}
	detail_more(w, n - kept);
	detail_line(w, _("Clients"), ROLE_TEXT);
}

/* The other end as a row of its own; its socket is NULL where there is none to be told of. */
static struct row
other_row(const struct detail_writer *w)
{
	const struct row *r = w->row;
	const struct sock *peer = r->sock->peer ? &w->row->env->snap->socks[r->sock->peer - 1] : NULL;

	if (r->kind == ROW_PROCESS || peer == r->sock)
		peer = NULL;
	return (struct row){ .sock = peer, .env = r->env, .kind = ROW_SOCK };
}

/* Why there is no socket to be told of. */
static const char *
why_no_end(const struct detail_writer *w)
{
	const struct sock *s = w->row->sock;

	if (s->peer == own_index(w))
		return _("this socket itself");
	if (s->state == STATE_TIME_WAIT)
		return _("closed");
	if (s->state == STATE_SYN_SENT)
		return _("no answer yet");
	if (links_is_here(w->row->env->snap, s, s->remote.addr))
		return _("gone: no socket has that end");
	return _("not in sight: on another machine, or gone");
}

static void
add_no_end(struct detail_writer *w)
{
	const struct snapshot *snap = w->row->env->snap;
	const struct sock *s = w->row->sock;
	const struct row taker = { .sock = s->proto == PROTO_UDP ? links_find_taker(snap, s) : NULL,
	                           .env = w->row->env };

	text_add(&w->t, "  ");
	if (!taker.sock || taker.sock == s) {
		text_add(&w->t, why_no_end(w));
		return;
	}
	detail_add_process(w, &taker);
	text_addf(&w->t, ", %s", _("which takes what anyone sends"));
}

/* The log does not know why it had one end alone. */
static void
write_other_line(struct detail_writer *w, const struct sock *peer)
{
	endpoint_add_text(&w->t, &w->row->sock->remote);
	if (peer)
		text_addf(&w->t, "  %s", sock_state_names[peer->state]);
	else if (w->d->event.len == 0)
		add_no_end(w);
	detail_line(w, _("Other end"), ROLE_TEXT);
}

void
detail_write_other_end(struct detail_writer *w)
{
	struct row there = other_row(w);

	if (w->row->kind == ROW_PROCESS || !sock_has_peer(w->row->sock))
		return;
	write_other_line(w, there.sock);
	if (!there.sock)
		return;
	w->row = &there;
	w->end = 1;
	detail_write_warnings(w);
	detail_write_sock(w);
	detail_write_task(w);
	w->end = 0;
	w->row = &w->d->row;
}

void
detail_write_other_fields(struct detail_writer *w)
{
	struct row there = other_row(w);

	if (!there.sock)
		return;
	page_add_wide(w->page, 0, ROLE_TEXT, "");
	write_other_line(w, there.sock);
	w->row = &there;
	w->end = 1;
	detail_write_fields(w);
	w->end = 0;
	w->row = &w->d->row;
}

/* ---- of a process ---- */

/* A connection of the process to itself is told once. */
static bool
is_told(struct map *told, const struct snapshot *snap, const struct sock *s)
{
	if (s->peer && map_get(told, s->peer))
		return true;
	map_put(told, (uint64_t)(s - snap->socks) + 1, told);
	return false;
}

void
detail_write_connections(struct detail_writer *w)
{
	const struct row_sum *sum = w->row->sum;
	struct map told;
	size_t n = 0;

	if (w->row->kind != ROW_PROCESS || !sum)
		return;
	map_init(&told);
	for (uint32_t i = 0; i < sum->count; i++) {
		if (!sock_has_peer(sum->socks[i]) || is_told(&told, w->row->env->snap, sum->socks[i]) ||
		    n++ >= CLIENTS_SHOWN)
			continue;
		detail_fact(w);
		endpoint_add_text(&w->t, &sum->socks[i]->local);
		text_add(&w->t, w->ui->charset == TEXT_UTF8 ? " → " : " -> ");
		add_far_end(w, sum->socks[i]);
	}
	map_done(&told);
	detail_more(w, n - MIN(n, CLIENTS_SHOWN));
	detail_line(w, _("Connected"), ROLE_TEXT);
}
