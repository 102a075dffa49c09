/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The chosen line is always in the window, and rows do not jump. */

#include <criterion/criterion.h>

#include "ui/key.h"
#include "ui/scroll.h"

static struct scroll
made(size_t count, size_t page, size_t at, size_t top)
{
	return (struct scroll){ .count = count, .page = page, .at = at, .top = top };
}

Test(scroll, obeys_the_keys)
{
	static const struct { const char *what; uint32_t key; struct scroll from; size_t at, top; } cases[] = {
		{ "down", K_DOWN, { 40, 10, 0, 0, false }, 1, 0 },
		{ "down at the edge of the window", K_DOWN, { 40, 10, 9, 0, false }, 10, 1 },
		{ "down at the end", K_DOWN, { 40, 10, 39, 30, false }, 39, 30 },
		{ "up", K_UP, { 40, 10, 5, 5, false }, 4, 4 },
		{ "up at the start", K_UP, { 40, 10, 0, 0, false }, 0, 0 },
		{ "page down", K_PGDN, { 40, 10, 3, 0, false }, 13, 10 },
		{ "page down near the end", K_PGDN, { 40, 10, 25, 22, false }, 35, 30 },
		{ "page down at the end", K_PGDN, { 40, 10, 35, 30, false }, 39, 30 },
		{ "page up", K_PGUP, { 40, 10, 33, 30, false }, 23, 20 },
		{ "page up near the start", K_PGUP, { 40, 10, 7, 4, false }, 0, 0 },
		{ "home", K_HOME, { 40, 10, 33, 30, false }, 0, 0 },
		{ "end", K_END, { 40, 10, 3, 0, false }, 39, 30 },
		{ "wheel", K_WHEEL_DOWN, { 40, 10, 0, 0, false }, 3, 0 },
		{ "nothing there", K_DOWN, { 0, 10, 0, 0, false }, 0, 0 },
		{ "no window", K_DOWN, { 40, 0, 0, 0, false }, 1, 0 },
		{ "text moves itself", K_DOWN, { 40, 10, 0, 0, true }, 1, 1 },
		{ "text stops at its end", K_END, { 40, 10, 0, 0, true }, 30, 30 },
		{ "text that fits stays", K_PGDN, { 5, 10, 0, 0, true }, 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scroll s = cases[i].from;

		cr_expect(scroll_key(&s, cases[i].key), "%s", cases[i].what);
		cr_expect_eq(s.at, cases[i].at, "%s: at %zu", cases[i].what, s.at);
		cr_expect_eq(s.top, cases[i].top, "%s: top %zu", cases[i].what, s.top);
	}
}

Test(scroll, leaves_other_keys_alone)
{
	struct scroll s = made(40, 10, 5, 3);

	cr_expect_not(scroll_key(&s, 'j'));
	cr_expect_not(scroll_key(&s, K_LEFT));
	cr_expect(s.at == 5 && s.top == 3);
}

Test(scroll, keeps_the_chosen_line_in_a_window_of_any_size)
{
	for (size_t count = 0; count < 12; count++) {
		for (size_t page = 0; page < 12; page++) {
			struct scroll s = made(30, 10, 25, 20);

			scroll_resize(&s, count, page);
			cr_expect(count == 0 ? s.at == 0 : s.at < count, "%zu %zu", count, page);
			cr_expect_leq(s.top, s.at);
			if (page > 0)
				cr_expect_lt(s.at - s.top, page, "%zu %zu", count, page);
		}
	}
}

/* The list was made anew: where was the line, and where is it now? */
Test(scroll, follows_a_line_without_a_jump)
{
	static const struct { const char *what; struct scroll from; size_t at, count, want_top; } cases[] = {
		{ "rows came above, scrolled: the line stays where it is", { 40, 10, 15, 12, false }, 18, 43, 15 },
		{ "rows went above, scrolled: the line stays where it is", { 40, 10, 15, 12, false }, 13, 38, 10 },
		{ "rows came above, at the start: they are seen", { 40, 10, 3, 0, false }, 5, 42, 0 },
		{ "so many that the line would leave the window", { 40, 10, 3, 0, false }, 23, 60, 14 },
		{ "rows went so that the list is short", { 40, 10, 38, 30, false }, 3, 5, 0 },
		{ "nothing changed", { 40, 10, 15, 12, false }, 15, 40, 12 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scroll s = cases[i].from;

		scroll_follow(&s, cases[i].at, cases[i].count);
		cr_expect_eq(s.at, cases[i].at, "%s", cases[i].what);
		cr_expect_eq(s.top, cases[i].want_top, "%s: top %zu", cases[i].what, s.top);
	}
}
