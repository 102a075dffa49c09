/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the order of rows. Each row is given a number that sorts almost as its value does
 * (value_rank); only where rows have the same one is more looked at: the values, where the
 * number does not tell all, then a number for their ends, then the sockets. That is what makes
 * 60,000 rows sort in the time between two keys.
 */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rank.h"
#include "view/view_priv.h"

void
order_init(struct order *o, const struct view_spec *spec, const struct view_ops *ops)
{
	const struct field *f = spec->sort;

	for (size_t i = 0; !f && i < *ops->nfields; i++)
		if (strcmp(ops->fields[i].id, ops->sort) == 0)
			f = &ops->fields[i];
	*o = (struct order){
		.field = f,
		.descends = (f->flags & FIELD_BIG) != 0 ? !spec->reverse : spec->reverse,
		.whole = value_rank_is_whole(f->kind),
		.class_of = ops->class_of,
	};
}

static int
order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
order_endpoints(const struct endpoint *a, const struct endpoint *b)
{
	struct value x = value_addr(a), y = value_addr(b);
	int r = order_u64(a->port, b->port);

	return r ? r : value_compare(&x, &y);
}

/* What decides where the field does not; the same in both directions. */
static int
break_tie(const struct row *x, const struct row *y)
{
	const struct sock *a = x->sock, *b = y->sock;
	int r = order_endpoints(&a->local, &b->local);

	if (r == 0)
		r = order_endpoints(&a->remote, &b->remote);
	if (r == 0)
		r = order_u64(a->proto, b->proto);
	if (r == 0)
		r = order_u64(a->family, b->family);
	return r ? r : order_u64(row_id(x), row_id(y));
}

/* As break_tie() orders: local port, local address, and the peer's port as far as there is room. */
static uint64_t
rank_ends(const struct endpoint *local, const struct endpoint *remote)
{
	struct value addr = value_addr(local);
	uint64_t rank = value_rank(&addr);

	if (!addr_is_v4(local->addr))
		return (uint64_t)local->port << 48 | rank >> 16;
	return (uint64_t)local->port << 48 | rank >> 1 | remote->port >> 1;
}

/*
 * A count goes behind what is one thing, and by what it is a count of: its oldest socket is
 * another one every few seconds.
 */
static uint64_t
rank_count(const struct row *r)
{
	const struct endpoint *server = row_is_client(r) ? &r->sock->remote : &r->sock->local;

	return UINT64_C(0xffff) << 48 | (uint64_t)server->port << 32 | r->sum->id >> 32;
}

static uint64_t
rank_tie(const struct row *r)
{
	if (r->kind == ROW_PROCESS)
		return r->sum->task ? (uint64_t)r->sum->task->pid : r->sum->id;
	if (r->kind == ROW_TIME_WAIT)
		return rank_count(r);
	/* A pair stays where it is when its client's end goes out of sight. */
	if (r->kind == ROW_PAIR && !row_is_client(r))
		return rank_ends(&r->sock->remote, &r->sock->local);
	return rank_ends(&r->sock->local, &r->sock->remote);
}

/* ---- where numbers do not tell all ---- */

typedef void (*settle_fn)(const struct order *o, struct ranked *keys, size_t n);

/* Settles each run of equal keys. */
static void
settle_runs(const struct order *o, struct ranked *keys, size_t n, settle_fn settle)
{
	for (size_t run; n > 0; keys += run, n -= run) {
		run = rank_run(keys, n);
		if (run > 1)
			settle(o, keys, run);
	}
}

static int
compare_socks(const void *x, const void *y, void *arg)
{
	const struct ranked *a = x, *b = y;
	const struct order *o = arg;
	int r = break_tie(&o->rows[a->at], &o->rows[b->at]);

	return r ? r : order_u64(a->at, b->at);
}

static void
settle_socks(const struct order *o, struct ranked *keys, size_t n)
{
	qsort_r(keys, n, sizeof *keys, compare_socks, (void *)o);
}

static bool
have_one_local_end(const struct order *o, const struct ranked *keys, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (order_endpoints(&o->rows[keys[i].at].sock->local, &o->rows[keys[0].at].sock->local))
			return false;
	return true;
}

/* Of a server's connections over IPv6 the number for both ends tells only the server's. */
static void
settle_remote(const struct order *o, struct ranked *keys, size_t n)
{
	if (!have_one_local_end(o, keys, n)) {
		settle_socks(o, keys, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct sock *s = o->rows[keys[i].at].sock;

		keys[i].rank = rank_ends(&s->remote, &s->local);
	}
	rank_sort(keys, n);
	settle_runs(o, keys, n, settle_socks);
}

#define AHEAD 8	/* rows: their sockets are anywhere in memory by now */

static void
settle_ends(const struct order *o, struct ranked *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n) {
			__builtin_prefetch(&o->rows[keys[i + AHEAD].at].sock->local);
			__builtin_prefetch(&o->rows[keys[i + AHEAD].at].sock->remote.port);
		}
		keys[i].rank = rank_tie(&o->rows[keys[i].at]);
	}
	rank_sort(keys, n);
	settle_runs(o, keys, n, settle_remote);
}

