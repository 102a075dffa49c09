/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The lines around the list say what there is, what alters it, and what just happened. */

#include <errno.h>
#include <stdlib.h>

#include "info.h"
#include "model/findings.h"
#include "model/join.h"
#include "ui_made.h"

static void
init(void)
{
	made_ui_use_utf8();
	setenv("TZ", "UTC", 1);
}

TestSuite(frame, .init = init);

static void
add(struct made_ui *x, enum sock_proto proto, enum sock_state state, const char *laddr, uint16_t lport,
    const char *raddr, uint16_t rport)
{
	made_add(&x->snap, made_sock(proto, state, laddr, lport, raddr, rport));
}

Test(frame, counts_what_there_is)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	add(&x, PROTO_TCP, STATE_LISTEN, "0.0.0.0", 5432, NULL, 0);
	add(&x, PROTO_UDP, STATE_UNCONN, "127.0.0.1", 53, NULL, 0);
	add(&x, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40000);
	add(&x, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 3000);
	join_ends(&x.snap);
	x.snap.wall.tv_sec = 18 * 3600 + 52 * 60 + 13;
	made_ui_take(&x);
	expect_row(&x, 0, "lotop · devbox   2 listening, 1 exposed · 1 connection                  18:52:13");
	expect_row(&x, 1, "                                                                     every 1.0 s");
	expect_row(&x, 22, " 3 of 3");
	expect_row(&x, 23, "F1Help F4Filter F5Tree F6Sort F9Kill Enter Details Z Freeze q Quit");
	made_ui_close(&x);
}

Test(frame, is_ascii_where_it_must_be)
{
	struct made_ui x;

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .charset = TEXT_ASCII });
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	made_ui_take(&x);
	made_ui_keys(&x, "Z");
	for (size_t row = 0; row < x.cells.rows; row++)
		for (const char *s = made_ui_row(&x, row); *s; s++)
			cr_assert(*s >= 0x20 && *s < 0x7f, "%s", made_ui_row(&x, row));
	expect_shown(&x, "lotop - devbox");
	expect_shown(&x, "frozen ");
	made_ui_close(&x);
}

Test(frame, says_what_alters_the_list)
{
	struct made_ui x;
	struct ui_options o = {
		.spec = { .scope = SCOPE_ALL, .protos = 1u << PROTO_UDP, .families = VIEW_IPV6 },
		.filter = "a filter that is much longer than there is room for on this line",
		.delay = 0.25, .charset = TEXT_UTF8,
	};

	made_ui_open(&x, &o);
	made_ui_take(&x);
	expect_shown(&x, "filter: a filter that is much l… · scope: all · udp · IPv6          every 0.25 s");
	cells_resize(&x.cells, 24, 160);
	made_ui_keys(&x, "Z l");
	expect_shown(&x, "frozen · filter: a filter that is much l… · scope: all · udp · IPv6");
	cr_expect(ui_frozen(x.ui));
	made_ui_keys(&x, "Z");
	cr_expect_not(ui_frozen(x.ui));
	cr_expect(x.fx & FX_RESAMPLE);
	expect_not_shown(&x, "frozen");
	made_ui_close(&x);
}

Test(frame, scope_goes_round)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_take(&x);
	expect_not_shown(&x, "scope:");
	made_ui_keys(&x, "a");
	expect_shown(&x, "scope: host");
	made_ui_keys(&x, "a");
	expect_shown(&x, "scope: all");
	made_ui_keys(&x, "a");
	expect_not_shown(&x, "scope:");
	made_ui_close(&x);
}

Test(frame, says_what_is_missing)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	x.snap.socks[0].holder = HOLDER_HIDDEN;
	made_ui_take(&x);
	expect_shown(&x, "1 owner hidden: sudo lotop");
	made_ui_keys(&x, "a");
	snapshot_short(&x.snap, &(struct shortfall){ .kind = SHORT_PROCFS, .err = EPERM });
	made_ui_take(&x);
	cr_expect_gt(strlen(made_ui_row(&x, 1)), 70, "%s", made_ui_row(&x, 1));
	expect_shown(&x, " · scope: host");
	made_ui_close(&x);

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .root = true });
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	x.snap.socks[0].holder = HOLDER_HIDDEN;
	made_ui_take(&x);
	expect_shown(&x, "1 owner hidden");
	expect_not_shown(&x, "sudo");
	made_ui_close(&x);
}

