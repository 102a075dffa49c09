/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Where the lines of a page break, at any width. */

#include <criterion/criterion.h>

#include <locale.h>
#include <string.h>

#include "ui/page.h"

#define ROWS 40

static void
use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

TestSuite(page, .init = use_utf8);

/* The page on a screen of its own, a line each, without trailing blanks. */
static const char *
drawn(struct page *p, size_t cols)
{
	static char all[ROWS * 400];
	struct cells c;
	size_t len = 0;

	cells_init(&c);
	cells_resize(&c, ROWS, cols);
	page_draw(p, &c, 0, 0, page_layout(p, cols));
	for (size_t row = 0; row < p->nlines && row < ROWS; row++) {
		for (size_t col = 0; col < cols; col++) {
			const struct cell *cell = cells_at(&c, row, col);

			memcpy(all + len, cell->s, cell->len);
			len += cell->len;
		}
		while (len > 0 && all[len - 1] == ' ')
			len--;
		all[len++] = '\n';
	}
	all[len] = '\0';
	cells_done(&c);
	return all;
}

#define expect_page(p, cols, text) do { \
	const char *got_ = drawn(p, cols); \
	cr_expect_str_eq(got_, text, "\n%s", got_); \
} while (0)

Test(page, puts_labels_beside_paragraphs)
{
	struct page p;

	page_init(&p, 0);
	page_add(&p, "One", ROLE_TEXT, "first words");
	page_add(&p, "", ROLE_TEXT, "more of it");
	page_add(&p, "Other", ROLE_TEXT, "x");
	expect_page(&p, 30,
	            " One   first words\n"
	            "       more of it\n"
	            " Other x\n");
	expect_page(&p, 16,
	            " One   first\n"
	            "       words\n"
	            "       more of\n"
	            "       it\n"
	            " Other x\n");
	page_done(&p);
}

Test(page, keeps_facts_whole)
{
	struct page p;

	page_init(&p, 0);
	page_add(&p, "A", ROLE_TEXT, "one thing · another thing · a third");
	expect_page(&p, 33,
	            " A one thing · another thing ·\n"
	            "   a third\n");
	expect_page(&p, 12,
	            " A one\n"
	            "   thing ·\n"
	            "   another\n"
	            "   thing ·\n"
	            "   a third\n");
	page_done(&p);
}

Test(page, keeps_facts_whole_that_have_another_dot_between_them)
{
	struct page p;

	page_init(&p, 0);
	p.dot = " - ";
	page_add(&p, "A", ROLE_TEXT, "one thing - another thing - a third");
	expect_page(&p, 33,
	            " A one thing - another thing -\n"
	            "   a third\n");
	page_done(&p);
}

/* A command line or a line of a log may have what looks like one. */
Test(page, fills_lines_of_words_whatever_looks_like_a_dot)
{
	static const char words[] = "tar -cf - /home/ann/shop --verbose";
	struct page p;

	page_init(&p, 0);
	p.dot = " - ";
	page_add_words(&p, "A", ROLE_TEXT, words);
	page_add_wide(&p, 3, ROLE_TEXT, words);
	expect_page(&p, 30,
	            " A tar -cf - /home/ann/shop\n"
	            "   --verbose\n"
	            "   tar -cf - /home/ann/shop\n"
	            "     --verbose\n");
	page_done(&p);
}

Test(page, breaks_what_has_no_blank)
{
	struct page p;

	page_init(&p, 0);
	page_add(&p, "", ROLE_TEXT, "/a/very/long/path");
	expect_page(&p, 10,
	            "  /a/very\n"
	            "  /long/p\n"
	            "  ath\n");
	page_done(&p);
}

Test(page, hangs_the_lines_of_a_wide_paragraph)
{
	struct page p;

	page_init(&p, 0);
	page_add(&p, "Label", ROLE_TEXT, "x");
	page_add_wide(&p, 1, ROLE_WARNING, "! something is wrong here");
	page_add_wide(&p, 0, ROLE_TEXT, "");
	expect_page(&p, 20,
	            " Label x\n"
	            " ! something is\n"
	            "   wrong here\n"
	            "\n");
	page_done(&p);
}

Test(page, lays_figures_out_in_columns)
{
	struct page p;

	page_init(&p, 0);
	page_add_figure(&p, "Times", "rtt", "1ms");
	page_add_figure(&p, "", "rto", "204ms");
	page_add_figure(&p, "", "ato", "2");
	page_add_figure(&p, "", "something", "12345678");
	page_add_figure(&p, "", "b", "1");
	page_add_figure(&p, "Next", "c", "1");
	expect_page(&p, 80,
	            " Times rtt 1ms             rto 204ms           ato 2\n"
	            "       something 12345678  b 1\n"
	            " Next  c 1\n");
	expect_page(&p, 30,
	            " Times rtt 1ms\n"
	            "       rto 204ms\n"
	            "       ato 2\n"
	            "       something 12345678\n"
	            "       b 1\n"
	            " Next  c 1\n");
	page_done(&p);
}

/* A cookie must not make every column as wide as itself. */
Test(page, lets_a_wide_figure_take_more_columns)
{
	struct page p;

	page_init(&p, 0);
	page_add_figure(&p, "F", "a", "1");
	page_add_figure(&p, "", "command", "something that is rather long");
	page_add_figure(&p, "", "b", "2");
	expect_page(&p, 80,
	            " F a 1                    command something that is rather long\n"
	            "   b 2\n");
	page_done(&p);
}

Test(page, survives_any_window)
{
	struct page p;

	page_init(&p, 0);
	page_add(&p, "A long label", ROLE_TEXT, "wörds 世界 of all widths");
	page_add_wide(&p, 3, ROLE_TEXT, "x y z");
	page_add_figure(&p, "F", "name", "value");
	for (size_t cols = 1; cols < 40; cols++) {
		cr_expect_gt(page_layout(&p, cols), 2, "%zu columns", cols);
		drawn(&p, cols);
	}
	page_clear(&p);
	cr_expect_eq(page_layout(&p, 80), 0);
	page_done(&p);
}

Test(page, keeps_room_for_labels_to_come)
{
	struct page p;

	page_init(&p, 4);
	page_add(&p, "A", ROLE_TEXT, "x");
	expect_page(&p, 30, " A    x\n");
	page_done(&p);
}

Test(page, finds_a_label)
{
	struct page p;

	page_init(&p, 0);
	page_add(&p, "A", ROLE_TEXT, "some words that take two lines");
	page_add(&p, "B", ROLE_TEXT, "x");
	page_layout(&p, 20);
	cr_expect_eq(page_find(&p, "A"), 0);
	cr_expect_eq(page_find(&p, "B"), 2);
	cr_expect_eq(page_find(&p, "C"), 3, "no such label");
	page_done(&p);
}
