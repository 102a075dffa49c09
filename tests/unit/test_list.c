/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The table: what it shows, and that nothing in it jumps. */

#include "ui_made.h"

TestSuite(list, .init = made_ui_use_utf8);

/* Listeners 3000, 3010 ... whose cookie is their port. */
static void
listen_on(struct made_ui *x, uint16_t first, uint16_t count)
{
	for (uint16_t i = 0; i < count; i++)
		made_ui_listen(x, "127.0.0.1", (uint16_t)(first + 10 * i), first + 10u * i);
}

static void
open_with(struct made_ui *x, uint16_t count)
{
	made_ui_open(x, NULL);
	listen_on(x, 3000, count);
	made_ui_take(x);
}

static void
add_connection(struct made_ui *x)
{
	made_add(&x->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40000));
}

Test(list, begins_with_what_holds_a_port_sorted_by_port)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 9000, 1);
	made_ui_listen(&x, "::1", 80, 2);
	add_connection(&x);
	made_ui_take(&x);
	expect_row_begins(&x, 3, "   PORT▲ ADDRESS   APP    PROJECT PID CLIENTS");
	expect_row_begins(&x, 4, "      80 ::1       (none)");
	expect_row_begins(&x, 5, "    9000 127.0.0.1 (none)");
	expect_row(&x, 6, "");
	expect_selected(&x, "80 ::1");
	made_ui_close(&x);
}

Test(list, shows_everything_with_other_columns)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	add_connection(&x);
	made_ui_take(&x);
	expect_not_shown(&x, "ESTABLISHED");
	made_ui_keys(&x, "l");
	expect_shown(&x, "3000 127.0.0.1 127.0.0.1:40000 ESTABLISHED");
	expect_shown(&x, "PEER");
	made_ui_keys(&x, "l");
	expect_not_shown(&x, "ESTABLISHED");
	made_ui_close(&x);
}

Test(list, takes_the_columns_it_is_given)
{
	const struct ui_options o = { .columns = "state,lport", .delay = 1, .charset = TEXT_ASCII };
	struct made_ui x;

	made_ui_open(&x, &o);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	expect_row(&x, 3, "   STATE  PORT^");
	expect_row(&x, 4, "   LISTEN  3000");
	made_ui_keys(&x, "l R");
	expect_row(&x, 3, "   STATE  PORTv");
	made_ui_close(&x);
}

Test(list, marks_ports_that_the_kernel_gave_out)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	expect_not_shown(&x, "ephemeral");
	made_ui_listen(&x, "127.0.0.1", 40001, 2);
	made_ui_take(&x);
	expect_row_begins(&x, 5, " ~ 40001 127.0.0.1 (none)");
	expect_shown(&x, "~ ephemeral port");
	made_ui_close(&x);
}

Test(list, marks_what_is_new_and_what_closed_before_the_port)
{
	struct made_ui x;
	struct sock gone;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_listen(&x, "127.0.0.1", 3001, 2);
	made_ui_listen(&x, "127.0.0.1", 40001, 3);
	x.snap.socks[1].life = x.snap.socks[2].life = LIFE_NEW;
	gone = x.snap.socks[0];
	gone.cookie = 4;
	gone.local.port = 3002;
	snapshot_add_gone(&x.snap, &gone);
	made_ui_take(&x);
	expect_row_begins(&x, 4, "    3000 127.0.0.1 (none)");
	expect_row_begins(&x, 5, " +  3001 127.0.0.1 (none)");
	expect_row_begins(&x, 6, " -  3002 127.0.0.1 (none)");
	expect_row_begins(&x, 7, " + 40001 127.0.0.1 (none)");
	expect_shown(&x, "3 listening");
	expect_shown(&x, " 3 of 3");
	made_ui_close(&x);
}

/* It closes while it is selected: it keeps its place until it goes. */
Test(list, the_cursor_stays_with_what_closed_until_it_goes)
{
	struct made_ui x;
	struct sock gone;

	open_with(&x, 3);
	made_ui_keys(&x, "Down");
	expect_selected(&x, "3010");
	gone = x.snap.socks[1];
	snapshot_clear(&x.snap);
	made_ui_listen(&x, "127.0.0.1", 3000, 3000);
	made_ui_listen(&x, "127.0.0.1", 3020, 3020);
	snapshot_add_gone(&x.snap, &gone);
	made_ui_take(&x);
	expect_selected(&x, " -  3010");
	x.snap.ngone = 0;
	made_ui_take(&x);
	expect_selected(&x, "3020");
	made_ui_close(&x);
}