Test(frame, keeps_the_last_good_list_and_says_its_age)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_apply(&x, ui_failed(x.ui, EPERM, x.now_ns));
	expect_shown(&x, "The kernel does not tell its sockets: Operation not permitted.");
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	made_ui_take(&x);
	expect_not_shown(&x, "not permitted");
	x.now_ns += 12 * NS_PER_SEC;
	made_ui_apply(&x, ui_failed(x.ui, ENOMEM, x.now_ns));
	expect_shown(&x, "no refresh for 12 s (Cannot allocate memory)");
	expect_shown(&x, "3000");
	cr_expect_eq(ui_deadline(x.ui), x.now_ns + NS_PER_SEC, "its age grows");
	made_ui_take(&x);
	expect_not_shown(&x, "no refresh");
	cr_expect_eq(ui_deadline(x.ui), 0);
	made_ui_close(&x);
}

/* ---- messages ---- */

Test(frame, keeps_a_message_until_a_key_or_for_a_while)
{
	struct made_ui x;
	unsigned fx;

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .readonly = true });
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	made_ui_take(&x);
	made_ui_keys(&x, "k");
	expect_row(&x, 22, " lotop was started with --readonly: it ends and closes nothing.");
	made_ui_take(&x);
	expect_shown(&x, "--readonly");
	made_ui_keys(&x, "Down");
	expect_row(&x, 22, " 1 of 1");

	made_ui_keys(&x, "k");
	fx = ui_tick(x.ui, ui_deadline(x.ui) - 1);
	cr_expect_eq(fx, 0);
	made_ui_apply(&x, ui_tick(x.ui, ui_deadline(x.ui)));
	expect_row(&x, 22, " 1 of 1");
	cr_expect_eq(ui_deadline(x.ui), 0);
	made_ui_close(&x);
}

Test(frame, breaks_a_long_message_between_words)
{
	struct made_ui x;

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .readonly = true });
	add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	cells_resize(&x.cells, 24, 30);
	made_ui_take(&x);
	made_ui_keys(&x, "k");
	expect_row(&x, 20, " lotop was started with");
	expect_row(&x, 21, " --readonly: it ends and");
	expect_row(&x, 22, " closes nothing.");
	cells_resize(&x.cells, 24, 5);
	made_ui_keys(&x, "k");
	cells_resize(&x.cells, 24, 1);
	made_ui_keys(&x, "k");
	made_ui_close(&x);
}

Test(frame, a_long_name_of_the_host_gives_way_to_the_counts)
{
	static const struct { size_t cols; const char *first; } cases[] = {
		{ 120, "lotop · a-machine.example.org   1 listening, 0 exposed · 0 connections" },
		{ 76, "lotop · a-machine.examp…   1 listening, 0 exposed · 0 connections   00:00:00" },
		{ 68, "lotop · a-machi…   1 listening, 0 exposed · 0 connections   00:00:00" },
		{ 62, "lotop · a-machi…   1 listening, 0 exposed             00:00:00" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;

		made_ui_open_on(&x, NULL, "a-machine.example.org");
		cells_resize(&x.cells, 24, cases[i].cols);
		add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
		made_ui_take(&x);
		expect_row_begins(&x, 0, cases[i].first);
		made_ui_close(&x);
	}
}

Test(frame, a_count_is_left_out_rather_than_cut)
{
	for (size_t cols = 20; cols < 80; cols++) {
		struct made_ui x;
		const char *row;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 24, cols);
		add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
		for (uint16_t i = 0; i < 200; i++) {
			bool closing = i >= 100;

			add(&x, PROTO_TCP, closing ? STATE_FIN_WAIT2 : STATE_ESTABLISHED, "127.0.0.1",
			    (uint16_t)(40000 + i), "127.0.0.1", 3000);
		}
		made_ui_take(&x);
		row = made_ui_row(&x, 0);
		for (const char *at = row; (at = strstr(at, "· 1")); at++)
			cr_expect(strncmp(at, "· 100 connections", 18) == 0 ||
			          strncmp(at, "· 100 closing", 14) == 0, "%zu columns: %s", cols, row);
		made_ui_close(&x);
	}
}

Test(frame, what_is_exposed_is_left_out_rather_than_cut)
{
	for (size_t cols = 20; cols < 80; cols++) {
		struct made_ui x;
		const char *row, *at;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 24, cols);
		for (uint16_t i = 0; i < 23; i++)
			add(&x, PROTO_TCP, STATE_LISTEN, "0.0.0.0", (uint16_t)(3000 + i), NULL, 0);
		made_ui_take(&x);
		row = made_ui_row(&x, 0);
		at = strstr(row, ", ");
		cr_expect(!at || strncmp(at, ", 23 exposed", 12) == 0, "%zu columns: %s", cols, row);
		cr_expect(at || cols < 41, "%zu columns: %s", cols, row);
		made_ui_close(&x);
	}
}

