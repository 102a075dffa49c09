/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is drawn is in the cells, and never outside of them. */

#include <criterion/criterion.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ui/cells.h"

static void
use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

TestSuite(cells, .init = use_utf8);

/* One row as text; a right half is nothing, as on a terminal. */
static const char *
row_text(const struct cells *c, size_t row)
{
	static char line[CELLS_MAX_COLS * CELL_BYTES + 1];
	size_t len = 0;

	for (size_t col = 0; col < c->cols; col++) {
		const struct cell *cell = cells_at(c, row, col);

		memcpy(line + len, cell->s, cell->len);
		len += cell->len;
	}
	line[len] = '\0';
	return line;
}

Test(cells, begin_blank_and_are_never_none)
{
	static const struct { size_t rows, cols, want_rows, want_cols; } cases[] = {
		{ 24, 80, 24, 80 }, { 0, 0, 1, 1 }, { 9999, 9999, CELLS_MAX_ROWS, CELLS_MAX_COLS },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cells c;

		cells_init(&c);
		cells_resize(&c, cases[i].rows, cases[i].cols);
		cr_expect_eq(c.rows, cases[i].want_rows);
		cr_expect_eq(c.cols, cases[i].want_cols);
		cr_expect_eq(strspn(row_text(&c, c.rows - 1), " "), c.cols);
		cr_expect_not(c.cursor);
		cells_done(&c);
	}
}

Test(cells, take_text_up_to_its_end)
{
	static const struct { const char *what; size_t row, col, end; const char *text, *want; size_t next; }
	cases[] = {
		{ "plain", 0, 2, 10, "abc", "  abc     ", 5 },
		{ "cut at the end", 0, 2, 4, "abc", "  ab      ", 4 },
		{ "cut at the edge", 0, 8, 99, "abc", "        ab", 10 },
		{ "below the grid", 7, 0, 10, "abc", "          ", 0 },
		{ "right of the grid", 0, 50, 99, "abc", "          ", 50 },
		{ "end before the start", 0, 5, 3, "abc", "          ", 5 },
		{ "wide", 0, 0, 10, "日本", "日本      ", 4 },
		{ "half of a wide one does not fit", 0, 0, 3, "日本", "日        ", 3 },
		{ "combining", 0, 0, 10, "e\xcc\x81x", "e\xcc\x81x        ", 2 },
		{ "combining behind a wide one", 0, 0, 10, "日\xcc\x81x", "日\xcc\x81x       ", 3 },
		{ "combining without a base", 0, 3, 10, "\xcc\x81x", "   x      ", 4 },
		{ "another charset", 0, 0, 10, "gr\xfcn", "gr?n      ", 4 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cells c;
		size_t next;

		cells_init(&c);
		cells_resize(&c, 1, 10);
		next = cells_put(&c, cases[i].row, cases[i].col, cases[i].end, ROLE_TEXT, cases[i].text);
		cr_expect_str_eq(row_text(&c, 0), cases[i].want, "%s: \"%s\"", cases[i].what,
		                 row_text(&c, 0));
		cr_expect_eq(next, cases[i].next, "%s: goes on at %zu", cases[i].what, next);
		cells_done(&c);
	}
}

/* The invariant that painting relies on. */
static void
expect_whole(const struct cells *c, const char *what)
{
	for (size_t col = 0; col < c->cols; col++) {
		const struct cell *cell = cells_at(c, 0, col);

		if (cell->width == 2)
			cr_expect(col + 1 < c->cols && cells_at(c, 0, col + 1)->width == 0, "%s: %zu", what,
			          col);
		if (cell->width == 0)
			cr_expect(col > 0 && cells_at(c, 0, col - 1)->width == 2, "%s: %zu", what, col);
	}
}

Test(cells, never_keep_half_of_a_wide_character)
{
	for (size_t col = 0; col < 8; col++) {
		static const char *const texts[] = { "x", "xy", "界", "界界" };

		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
			struct cells c;
			char what[64];

			cells_init(&c);
			cells_resize(&c, 1, 8);
			cells_put(&c, 0, 0, 8, ROLE_TEXT, "日本日本");
			snprintf(what, sizeof what, "%s at %zu", texts[i], col);
			cells_put(&c, 0, col, 8, ROLE_TEXT, texts[i]);
			expect_whole(&c, what);
			cells_blank(&c, 0, col, col + 1, ROLE_TEXT);
			expect_whole(&c, what);
			cells_done(&c);
		}
	}
}

Test(cells, have_roles_and_a_cursor_inside)
{
	struct cells c;

	cells_init(&c);
	cells_resize(&c, 2, 4);
	cells_put(&c, 0, 0, 4, ROLE_KEY, "ab");
	cells_set_role(&c, 0, 1, 99, ROLE_SELECTED);
	cells_set_role(&c, 9, 0, 4, ROLE_DANGER);
	cr_expect_eq(cells_at(&c, 0, 0)->role, ROLE_KEY);
	cr_expect_eq(cells_at(&c, 0, 3)->role, ROLE_SELECTED);
	cr_expect_eq(cells_at(&c, 1, 0)->role, ROLE_TEXT);
	cells_set_cursor(&c, 5, 0);
	cells_set_cursor(&c, 0, 4);
	cr_expect_not(c.cursor, "it is outside");
	cells_set_cursor(&c, 1, 3);
	cr_expect(c.cursor && c.cursor_row == 1 && c.cursor_col == 3);
	cells_clear(&c);
	cr_expect_not(c.cursor);
	cells_done(&c);
}
