/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Whatever the terminal shows and whatever it shall show: what is written makes
 * the one of the other. A small terminal reads it; its words are "<...>".
 */

#include <criterion/criterion.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/paint.h"

static void
use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

TestSuite(paint, .init = use_utf8);

static void
add_move(struct text *out, const char *place, size_t row, size_t col)
{
	text_addf(out, "<%s%zu,%zu>", place, row, col);
}

static const struct paint_words words = {
	.role = { "", "<1>", "<2>", "<3>", "<4>", "<5>", "<6>", "<7>", "<8>", "<9>", "<10>" },
	.plain = "<0>", .clear = "<clear>", .clear_line = "<el>",
	.show_cursor = "<show>", .hide_cursor = "<hide>", .place = "at", .move = add_move,
};

/* ---- the terminal ---- */

struct screen {
	struct cells cells;
	size_t       row, col;
	bool         lost;	/* the cursor's place is not sure: only a move may come */
	int          role;
};

static void
obey(struct screen *t, const char *word)
{
	size_t row, col;

	if (sscanf(word, "at%zu,%zu", &row, &col) == 2) {
		cr_assert(row < t->cells.rows && col < t->cells.cols, "moved to %zu,%zu", row, col);
		t->row = row;
		t->col = col;
		t->lost = false;
	} else if (strcmp(word, "clear") == 0) {
		cells_clear(&t->cells);
	} else if (strcmp(word, "el") == 0) {
		cr_expect_not(t->lost);
		cr_expect_eq(t->role, 0, "a line is wiped in another role");
		cells_blank(&t->cells, t->row, t->col, t->cells.cols, ROLE_TEXT);
	} else if (strcmp(word, "show") == 0) {
		cells_set_cursor(&t->cells, t->row, t->col);
	} else if (strcmp(word, "hide") == 0) {
		t->cells.cursor = false;
	} else {
		t->role = atoi(word);
	}
}

static void
write_char(struct screen *t, const char *s, size_t len)
{
	char one[8] = "";

	cr_expect_not(t->lost, "written where the cursor is not sure to be");
	memcpy(one, s, len);
	t->col = cells_put(&t->cells, t->row, t->col, t->cells.cols, (enum role)t->role, one);
	t->lost = len > 1 || t->col >= t->cells.cols;
}

static void
show(struct screen *t, const char *s)
{
	while (*s) {
		char word[32];
		uint32_t cp;
		size_t len;

		if (sscanf(s, "<%31[^>]>", word) == 1) {
			obey(t, word);
			s = strchr(s, '>') + 1;
			continue;
		}
		len = text_decode(s, strlen(s), &cp);
		write_char(t, s, len);
		s += len;
	}
}

static void
expect_shown(const struct screen *t, const struct cells *want, const char *what)
{
	for (size_t row = 0; row < want->rows; row++)
		for (size_t col = 0; col < want->cols; col++)
			cr_assert_arr_eq(cells_at(&t->cells, row, col), cells_at(want, row, col),
			                 sizeof(struct cell), "%s: cell %zu,%zu", what, row, col);
	cr_assert_eq(t->cells.cursor, want->cursor, "%s: cursor", what);
	if (want->cursor)
		cr_assert(t->cells.cursor_row == want->cursor_row &&
		          t->cells.cursor_col == want->cursor_col, "%s: place of the cursor", what);
}

/* ---- grids ---- */

static unsigned
next(unsigned *state, unsigned n)
{
	*state = *state * 1103515245u + 12345u;
	return (*state >> 16) % n;
}

/* Some texts in some roles at some places. */
static void
scribble(struct cells *c, unsigned *state)
{
	static const char *const texts[] = { "a", "lotop", "日本", "é", "·", "   ", "12345678", "x 界 y" };

	for (unsigned n = next(state, 6); n > 0; n--)
		cells_put(c, next(state, (unsigned)c->rows), next(state, (unsigned)c->cols), c->cols,
		          (enum role)next(state, ROLE_COUNT),
		          texts[next(state, sizeof texts / sizeof *texts)]);
	c->cursor = false;
	if (next(state, 2))
		cells_set_cursor(c, next(state, (unsigned)c->rows), next(state, (unsigned)c->cols));
}