Test(frame, the_way_out_is_there_whatever_has_no_room)
{
	static const struct { const char *keys; size_t cols; const char *last; } cases[] = {
		{ "", 66, "F1Help F4Filter F5Tree F6Sort F9Kill Enter Details Z Freeze q Quit" },
		{ "", 65, "F1Help F4Filter F5Tree F6Sort F9Kill Enter Details q Quit" },
		{ "", 40, "F1Help F4Filter F5Tree F6Sort q Quit" },
		{ "", 10, "q Quit" },
		{ "s", 33, " Enter Sort  a-z Jump  Esc Leave" },
		{ "s", 30, " Enter Sort  Esc Leave" },
		{ "s", 12, " Esc Leave" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 24, cases[i].cols);
		made_ui_take(&x);
		made_ui_keys(&x, cases[i].keys);
		expect_row(&x, 23, cases[i].last);
		made_ui_close(&x);
	}
}

static void
open_with_one(struct made_ui *x)
{
	made_ui_open(x, NULL);
	made_ui_listen(x, "127.0.0.1", 3000, UINT64_C(0x7fff000000000000));
	made_ui_take(x);
}

/* Where there is no line for keys, what lies over the list has them on that of messages. */
Test(frame, the_way_out_is_there_in_a_low_window)
{
	static const struct { const char *keys; size_t rows, cols; const char *last; } cases[] = {
		{ "s", 9, 80, " Enter Sort  a-z Jump  Esc Leave" },
		{ "s", 3, 30, " Enter Sort  Esc Leave" },
		{ "x", 5, 80, " Enter Close  Esc Leave" },
		{ "?", 4, 20, " Esc Back" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;

		open_with_one(&x);
		made_ui_keys(&x, cases[i].keys);
		cells_resize(&x.cells, cases[i].rows, cases[i].cols);
		made_ui_apply(&x, 0);
		expect_row(&x, cases[i].rows - 1, cases[i].last);
		made_ui_close(&x);
	}
}

Test(frame, pages_say_where_they_are_and_the_way_out_in_a_low_window)
{
	struct made_ui x;

	open_with_one(&x);
	cells_resize(&x.cells, 9, 80);
	made_ui_keys(&x, "Enter");
	expect_row_begins(&x, 8, " 1 to 5 of ");
	cr_expect_not_null(strstr(made_ui_row(&x, 8), "Esc Back"), "%s", made_ui_dump(&x));
	made_ui_keys(&x, "Esc");
	expect_row(&x, 8, " 1 of 1");
	made_ui_close(&x);
}

Test(frame, does_without_a_row_to_act_on)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_keys(&x, "k");
	expect_row(&x, 22, " No row is selected: there is none.");
	made_ui_close(&x);
}

/* ---- what the loop is told ---- */

Test(frame, tells_the_loop_what_to_do)
{
	static const struct { const char *key; unsigned fx; } cases[] = {
		{ "q", FX_QUIT }, { "F10", FX_QUIT }, { "Ctrl-C", FX_QUIT },
		{ "Ctrl-L", FX_RESAMPLE | FX_CLEAR | FX_REPAINT }, { "l", FX_REBUILD | FX_REFLOW },
		{ "a", FX_REBUILD }, { "R", FX_REBUILD }, { "i", FX_REBUILD }, { "Down", FX_REPAINT },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		made_ui_take(&x);
		made_ui_keys(&x, cases[i].key);
		cr_expect_eq(x.fx & cases[i].fx, cases[i].fx, "%s: %#x", cases[i].key, x.fx);
		made_ui_close(&x);
	}
}

Test(frame, quits_and_paints_anew_from_any_screen)
{
	static const char *const screens[] = { "?", "s", "/", "p", "d" };

	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		made_ui_take(&x);
		made_ui_keys(&x, screens[i]);
		made_ui_keys(&x, "Ctrl-L");
		cr_expect(x.fx & FX_CLEAR, "%s", screens[i]);
		made_ui_keys(&x, "F10");
		cr_expect(x.fx & FX_QUIT, "%s", screens[i]);
		made_ui_close(&x);
	}
}

