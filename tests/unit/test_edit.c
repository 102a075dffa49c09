/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One line can be edited, in UTF-8, and drawn. */

#include <criterion/criterion.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ui/edit.h"

static void
use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

TestSuite(edit, .init = use_utf8);

/* Keys by name (key.h), separated by blanks. Returns whether the last one changed the text. */
static bool
press(struct edit *e, const char *names)
{
	bool changed = false;

	while (*names) {
		size_t len = strcspn(names, " ");
		struct input in = { .key = key_parse(names, len) };

		cr_assert_neq(in.key, K_NONE, "%s", names);
		changed = edit_key(e, &in);
		names += len + (names[len] == ' ');
	}
	return changed;
}

Test(edit, does_what_the_keys_say)
{
	static const struct { const char *from, *keys, *want; } cases[] = {
		{ "", "a b c", "abc" },
		{ "", "ä 日 x", "ä日x" },
		{ "abc", "Left Left x", "axbc" },
		{ "äöü", "Left Left x", "äxöü" },
		{ "abc", "Home x Right y", "xaybc" },
		{ "abc", "Home End x", "abcx" },
		{ "äöü", "Backspace", "äö" },
		{ "日本", "Left Backspace", "本" },
		{ "äöü", "Home Delete", "öü" },
		{ "abc", "Delete", "abc" },
		{ "abc", "Home Backspace", "abc" },
		{ "abc", "Left Ctrl-U", "c" },
		{ "port:80 node", "Ctrl-W", "port:80 " },
		{ "port:80  ", "Ctrl-W", "" },
		{ "äö üö", "Left Ctrl-W", "äö ö" },
		{ "", "Left Right Home End Backspace Delete Ctrl-U Ctrl-W", "" },
		{ "abc", "Tab Up F4 Ctrl-A", "abc" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct edit e;

		edit_init(&e);
		edit_set(&e, cases[i].from);
		press(&e, cases[i].keys);
		cr_expect_str_eq(text_str(&e.text), cases[i].want, "%s + %s: %s", cases[i].from,
		                 cases[i].keys, text_str(&e.text));
		edit_done(&e);
	}
}

Test(edit, tells_whether_the_text_changed)
{
	struct edit e;

	edit_init(&e);
	cr_expect_not(press(&e, "Backspace"));
	cr_expect(press(&e, "a"));
	cr_expect_not(press(&e, "Left"));
	cr_expect_not(press(&e, "Backspace"));
	cr_expect(press(&e, "Delete"));
	edit_done(&e);
}

Test(edit, takes_a_paste_as_text_alone)
{
	static const uint32_t pasted[] = { 'a', K_ENTER, 'b', K_TAB, 0x15, K_BACKSPACE, K_LEFT, K_ESC, 'c' };
	struct edit e;

	edit_init(&e);
	for (size_t i = 0; i < sizeof pasted / sizeof *pasted; i++)
		edit_key(&e, &(struct input){ .key = pasted[i], .pasted = true });
	cr_expect_str_eq(text_str(&e.text), "a b c");
	edit_done(&e);
}

Test(edit, has_an_end)
{
	struct edit e;

	edit_init(&e);
	for (int i = 0; i < 3 * EDIT_MAX; i++)
		edit_key(&e, &(struct input){ .key = i % 2 ? 0x65e5 : 'x' });
	cr_expect_leq(e.text.len, EDIT_MAX);
	cr_expect_gt(e.text.len, EDIT_MAX - 4);
	edit_done(&e);
}

static void
expect_drawn(struct edit *e, const char *want, size_t cursor, enum text_charset cs)
{
	struct cells c;
	char line[64] = "";

	cells_init(&c);
	cells_resize(&c, 1, 10);
	edit_draw(e, &c, 0, 2, 8, cs);
	for (size_t i = 0; i < c.cols; i++)
		strncat(line, cells_at(&c, 0, i)->s, cells_at(&c, 0, i)->len);
	cr_expect_str_eq(line, want);
	cr_expect(c.cursor);
	cr_expect_eq(c.cursor_col, cursor, "\"%s\": cursor at %zu", want, c.cursor_col);
	cells_done(&c);
}

Test(edit, shows_the_part_where_the_cursor_is)
{
	struct edit e;

	edit_init(&e);
	edit_set(&e, "abc");
	expect_drawn(&e, "  abc     ", 5, TEXT_UTF8);
	edit_set(&e, "abcdefghij");
	expect_drawn(&e, "  fghij   ", 7, TEXT_UTF8);
	press(&e, "Home");
	expect_drawn(&e, "  abcdef  ", 2, TEXT_UTF8);
	edit_set(&e, "日本日本");
	expect_drawn(&e, "  日本    ", 6, TEXT_UTF8);
	cr_expect_eq(edit_column(&e, 0, TEXT_UTF8), 0, "what is left of the window");
	edit_set(&e, "日a");
	expect_drawn(&e, "  ?a      ", 4, TEXT_ASCII);
	edit_done(&e);
}

/* What scrolled the window may be gone by the time that somebody asks where a byte is. */
Test(edit, has_no_column_left_of_the_window)
{
	static const char *const shorter[] = { "Ctrl-U", "Ctrl-W", "Backspace Backspace", "Home" };

	for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++) {
		struct edit e;

		edit_init(&e);
		edit_set(&e, "a bcdefghij");
		edit_scroll(&e, 2, TEXT_UTF8);
		press(&e, shorter[i]);
		for (size_t at = 0; at <= 12; at++)
			cr_expect_leq(edit_column(&e, at, TEXT_UTF8), 12, "%s: byte %zu", shorter[i], at);
		edit_scroll(&e, 2, TEXT_UTF8);
		cr_expect_leq(edit_column(&e, e.at, TEXT_UTF8), 1, "%s: the cursor shows", shorter[i]);
		edit_done(&e);
	}
}
