/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the counts of TIME_WAIT sockets. A server that is called often has thousands of
 * them, on whichever side closed first, and none of them tells more than the next. That two
 * servers meet in one of 2^62 keys would put them into one row.
 */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/view_priv.h"

void
fold_done(struct fold *f)
{
	map_done(&f->by_key);
	free(f->groups);
	free(f->members);
	free(f->socks);
	free(f->sums);
	*f = (struct fold){ .ngroups = 0 };
}

void
fold_clear(struct fold *f)
{
	map_clear(&f->by_key);
	f->ngroups = f->nmembers = 0;
}

/* splitmix64's finalizer: every bit of the input moves every bit of the result. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t
fold_key_of(const struct sock *s, bool is_client, uint64_t salt)
{
	const struct endpoint *server = is_client ? &s->remote : &s->local;
	uint64_t half[2];

	memcpy(half, server->addr, sizeof half);
	return mix(mix(mix(half[0] + salt) + half[1]) + ((uint64_t)server->port << 8 | s->proto));
}

size_t
fold_find(struct fold *f, uint64_t key, uint32_t parent, bool *added)
{
	size_t at = (uintptr_t)map_get(&f->by_key, key);

	*added = at == 0;
	if (at > 0)
		return at - 1;
	f->groups = mem_room(f->groups, f->ngroups, &f->groups_cap, sizeof *f->groups);
	f->groups[f->ngroups++] = (struct fold_group){ .key = key, .parent = parent };
	map_put(&f->by_key, key, (void *)(uintptr_t)f->ngroups);
	return f->ngroups - 1;
}

/* The timer of TIME_WAIT is never set anew: the least of it is left to the oldest. */
static bool
is_older(const struct sock *a, const struct sock *b)
{
	if (a->timer_ms != b->timer_ms)
		return a->timer_ms < b->timer_ms;
	return sock_id(a) < sock_id(b);
}

void
fold_add(struct fold *f, size_t group, const struct sock *s)
{
	struct fold_group *g = &f->groups[group];

	f->members = mem_room(f->members, f->nmembers, &f->members_cap, sizeof *f->members);
	f->members[f->nmembers++] = (struct fold_member){ s, (uint32_t)group };
	g->count++;
	if (!g->oldest || is_older(s, g->oldest))
		g->oldest = s;
}

/* Sorts the members by their groups. */
static void
gather(struct fold *f)
{
	uint32_t first = 0;

	f->socks = view_room(f->socks, f->nmembers, &f->socks_cap, sizeof *f->socks);
	for (size_t i = 0; i < f->ngroups; i++) {
		f->groups[i].first = first;
		first += f->groups[i].count;
		f->groups[i].count = 0;
	}
	for (size_t i = 0; i < f->nmembers; i++) {
		struct fold_group *g = &f->groups[f->members[i].group];

		f->socks[g->first + g->count++] = f->members[i].sock;
	}
}

#define NO_COOKIE (UINT64_C(1) << 63)	/* cookies count up from 1; the bit below is of processes */

static void
add_row(const struct fold *f, const struct fold_group *g, struct row_sum *sum,
        const struct view_env *env, enum row_kind kind, struct pile *to)
{
	struct row row = { .sock = g->oldest, .env = env, .kind = (uint8_t)kind };

	if (g->count > 1) {
		*sum = (struct row_sum){ .socks = f->socks + g->first, .count = g->count,
		                         .id = g->key >> 2 | NO_COOKIE };
		row.kind = ROW_TIME_WAIT;
		row.sum = sum;
	}
	pile_add(to, &row, g->parent);
}

void
fold_finish(struct fold *f, const struct view_env *env, enum row_kind kind, struct pile *to)
{
	gather(f);
	f->sums = view_room(f->sums, f->ngroups, &f->sums_cap, sizeof *f->sums);
	for (size_t i = 0; i < f->ngroups; i++)
		if (f->groups[i].count > 0)
			add_row(f, &f->groups[i], &f->sums[i], env, kind, to);
}

/* ---- unfolded ---- */

/* Of the view as it is; each count is told whether it is unfolded. Returns the rows that come. */
static size_t
mark_counts(const struct build *b)
{
	const struct view *v = b->v;
	size_t more = 0;

	for (size_t i = 0; i < v->count; i++) {
		struct row *r = &v->rows[i];

		if (r->kind != ROW_TIME_WAIT)
			continue;
		r->parent = true;
		r->folded = !view_is_turned(b, r);
		more += r->folded ? 0 : r->sum->count;
	}
	return more;
}

static void
add_members(struct build *b, const struct row *count, enum row_kind kind, struct row *to)
{
	for (uint32_t i = 0; i < count->sum->count; i++)
		to[i] = (struct row){ .sock = count->sum->socks[i], .env = count->env,
		                      .kind = (uint8_t)kind, .far = count->far,
		                      .depth = (uint8_t)(count->depth + 1) };
	order_rows(b, to, count->sum->count);
	to[count->sum->count - 1].last = true;
}

/* From the back, so that each row moves once. */
void
fold_expand(struct build *b, enum row_kind kind)
{
	struct view *v = b->v;
	size_t at = v->count, more = b->folds ? mark_counts(b) : 0, to = at + more;

	if (more == 0)
		return;
	if (to > v->cap) {
		v->rows = mem_resize(v->rows, to, sizeof *v->rows);
		v->cap = to;
	}
	v->count = to;
	while (at-- > 0) {
		const struct row r = v->rows[at];

		if (r.kind == ROW_TIME_WAIT && !r.folded) {
			to -= r.sum->count;
			add_members(b, &r, kind, &v->rows[to]);
		}
		v->rows[--to] = r;
	}
}