/* Help and menus have lines of their own. */
Test(frame, counts_rows_only_where_they_are_seen)
{
	static const struct { const char *keys; bool counted; } cases[] = {
		{ "", true }, { "?", false }, { "s", false }, { "? Esc", true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		made_ui_take(&x);
		made_ui_keys(&x, cases[i].keys);
		if (cases[i].counted)
			expect_shown(&x, "0 of 0");
		else
			expect_not_shown(&x, "0 of 0");
		made_ui_close(&x);
	}
}

/* ---- what all comes to ---- */

static void
add_flow(struct made_ui *x, uint16_t port, uint64_t rx, uint64_t tx)
{
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", port, "127.0.0.1", 80);

	info_of(&s)->rx_rate = rx;
	info_of(&s)->tx_rate = tx;
	s.has = SOCK_HAS_RATE;
	made_add(&x->snap, s);
}

Test(frame, tells_how_much_flows)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_take(&x);
	expect_not_shown(&x, "rx ");
	add_flow(&x, 40000, 1200 * 1024, 30 * 1024);
	made_ui_take(&x);
	expect_row(&x, 1, "rx 1.2M/s  tx  30K/s         █                                       every 1.0 s");
	info_of(&x.snap.socks[0])->rx_rate = 0;
	made_ui_take(&x);
	expect_row_begins(&x, 1, "rx    0/s  tx  30K/s         █ ");
	x.now_ns += 10 * NS_PER_SEC;
	made_ui_take(&x);
	expect_row_begins(&x, 1, "rx    0/s  tx  30K/s        █▁ ");
	/* Another scope is another sum. */
	made_ui_keys(&x, "a");
	expect_row_begins(&x, 1, "rx    0/s  tx  30K/s  scope: host");
	made_ui_take(&x);
	expect_row_begins(&x, 1, "rx    0/s  tx  30K/s         ▁  scope: host");
	made_ui_close(&x);
}

/* What takes long comes less often, and rates of many connections are over several refreshes. */
Test(frame, says_that_refreshes_are_slow)
{
	struct made_ui x;

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .charset = TEXT_UTF8 });
	made_ui_take(&x);
	cr_expect_eq(ui_stretch(x.ui, 500 * NS_PER_MS), FX_REPAINT);
	cr_expect_eq(ui_interval_ns(x.ui), NS_PER_SEC);
	made_ui_take(&x);
	expect_shown(&x, " every 1.0 s");
	expect_not_shown(&x, "slow");
	ui_stretch(x.ui, 2500 * NS_PER_MS);
	cr_expect_eq(ui_interval_ns(x.ui), 2500 * NS_PER_MS);
	made_ui_take(&x);
	expect_shown(&x, "slow: every 2.5 s");
	x.snap.info_every = 2;
	made_ui_take(&x);
	expect_shown(&x, "slow: every 2.5 s, rates over 5.0 s");
	ui_stretch(x.ui, 0);
	made_ui_take(&x);
	expect_shown(&x, " every 1.0 s, rates over 2.0 s");
	made_ui_close(&x);
}

Test(frame, rates_give_way_to_what_alters_the_list)
{
	struct ui_options o = { .delay = 1, .charset = TEXT_ASCII,
	                        .filter = "something that is far too long for any line" };
	struct made_ui x;

	made_ui_open(&x, &o);
	add_flow(&x, 40000, 1024, 1024);
	made_ui_take(&x);
	expect_row_begins(&x, 1, "rx 1.0K/s  tx 1.0K/s         #  filter: something that is");
	cells_resize(&x.cells, 24, 60);
	made_ui_apply(&x, FX_REPAINT);
	expect_row_begins(&x, 1, "rx 1.0K/s  tx 1.0K/s     #  filter: something that is");
	expect_not_shown(&x, "every");
	cells_resize(&x.cells, 24, 53);
	made_ui_apply(&x, FX_REPAINT);
	expect_row_begins(&x, 1, "filter: something that is");
	cells_resize(&x.cells, 24, 200);
	made_ui_apply(&x, FX_REPAINT);
	expect_shown(&x, "#  filter: something that is");
	made_ui_close(&x);
}

