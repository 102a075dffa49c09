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

void
columns_measure_row(struct columns *c, const struct row *r, struct text *scratch,
                    enum text_charset cs)
{
	for (size_t i = 0; i < c->count; i++) {
		struct value v = field_get(c->field[i], r);

		if (value_most(&v) <= c->width[i])
			continue;
		text_clear(scratch);
		value_add(scratch, &v, VALUE_TABLE, cs);
		c->width[i] = MAX(c->width[i], text_width(text_str(scratch)));
	}
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

void
columns_add_cell(struct text *t, const struct columns *c, size_t col, const char *value,
                 bool last, enum text_charset cs)
{
	size_t width = c->width[col], used;

	if (c->field[col]->flags & FIELD_RIGHT)
		text_fill(t, ' ', width - MIN(text_width(value), width));
	used = text_add_fit(t, value, width, cs);
	if (!(c->field[col]->flags & FIELD_RIGHT) && !last)
		text_fill(t, ' ', width - used);
}
