/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A grid of cells, what every screen draws into. Whatever falls outside of it is
 * cut silently, so that a screen of one cell needs no care of its drawers.
 */

#ifndef LOTOP_UI_CELLS_H
#define LOTOP_UI_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/theme.h"

#define CELLS_MAX_ROWS 500
#define CELLS_MAX_COLS 1000

/* A base character and at most two combining marks (base/text.h lets no more through). */
#define CELL_BYTES 12

struct cell {
	char    s[CELL_BYTES];	/* UTF-8 without a NUL; len 0: the right half of the wide one before it */
	uint8_t len;
	uint8_t width;		/* 1 or 2; 0 of a right half */
	uint8_t role;		/* enum role */
	uint8_t pad;		/* 0: cells are compared as bytes */
};

struct cells {
	struct cell *cell;	/* rows * cols, row by row */
	size_t       rows;
	size_t       cols;
	bool         cursor;	/* is one shown */
	size_t       cursor_row;
	size_t       cursor_col;
};

void cells_init(struct cells *c);
void cells_done(struct cells *c);

/* Sets the size, cut to the maxima; everything is blank then. */
void cells_resize(struct cells *c, size_t rows, size_t cols);

/* Blanks everything and hides the cursor. */
void cells_clear(struct cells *c);

/*
 * Puts sanitized text at a place, before column `end`. A wide character that does not fit whole is
 * a blank. Returns the column behind the text.
 */
size_t cells_put(struct cells *c, size_t row, size_t col, size_t end, enum role role, const char *s);

/* Puts it into so many rows at most, broken between words. */
void cells_put_lines(struct cells *c, size_t row, size_t rows, size_t col, enum role role, const char *s);

/* Blanks from column `col` to before `end` in the given role. */
void cells_blank(struct cells *c, size_t row, size_t col, size_t end, enum role role);

/* Changes the role of what is there. */
void cells_set_role(struct cells *c, size_t row, size_t col, size_t end, enum role role);

/* Shows the cursor at a place, if it is inside. */
void cells_set_cursor(struct cells *c, size_t row, size_t col);

const struct cell *cells_at(const struct cells *c, size_t row, size_t col);

#endif
