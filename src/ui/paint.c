/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns what is known of the terminal while a frame is written: where its cursor
 * is and which role it writes in. Both are "not known" at the start of each frame.
 */

#include "ui/paint.h"

#include <string.h>

#define NOWHERE SIZE_MAX
#define SHORT_GAP 4	/* unchanged cells that are cheaper written again than jumped over */

struct painter {
	struct text              *out;
	const struct paint_words *words;
	const struct cells       *old;	/* NULL: blank, after a clear */
	const struct cells       *new;
	size_t                    row, col;	/* of the cursor; NOWHERE */
	int                       role;		/* -1: not known */
};

static const struct cell blank = { .s = " ", .len = 1, .width = 1 };

static const struct cell *
old_at(const struct painter *p, size_t row, size_t col)
{
	return p->old ? cells_at(p->old, row, col) : &blank;
}

static bool
same(const struct cell *a, const struct cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static bool
changed(const struct painter *p, size_t row, size_t col)
{
	return !same(old_at(p, row, col), cells_at(p->new, row, col));
}

static void
go_to(struct painter *p, size_t row, size_t col)
{
	if (p->row == row && p->col == col)
		return;
	p->words->move(p->out, p->words->place, row, col);
	p->row = row;
	p->col = col;
}

static void
take_role(struct painter *p, int role)
{
	if (p->role == role)
		return;
	text_add(p->out, p->words->plain);
	text_add(p->out, p->words->role[role]);
	p->role = role;
}

/*
 * How many cells the terminal's cursor moved is only sure for ASCII: its idea of
 * the width of other characters may be older than ours. At the end of a line it
 * may be in two places (terminfo(5), eat_newline_glitch).
 */
static void
write_cell(struct painter *p, size_t row, size_t col)
{
	const struct cell *cell = cells_at(p->new, row, col);

	if (p->words->scrolls && row + 1 == p->new->rows && col + cell->width >= p->new->cols)
		return;
	go_to(p, row, col);
	take_role(p, cell->role);
	text_addn(p->out, cell->s, cell->len);
	p->col += cell->width;
	if (cell->len > 1 || p->col >= p->new->cols)
		p->row = NOWHERE;
}

/* The column from which on the line is blank. */
static size_t
blank_from(const struct painter *p, size_t row)
{
	size_t col = p->new->cols;

	while (col > 0 && same(cells_at(p->new, row, col - 1), &blank))
		col--;
	return col;
}

/* Blanks the rest of the line at once, where something is left there. */
static bool
wipe_tail(struct painter *p, size_t row, size_t from)
{
	if (p->words->clear_line[0] == '\0')
		return false;
	for (size_t col = from; col < p->new->cols; col++) {
		if (!changed(p, row, col))
			continue;
		go_to(p, row, from);
		take_role(p, ROLE_TEXT);
		text_add(p->out, p->words->clear_line);
		break;
	}
	return true;
}

/* Brings the cursor to a changed cell: over a short gap by writing what is there already. */
static void
cross_gap(struct painter *p, size_t row, size_t col)
{
	if (p->row != row || p->col >= col || col - p->col > SHORT_GAP)
		return;
	while (p->row == row && p->col < col) {
		if (cells_at(p->new, row, p->col)->len != 1)
			return;
		write_cell(p, row, p->col);
	}
}

static void
paint_row(struct painter *p, size_t row)
{
	size_t end = blank_from(p, row);

	if (!wipe_tail(p, row, end))
		end = p->new->cols;
	for (size_t col = 0; col < end; col++) {
		if (!changed(p, row, col) || cells_at(p->new, row, col)->width == 0)
			continue;
		cross_gap(p, row, col);
		write_cell(p, row, col);
	}
}

static bool
same_cursor(const struct cells *a, const struct cells *b)
{
	return a->cursor == b->cursor && (!a->cursor ||
	    (a->cursor_row == b->cursor_row && a->cursor_col == b->cursor_col));
}

static void
place_cursor(struct painter *p)
{
	if (!p->new->cursor)
		return;
	go_to(p, p->new->cursor_row, p->new->cursor_col);
	text_add(p->out, p->words->show_cursor);
}

void
paint(struct text *out, const struct cells *old, const struct cells *new,
      const struct paint_words *words)
{
	struct painter p = { out, words, old, new, NOWHERE, NOWHERE, -1 };
	size_t start = out->len, body;

	if (!old || old->cursor)
		text_add(out, words->hide_cursor);
	if (!old) {
		take_role(&p, ROLE_TEXT);
		text_add(out, words->clear);
	}
	body = out->len;
	for (size_t row = 0; row < new->rows; row++)
		paint_row(&p, row);
	if (p.role > ROLE_TEXT)
		take_role(&p, ROLE_TEXT);
	if (old && out->len == body && same_cursor(old, new))
		text_cut(out, start);
	else
		place_cursor(&p);
}