/* ---- values ---- */

/*
 * Many rows have one text or process: each of those is compared once, however many rows
 * have it. Makes runs of what certainly has one value; false where all have.
 */
static bool
part_by_place(const struct order *o, struct ranked *keys, size_t n)
{
	struct value first = row_value(o->field, &o->rows[keys[0].at]);
	uint64_t before = value_place(&first);
	bool differ = false;

	for (size_t i = 0; i < n; i++) {
		struct value v = row_value(o->field, &o->rows[keys[i].at]);
		uint64_t place = value_place(&v);

		if (!differ && (place == 0 || place != before))
			differ = value_compare(&v, &first) != 0;
		keys[i].rank = place ? place : i;
		keys[i].class = 0;
		before = place;
	}
	if (differ)
		rank_sort(keys, n);
	return differ;
}

/* Notes the value of each run: in a first[] its number as the rank, where it begins, how long it is. */
static size_t
note_values(const struct order *o, const struct ranked *keys, size_t n)
{
	struct view_memory *m = o->memory;
	size_t count = 0;

	for (size_t at = 0, run; at < n; at += run, count++) {
		run = rank_run(keys + at, n - at);
		m->values = mem_room(m->values, count, &m->values_cap, sizeof *m->values);
		m->firsts = mem_room(m->firsts, count, &m->firsts_cap, sizeof *m->firsts);
		m->values[count] = row_value(o->field, &o->rows[keys[at].at]);
		m->firsts[count] = (struct ranked){ .rank = count, .class = (uint32_t)run, .at = (uint32_t)at };
	}
	return count;
}

static int
compare_firsts(const void *x, const void *y, void *arg)
{
	const struct ranked *a = x, *b = y;
	const struct order *o = arg;
	int r = value_compare(&o->memory->values[a->rank], &o->memory->values[b->rank]);

	return o->descends ? -r : r;
}

/* Ranks all by their values, which are in order in firsts[]. */
static void
rank_by_values(const struct order *o, struct ranked *keys, size_t count)
{
	const struct view_memory *m = o->memory;
	uint64_t number = 0;

	for (size_t i = 0; i < count; i++) {
		const struct ranked *first = &m->firsts[i];

		if (i > 0)
			number += value_compare(&m->values[first[-1].rank], &m->values[first->rank]) != 0;
		for (size_t k = 0; k < first->class; k++)
			keys[first->at + k].rank = number;
	}
}

/* Their first bytes are equal: as a rule so is the rest. */
static void
settle_values(const struct order *o, struct ranked *keys, size_t n)
{
	size_t count;

	if (!part_by_place(o, keys, n)) {
		settle_ends(o, keys, n);
		return;
	}
	count = note_values(o, keys, n);
	qsort_r(o->memory->firsts, count, sizeof *o->memory->firsts, compare_firsts, (void *)o);
	rank_by_values(o, keys, count);
	rank_sort(keys, n);
	settle_runs(o, keys, n, settle_ends);
}

/* Ranks ascend whichever way the field goes, and what is not known comes last of its class. */
static struct ranked
key_of(const struct order *o, size_t at)
{
	const struct row *row = &o->rows[at];
	struct value v = row_value(o->field, row);
	uint64_t rank = value_rank(&v);
	unsigned class = o->class_of ? o->class_of(row) : 0;

	return (struct ranked){
		.rank = o->descends ? ~rank : rank,
		.class = class * 2 + (v.kind == VAL_NONE),
		.at = (uint32_t)at,
	};
}

static struct ranked *
sorted_keys(struct build *b, const struct row *rows, size_t n)
{
	struct view_memory *m = b->m;

	m->keys = view_room(m->keys, n, &m->keys_cap, sizeof *m->keys);
	b->order.rows = rows;
	b->order.memory = m;
	for (size_t i = 0; i < n; i++)
		m->keys[i] = key_of(&b->order, i);
	rank_sort(m->keys, n);
	settle_runs(&b->order, m->keys, n, b->order.whole ? settle_ends : settle_values);
	return m->keys;
}

void
order_numbers(struct build *b, const struct row *rows, size_t n, uint32_t *to)
{
	const struct ranked *keys = sorted_keys(b, rows, n);

	for (size_t i = 0; i < n; i++)
		to[i] = keys[i].at;
}

/* In place: each row goes to where the one was that goes somewhere else in turn. */
void
order_rows(struct build *b, struct row *rows, size_t n)
{
	struct ranked *keys;

	if (n < 2)
		return;
	keys = sorted_keys(b, rows, n);
	for (size_t i = 0; i < n; i++) {
		struct row first = rows[i];
		size_t to = i, from = keys[i].at;

		for (; from != i; to = from, from = keys[to].at) {
			rows[to] = rows[from];
			keys[to].at = (uint32_t)to;
		}
		rows[to] = first;
		keys[to].at = (uint32_t)to;
	}
}
