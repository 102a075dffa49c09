/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* A made snapshot, its connections, and a view over it that is compared as text. */

#ifndef LOTOP_TESTS_MADE_VIEW_H
#define LOTOP_TESTS_MADE_VIEW_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "made.h"
#include "model/join.h"
#include "view/view.h"

struct made_view {
	struct snapshot  snap;
	struct names    *names;
	struct view      view;
	struct view_spec spec;
	struct text      text;	/* of made_rows() */
};

static inline void
made_view_init(struct made_view *x, enum view_kind kind)
{
	*x = (struct made_view){ .spec = { .kind = kind, .scope = SCOPE_ALL } };
	made_snapshot(&x->snap);
	x->names = names_new(true);
	view_init(&x->view, x->names);
}

static inline void
made_view_done(struct made_view *x)
{
	view_done(&x->view);
	names_free(x->names);
	snapshot_done(&x->snap);
	text_done(&x->text);
}

/* ---- sockets ---- */

/* Adds it, held by n owners, and returns its cookie. */
static inline uint64_t
made_held(struct made_view *x, struct sock s, const struct owner *owners, uint32_t n)
{
	s.owners = owners;
	s.nowners = n;
	s.inode = n > 0 ? x->snap.count + 100 : 0;
	made_add(&x->snap, s);
	return x->snap.count;
}

static inline uint64_t
made_listener(struct made_view *x, const char *addr, uint16_t port, const struct owner *owner)
{
	return made_held(x, made_sock(PROTO_TCP, STATE_LISTEN, addr, port, NULL, 0), owner, owner != NULL);
}

/* One end, and returns its cookie. */
static inline uint64_t
made_end(struct made_view *x, enum sock_state state, const char *laddr, uint16_t lport,
         const char *raddr, uint16_t rport, const struct owner *owner)
{
	return made_held(x, made_sock(PROTO_TCP, state, laddr, lport, raddr, rport), owner,
	                 owner != NULL);
}

/* Both ends of one on 127.0.0.1, the client's first. Returns that one's cookie. */
static inline uint64_t
made_pair(struct made_view *x, uint16_t from, const struct owner *client, uint16_t to,
          const struct owner *server)
{
	uint64_t first = made_end(x, STATE_ESTABLISHED, "127.0.0.1", from, "127.0.0.1", to, client);

	made_end(x, STATE_ESTABLISHED, "127.0.0.1", to, "127.0.0.1", from, server);
	return first;
}

/* The socket with a cookie of the made kind, which count from 1. */
static inline struct sock *
made_at(struct made_view *x, uint64_t cookie)
{
	return &x->snap.socks[cookie - 1];
}

/* What a sample does when all sockets are there. */
static inline void
made_join(struct made_view *x)
{
	join_holders(&x->snap);
	join_ends(&x->snap);
}

/* The last n sockets are gone. They stay linked to others as they were. */
static inline void
made_gone(struct made_view *x, size_t n)
{
	x->snap.count -= n;
	x->snap.ngone += n;
	for (size_t i = 0; i < n; i++)
		x->snap.socks[x->snap.count + i].life = LIFE_GONE;
}

/* ---- rows as text ---- */

static inline void
made_add_row(struct text *t, const struct row *r)
{
	const struct sock *peer = row_peer(r);

	if (r->depth)
		text_add(t, r->last ? " `" : " |");
	if (r->context)
		text_addc(t, '(');
	if (r->kind == ROW_TIME_WAIT)
		text_addf(t, "%ux", r->sum->count);
	if (r->kind == ROW_PROCESS)
		text_addf(t, "pid%d:", r->sum->task ? (int)r->sum->task->pid : 0);
	text_addf(t, "%" PRIu64, r->sock->cookie);
	if (r->kind == ROW_PAIR && peer)
		text_addf(t, "-%" PRIu64, peer->cookie);
	if (r->context)
		text_addc(t, ')');
	if (r->folded && r->kind != ROW_TIME_WAIT)	/* a count is so by itself */
		text_addc(t, '+');
}

/*
 * Builds the view. A row is its socket's cookie, a pair "3-4", a count "5x3", a process
 * "pid9:3"; " |" or " `" is before one below another, "+" behind a parent that is folded, and
 * one that is only context is in parentheses. Rows are joined by a blank.
 */
static inline const char *
made_rows(struct made_view *x)
{
	view_build(&x->view, &x->snap, &x->spec);
	text_clear(&x->text);
	for (size_t i = 0; i < x->view.count; i++) {
		if (i > 0)
			text_add(&x->text, x->view.rows[i].depth ? "" : " ");
		made_add_row(&x->text, &x->view.rows[i]);
	}
	return text_str(&x->text);
}

/* The same with a filter. */
static inline const char *
made_filtered(struct made_view *x, const char *filter)
{
	struct filter_error err;
	struct filter *f;
	const char *rows;

	cr_assert_eq(filter_parse(filter, &f, &err), 0, "%s", filter);
	x->spec.filter = f;
	rows = made_rows(x);
	x->spec.filter = NULL;
	filter_free(f);
	return rows;
}

/* Sorted by a field of the table that goes with the kind of view, backwards with a minus. */
static inline const char *
made_sorted(struct made_view *x, const struct field *table, size_t n, const char *key)
{
	x->spec.reverse = *key == '-';
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].id, key + x->spec.reverse) == 0)
			x->spec.sort = &table[i];
	cr_assert(x->spec.sort, "%s", key);
	return made_rows(x);
}

/* What stands in a cell of the last view. */
static inline const char *
made_cell(struct made_view *x, size_t row, const struct field *table, size_t n, const char *id)
{
	struct value v = { .kind = VAL_NONE };

	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].id, id) == 0)
			v = row_value(&table[i], &x->view.rows[row]);
	text_clear(&x->text);
	value_add(&x->text, &v, VALUE_TABLE, TEXT_UTF8);
	return text_str(&x->text);
}

#endif
