/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The table for people. It goes over the rows twice, to measure and to write,
 * rather than keep the text of all cells.
 */

#include "out/format.h"

#include <string.h>

#include "base/i18n.h"

#define GAP 2	/* blanks between columns */

#define AHEAD      4	/* rows */
#define CACHE_LINE 64

/* A line under way: the cells so far, and the text of the next one. */
struct line {
	FILE                *out;
	const struct columns *columns;
	size_t               shown;	/* columns that are drawn */
	enum text_charset    charset;
	struct text          text;
	struct text          cell;
};

/* Adds the text in l->cell as column i, and ends the line after the last. */
static void
put_cell(struct line *l, size_t i)
{
	bool last = i + 1 == l->shown;
	size_t len;

	columns_add_cell(&l->text, l->columns, i, text_str(&l->cell), last, l->charset);
	text_clear(&l->cell);
	if (!last) {
		text_fill(&l->text, ' ', GAP);
		return;
	}
	for (len = l->text.len; len > 0 && l->text.s[len - 1] == ' '; len--)
		;
	text_cut(&l->text, len);
	text_addc(&l->text, '\n');
	fwrite(l->text.s, 1, l->text.len, l->out);
	text_clear(&l->text);
}

static void
put_header(struct line *l)
{
	for (size_t i = 0; i < l->shown; i++) {
		const char *title = _(l->columns->field[i]->title);

		text_add_safe(&l->cell, title, strlen(title), l->charset);
		put_cell(l, i);
	}
}

static void
put_row(struct line *l, const struct row *r)
{
	for (size_t i = 0; i < l->shown; i++) {
		struct value v = field_get(l->columns->field[i], r);

		value_add(&l->cell, &v, VALUE_TABLE, l->charset);
		put_cell(l, i);
	}
}

static struct columns
choose_columns(const struct format_options *o)
{
	struct columns c = { .count = 0 };
	const char *bad;
	size_t len;

	if (o->columns)
		return *o->columns;
	columns_parse(&c, format_default_columns, &bad, &len);
	return c;
}

/*
 * The rows are in order, and their sockets anywhere in memory: most of the time would be spent
 * waiting for them.
 */
static void
fetch_ahead(const struct view *v, size_t i)
{
	const char *sock = i < v->count ? (const char *)v->rows[i].sock : NULL;

	for (size_t at = 0; sock && at < sizeof *v->rows[i].sock; at += CACHE_LINE)
		__builtin_prefetch(sock + at);
}

/* Chooses the widths, and how many columns there is room for: at least one. */
static size_t
lay_out(struct columns *c, const struct view *v, const struct format_options *o)
{
	struct text scratch;

	text_init(&scratch);
	columns_measure_begin(c, NULL, 0);
	for (size_t i = 0; i < v->count; i++) {
		fetch_ahead(v, i + AHEAD);
		columns_measure_row(c, &v->rows[i], &scratch, o->charset);
	}
	text_done(&scratch);
	return MAX(columns_fit(c, o->width, GAP), 1);
}

void
table_write(FILE *out, const struct view *v, const struct format_options *o)
{
	struct columns c = choose_columns(o);
	struct line l = { .out = out, .columns = &c, .charset = o->charset };

	l.shown = lay_out(&c, v, o);
	text_init(&l.text);
	text_init(&l.cell);
	if (o->again && !o->first)
		fputc('\n', out);
	if (o->header)
		put_header(&l);
	for (size_t i = 0; i < v->count; i++) {
		fetch_ahead(v, i + AHEAD);
		put_row(&l, &v->rows[i]);
	}
	text_done(&l.text);
	text_done(&l.cell);
}