/* What flows stays; its line of bars gets shorter, then the interval goes, then warnings are summed. */
Test(frame, rates_give_way_to_no_warning)
{
	static const struct { unsigned kinds; const char *keys, *second; } cases[] = {
		{ 1, "", "rx 1.0K/s  tx 1.0K/s         █  ! 2 stopped                          every 1.0 s" },
		{ 2, "", "rx 1.0K/s  tx 1.0K/s         █  ! 2 stopped  ! 1 queue full          every 1.0 s" },
		{ 3, "", "rx 1.0K/s  tx 1.0K/s     █  ! 2 stopped  ! 1 queue full  ! 1 leak    every 1.0 s" },
		{ 4, "", "rx 1.0K/s  tx 1.0K/s  ! 2 stopped  ! 1 queue full  ! 1 leak  ! 1 split port" },
		{ 4, "Z", "rx 1.0K/s  tx 1.0K/s     █  frozen  ! 5 warnings                     every 1.0 s" },
		{ 2, "/ L I S T E N Enter",
		  "rx 1.0K/s  tx 1.0K/s     █  filter: LISTEN  ! 2 stopped  ! 1 queue full" },
		{ 3, "Z", "rx 1.0K/s  tx 1.0K/s     █  frozen  ! 2 stopped  ! 1 queue full  ! 1 leak" },
	};

	struct task tasks[2] = { { .pid = 7, .comm = "a" }, { .pid = 8, .comm = "b" } };
	const struct owner owners[2] = { { &tasks[0], 3 }, { &tasks[1], 3 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		add_flow(&x, 40000, 1024, 1024);
		add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
		for (size_t k = 0; k < 2; k++) {
			x.snap.socks[k].owners = &owners[k];
			x.snap.socks[k].nowners = 1;
		}
		x.snap.socks[0].warn = (1u << cases[i].kinds) - 1;
		x.snap.socks[1].warn = 1u << FINDING_STOPPED;
		made_ui_take(&x);
		made_ui_keys(&x, cases[i].keys);
		expect_row(&x, 1, cases[i].second);
		made_ui_close(&x);
	}
}

Test(frame, what_flows_is_there_on_any_width_from_80_on)
{
	for (size_t cols = 80; cols <= 200; cols++) {
		struct ui_options o = { .delay = 0.25, .charset = TEXT_UTF8, .ports = "3000-4000",
		                        .filter = "something that is far too long for any line" };
		struct made_ui x;

		made_ui_open(&x, &o);
		cells_resize(&x.cells, 24, cols);
		add_flow(&x, 3000, 1024, 1024);
		x.snap.socks[0].warn = (1u << FINDING_COUNT) - 1;
		x.snap.socks[0].holder = HOLDER_HIDDEN;
		snapshot_short(&x.snap, &(struct shortfall){ .kind = SHORT_PROCFS, .err = EPERM });
		made_ui_take(&x);
		expect_row_begins(&x, 1, "rx 1.0K/s  tx 1.0K/s  ");
		made_ui_close(&x);
	}
}

Test(frame, what_shows_hidden_owners_is_seen_whole)
{
	for (size_t cols = 52; cols <= 80; cols++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 24, cols);
		for (uint16_t i = 0; i < 12; i++) {
			add(&x, PROTO_TCP, STATE_LISTEN, "127.0.0.1", (uint16_t)(3000 + i), NULL, 0);
			x.snap.socks[i].holder = HOLDER_HIDDEN;
		}
		x.snap.socks[0].warn = 1u << FINDING_BACKLOG;
		made_ui_take(&x);
		expect_row_begins(&x, 1, cols >= 59 ? "! 1 queue full · 12 owners hidden: sudo lotop"
		                                    : "! 1 queue full · 12 hidden: sudo lotop");
		made_ui_close(&x);
	}
}

Test(frame, tells_what_is_wrong_and_what_is_closing)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	add(&x, PROTO_TCP, STATE_LISTEN, "0.0.0.0", 3000, NULL, 0);
	add(&x, PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.1", 40000);
	x.snap.socks[0].warn = 1u << FINDING_BACKLOG | 1u << FINDING_EXPOSED | 1u << FINDING_ONE_FAMILY;
	x.snap.socks[1].warn = 1u << FINDING_CLOSE_WAIT;
	made_ui_take(&x);
	expect_row_begins(&x, 0, "lotop · devbox   1 listening, 1 exposed · 1 connection · 1 closing");
	expect_row_begins(&x, 1, "! 1 queue full  ! 1 ");
	made_ui_keys(&x, "/ L I S T E N Enter");
	expect_row_begins(&x, 1, "filter: LISTEN  ! 1 queue full  ! 1 ");
	expect_row_begins(&x, 4, " !  3000 *");
	made_ui_close(&x);
}
