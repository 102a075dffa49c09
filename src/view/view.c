/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the choice of rows: each socket is asked once whether it is in scope and passes the
 * filters, and what that means for which row is a matter of the kind of view.
 */

#include "view/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/findings.h"
#include "view/view_priv.h"

void
view_init(struct view *v, struct names *names)
{
	*v = (struct view){ .env.names = names, .memory = mem_new(sizeof *v->memory) };
	v->memory->roots.flat = true;
	links_init(&v->memory->links);
	map_init(&v->memory->fold.by_key);
	map_init(&v->memory->processes.by_key);
}

static void
pile_done(struct pile *p)
{
	free(p->rows);
	free(p->parents);
}

void
view_done(struct view *v)
{
	struct view_memory *m = v->memory;

	links_done(&m->links);
	fold_done(&m->fold);
	processes_done(&m->processes);
	nest_done(&m->nest);
	pile_done(&m->chosen);
	pile_done(&m->roots);
	pile_done(&m->below);
	free(m->marks);
	free(m->slots);
	free(m->keys);
	free(m->values);
	free(m->firsts);
	free(m);
	free(v->rows);
	free(v->notes);
	sums_done(&v->sums);
	*v = (struct view){ .count = 0 };
}

/* ---- memory ---- */

#define ROOM_LEAST 16

void *
view_room(void *array, size_t n, size_t *cap, size_t size)
{
	if (array && n <= *cap)
		return array;
	*cap = MAX(MAX(n, 2 * *cap), ROOM_LEAST);
	return mem_resize(array, *cap, size);
}

void
pile_add(struct pile *p, const struct row *row, uint32_t parent)
{
	if (p->count == p->cap)
		p->rows = mem_room(p->rows, p->count, &p->cap, sizeof *p->rows);
	p->rows[p->count] = *row;
	if (!p->flat) {
		p->parents = mem_room(p->parents, p->count, &p->parents_cap, sizeof *p->parents);
		p->parents[p->count] = parent;
	}
	p->count++;
}

/* ---- marks ---- */

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
is_wanted(const struct view_spec *spec, const struct sock *s, bool holding)
{
	unsigned family = s->family == 4 ? VIEW_IPV4 : VIEW_IPV6;

	if (spec->protos && !(spec->protos & (1u << s->proto)))
		return false;
	if (spec->families && !(spec->families & family))
		return false;
	return !holding || sock_holds_port(s);
}

bool
view_has(const struct view_spec *spec, const struct row *row)
{
	return scope_has(spec->scope, row->env->snap, row->sock) &&
	       is_wanted(spec, row->sock, spec->holding) && filter_eval(spec->ports, row) &&
	       filter_eval(spec->filter, row);
}

static void
note_connection(struct view *v, const struct sock *s)
{
	struct view_note *note = &v->notes[s->listener - 1];

	note->clients += s->state == STATE_ESTABLISHED;
	note->ails |= findings_alarm(s);
}

/* In a tree it depends on what is folded. */
static bool
hides_connections(const struct view_spec *spec)
{
	return spec->kind == VIEW_TREE || (spec->kind == VIEW_SOCKETS && spec->holding);
}

/* Clients are counted of those in the scope alone: a sample may have more. */
static void
mark_scope(struct build *b)
{
	struct view *v = b->v;

	v->notes = view_room(v->notes, b->snap->count, &v->notes_cap, sizeof *v->notes);
	memset(v->notes, 0, b->snap->count * sizeof *v->notes);
	for (size_t i = 0; i < b->n; i++) {
		const struct sock *s = &b->snap->socks[i];

		b->rated |= s->has & SOCK_HAS_RATE;
		b->m->marks[i] = scope_has(b->spec->scope, b->snap, s) ? MARK_SCOPE : 0;
		if (i >= b->snap->count || !b->m->marks[i])
			continue;
		count_sock(&v->counts, b->snap, s);
		if (s->listener)
			note_connection(v, s);
	}
	v->env.notes = v->notes;
	v->env.hides = hides_connections(b->spec);
}

/* That the end of TIME_WAIT is shown for a while helps nobody. */
static bool
is_spent(const struct sock *s)
{
	return s->state == STATE_TIME_WAIT && s->life == LIFE_GONE;
}

