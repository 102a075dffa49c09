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

#define WRITE_AT_ONCE 32768	/* bytes: lines are gathered, since each call of a stream has its cost */

/* What stands in a column of the line above: most cells are the same, and copied. */
struct above {
	struct value value;
	size_t       from;	/* in the text */
	size_t       len;	/* 0: not there any more */
};

/* Lines under way. */
struct lines {
	FILE                *out;
	const struct columns *columns;
	size_t               shown;	/* columns that are drawn */
	enum text_charset    charset;
	struct text          text;
	struct above         above[COLUMNS_MAX];
};

/* What stood from byte `from` on is no more. */
static void
forget_above(struct lines *l, size_t from)
{
	for (size_t i = 0; i < l->shown; i++)
		if (l->above[i].from + l->above[i].len > from)
			l->above[i].len = 0;
}

static void
put_out(struct lines *l)
{
	fwrite(text_str(&l->text), 1, l->text.len, l->out);
	text_clear(&l->text);
	forget_above(l, 0);
}

static void
end_line(struct lines *l)
{
	size_t len = l->text.len;

	while (len > 0 && l->text.s[len - 1] == ' ')
		len--;
	if (len < l->text.len)
		forget_above(l, len);
	text_cut(&l->text, len);
	text_addc(&l->text, '\n');
	if (l->text.len >= WRITE_AT_ONCE)
		put_out(l);
}

static void
add_cell(struct lines *l, size_t i, const struct value *v)
{
	columns_add_value(&l->text, l->columns, i, v, i + 1 == l->shown, GAP, l->charset);
}

static void
put_header(struct lines *l)
{
	for (size_t i = 0; i < l->shown; i++) {
		struct value title = value_text(_(l->columns->field[i]->title));

		add_cell(l, i, &title);
	}
	end_line(l);
}

static void
copy_above(struct lines *l, const struct above *a)
{
	char *to = text_room(&l->text, a->len);

	memcpy(to, l->text.s + a->from, a->len);
	text_took(&l->text, a->len);
}

static void
put_row(struct lines *l, const struct row *r)
{
	for (size_t i = 0; i < l->shown; i++) {
		struct value v = field_get(l->columns->field[i], r);
		struct above *a = &l->above[i];
		size_t from = l->text.len;

		if (a->len > 0 && value_same(&a->value, &v)) {
			copy_above(l, a);
		} else {
			add_cell(l, i, &v);
			*a = (struct above){ v, from, l->text.len - from };
		}
	}
	end_line(l);
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

/* Chooses the widths, and how many columns there is room for: at least one. */
static size_t
lay_out(struct columns *c, const struct view *v, const struct format_options *o)
{
	columns_measure_begin(c, NULL, 0);
	columns_measure(c, v->rows, v->count, o->charset);
	return MAX(columns_fit(c, o->width, GAP), 1);
}

void
table_write(FILE *out, const struct view *v, const struct format_options *o)
{
	struct columns c = choose_columns(o);
	struct lines l = { .out = out, .columns = &c, .charset = o->charset };

	l.shown = lay_out(&c, v, o);
	text_init(&l.text);
	if (o->again && !o->first)
		text_addc(&l.text, '\n');
	if (o->header)
		put_header(&l);
	for (size_t i = 0; i < v->count; i++) {
		columns_fetch_ahead(v->rows, v->count, i);
		put_row(&l, &v->rows[i]);
	}
	put_out(&l);
	text_done(&l.text);
}
