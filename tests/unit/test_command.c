/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The tables of keys and looks are sound, and the help is what they say. */

#include "ui/command.h"
#include "ui/theme.h"
#include "view/field.h"
#include "ui_made.h"

TestSuite(command, .init = made_ui_use_utf8);

/* Holds for every command there is, and for the one you add tomorrow. */
Test(command, table_is_sound)
{
	for (size_t i = 0; i < ncommands; i++) {
		const struct command *c = &commands[i];

		cr_expect(c->name && *c->name && c->run, "command %zu", i);
		cr_expect(c->help && *c->help, "%s has no help", c->name);
		cr_expect_eq(!c->shown_key, !c->shown, "%s", c->name);
		if (c->shown_key)
			cr_expect(key_in(key_parse(c->shown_key, strlen(c->shown_key)), c->keys),
			          "%s has not the key that it shows", c->name);
		for (size_t k = 0; k < i; k++)
			cr_expect_str_neq(commands[k].name, c->name);
	}
}

Test(command, has_keys_that_exist_and_are_its_own)
{
	for (size_t i = 0; i < ncommands; i++) {
		const char *s = commands[i].keys;

		while (*s) {
			size_t len = strcspn(s, " ");
			uint32_t key = key_parse(s, len);

			cr_expect_neq(key, K_NONE, "%s: there is no key %.*s", commands[i].name, (int)len, s);
			cr_expect_eq(command_find(key), &commands[i], "%.*s has two commands", (int)len, s);
			s += len + (s[len] == ' ');
		}
	}
	cr_expect_null(command_find(K_NONE));
	cr_expect_null(command_find('X'));
	cr_expect_null(command_find(K_ESC), "Esc does nothing in the list");
}

Test(command, is_in_the_help)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	cells_resize(&x.cells, 200, 120);
	made_ui_keys(&x, "?");
	for (size_t i = 0; i < ncommands; i++) {
		expect_shown(&x, commands[i].keys);
		expect_shown(&x, commands[i].help);
	}
	made_ui_close(&x);
}

Test(command, help_scrolls_and_goes_back)
{
	static const char *const back[] = { "Esc", "q", "?", "h", "F1" };

	for (size_t i = 0; i < sizeof back / sizeof *back; i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		made_ui_keys(&x, "?");
		expect_row(&x, 2, " Keys");
		expect_not_shown(&x, "…");
		expect_row(&x, 23, " Up Down Scroll  Esc Back");
		made_ui_keys(&x, "Down");
		expect_row(&x, 2, "   Up                   Move one row up");
		made_ui_keys(&x, "End");
		expect_shown(&x, "TIME_WAIT");
		expect_not_shown(&x, "…");
		expect_not_shown(&x, "PgDn");
		made_ui_keys(&x, "Home");
		expect_row(&x, 2, " Keys");
		made_ui_keys(&x, back[i]);
		expect_shown(&x, "PORT");
		made_ui_close(&x);
	}
}

/* What follows is compared without blanks, which a line break takes the place of. */
static void
add_rows(struct text *t, const struct made_ui *x)
{
	for (size_t row = 0; row < x->cells.rows; row++)
		for (const char *s = made_ui_row(x, row); *s; s++)
			if (*s != ' ')
				text_addc(t, *s);
}

Test(command, help_is_wrapped_and_never_cut)
{
	static const size_t widths[] = { 120, 80, 60, 40, 30 };

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		struct made_ui x;
		struct text shown, want;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 400, widths[i]);
		made_ui_keys(&x, "?");
		text_init(&shown);
		text_init(&want);
		add_rows(&shown, &x);
		for (size_t k = 0; k < ncommands; k++) {
			text_clear(&want);
			for (const char *s = commands[k].help; *s; s++)
				if (*s != ' ')
					text_addc(&want, *s);
			cr_expect_not_null(strstr(text_str(&shown), text_str(&want)), "%zu cells: %s%s",
			                   widths[i], commands[k].help, made_ui_dump(&x));
		}
		text_done(&shown);
		text_done(&want);
		made_ui_close(&x);
	}
}

/* The words that the table has in the place of a process, and all of its marks. */
Test(command, help_explains_what_stands_for_no_process_and_each_mark)
{
	static const char *const words[] = {
		"(gone)", "(none)", "(time-wait)", "(not visible)", "(in accept queue)", "(another user: ...)",
		"it is tagged", "closed a few seconds ago", "something is wrong", "the kernel gives out",
	};
	struct made_ui x;

	made_ui_open(&x, NULL);
	cells_resize(&x.cells, 200, 120);
	made_ui_keys(&x, "?");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		expect_shown(&x, words[i]);
	made_ui_close(&x);
}

