/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns how rows come to stand below others: sorted among themselves, and folded away or not. */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/view_priv.h"

void
nest_done(struct nest *n)
{
	free(n->starts);
	free(n->order);
	free(n->below);
	*n = (struct nest){ .starts_cap = 0 };
}

/* Sorts the rows below by their roots: starts[r] to starts[r + 1] are those of root r. */
static void
gather(struct nest *n, const struct pile *below, size_t roots)
{
	n->starts = view_room(n->starts, roots + 2, &n->starts_cap, sizeof *n->starts);
	n->below = view_room(n->below, below->count, &n->below_cap, sizeof *n->below);
	memset(n->starts, 0, (roots + 2) * sizeof *n->starts);
	for (size_t i = 0; i < below->count; i++)
		n->starts[below->parents[i] + 1]++;
	for (size_t i = 2; i < roots + 2; i++)
		n->starts[i] += n->starts[i - 1];
	/* What counts up to where root r begins becomes where it ends. */
	for (size_t i = 0; i < below->count; i++)
		n->below[n->starts[below->parents[i]]++] = below->rows[i];
}

bool
view_is_turned(const struct build *b, const struct row *r)
{
	return b->spec->turned && map_get(b->spec->turned, row_id(r));
}

static void
emit(struct view *v, const struct row *r)
{
	v->rows = mem_room(v->rows, v->count, &v->cap, sizeof *v->rows);
	v->rows[v->count++] = *r;
}

static void
emit_below(struct view *v, const struct row *below, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct row row = below[i];

		row.depth = 1;
		row.last = i + 1 == n;
		emit(v, &row);
	}
}

static void
emit_root(struct build *b, size_t root, bool folded)
{
	const struct nest *n = &b->m->nest;
	struct row row = b->m->roots.rows[root];
	size_t count = n->starts[root + 1] - n->starts[root];

	row.parent = count > 0;
	row.folded = row.parent && folded != view_is_turned(b, &row);
	emit(b->v, &row);
	if (!row.folded)
		emit_below(b->v, n->below + n->starts[root], count);
}

void
nest(struct build *b, bool folded,
     void (*sum_up)(struct build *b, size_t root, const struct row *below, size_t n))
{
	struct nest *n = &b->m->nest;
	const struct pile *roots = &b->m->roots;

	gather(n, &b->m->below, roots->count);
	for (size_t i = 0; i < roots->count; i++) {
		struct row *below = n->below + n->starts[i];
		size_t count = n->starts[i + 1] - n->starts[i];

		order_rows(b, below, count);
		if (sum_up)
			sum_up(b, i, below, count);
	}
	n->order = view_room(n->order, roots->count, &n->order_cap, sizeof *n->order);
	order_numbers(b, roots->rows, roots->count, n->order);
	for (size_t i = 0; i < roots->count; i++)
		emit_root(b, n->order[i], folded);
	view_count_rows(b->v, b->v->rows, b->v->count);
}
