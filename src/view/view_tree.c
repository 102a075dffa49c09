/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the tree: what holds a port, and below it who is connected. A connection whose server's
 * end is in sight is that end; else, as in TIME_WAIT on the client's side or where
 * SYNs go unanswered, it is the client's. Connections that lead to nothing here come last,
 * each end by itself; where only what holds a port is wanted, not at all.
 */

#include <string.h>

#include "view/view_priv.h"

static uint32_t
parent_of(const struct build *b, size_t i)
{
	return sock_holds_port(&b->snap->socks[i]) ? 0 : b->m->links.takers[i];
}

static bool
has_row(const struct build *b, size_t i)
{
	if (sock_holds_port(&b->snap->socks[i]))
		return true;
	if (view_is_replaced(b, i))
		return false;
	if (parent_of(b, i))
		return true;
	return !parent_of(b, view_mate(b, i)) && !b->spec->holding;
}

/* A row below passes with either end, and with what it is below. */
static unsigned
marks_of(const struct build *b, size_t i)
{
	uint32_t parent = parent_of(b, i);
	unsigned marks = parent ? view_marks_of_both(b, i) : b->m->marks[i];

	if (parent && marks & MARK_SCOPE)
		marks |= b->m->marks[parent - 1] & MARK_PASSES;
	return marks;
}

static uint64_t
fold_key(const struct build *b, size_t i)
{
	uint32_t parent = parent_of(b, i);

	if (!parent)
		return view_own_fold_key(b, i);
	return fold_key_of(&b->snap->socks[parent - 1], false,
	                   sock_id(&b->snap->socks[parent - 1]));
}

static void
add_root(struct build *b, const struct row *row, size_t i)
{
	pile_add(&b->m->roots, row, 0);
	b->m->slots[i] = (uint32_t)b->m->roots.count;
}

/* The root that a row is below, which may have passed nothing itself. */
static uint32_t
root_of(struct build *b, uint32_t parent)
{
	const struct row context = { .sock = &b->snap->socks[parent - 1], .env = &b->v->env,
	                             .kind = ROW_SOCK, .context = true };

	if (!b->m->slots[parent - 1])
		add_root(b, &context, parent - 1);
	return b->m->slots[parent - 1];
}

static void
arrange(struct build *b)
{
	struct view_memory *m = b->m;
	const struct pile *chosen = &m->chosen;

	m->roots.count = m->below.count = 0;
	m->slots = view_room(m->slots, b->n, &m->slots_cap, sizeof *m->slots);
	memset(m->slots, 0, b->n * sizeof *m->slots);
	for (size_t i = 0; i < chosen->count; i++)
		if (!chosen->parents[i])
			add_root(b, &chosen->rows[i], (size_t)(chosen->rows[i].sock - b->snap->socks));
	for (size_t i = 0; i < chosen->count; i++) {
		struct row row = chosen->rows[i];

		row.far = true;
		if (chosen->parents[i])
			pile_add(&m->below, &row, root_of(b, chosen->parents[i]));
	}
	nest(b, false, NULL);
}

static unsigned
class_of(const struct row *r)
{
	return !sock_holds_port(r->sock);
}

const struct view_ops view_tree = {
	.kind = ROW_SOCK,
	.links = true,
	.sort = "lport",
	.fields = fields,
	.nfields = &nfields,
	.class_of = class_of,
	.has_row = has_row,
	.marks = marks_of,
	.parent = parent_of,
	.fold_key = fold_key,
	.arrange = arrange,
};