Test(list, says_why_it_is_empty)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_apply(&x, FX_REPAINT);
	expect_shown(&x, "Reading the sockets");
	made_ui_take(&x);
	expect_shown(&x, "Nothing holds a port here. Press 1 for connections");
	made_ui_keys(&x, "l");
	expect_shown(&x, "There is no socket here.");
	made_ui_keys(&x, "p 9 Enter");
	expect_shown(&x, "No socket matches. Press p for other ports.");
	made_ui_keys(&x, "/ x Enter");
	expect_shown(&x, "No socket matches. Press / for another filter.");
	made_ui_keys(&x, "Down Up PgDn PgUp Home End R < >");
	expect_shown(&x, "No socket matches.");
	made_ui_close(&x);
}

/* ---- the cursor ---- */

Test(list, cursor_stays_with_its_socket)
{
	struct made_ui x;

	open_with(&x, 4);
	made_ui_keys(&x, "Down Down");
	expect_selected(&x, "3020");
	listen_on(&x, 2000, 3);
	made_ui_take(&x);
	expect_selected(&x, "3020");
	expect_row_begins(&x, 4, "    2000 127.0.0.1 (none)");
	made_ui_keys(&x, "R");
	expect_selected(&x, "3020");
	made_ui_close(&x);
}

Test(list, cursor_stays_at_its_place_when_its_socket_is_gone)
{
	struct made_ui x;
	size_t row;

	open_with(&x, 4);
	made_ui_keys(&x, "Down");
	row = made_ui_selected(&x);
	snapshot_clear(&x.snap);
	made_ui_listen(&x, "127.0.0.1", 3000, 3000);
	made_ui_listen(&x, "127.0.0.1", 3020, 3020);
	made_ui_take(&x);
	cr_expect_eq(made_ui_selected(&x), row);
	expect_selected(&x, "3020");
	/* From now on it is that one's. */
	listen_on(&x, 2000, 2);
	made_ui_take(&x);
	expect_selected(&x, "3020");
	snapshot_clear(&x.snap);
	made_ui_take(&x);
	cr_expect_eq(made_ui_selected(&x), SIZE_MAX);
	listen_on(&x, 3000, 2);
	made_ui_take(&x);
	expect_selected(&x, "3000");
	made_ui_close(&x);
}

Test(list, rows_do_not_jump_when_others_come_above_the_window)
{
	struct made_ui x;
	char before[128];

	open_with(&x, 60);
	made_ui_keys(&x, "PgDn Down");
	snprintf(before, sizeof before, "%s", made_ui_row(&x, 11));
	listen_on(&x, 2000, 3);
	made_ui_take(&x);
	expect_row(&x, 11, before);
	made_ui_close(&x);
}

Test(list, is_moved_by_wheel_and_click)
{
	struct made_ui x;

	open_with(&x, 40);
	made_ui_keys(&x, "WheelDown");
	expect_selected(&x, "3030");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 5, .col = 50 });
	expect_selected(&x, "3010");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 0, .col = 5 });
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 22, .col = 5 });
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 23, .col = 5 });
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 9999, .col = 9999 });
	expect_selected(&x, "3010");
	made_ui_close(&x);
}

/* ---- order ---- */

Test(list, is_sorted_by_a_click_on_a_title)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.2", 3000, 1);
	made_ui_listen(&x, "127.0.0.1", 3010, 2);
	made_ui_take(&x);
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 3, .col = 10 });
	expect_shown(&x, "ADDRESS▲");
	expect_row_begins(&x, 4, "   3010 127.0.0.1 (none)");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 3, .col = 10 });
	expect_shown(&x, "ADDRESS▼");
	expect_row_begins(&x, 4, "   3000 127.0.0.2 (none)");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = 3, .col = 0 });
	expect_shown(&x, "ADDRESS▼");
	made_ui_close(&x);
}

Test(list, is_sorted_by_the_column_beside)
{
	struct made_ui x;

	open_with(&x, 2);
	made_ui_keys(&x, "<");
	expect_shown(&x, "PORT▲");
	made_ui_keys(&x, "> > >");
	expect_shown(&x, "PROJECT▲");
	made_ui_keys(&x, "<");
	expect_shown(&x, "APP▲");
	made_ui_keys(&x, "> > > > > > > > > > > >");
	expect_shown(&x, "sort: command▲");
	made_ui_close(&x);
}