static void
mark_chosen(struct build *b, bool holding)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct row row = { .sock = &b->snap->socks[i], .env = &b->v->env };

		if (!b->m->marks[i])
			continue;
		if (!is_wanted(b->spec, row.sock, holding) || is_spent(row.sock))
			b->m->marks[i] = 0;
		else if ((!b->spec->ports || filter_eval(b->spec->ports, &row)) &&
		         (!b->spec->filter || filter_eval(b->spec->filter, &row)))
			b->m->marks[i] |= MARK_PASSES;
	}
}

/* ---- rows ---- */

size_t
view_mate(const struct build *b, size_t i)
{
	uint32_t mate = b->m->links.mates[i];

	return mate ? mate - 1 : i;
}

bool
view_is_replaced(const struct build *b, size_t i)
{
	const struct sock *s = &b->snap->socks[i];

	return s->life == LIFE_GONE && s->peer && s->peer <= b->snap->count &&
	       !b->m->links.mates[i];
}

unsigned
view_marks_of_both(const struct build *b, size_t i)
{
	return b->m->marks[i] | b->m->marks[view_mate(b, i)];
}

/* Is nothing left of the connection but TIME_WAIT? */
static bool
is_folded(const struct build *b, const struct view_ops *ops, size_t i)
{
	const struct sock *socks = b->snap->socks;

	return b->folds && socks[i].state == STATE_TIME_WAIT &&
	       (!ops->links || socks[view_mate(b, i)].state == STATE_TIME_WAIT);
}

static bool
is_gone(const struct build *b, size_t i)
{
	const struct row pair = { .sock = &b->snap->socks[i], .env = &b->v->env, .kind = ROW_PAIR };

	if (b->spec->kind != VIEW_PAIRS)
		return pair.sock->life == LIFE_GONE;
	return row_life(&pair) == LIFE_GONE;
}

/* Counts the row of depth 0 that socket i is in or below, once, unless it is gone. */
static void
count_row(struct build *b, size_t i)
{
	if (b->m->marks[i] & MARK_COUNTED || is_gone(b, i))
		return;
	b->m->marks[i] |= MARK_COUNTED;
	b->v->counts.rows_total++;
}

static bool
is_left_out(const struct build *b, size_t i)
{
	const struct sock *s = &b->snap->socks[i];

	return b->spec->fold_ephemeral && sock_holds_port(s) &&
	       snapshot_ephemeral(b->snap, s->local.port);
}

static void
choose_sock(struct build *b, const struct view_ops *ops, size_t i)
{
	struct row row = { .sock = &b->snap->socks[i], .env = &b->v->env, .kind = (uint8_t)ops->kind };
	unsigned marks = ops->marks ? ops->marks(b, i) : b->m->marks[i];
	uint32_t parent = ops->parent ? ops->parent(b, i) : 0;
	bool folded = is_folded(b, ops, i), added = false;
	size_t group = 0;

	if (!(marks & MARK_SCOPE))
		return;
	if (folded)
		group = fold_find(&b->m->fold, ops->fold_key(b, i), parent, &added);
	if (parent)
		count_row(b, parent - 1);
	else if (!folded || added)
		count_row(b, i);
	if (!(marks & MARK_PASSES))
		return;
	if (is_left_out(b, parent ? parent - 1 : i)) {
		b->v->counts.ephemeral += !parent;
		return;
	}
	if (folded)
		fold_add(&b->m->fold, group, row.sock);
	else
		pile_add(&b->m->chosen, &row, parent);
}

/* The memory of rows goes from one to the other, so that there need not be two of that size. */
static void
trade_rows(struct view *v, struct pile *p)
{
	struct pile old = *p;

	p->rows = v->rows;
	p->cap = v->cap;
	v->rows = old.rows;
	v->cap = old.cap;
}

static void
choose(struct build *b, const struct view_ops *ops)
{
	b->m->chosen.count = 0;
	b->m->chosen.flat = !ops->parent;
	if (b->m->chosen.flat)
		trade_rows(b->v, &b->m->chosen);
	fold_clear(&b->m->fold);
	for (size_t i = 0; i < b->n; i++)
		if (!ops->has_row || ops->has_row(b, i))
			choose_sock(b, ops, i);
	fold_finish(&b->m->fold, &b->v->env, ops->kind, &b->m->chosen);
}

