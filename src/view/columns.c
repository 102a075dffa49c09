/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the widths of columns: what each needs, and who gives way where there is too little room. */

#include "view/columns.h"

#include <errno.h>
#include <string.h>

#include "base/i18n.h"

#define GROW_LEAST 8	/* cells that long text keeps, if it has as many */

int
columns_parse(struct columns *c, const char *list, const char **bad, size_t *bad_len)
{
	struct columns parsed = { .count = 0 };
	const char *word = list;

	for (;;) {
		size_t len = strcspn(word, ",");
		const struct field *f = field_find(word, len);

		if (!f || parsed.count == COLUMNS_MAX) {
			*bad = word;
			*bad_len = len;
			return -EINVAL;
		}
		parsed.field[parsed.count++] = f;
		if (word[len] == '\0')
			break;
		word += len + 1;
	}
	*c = parsed;
	return 0;
}

unsigned
columns_needs(const struct columns *c)
{
	unsigned flags = 0;

	for (size_t i = 0; i < c->count; i++)
		flags |= c->field[i]->flags;
	return flags & FIELD_NEEDS;
}

void
columns_measure_begin(struct columns *c, const struct field *sorted, size_t mark)
{
	for (size_t i = 0; i < c->count; i++) {
		c->width[i] = text_width(_(c->field[i]->title));
		if (c->field[i] == sorted)
			c->width[i] += mark;
	}
}

#define AHEAD      8	/* rows */
#define CACHE_LINE 64

void
columns_fetch_ahead(const struct row *rows, size_t n, size_t at)
{
	const struct sock *sock = at + AHEAD < n ? rows[at + AHEAD].sock : NULL;
	const char *line = (const char *)((uintptr_t)sock & -(uintptr_t)CACHE_LINE);

	for (; sock && line < (const char *)(sock + 1); line += CACHE_LINE)
		__builtin_prefetch(line);
}

/* The cells that no value of a field can exceed, or SIZE_MAX. */
static size_t
limit_of(const struct field *f)
{
	size_t limit = 0;

	if (f->kind != VAL_ENUM)
		return value_kind_limit(f->kind);
	for (size_t i = 0; i < f->nwords; i++)
		if (f->words[i])
			limit = MAX(limit, strlen(f->words[i]));
	return limit;
}

/* The columns that may still become wider. */
struct growing {
	size_t       col[COLUMNS_MAX];
	size_t       limit[COLUMNS_MAX];
	struct value last[COLUMNS_MAX];	/* value of the column that had to be written */
	size_t       count;
	struct text  scratch;
};

static void
drop_grown(struct growing *g, const struct columns *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->count; i++) {
		if (c->width[g->col[i]] >= g->limit[i])
			continue;
		g->limit[kept] = g->limit[i];
		g->last[kept] = g->last[i];
		g->col[kept++] = g->col[i];
	}
	g->count = kept;
}

/* Returns whether the k-th of those columns became wider. */
static bool
widen(struct columns *c, struct growing *g, size_t k, const struct row *r, enum text_charset cs)
{
	size_t col = g->col[k], width = c->width[col];
	struct value v = field_get(c->field[col], r);

	if (value_most(&v) <= width || value_same(&v, &g->last[k]))
		return false;
	g->last[k] = v;
	text_clear(&g->scratch);
	value_add(&g->scratch, &v, VALUE_TABLE, cs);
	c->width[col] = MAX(width, text_width(text_str(&g->scratch)));
	return c->width[col] > width;
}

void
columns_measure(struct columns *c, const struct row *rows, size_t n, enum text_charset cs)
{
	struct growing g = { .count = c->count };

	for (size_t i = 0; i < c->count; i++) {
		g.col[i] = i;
		g.limit[i] = limit_of(c->field[i]);
	}
	text_init(&g.scratch);
	drop_grown(&g, c);
	for (size_t i = 0; i < n && g.count > 0; i++) {
		bool wider = false;

		columns_fetch_ahead(rows, n, i);
		for (size_t k = 0; k < g.count; k++)
			wider |= widen(c, &g, k, &rows[i], cs);
		if (wider)
			drop_grown(&g, c);
	}
	text_done(&g.scratch);
}

