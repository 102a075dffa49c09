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

/* Sanitized text has no line break, but nothing here needs to rely on that. */
void
csv_add(struct text *line, const char *cell)
{
	if (!strpbrk(cell, "\",\r\n")) {
		text_add(line, cell);
		return;
	}
	text_addc(line, '"');
	for (; *cell; cell++) {
		if (*cell == '"')
			text_addc(line, '"');
		text_addc(line, *cell);
	}
	text_addc(line, '"');
}

/* An empty line is no record to many readers: one empty field is written as "". */
static void
end_line(FILE *out, struct text *line)
{
	if (line->len == 0)
		text_add(line, "\"\"");
	text_add(line, "\r\n");
	fwrite(line->s, 1, line->len, out);
	text_clear(line);
}

static void
put_header(FILE *out, const struct columns *c, struct text *line)
{
	for (size_t i = 0; i < c->count; i++) {
		if (i > 0)
			text_addc(line, ',');
		text_add(line, c->field[i]->id);
	}
	end_line(out, line);
}

static void
put_row(FILE *out, const struct columns *c, const struct row *r, struct text *line,
        struct text *cell)
{
	for (size_t i = 0; i < c->count; i++) {
		struct value v = field_get(c->field[i], r);

		if (i > 0)
			text_addc(line, ',');
		text_clear(cell);
		value_add(cell, &v, VALUE_EXACT, TEXT_UTF8);
		csv_add(line, text_str(cell));
	}
	end_line(out, line);
}

void
csv_write(FILE *out, const struct view *v, const struct format_options *o)
{
	struct columns c = choose_columns(o);
	struct text line, cell;

	text_init(&line);
	text_init(&cell);
	if (o->header && o->first)
		put_header(out, &c, &line);
	for (size_t i = 0; i < v->count; i++)
		put_row(out, &c, &v->rows[i], &line, &cell);
	text_done(&line);
	text_done(&cell);
}