/* ---- kinds ---- */

/* By the server, and by the side that closed first: the two have no column in common. */
uint64_t
view_own_fold_key(const struct build *b, size_t i)
{
	const struct row row = { .sock = &b->snap->socks[i], .env = &b->v->env };
	bool client = row_is_client(&row);

	return fold_key_of(row.sock, client, client);
}

void
view_count_rows(struct view *v, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v->counts.rows += rows[i].depth == 0 && row_life(&rows[i]) != LIFE_GONE;
}

/* One after the other: the pile of the chosen ones is what is shown. */
void
view_arrange(struct build *b)
{
	struct pile *chosen = &b->m->chosen;

	view_count_rows(b->v, chosen->rows, chosen->count);
	order_rows(b, chosen->rows, chosen->count);
	trade_rows(b->v, chosen);
	b->v->count = chosen->count;
}

static const struct view_ops view_sockets = {
	.kind = ROW_SOCK,
	.holding = true,
	.sort = "lport",
	.fields = fields,
	.nfields = &nfields,
	.fold_key = view_own_fold_key,
	.arrange = view_arrange,
};

static bool
has_no_row(const struct build *b, size_t i)
{
	(void)b;
	(void)i;
	return false;
}

static const struct view_ops view_nothing = {
	.kind = ROW_SOCK,
	.sort = "lport",
	.fields = fields,
	.nfields = &nfields,
	.has_row = has_no_row,
	.arrange = view_arrange,
};

static const struct view_ops *const kinds[VIEW_KINDS] = {
	[VIEW_SOCKETS]   = &view_sockets,
	[VIEW_TREE]      = &view_tree,
	[VIEW_PAIRS]     = &view_pairs,
	[VIEW_PROCESSES] = &view_processes,
	[VIEW_COUNTS]    = &view_nothing,
};

bool
view_descends(const struct view_spec *spec)
{
	struct order o;

	order_init(&o, spec, kinds[spec->kind]);
	return o.descends;
}

static void
find_links(struct build *b, bool wanted)
{
	struct view_env *env = &b->v->env;

	env->mates = env->takers = NULL;
	if (!wanted)
		return;
	links_find(&b->m->links, b->snap);
	env->mates = b->m->links.mates;
	env->takers = b->m->links.takers;
}

static bool
is_asked_for(const struct view_spec *spec)
{
	return filter_names_state(spec->filter, STATE_TIME_WAIT);
}

void
view_build(struct view *v, const struct snapshot *snap, const struct view_spec *spec)
{
	const struct view_ops *ops = kinds[spec->kind];
	struct build b = { .v = v, .m = v->memory, .spec = spec, .snap = snap,
	                   .n = snap->count + snap->ngone };

	v->env.snap = snap;
	v->count = 0;
	v->counts = (struct view_counts){ .in_scope = 0 };
	b.folds = spec->fold_time_wait && !is_asked_for(spec);
	b.m->marks = view_room(b.m->marks, b.n, &b.m->marks_cap, sizeof *b.m->marks);
	order_init(&b.order, spec, ops);
	find_links(&b, ops->links);
	mark_scope(&b);
	if (b.rated)
		sums_build(&v->sums, snap, spec->scope);
	v->env.sums = b.rated ? &v->sums : NULL;
	mark_chosen(&b, ops->holding && spec->holding);
	if (ops->prepare)
		ops->prepare(&b);
	choose(&b, ops);
	ops->arrange(&b);
	fold_expand(&b, ops->kind);
}

/* ---- finding ---- */

static bool
counts_sock(const struct row *r, uint64_t id)
{
	for (uint32_t i = 0; r->sum && i < r->sum->count; i++)
		if (sock_id(r->sum->socks[i]) == id)
			return true;
	return false;
}

size_t
view_find(const struct view *v, uint64_t id, size_t near)
{
	if (near < v->count && row_is(&v->rows[near], id))
		return near;
	for (size_t i = 0; i < v->count; i++)
		if (row_is(&v->rows[i], id))
			return i;
	for (size_t i = 0; i < v->count; i++)
		if (counts_sock(&v->rows[i], id))
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