/* The least width of a column in each round of shrinking. */

static size_t
least_of_grow(const struct columns *c, size_t i)
{
	return c->field[i]->flags & FIELD_GROW ? MIN(c->width[i], GROW_LEAST) : c->width[i];
}

static size_t
least_of_text(const struct columns *c, size_t i)
{
	const struct field *f = c->field[i];

	if (f->kind != VAL_TEXT || (f->flags & FIELD_GROW))
		return least_of_grow(c, i);
	return MIN(c->width[i], text_width(_(f->title)));
}

/*
 * Takes up to `excess` cells off the first n columns, one at a time off the
 * widest that is above its least. Returns what could not be taken.
 */
static size_t
shrink(struct columns *c, size_t n, size_t excess, columns_least_fn least)
{
	for (; excess > 0; excess--) {
		size_t *widest = NULL;

		for (size_t i = 0; i < n; i++)
			if (c->width[i] > least(c, i) && (!widest || c->width[i] > *widest))
				widest = &c->width[i];
		if (!widest)
			break;
		--*widest;
	}
	return excess;
}

static size_t
total_width(const struct columns *c, size_t n, size_t gap, columns_least_fn width_of)
{
	size_t total = n > 0 ? (n - 1) * gap : 0;

	for (size_t i = 0; i < n; i++)
		total += width_of(c, i);
	return total;
}

static size_t
width_now(const struct columns *c, size_t i)
{
	return c->width[i];
}

/* As many columns from the left as there is room for at their leasts. */
static size_t
count_fitting(const struct columns *c, size_t cells, size_t gap, columns_least_fn least)
{
	size_t n = c->count;

	while (n > 0 && total_width(c, n, gap, least) > cells)
		n--;
	return n;
}

size_t
columns_squeeze(struct columns *c, size_t cells, size_t gap, columns_least_fn least)
{
	size_t n = count_fitting(c, cells, gap, least);
	size_t total = total_width(c, n, gap, width_now);

	if (total > cells)
		shrink(c, n, total - cells, least);
	return n;
}

size_t
columns_fit(struct columns *c, size_t cells, size_t gap)
{
	size_t n = c->count, total;

	if (cells == 0)
		return n;
	n = count_fitting(c, cells, gap, least_of_text);
	total = total_width(c, n, gap, width_now);
	if (total > cells) {
		size_t excess = shrink(c, n, total - cells, least_of_grow);

		shrink(c, n, excess, least_of_text);
	}
	return n;
}

/* Makes a cell of what stands in t from byte `from` on. plain: it takes a cell a byte. */
static void
end_cell(struct text *t, size_t from, const struct columns *c, size_t col, bool plain, bool last,
         size_t gap, enum text_charset cs)
{
	size_t width = c->width[col], used = t->len - from;
	bool right = c->field[col]->flags & FIELD_RIGHT;

	if (used > width || !plain)
		used = text_fit(t, from, width, cs);
	if (right && used < width)
		text_indent(t, from, width - used);
	if (!last)
		text_blanks(t, gap + (right ? 0 : width - used));
}

void
columns_add_cell(struct text *t, const struct columns *c, size_t col, const char *value,
                 bool last, enum text_charset cs)
{
	size_t from = t->len;

	text_add(t, value);
	end_cell(t, from, c, col, text_is_plain(t, from), last, 0, cs);
}

void
columns_add_value(struct text *t, const struct columns *c, size_t col, const struct value *v,
                  bool last, size_t gap, enum text_charset cs)
{
	size_t from = t->len;

	value_add(t, v, VALUE_TABLE, cs);
	end_cell(t, from, c, col, value_is_plain(v->kind) || text_is_plain(t, from), last, gap, cs);
}
