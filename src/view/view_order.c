/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the order of rows. Each row is given two ranks once, numbers that sort almost as its
 * value (value_rank) and as its addresses do; the value itself and the socket are only looked
 * at where both are equal. That is what makes 60,000 rows sort in the time between two keys.
 */

#include <stdlib.h>
#include <string.h>

#include "view/view_priv.h"

struct sort_key {
	uint64_t rank;	/* of the value */
	uint64_t tie;	/* of what break_tie() looks at */
	uint32_t at;	/* the row's number */
	uint32_t class;
};

#define RANK_NONE UINT64_MAX	/* of VAL_NONE */

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

static int
compare_values(const struct order *o, const struct value *a, const struct value *b)
{
	int r = value_compare(a, b);

	return o->descends && a->kind != VAL_NONE && b->kind != VAL_NONE ? -r : r;
}

static int
compare_keys(const void *x, const void *y, void *arg)
{
	const struct sort_key *a = x, *b = y;
	const struct order *o = arg;
	int r = order_u64(a->class, b->class);

	if (r == 0)
		r = order_u64(a->rank, b->rank);
	if (r == 0 && !(o->whole && a->rank != RANK_NONE))
		r = compare_values(o, &o->values[a->at], &o->values[b->at]);
	if (r == 0)
		r = order_u64(a->tie, b->tie);
	return r ? r : break_tie(&o->rows[a->at], &o->rows[b->at]);
}

/*
 * Ranks ascend whichever way the field goes. What is not known comes last; a known
 * 0 that descends has RANK_NONE too, which is why that one never tells all.
 */
static struct sort_key
key_of(const struct order *o, size_t at)
{
	const struct row *row = &o->rows[at];
	const struct value *v = &o->values[at];
	uint64_t rank = value_rank(v);
	bool turned = o->descends && v->kind != VAL_NONE;

	return (struct sort_key){
		.rank = turned ? ~rank : rank,
		.tie = rank_tie(row),
		.at = (uint32_t)at,
		.class = o->class_of ? o->class_of(row) : 0,
	};
}

static const struct sort_key *
sorted_keys(struct build *b, const struct row *rows, size_t n)
{
	struct view_memory *m = b->m;
	struct sort_key *keys = m->keys = view_room(m->keys, n, &m->keys_cap, sizeof *keys);

	m->values = view_room(m->values, n, &m->values_cap, sizeof *m->values);
	b->order.rows = rows;
	b->order.values = m->values;
	for (size_t i = 0; i < n; i++) {
		m->values[i] = row_value(b->order.field, &rows[i]);
		keys[i] = key_of(&b->order, i);
	}
	qsort_r(keys, n, sizeof *keys, compare_keys, &b->order);
	return keys;
}

void
order_numbers(struct build *b, const struct row *rows, size_t n, uint32_t *to)
{
	const struct sort_key *keys = sorted_keys(b, rows, n);

	for (size_t i = 0; i < n; i++)
		to[i] = keys[i].at;
}

void
order_rows(struct build *b, struct row *rows, size_t n)
{
	struct view_memory *m = b->m;
	const struct sort_key *keys;

	if (n < 2)
		return;
	keys = sorted_keys(b, rows, n);
	m->spare = view_room(m->spare, n, &m->spare_cap, sizeof *m->spare);
	memcpy(m->spare, rows, n * sizeof *rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = m->spare[keys[i].at];
}