static void
make(struct cells *c, size_t rows, size_t cols)
{
	cells_init(c);
	cells_resize(c, rows, cols);
}

Test(paint, makes_any_screen_of_any_other)
{
	static const struct { size_t rows, cols; } sizes[] = { { 1, 1 }, { 1, 12 }, { 4, 12 }, { 3, 2 } };
	unsigned state = 3;

	for (int i = 0; i < 4000; i++) {
		size_t rows = sizes[i % 4].rows, cols = sizes[i % 4].cols;
		struct screen t = { .role = -1 };
		struct cells old, new;
		struct text out;

		text_init(&out);
		make(&old, rows, cols);
		make(&new, rows, cols);
		make(&t.cells, rows, cols);
		scribble(&old, &state);
		paint(&out, NULL, &old, &words);
		show(&t, text_str(&out));
		expect_shown(&t, &old, "from nothing");
		for (int step = 0; step < 3; step++) {
			if (next(&state, 3) == 0)
				cells_clear(&new);
			scribble(&new, &state);
			text_clear(&out);
			paint(&out, step == 0 ? &old : &t.cells, &new, &words);
			t.lost = true;	/* whoever wrote last may have been another */
			show(&t, text_str(&out));
			expect_shown(&t, &new, text_str(&out));
		}
		cells_done(&old);
		cells_done(&new);
		cells_done(&t.cells);
		text_done(&out);
	}
}

Test(paint, writes_nothing_where_nothing_changed)
{
	unsigned state = 5;

	for (int i = 0; i < 100; i++) {
		struct cells c;
		struct text out;

		text_init(&out);
		text_add(&out, "before");
		make(&c, 4, 12);
		scribble(&c, &state);
		paint(&out, &c, &c, &words);
		cr_expect_str_eq(text_str(&out), "before");
		cells_done(&c);
		text_done(&out);
	}
}

Test(paint, writes_only_what_changed)
{
	struct cells old, new;
	struct text out;

	text_init(&out);
	make(&old, 3, 40);
	make(&new, 3, 40);
	cells_put(&old, 0, 0, 40, ROLE_TEXT, "18:52:13");
	cells_put(&old, 2, 0, 40, ROLE_TEXT, "the same in both");
	cells_put(&new, 0, 0, 40, ROLE_TEXT, "18:52:14");
	cells_put(&new, 2, 0, 40, ROLE_TEXT, "the same in both");
	paint(&out, &old, &new, &words);
	cr_expect_str_eq(text_str(&out), "<at0,7><0>4");
	cells_done(&old);
	cells_done(&new);
	text_done(&out);
}

/* The last cell of a terminal that scrolls when it is written. */
Test(paint, leaves_the_cell_that_would_scroll)
{
	struct paint_words scrolling = words;
	struct cells new;
	struct text out;

	scrolling.scrolls = true;
	text_init(&out);
	make(&new, 2, 3);
	cells_put(&new, 0, 0, 3, ROLE_TEXT, "abc");
	cells_put(&new, 1, 0, 3, ROLE_TEXT, "xyz");
	paint(&out, NULL, &new, &scrolling);
	cr_expect_null(strchr(text_str(&out), 'z'));
	cr_expect_not_null(strchr(text_str(&out), 'c'));
	cr_expect_not_null(strchr(text_str(&out), 'y'));
	cells_done(&new);
	text_done(&out);
}

Test(paint, does_without_a_word_that_clears_a_line)
{
	struct paint_words poor = words;
	struct screen t = { .role = -1 };
	struct cells old, new;
	struct text out;

	poor.clear_line = "";
	text_init(&out);
	make(&old, 2, 20);
	make(&new, 2, 20);
	make(&t.cells, 2, 20);
	cells_put(&old, 1, 2, 20, ROLE_KEY, "a long line");
	cells_put(&t.cells, 1, 2, 20, ROLE_KEY, "a long line");
	cells_put(&new, 1, 2, 20, ROLE_KEY, "a");
	paint(&out, &old, &new, &poor);
	show(&t, text_str(&out));
	expect_shown(&t, &new, text_str(&out));
	cells_done(&old);
	cells_done(&new);
	cells_done(&t.cells);
	text_done(&out);
}
