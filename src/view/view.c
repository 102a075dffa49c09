/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the choice and the order of rows. Each row is given two ranks once, numbers
 * that sort almost as its value (value_rank) and as its addresses do; values and
 * sockets are only looked at again where both are equal. That is what makes 60,000
 * rows sort in the time between two keys.
 */

#include "view/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct sort_key {
	uint64_t           rank;	/* of the value */
	uint64_t           tie;		/* of what break_tie() looks at */
	const struct sock *sock;
};

#define RANK_NONE UINT64_MAX	/* of VAL_NONE */

/* How rows are ordered, for qsort_r. */
struct order {
	const struct field    *field;
	bool                   descends;
	bool                   whole;	/* equal ranks are equal values */
	const struct view_env *env;
};

void
view_init(struct view *v, struct names *names)
{
	*v = (struct view){ .env.names = names };
}

void
view_done(struct view *v)
{
	free(v->rows);
	free(v->clients);
	sums_done(&v->sums);
	free(v->keys);
	*v = (struct view){ .count = 0 };
}

/* Choice. */

static void
count_sock(struct view_counts *n, const struct snapshot *snap, const struct sock *s)
{
	bool peer = sock_has_peer(s);

	n->in_scope++;
	if (s->state == STATE_LISTEN) {
		n->listening++;
		n->exposed += sock_reach_of(s, snap->lo_ifindex) == REACH_EXPOSED;
	}
	n->connections += peer && s->state != STATE_TIME_WAIT;
	n->hidden += s->holder == HOLDER_HIDDEN;
}

static bool
is_wanted(const struct view_spec *spec, const struct sock *s)
{
	unsigned family = s->family == 4 ? VIEW_IPV4 : VIEW_IPV6;

	if (spec->protos && !(spec->protos & (1u << s->proto)))
		return false;
	if (spec->families && !(spec->families & family))
		return false;
	return !spec->holding || sock_holds_port(s);
}

bool
view_has(const struct view_spec *spec, const struct row *row)
{
	return scope_has(spec->scope, row->env->snap, row->sock) && is_wanted(spec, row->sock) &&
	       filter_eval(spec->ports, row) && filter_eval(spec->filter, row);
}

static void
choose(struct view *v, const struct view_spec *spec)
{
	const struct snapshot *snap = v->env.snap;

	v->count = 0;
	v->counts = (struct view_counts){ .in_scope = 0 };
	for (size_t i = 0; i < snap->count + snap->ngone; i++) {
		struct row row = { .sock = &snap->socks[i], .env = &v->env };

		if (!scope_has(spec->scope, snap, row.sock))
			continue;
		if (i < snap->count)
			count_sock(&v->counts, snap, row.sock);
		if (!is_wanted(spec, row.sock) || !filter_eval(spec->ports, &row) ||
		    !filter_eval(spec->filter, &row))
			continue;
		v->rows = mem_room(v->rows, v->count, &v->cap, sizeof *v->rows);
		v->rows[v->count++] = row;
		v->counts.gone += row.sock->life == LIFE_GONE;
	}
}

/* Order. */

static const struct field *
sort_field(const struct view_spec *spec)
{
	return spec->sort ? spec->sort : field_find("lport", strlen("lport"));
}

