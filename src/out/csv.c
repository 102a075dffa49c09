/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Comma-separated values as RFC 4180 has them, lines ended by CR LF, for programs.
 * A text that begins with '=', '+', '-' or '@' stays as it is, although a
 * spreadsheet may take it for a formula: "-bash" is what login shells are called,
 * and a mark in front of it would be a wrong name to every other reader. Quoting
 * does not help against it.
 */

#include "out/format.h"

#include <string.h>

/* All fields of their own, as in JSON. */
static struct columns
choose_columns(const struct format_options *o)
{
	struct columns c = { .count = 0 };

	if (o->columns)
		return *o->columns;
	for (size_t i = 0; i < nfields && c.count < COLUMNS_MAX; i++)
		if (!(fields[i].flags & FIELD_NOJSON))
			c.field[c.count++] = &fields[i];
	return c;
}

/* Quotes what stands from byte `from` on, where that must be. */
static void
quote(struct text *line, size_t from)
{
	struct text cell;

	if (!strpbrk(text_str(line) + from, "\",\r\n"))
		return;
	text_init(&cell);
	text_add(&cell, text_str(line) + from);
	text_cut(line, from);
	text_addc(line, '"');
	for (const char *s = text_str(&cell); *s; s++) {
		if (*s == '"')
			text_addc(line, '"');
		text_addc(line, *s);
	}
	text_addc(line, '"');
	text_done(&cell);
}

/* Sanitized text has no line break, but nothing here needs to rely on that. */
void
csv_add(struct text *line, const char *cell)
{
	size_t from = line->len;

	text_add(line, cell);
	quote(line, from);
}

#define WRITE_AT_ONCE 32768	/* bytes: records are gathered, since each call of a stream has its cost */

static void
put_out(FILE *out, struct text *lines)
{
	fwrite(text_str(lines), 1, lines->len, out);
	text_clear(lines);
}

/* An empty line is no record to many readers: one empty field is written as "". */
static void
end_line(FILE *out, struct text *lines, size_t from)
{
	if (lines->len == from)
		text_add(lines, "\"\"");
	text_add(lines, "\r\n");
	if (lines->len >= WRITE_AT_ONCE)
		put_out(out, lines);
}

static void
put_header(FILE *out, const struct columns *c, struct text *lines)
{
	for (size_t i = 0; i < c->count; i++) {
		if (i > 0)
			text_addc(lines, ',');
		text_add(lines, c->field[i]->id);
	}
	end_line(out, lines, 0);
}

static void
put_row(FILE *out, const struct columns *c, const struct row *r, struct text *lines)
{
	size_t start = lines->len;

	for (size_t i = 0; i < c->count; i++) {
		struct value v = field_get(c->field[i], r);
		size_t from;

		if (i > 0)
			text_addc(lines, ',');
		from = lines->len;
		value_add(lines, &v, VALUE_EXACT, TEXT_UTF8);
		quote(lines, from);
	}
	end_line(out, lines, start);
}

void
csv_write(FILE *out, const struct view *v, const struct format_options *o)
{
	struct columns c = choose_columns(o);
	struct text lines;

	text_init(&lines);
	if (o->header && o->first)
		put_header(out, &c, &lines);
	for (size_t i = 0; i < v->count; i++) {
		columns_fetch_ahead(v->rows, v->count, i);
		put_row(out, &c, &v->rows[i], &lines);
	}
	put_out(out, &lines);
	text_done(&lines);
}
