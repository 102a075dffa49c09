/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Each view is what its tab says, and finds itself as it was left. */

#include "ui/command.h"
#include "ui/views.h"
#include "ui_made.h"

TestSuite(views, .init = made_ui_use_utf8);

#define TABS   2	/* rows on 24 lines */
#define TITLES 3

static void
open_with_three(struct made_ui *x, const struct ui_options *o)
{
	made_ui_open(x, o);
	made_ui_listen(x, "127.0.0.1", 3000, 1);
	made_ui_listen(x, "127.0.0.1", 4000, 2);
	made_ui_listen(x, "127.0.0.1", 5000, 3);
	made_ui_take(x);
}

/* Holds for every view there is, and for the one you add tomorrow. */
Test(views, table_is_sound)
{
	for (size_t i = 0; i < VIEWS; i++) {
		const struct ui_view *v = &views[i];
		const struct command *c = command_named(v->id);

		cr_assert(v->id && v->title && v->empty && v->ops, "view %zu", i);
		cr_expect(c && c->arg == (int)i, "%s has no command of its own", v->id);
		cr_expect(views_field(v, v->sort, strlen(v->sort)), "%s: there is no field %s", v->id, v->sort);
		for (const char *id = v->columns; *id; ) {
			size_t len = strcspn(id, ",");

			cr_expect(views_field(v, id, len), "%s: there is no field %.*s", v->id, (int)len, id);
			id += len + (id[len] == ',');
		}
	}
	cr_expect_null(views_field(&views[0], "lportx", 6));
	cr_expect_null(views_field(&views[0], "", 0));
}

Test(views, are_chosen_by_digits_tab_and_l)
{
	static const struct { const char *keys, *tab; } cases[] = {
		{ "2", "[2 Listeners]" }, { "1", "[1 All]" }, { "2 1 2", "[2 Listeners]" },
		{ "Shift-Tab", "[1 All]" }, { "Shift-Tab Tab", "[2 Listeners]" },
		{ "l", "[1 All]" }, { "l l", "[2 Listeners]" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		made_ui_take(&x);
		expect_shown(&x, "[2 Listeners]");
		made_ui_keys(&x, cases[i].keys);
		cr_expect(strstr(made_ui_row(&x, TABS), cases[i].tab), "%s: no %s%s", cases[i].keys,
		          cases[i].tab, made_ui_dump(&x));
		made_ui_close(&x);
	}
}

Test(views, go_round_by_tab)
{
	struct made_ui x;
	char start[512];

	made_ui_open(&x, NULL);
	made_ui_take(&x);
	snprintf(start, sizeof start, "%s", made_ui_row(&x, TABS));
	for (int i = 0; i < VIEWS; i++) {
		made_ui_keys(&x, "Tab");
		cr_expect_eq(strcmp(made_ui_row(&x, TABS), start) == 0, i + 1 == VIEWS);
	}
	for (int i = 0; i < VIEWS; i++)
		made_ui_keys(&x, "Shift-Tab");
	expect_row(&x, TABS, start);
	made_ui_close(&x);
}

Test(views, are_chosen_by_a_click_on_a_tab)
{
	struct made_ui x;

	open_with_three(&x, NULL);
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = TABS, .col = 3 });
	expect_shown(&x, "[1 All]");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = TABS, .col = 8 });
	expect_shown(&x, "[2 Listeners]");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = TABS, .col = 79 });
	expect_shown(&x, "[2 Listeners]");
	made_ui_close(&x);
}

Test(views, keep_order_cursor_and_columns)
{
	struct made_ui x;

	open_with_three(&x, NULL);
	cells_resize(&x.cells, 24, 40);
	made_ui_keys(&x, "Down R >");
	expect_selected(&x, "4000");
	expect_shown(&x, "ADDRESS▲");
	made_ui_keys(&x, "R 1");
	expect_shown(&x, "PORT▲");
	expect_selected(&x, "3000");
	made_ui_keys(&x, "End Right");
	expect_not_shown(&x, "PORT");
	made_ui_keys(&x, "2");
	expect_shown(&x, "ADDRESS▼");
	expect_shown(&x, "PORT");
	expect_selected(&x, "4000");
	made_ui_keys(&x, "1");
	expect_not_shown(&x, "PORT");
	made_ui_keys(&x, "Left");
	expect_selected(&x, "5000");
	made_ui_close(&x);
}

Test(views, take_what_the_command_line_says)
{
	struct ui_options o = { .columns = "state,lport", .delay = 1, .charset = TEXT_UTF8 };
	struct made_ui x;

	cr_assert_eq(view_parse_sort("-lport", &o.spec), 0);
	open_with_three(&x, &o);
	expect_row(&x, TITLES, "   STATE  PORT▼");
	made_ui_keys(&x, "1");
	expect_row(&x, TITLES, "   STATE  PORT▼");
	made_ui_close(&x);
}

/* Nor do they where a menu lies over the list. */
Test(views, tabs_go_in_a_small_window)
{
	struct made_ui x;

	open_with_three(&x, NULL);
	expect_row_begins(&x, TABS, " 1 All [2 Listeners]");
	made_ui_keys(&x, "?");
	expect_not_shown(&x, "[2 Listeners]");
	made_ui_keys(&x, "Esc");
	for (size_t rows = 14; rows > 4; rows--) {
		cells_resize(&x.cells, rows, 80);
		made_ui_apply(&x, FX_REPAINT);
		cr_expect_eq(made_ui_shows(&x, "[2 Listeners]"), rows >= 12, "%zu rows", rows);
		expect_shown(&x, "PORT");
	}
	made_ui_close(&x);
}
