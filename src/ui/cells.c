/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the grid. The one rule that it keeps: a cell of width 2 is followed by its
 * right half, and there is no right half without one; so whatever covers one
 * half makes a blank of the other.
 */

#include "ui/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const struct cell blank = { .s = " ", .len = 1, .width = 1 };

void
cells_init(struct cells *c)
{
	*c = (struct cells){ .rows = 0 };
}

void
cells_done(struct cells *c)
{
	free(c->cell);
	cells_init(c);
}

void
cells_resize(struct cells *c, size_t rows, size_t cols)
{
	c->rows = MIN(MAX(rows, 1), CELLS_MAX_ROWS);
	c->cols = MIN(MAX(cols, 1), CELLS_MAX_COLS);
	c->cell = mem_resize(c->cell, c->rows * c->cols, sizeof *c->cell);
	cells_clear(c);
}

void
cells_clear(struct cells *c)
{
	for (size_t i = 0; i < c->rows * c->cols; i++)
		c->cell[i] = blank;
	c->cursor = false;
}

static struct cell *
cell_at(struct cells *c, size_t row, size_t col)
{
	return &c->cell[row * c->cols + col];
}

const struct cell *
cells_at(const struct cells *c, size_t row, size_t col)
{
	return &c->cell[row * c->cols + col];
}

static void
make_blank(struct cell *cell)
{
	uint8_t role = cell->role;

	*cell = blank;
	cell->role = role;
}

/* Before columns col to end - 1 are covered: whatever they cut in half goes. */
static void
free_halves(struct cells *c, size_t row, size_t col, size_t end)
{
	if (col > 0 && cell_at(c, row, col)->width == 0)
		make_blank(cell_at(c, row, col - 1));
	if (end < c->cols && cell_at(c, row, end)->width == 0)
		make_blank(cell_at(c, row, end));
}

/* One character of `width` cells; both are inside. */
static void
put_glyph(struct cells *c, size_t row, size_t col, struct cell glyph)
{
	free_halves(c, row, col, col + glyph.width);
	*cell_at(c, row, col) = glyph;
	if (glyph.width == 2)
		*cell_at(c, row, col + 1) = (struct cell){ .role = glyph.role };
}

static void
add_mark(struct cell *base, const char *s, size_t len)
{
	if (base->len + len > CELL_BYTES)
		return;
	memcpy(base->s + base->len, s, len);
	base->len = (uint8_t)(base->len + len);
}

/*
 * The cell that a combining mark at `col` belongs to, or NULL: the last one that was put,
 * not whatever was there before column `start`.
 */
static struct cell *
base_before(struct cells *c, size_t row, size_t start, size_t col)
{
	struct cell *base;

	if (col <= start)
		return NULL;
	base = cell_at(c, row, col - 1);
	return base->width > 0 ? base : base - 1;
}

size_t
cells_put(struct cells *c, size_t row, size_t col, size_t end, enum role role, const char *s)
{
	size_t left = strlen(s), start = col;

	end = MIN(end, c->cols);
	while (left > 0 && row < c->rows) {
		uint32_t cp;
		size_t len = text_decode(s, left, &cp);
		unsigned width = text_cp_width(cp);
		struct cell *base = width == 0 ? base_before(c, row, start, col) : NULL;

		if (base)
			add_mark(base, s, len);
		if (width > 0 && col + width > end) {
			cells_blank(c, row, col, end, role);
			return MAX(col, end);
		}
		if (width > 0) {
			struct cell glyph = { .width = (uint8_t)width, .role = (uint8_t)role };

			/* A translation in another charset than UTF-8. */
			add_mark(&glyph, cp == UINT32_MAX ? "?" : s, len);
			put_glyph(c, row, col, glyph);
			col += width;
		}
		s += len;
		left -= len;
	}
	return col;
}

void
cells_put_lines(struct cells *c, size_t row, size_t rows, size_t col, enum role role, const char *s)
{
	size_t room = c->cols > col ? c->cols - col : 1;
	struct text line;

	text_init(&line);
	for (; rows > 0 && *s != '\0'; rows--) {
		size_t n = text_break(s, room);

		text_clear(&line);
		text_addn(&line, s, n);
		cells_put(c, row++, col, c->cols, role, text_str(&line));
		s += n;
	}
	text_done(&line);
}

void
cells_blank(struct cells *c, size_t row, size_t col, size_t end, enum role role)
{
	struct cell cell = blank;

	end = MIN(end, c->cols);
	if (row >= c->rows || col >= end)
		return;
	cell.role = (uint8_t)role;
	free_halves(c, row, col, end);
	for (; col < end; col++)
		*cell_at(c, row, col) = cell;
}

void
cells_set_role(struct cells *c, size_t row, size_t col, size_t end, enum role role)
{
	end = MIN(end, c->cols);
	if (row >= c->rows)
		return;
	for (; col < end; col++)
		cell_at(c, row, col)->role = (uint8_t)role;
}

void
cells_set_cursor(struct cells *c, size_t row, size_t col)
{
	if (row >= c->rows || col >= c->cols)
		return;
	c->cursor = true;
	c->cursor_row = row;
	c->cursor_col = col;
}