Test(list, says_by_what_it_is_sorted_if_no_title_does)
{
	struct view_spec spec = { .scope = SCOPE_LOOPBACK };
	struct made_ui x;

	cr_assert_eq(view_parse_sort("inode", &spec), 0);
	made_ui_open(&x, &(struct ui_options){ .spec = spec, .delay = 1, .charset = TEXT_UTF8 });
	made_ui_take(&x);
	expect_shown(&x, "sort: inode▲");
	made_ui_keys(&x, ">");
	expect_shown(&x, "PORT▲");
	expect_not_shown(&x, "sort:");
	made_ui_keys(&x, "Right");
	made_ui_close(&x);
}

/* ---- columns ---- */

Test(list, columns_do_not_jitter)
{
	struct made_ui x;
	char wide[128];

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	made_ui_listen(&x, "2001:db8::1234:5678", 3000, 2);
	made_ui_keys(&x, "a a");
	made_ui_take(&x);
	snprintf(wide, sizeof wide, "%s", made_ui_row(&x, 3));
	snapshot_clear(&x.snap);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	expect_row(&x, 3, wide);
	made_ui_apply(&x, FX_REFLOW | FX_REPAINT);
	cr_expect_str_neq(made_ui_row(&x, 3), wide, "they never get narrow again");
	made_ui_close(&x);
}

Test(list, columns_scroll_until_the_last_is_seen)
{
	struct made_ui x;

	open_with(&x, 1);
	cells_resize(&x.cells, 24, 31);
	made_ui_apply(&x, FX_REFLOW | FX_REPAINT);
	expect_shown(&x, "PORT");
	cr_expect_eq(cells_at(&x.cells, 3, 30)->s[0], '>');
	made_ui_keys(&x, "Left");
	expect_shown(&x, "PORT");
	made_ui_keys(&x, "Right");
	expect_not_shown(&x, "PORT");
	cr_expect_eq(cells_at(&x.cells, 3, 0)->s[0], '<');
	made_ui_keys(&x, "Right Right Right Right Right Right Right Right Right Right Right");
	expect_shown(&x, "COMMAND");
	cr_expect_eq(cells_at(&x.cells, 3, 30)->s[0], ' ');
	made_ui_keys(&x, "Left Left Left Left Left Left Left Left Left Left Left");
	expect_shown(&x, "PORT");
	made_ui_close(&x);
}

/* ---- whose it is ---- */

Test(list, says_who_has_what_no_known_process_holds)
{
	static const struct { enum sock_holder holder; bool root; const char *want; } cases[] = {
		{ HOLDER_HIDDEN, false, "(another user: 4242)" },
		{ HOLDER_HIDDEN, true, "(hidden)" },
		{ HOLDER_QUEUE, false, "(in accept queue)" },
		{ HOLDER_NONE, false, "(none)" },
		{ HOLDER_UNSEEN, false, "(not visible)" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct ui_options o = { .columns = "lport,process", .delay = 1,
		                              .root = cases[i].root, .numeric = true };
		struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
		struct made_ui x;

		made_ui_open(&x, &o);
		s.holder = cases[i].holder;
		s.uid = 4242;
		s.has = SOCK_HAS_UID;
		made_add(&x.snap, s);
		made_ui_take(&x);
		expect_shown(&x, cases[i].want);
		made_ui_close(&x);
	}
}

Test(list, warns_of_what_others_can_reach)
{
	const struct ui_options o = { .columns = "lport,laddr,reach", .delay = 1, .charset = TEXT_UTF8 };
	const char *row;
	struct made_ui x;

	made_ui_open(&x, &o);
	made_ui_listen(&x, "127.0.0.1", 2999, 1);
	made_ui_listen(&x, "0.0.0.0", 3000, 2);
	made_ui_take(&x);
	expect_row(&x, 5, "    3000 *         exposed");
	row = made_ui_row(&x, 5);
	cr_expect_eq(cells_at(&x.cells, 5, (size_t)(strstr(row, "exposed") - row))->role, ROLE_WARNING);
	made_ui_close(&x);
}

/* ---- sizes ---- */

Test(list, fits_into_any_window)
{
	static const char *const screens[] = { "Home", "l", "/", "k", "s", "?", "d" };

	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		struct made_ui x;

		open_with(&x, 40);
		made_ui_keys(&x, screens[i]);
		for (size_t rows = 1; rows < 14; rows++) {
			for (size_t cols = 1; cols < 90; cols += cols < 12 ? 1 : 13) {
				cells_resize(&x.cells, rows, cols);
				made_ui_apply(&x, FX_REFLOW | FX_REPAINT);
				made_ui_keys(&x, "End Home PgDn");
			}
		}
		made_ui_close(&x);
	}
}