bool
view_descends(const struct view_spec *spec)
{
	bool big = sort_field(spec)->flags & FIELD_BIG;

	return big != spec->reverse;
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
break_tie(const struct sock *a, const struct sock *b)
{
	int r = order_endpoints(&a->local, &b->local);

	if (r == 0)
		r = order_endpoints(&a->remote, &b->remote);
	if (r == 0)
		r = order_u64(a->proto, b->proto);
	if (r == 0)
		r = order_u64(a->family, b->family);
	return r ? r : order_u64(sock_id(a), sock_id(b));
}

/* As break_tie() orders: local port, local address, and the peer's port as far as there is room. */
static uint64_t
rank_tie(const struct sock *s)
{
	struct value addr = value_addr(&s->local);
	uint64_t rank = value_rank(&addr);

	if (!addr_is_v4(s->local.addr))
		return (uint64_t)s->local.port << 48 | rank >> 16;
	return (uint64_t)s->local.port << 48 | rank >> 1 | s->remote.port >> 1;
}

static int
compare_values(const struct order *o, const struct sock *a, const struct sock *b)
{
	struct row ra = { .sock = a, .env = o->env }, rb = { .sock = b, .env = o->env };
	struct value va = field_get(o->field, &ra), vb = field_get(o->field, &rb);
	int r = value_compare(&va, &vb);

	return o->descends && va.kind != VAL_NONE && vb.kind != VAL_NONE ? -r : r;
}

static int
compare_keys(const void *x, const void *y, void *arg)
{
	const struct sort_key *a = x, *b = y;
	const struct order *o = arg;
	int r = order_u64(a->rank, b->rank);

	if (r == 0 && !(o->whole && a->rank != RANK_NONE))
		r = compare_values(o, a->sock, b->sock);
	if (r == 0)
		r = order_u64(a->tie, b->tie);
	return r ? r : break_tie(a->sock, b->sock);
}

/*
 * Ranks ascend whichever way the field goes. What is not known comes last; a known
 * 0 that descends has RANK_NONE too, which is why that one never tells all.
 */
static struct sort_key
key_of(const struct order *o, const struct row *row)
{
	struct value v = field_get(o->field, row);
	uint64_t rank = value_rank(&v);
	bool turned = o->descends && v.kind != VAL_NONE;

	return (struct sort_key){
		.rank = turned ? ~rank : rank,
		.tie = rank_tie(row->sock),
		.sock = row->sock,
	};
}

static struct sort_key *
room_for_keys(struct view *v)
{
	if (v->count > v->keys_cap) {
		v->keys = mem_resize(v->keys, v->cap, sizeof(struct sort_key));
		v->keys_cap = v->cap;
	}
	return v->keys;
}

static void
sort(struct view *v, const struct view_spec *spec)
{
	const struct field *field = sort_field(spec);
	struct order o = {
		.field = field,
		.descends = view_descends(spec),
		.whole = value_rank_is_whole(field->kind),
		.env = &v->env,
	};
	struct sort_key *keys = room_for_keys(v);

	for (size_t i = 0; i < v->count; i++)
		keys[i] = key_of(&o, &v->rows[i]);
	qsort_r(keys, v->count, sizeof *keys, compare_keys, &o);
	for (size_t i = 0; i < v->count; i++)
		v->rows[i].sock = keys[i].sock;
}

/* Those in the scope alone: a sample may have more. */
static void
count_clients(struct view *v, enum scope scope)
{
	const struct snapshot *snap = v->env.snap;

	if (snap->count > v->clients_cap) {
		v->clients = mem_resize(v->clients, snap->cap, sizeof *v->clients);
		v->clients_cap = snap->cap;
	}
	v->env.clients = v->clients;
	if (snap->count > 0)
		memset(v->clients, 0, snap->count * sizeof *v->clients);
	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (s->listener && s->state == STATE_ESTABLISHED && scope_has(scope, snap, s))
			v->clients[s->listener - 1]++;
	}
}

void
view_build(struct view *v, const struct snapshot *snap, const struct view_spec *spec)
{
	v->env.snap = snap;
	count_clients(v, spec->scope);
	v->env.rates = sums_build(&v->sums, snap, spec->scope);
	choose(v, spec);
	if (v->count > 1)
		sort(v, spec);
}

size_t
view_find(const struct view *v, uint64_t id, size_t near)
{
	if (near < v->count && row_is(&v->rows[near], id))
		return near;
	for (size_t i = 0; i < v->count; i++)
		if (row_is(&v->rows[i], id))
			return i;
	return v->count;
}

int
view_parse_sort(const char *s, struct view_spec *spec)
{
	bool reverse = *s == '-';
	const char *id = s + reverse;
	const struct field *f = field_find(id, strlen(id));

	if (!f)
		return -EINVAL;
	spec->sort = f;
	spec->reverse = reverse;
	return 0;
}