Test(command, help_says_how_much_of_it_is_seen)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_keys(&x, "?");
	expect_shown(&x, " 1 to 20 of ");
	made_ui_keys(&x, "Down");
	expect_shown(&x, " 2 to 21 of ");
	made_ui_close(&x);
}

/* ---- the menu of fields ---- */

Test(command, sort_menu_takes_a_field)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_take(&x);
	made_ui_keys(&x, "s");
	expect_row(&x, 2, " Sort by");
	expect_shown(&x, " > lport");
	made_ui_keys(&x, "Up");
	expect_shown(&x, " > laddr");
	made_ui_keys(&x, "Enter");
	expect_shown(&x, "ADDRESS▲");
	made_ui_keys(&x, "F6 p Esc");
	expect_shown(&x, "ADDRESS▲");
	/* A letter goes to the next field that begins with it, and round. */
	made_ui_keys(&x, "s p");
	expect_shown(&x, " > peer");
	made_ui_keys(&x, "p");
	expect_shown(&x, " > pid");
	made_ui_keys(&x, "p p p p p p");
	expect_shown(&x, " > proto");
	made_ui_keys(&x, "z 7 Tab");
	expect_shown(&x, " > proto");
	made_ui_keys(&x, "b b Enter");
	expect_shown(&x, "sort: backlog_max▼");
	made_ui_close(&x);
}

static const struct field *
field_of(const char *id)
{
	return field_find(id, strlen(id));
}

/* "_" is a pause after which a letter begins anew. */
Test(command, sort_menu_takes_letters_in_a_row_for_the_beginning_of_a_name)
{
	static const struct { const char *typed, *chosen; } cases[] = {
		{ "rtt", " > rtt " }, { "rx_t", " > rx_total " }, { "recvq", " > recvq " },
		{ "tx", " > tx " }, { "r", " > raddr " }, { "back", " > backlog " },
		{ "pp", " > pid " }, { "s_a", " > app " }, { "rt_t", " > tx " }, { "rtz", " > rtt " },
		{ "s_q", NULL }, { "qr", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		made_ui_take(&x);
		made_ui_keys(&x, "s Home");
		for (const char *c = cases[i].typed; *c; c++) {
			if (*c == '_' && !strchr(cases[i].typed, 'x'))
				made_ui_pause(&x);
			else
				made_ui_input(&x, (struct input){ .key = (unsigned char)*c });
		}
		if (cases[i].chosen)
			expect_shown(&x, cases[i].chosen);
		else
			expect_not_shown(&x, "Sort by");
		made_ui_close(&x);
	}
}

Test(command, sort_menu_has_all_that_is_said_of_the_chosen_field)
{
	static const size_t widths[] = { 80, 60, 40 };

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		struct made_ui x;
		struct text shown;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 24, widths[i]);
		made_ui_take(&x);
		made_ui_keys(&x, "s h");
		text_init(&shown);
		add_rows(&shown, &x);
		cr_expect_not_null(strstr(text_str(&shown), "notacceptedyet),none,orunseen"),
		                   "%zu cells%s", widths[i], made_ui_dump(&x));
		text_done(&shown);
		made_ui_close(&x);
	}
}

Test(command, sort_menu_is_cut_behind_a_word_and_needs_no_foot_where_there_is_room)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_take(&x);
	made_ui_keys(&x, "s");
	expect_shown(&x, "   state         LISTEN, ESTABLISHED and so on; UNCONN is UDP without a peer,…");
	expect_row(&x, 21, "");
	cells_resize(&x.cells, 24, 120);
	made_ui_keys(&x, "Home");
	expect_shown(&x, field_of("state")->help);
	cr_expect_eq(made_ui_find(&x, fields[0].help), 3, "%s", made_ui_dump(&x));
	expect_shown(&x, "   command       ");
	made_ui_close(&x);
}

/* ---- looks ---- */

Test(command, themes_are_sound)
{
	cr_assert_geq(nthemes, 2);
	for (size_t i = 0; i < nthemes; i++) {
		const struct theme *t = &themes[i];

		cr_expect_eq(theme_find(t->id), t, "two themes are called %s", t->id);
		cr_expect_eq(t->role[ROLE_TEXT].attrs, 0, "%s", t->id);
		cr_expect_eq(t->role[ROLE_TEXT].colour, COLOUR_NONE, "%s", t->id);
		cr_expect(t->role[ROLE_SELECTED].attrs & STYLE_REVERSE, "%s", t->id);
		for (size_t r = 0; r < ROLE_COUNT; r++)
			cr_expect_lt(t->role[r].colour, COLOUR_COUNT, "%s", t->id);
	}
	cr_expect_null(theme_find("nothing like that"));
	for (size_t r = 0; r < ROLE_COUNT; r++)
		cr_expect_eq(theme_find("mono")->role[r].colour, COLOUR_NONE, "role %zu has colour", r);
}
