/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is typed is in force at once, kept by Enter, dropped by Esc, and told where it is wrong. */

#include "ui_made.h"

TestSuite(prompt, .init = made_ui_use_utf8);

#define PROMPT 22u	/* its row, on 24 */

static void
open_three(struct made_ui *x)
{
	made_ui_open(x, NULL);
	made_ui_listen(x, "127.0.0.1", 3000, 1);
	made_ui_listen(x, "127.0.0.1", 4000, 2);
	made_ui_listen(x, "127.0.0.1", 5000, 3);
	made_ui_take(x);
}

Test(prompt, filters_while_one_types)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "/");
	expect_row(&x, PROMPT, " Filter:");
	cr_expect(x.cells.cursor && x.cells.cursor_row == PROMPT && x.cells.cursor_col == 9);
	made_ui_type(&x, "4000");
	expect_row(&x, PROMPT, " Filter: 4000");
	expect_not_shown(&x, "3000");
	expect_shown(&x, "    4000 127.0.0.1");
	made_ui_keys(&x, "Enter");
	cr_expect_not(x.cells.cursor);
	expect_row(&x, 1, "filter: 4000                                                         every 1.0 s");
	expect_shown(&x, "1 of 3");
	made_ui_close(&x);
}

Test(prompt, puts_all_back_on_esc)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "Down Down /");
	expect_selected(&x, "5000");
	made_ui_type(&x, "port:4000");
	expect_selected(&x, "4000");
	made_ui_keys(&x, "Esc");
	expect_shown(&x, "3 of 3");
	expect_selected(&x, "5000");
	/* And the filter from before, not none. */
	made_ui_keys(&x, "/");
	made_ui_type(&x, "3000");
	made_ui_keys(&x, "Enter /");
	expect_row(&x, PROMPT, " Filter: 3000");
	made_ui_keys(&x, "Ctrl-U 5 0 0 0");
	expect_shown(&x, "    5000 127.0.0.1");
	made_ui_keys(&x, "Esc");
	expect_row(&x, 1, "filter: 3000                                                         every 1.0 s");
	expect_shown(&x, "    3000 127.0.0.1");
	made_ui_close(&x);
}

Test(prompt, keeps_the_last_valid_filter_while_the_text_is_wrong)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "/");
	made_ui_type(&x, "4000 proces:x");
	expect_row(&x, PROMPT, " Filter: 4000 proces:x");
	expect_row(&x, PROMPT + 1, "              ^ there is no field \"proces\"; did you mean process?");
	made_ui_keys(&x, "Enter");
	expect_row(&x, PROMPT, " Filter: 4000 proces:x");
	made_ui_keys(&x, "Ctrl-W Backspace");
	expect_row(&x, PROMPT + 1, " Enter Keep  Esc Drop  Up Recall");
	expect_shown(&x, "    4000 127.0.0.1");
	made_ui_keys(&x, "Enter");
	expect_shown(&x, "filter: 4000 ");
	made_ui_close(&x);
}

Test(prompt, finds_room_for_what_is_wrong)
{
	struct made_ui x;

	/* On the left of the caret, and, too long for either side, on a line of its own. */
	open_three(&x);
	made_ui_keys(&x, "/");
	made_ui_type(&x, "port:3000-5000 not process:something-long proces:x");
	expect_row(&x, PROMPT + 1, " there is no field \"proces\"; did you mean process? ^");
	made_ui_keys(&x, "Ctrl-U");
	made_ui_type(&x, "99999");
	expect_row(&x, PROMPT - 1, " Filter: 99999");
	expect_row(&x, PROMPT, "         ^");
	expect_shown(&x, "is no port");
	made_ui_close(&x);
}

Test(prompt, recalls_filters)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "/ 3 0 0 0 Enter / Ctrl-U 4 0 0 0 Enter / Ctrl-U Enter");
	expect_shown(&x, "3 of 3");
	made_ui_keys(&x, "/ Up");
	expect_row(&x, PROMPT, " Filter: 4000");
	expect_shown(&x, "    4000 127.0.0.1");
	made_ui_keys(&x, "Up Up Up");
	expect_row(&x, PROMPT, " Filter: 3000");
	made_ui_keys(&x, "Down");
	expect_row(&x, PROMPT, " Filter: 4000");
	made_ui_keys(&x, "Down Down");
	expect_row(&x, PROMPT, " Filter:");
	made_ui_close(&x);
}

Test(prompt, takes_a_paste_but_no_order_from_it)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "/");
	for (const char *s = "4000\rx"; *s; s++)
		made_ui_input(&x, (struct input){ .key = (unsigned char)*s, .pasted = true });
	made_ui_input(&x, (struct input){ .key = K_ESC, .pasted = true });
	expect_row(&x, PROMPT, " Filter: 4000 x");
	made_ui_keys(&x, "Esc");
	/* On the list it is nothing at all. */
	for (const char *s = "/lRq?"; *s; s++)
		made_ui_input(&x, (struct input){ .key = (unsigned char)*s, .pasted = true });
	made_ui_input(&x, (struct input){ .key = K_F10, .pasted = true });
	made_ui_input(&x, (struct input){ .key = K_CTRL('C'), .pasted = true });
	cr_expect_eq(x.fx & FX_QUIT, 0);
	expect_shown(&x, "PORT▲");
	expect_shown(&x, "[2 Listeners]");
	made_ui_close(&x);
}

Test(prompt, asks_for_ports_alone)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "p");
	made_ui_type(&x, "3500-");
	expect_row(&x, PROMPT, " Ports: 3500-");
	expect_not_shown(&x, "    3000 ");
	made_ui_keys(&x, "Enter");
	expect_shown(&x, "ports: 3500-");
	made_ui_keys(&x, "p x");
	expect_shown(&x, "^");
	made_ui_keys(&x, "Enter");
	expect_row(&x, PROMPT, " Ports: 3500-x");
	made_ui_keys(&x, "Esc p Ctrl-U Enter");
	expect_shown(&x, "3 of 3");
	expect_not_shown(&x, "ports:");
	/* With a filter, both hold. */
	made_ui_keys(&x, "/ 4 0 0 0 Enter p 3 0 0 0 Enter");
	expect_shown(&x, "0 of 3");
	expect_shown(&x, "filter: 4000 · ports: 3000");
	made_ui_close(&x);
}

Test(prompt, sets_a_delay_in_its_range)
{
	static const char *const wrong[] = { "0", "0.09", "3601", "x", "1,5", "nan", "-1", "" };
	struct made_ui x;

	open_three(&x);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		made_ui_keys(&x, "d Ctrl-U");
		made_ui_type(&x, wrong[i]);
		made_ui_keys(&x, "Enter");
		expect_shown(&x, "the delay is a number of seconds from 0.1 to 3600");
		made_ui_keys(&x, "Esc");
		cr_expect_eq(ui_interval_ns(x.ui), NS_PER_SEC, "%s", wrong[i]);
	}
	made_ui_keys(&x, "d");
	expect_row(&x, PROMPT, " Delay in seconds: 1");
	made_ui_keys(&x, "Backspace 0 . 5 Enter");
	cr_expect_eq(ui_interval_ns(x.ui), NS_PER_SEC / 2);
	cr_expect(x.fx & FX_RESAMPLE);
	expect_shown(&x, "every 0.5 s");
	made_ui_close(&x);
}

/* Nobody who presses d and types 2 wants 12 seconds. */
Test(prompt, a_delay_that_is_typed_takes_the_place_of_the_one_in_force)
{
	struct made_ui x;

	open_three(&x);
	made_ui_keys(&x, "d 2");
	expect_row(&x, PROMPT, " Delay in seconds: 2");
	made_ui_keys(&x, "5 Enter d");
	expect_row(&x, PROMPT, " Delay in seconds: 25");
	made_ui_keys(&x, "Left 3");
	expect_row(&x, PROMPT, " Delay in seconds: 235");
	made_ui_keys(&x, "Esc d");
	made_ui_input(&x, (struct input){ .key = '7', .pasted = true });
	expect_row(&x, PROMPT, " Delay in seconds: 7");
	made_ui_close(&x);
}

Test(prompt, of_the_command_line_is_in_force)
{
	static const struct { const char *filter, *ports, *columns; bool ok; } cases[] = {
		{ "4000", NULL, NULL, true }, { NULL, "4000-4999", NULL, true },
		{ "", "", "lport,pid", true }, { "proces:x", NULL, NULL, false },
		{ NULL, "x", NULL, false }, { NULL, NULL, "lport,,", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct ui_options o = {
			.proc_root = "/proc", .host = "", .delay = 1, .filter = cases[i].filter,
			.ports = cases[i].ports, .columns = cases[i].columns,
		};
		struct ui *ui;
		int r = ui_new(&ui, &o);

		cr_expect_eq(r == 0, cases[i].ok, "case %zu: %d", i, r);
		if (r == 0)
			ui_free(ui);
	}
}
