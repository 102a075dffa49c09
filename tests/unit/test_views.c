/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Each view is what its tab says, and finds itself as it was left. */

#include "info.h"
#include "model/findings.h"
#include "model/join.h"
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

/* The name of the one that is shown is seen, and the numbers of the others. */
Test(views, tabs_are_numbers_in_a_narrow_window)
{
	struct made_ui x;

	open_with_three(&x, NULL);
	cells_resize(&x.cells, 24, 40);
	made_ui_keys(&x, "5");
	expect_row(&x, TABS, " 1  2  3  4 [5 Events]");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = TABS, .col = 7 });
	expect_row(&x, TABS, " 1  2 [3 Connections] 4  5");
	made_ui_input(&x, (struct input){ .key = K_CLICK, .row = TABS, .col = 24 });
	expect_row(&x, TABS, " 1  2  3  4 [5 Events]");
	cells_resize(&x.cells, 24, 80);
	made_ui_keys(&x, "4");
	expect_row(&x, TABS, " 1 All  2 Listeners  3 Connections [4 Processes] 5 Events");
	made_ui_close(&x);
}

Test(views, why_they_are_empty_is_seen_whole_in_a_narrow_window)
{
	static const char *const keys[] = { "2", "5" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct made_ui x;

		made_ui_open(&x, NULL);
		cells_resize(&x.cells, 24, 40);
		made_ui_take(&x);
		made_ui_keys(&x, keys[i]);
		expect_shown(&x, i == 0 ? "scope." : "lotop was");
		made_ui_close(&x);
	}
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

/* ---- rows that fold ---- */

static void
hold(struct made_ui *x, size_t i, struct owner *owner, struct task *task)
{
	*owner = (struct owner){ .task = task, .fd = 3 };
	x->snap.socks[i].owners = owner;
	x->snap.socks[i].nowners = 1;
	x->snap.socks[i].holder = HOLDER_KNOWN;
}

/* A server on 3000 with a client from 40001, and one on 4000 without. */
struct made_pair {
	struct task  tasks[2];
	struct owner owners[4];
};

static void
open_with_pair(struct made_ui *x, struct made_pair *p, const struct ui_options *o)
{
	made_ui_open(x, o);
	made_ui_listen(x, "127.0.0.1", 3000, 1);
	made_ui_listen(x, "127.0.0.1", 4000, 2);
	made_add(&x->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40001));
	made_add(&x->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40001, "127.0.0.1", 3000));
	p->tasks[0] = made_task(700, "server", "server", 7, 1);
	p->tasks[1] = made_task(800, "client", "client", 7, 1);
	for (size_t i = 0; i < 4; i++)
		hold(x, i, &p->owners[i], &p->tasks[i == 3]);
	join_ends(&x->snap);
	made_ui_take(x);
}

Test(views, tree_has_clients_below_their_listener)
{
	struct made_pair p;
	struct made_ui x;

	open_with_pair(&x, &p, NULL);
	made_ui_keys(&x, "t");
	expect_row_begins(&x, 4, "  ▾    3000 127.0.0.1 server         700       1");
	expect_row_begins(&x, 5, "    └ 40001           client         800 ESTABLISHED");
	expect_row_begins(&x, 6, "       4000 127.0.0.1 server         700       0");
	expect_shown(&x, "2 of 2");
	made_ui_keys(&x, "F5");
	expect_row_begins(&x, 4, "    3000 127.0.0.1");
	/* Each view has one of its own. */
	made_ui_keys(&x, "t 1");
	expect_not_shown(&x, "└");
	made_ui_keys(&x, "2");
	expect_shown(&x, "└ 40001");
	made_ui_close(&x);
}

Test(views, tree_folds_and_leaves_the_cursor_to_the_listener)
{
	static const struct { const char *fold, *unfold; } keys[] = { { "Left", "Right" }, { "-", "+" } };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct made_pair p;
		struct made_ui x;

		open_with_pair(&x, &p, NULL);
		made_ui_keys(&x, "t Down");
		expect_selected(&x, "└ 40001");
		made_ui_keys(&x, keys[i].unfold);
		expect_selected(&x, "└ 40001");
		made_ui_keys(&x, keys[i].fold);
		expect_row_begins(&x, 4, "  ▸    3000");
		expect_selected(&x, "3000");
		expect_not_shown(&x, "40001");
		made_ui_keys(&x, keys[i].fold);
		made_ui_take(&x);
		expect_row_begins(&x, 4, "  ▸    3000");
		made_ui_keys(&x, keys[i].unfold);
		expect_shown(&x, "└ 40001");
		/* Nothing is below this one. */
		made_ui_keys(&x, "End");
		made_ui_keys(&x, keys[i].fold);
		expect_selected(&x, "4000");
		made_ui_close(&x);
	}
}

Test(views, connections_are_shown_once)
{
	struct made_pair p;
	struct made_ui x;

	open_with_pair(&x, &p, NULL);
	made_ui_keys(&x, "3");
	expect_row_begins(&x, TITLES, "   CLIENT            → SERVER▲");
	expect_row_begins(&x, 4, "   client 800 :40001 → server 700 :3000 ESTABLISHED");
	expect_row(&x, 5, "");
	expect_shown(&x, "1 of 1");
	made_ui_keys(&x, "t");
	expect_shown(&x, "That is for views 1 and 2: press 2 first.");
	made_ui_keys(&x, "e");
	expect_shown(&x, "That is for views 1 and 2: press 2 first.");
	made_ui_keys(&x, "+ -");
	expect_shown(&x, "1 of 1");
	made_ui_close(&x);
}

Test(views, processes_unfold_to_what_they_hold)
{
	struct made_pair p;
	struct made_ui x;

	open_with_pair(&x, &p, NULL);
	made_ui_keys(&x, "4");
	expect_row_begins(&x, 4, "  ▸ 700");
	expect_row_begins(&x, 5, "  ▸ 800");
	expect_shown(&x, "3000 4000");
	made_ui_keys(&x, "+");
	expect_row(&x, 5, "       3000 127.0.0.1 LISTEN 1 client");
	expect_row(&x, 6, "       4000 127.0.0.1 LISTEN");
	expect_row(&x, 7, "       3000 127.0.0.1 ESTABLISHED ← client 800 :40001");
	made_ui_keys(&x, "Down Down Down Down Right Down");
	expect_selected(&x, "40001 127.0.0.1 ESTABLISHED → server 700 :3000");
	made_ui_keys(&x, "-");
	expect_selected(&x, "800");
	made_ui_close(&x);
}

Test(views, are_ascii_where_they_must_be)
{
	static const char *const keys[] = { "1", "2", "2 t", "3", "4 + Down Down Down Down +" };
	const struct ui_options o = { .delay = 1, .charset = TEXT_ASCII };
	struct made_pair p;
	struct made_ui x;

	open_with_pair(&x, &p, &o);
	x.snap.socks[0].rqueue = 100;
	x.snap.socks[0].wqueue = 100;
	x.snap.socks[0].has |= SOCK_HAS_QUEUE;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		made_ui_keys(&x, keys[i]);
		for (size_t row = 0; row < x.cells.rows; row++)
			for (const char *s = made_ui_row(&x, row); *s; s++)
				cr_assert(*s >= 0x20 && *s < 0x7f, "%s: %s", keys[i], made_ui_row(&x, row));
	}
	expect_row_begins(&x, 4, "  v 700");
	expect_shown(&x, "ESTABLISHED <- client 800");
	made_ui_keys(&x, "3");
	expect_shown(&x, "client 800 :40001 -> server 700 :3000");
	made_ui_keys(&x, "2");
	expect_shown(&x, "`- 40001");
	expect_shown(&x, "####100/100");
	made_ui_close(&x);
}

/* Whom a row below a listener names is whom a signal would be for. */
Test(views, tree_row_stands_for_the_client)
{
	struct made_pair p;
	struct made_ui x;

	open_with_pair(&x, &p, NULL);
	x.snap.socks[3].nowners = 0;
	x.snap.socks[3].holder = HOLDER_QUEUE;
	made_ui_take(&x);
	made_ui_keys(&x, "t Down");
	expect_selected(&x, "(in accept queue)");
	made_ui_keys(&x, "k");
	expect_shown(&x, "127.0.0.1:40001: no process has it yet");
	/* Out of sight. */
	snapshot_cut(&x.snap, 3);
	x.snap.socks[2].peer = 0;
	made_ui_take(&x);
	made_ui_keys(&x, "k");
	expect_shown(&x, "No process is known at the other end of this connection.");
	made_ui_close(&x);
}

Test(views, fold_away_ephemeral_ports)
{
	struct made_ui x;

	open_with_three(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 40000, 4);
	made_ui_listen(&x, "127.0.0.1", 40001, 5);
	made_ui_take(&x);
	expect_row(&x, 22, " 5 of 5                                        ~ ephemeral port    e folds them");
	made_ui_keys(&x, "e");
	expect_not_shown(&x, "40000");
	expect_row(&x, 22, " 3 of 5                                  2 on ephemeral ports    e unfolds them");
	made_ui_keys(&x, "1");
	expect_not_shown(&x, "40000");
	made_ui_keys(&x, "/ 4 0 0 0 1 Enter");
	expect_row(&x, 22, " 0 of 5                                  1 on an ephemeral port    e unfolds it");
	expect_shown(&x, "All that is here is folded away. Press e to unfold it.");
	made_ui_keys(&x, "e");
	expect_shown(&x, "~ 40001");
	made_ui_close(&x);
}

Test(views, say_that_nothing_ephemeral_is_there_to_fold)
{
	struct made_ui x;

	open_with_three(&x, NULL);
	made_ui_keys(&x, "e");
	expect_shown(&x, "Nothing is on an ephemeral port here; what comes is folded away. e undoes it.");
	made_ui_keys(&x, "e");
	expect_shown(&x, "Nothing was folded away here; what is on an ephemeral port is shown again.");
	made_ui_keys(&x, "e");
	made_ui_listen(&x, "127.0.0.1", 40000, 4);
	made_ui_take(&x);
	made_ui_keys(&x, "e");
	expect_shown(&x, "40000");
	expect_not_shown(&x, "Nothing ");
	made_ui_keys(&x, "e");
	expect_not_shown(&x, "40000");
	expect_not_shown(&x, "Nothing ");
	made_ui_close(&x);
}

/* ---- what leaks ---- */

/* Its connection has no row in view 2: it is marked itself there, and its page says why. */
Test(views, a_listener_has_the_mark_of_connections_that_are_out_of_sight)
{
	static const struct { const char *keys; char listener; } cases[] = {
		{ "2", '!' }, { "t", ' ' }, { "Left", '!' }, { "Right", ' ' }, { "1", ' ' },
	};
	struct sock s = made_sock(PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.1", 40000);
	struct made_ui x;
	size_t row;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1001);
	made_ui_listen(&x, "127.0.0.1", 3001, 1002);
	s.warn = 1u << FINDING_CLOSE_WAIT;
	made_add(&x.snap, s);
	join_ends(&x.snap);
	made_ui_take(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		made_ui_keys(&x, cases[i].keys);
		row = made_ui_find(&x, " 3000 ");
		cr_expect_eq(made_ui_row(&x, row)[1], cases[i].listener, "%s%s", cases[i].keys,
		             made_ui_dump(&x));
		cr_expect_eq(made_ui_row(&x, made_ui_find(&x, " 3001 "))[1], ' ');
	}
	made_ui_keys(&x, "2 Home Enter");
	expect_shown(&x, "! 1 connection of it leaks: ");
	made_ui_close(&x);
}

/* ---- counts of TIME_WAIT ---- */

static void
add_time_wait(struct made_ui *x, uint16_t port, uint16_t n)
{
	made_ui_listen(x, "127.0.0.1", port, 1000u + port);
	for (uint16_t i = 0; i < n; i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", (uint16_t)(40000 + i),
		                          "127.0.0.1", port);

		s.holder = HOLDER_NONE;
		s.timer = TIMER_TIMEWAIT;
		s.timer_ms = 19000 + 1000u * i;
		s.has = SOCK_HAS_TIMER;
		made_add(&x->snap, s);
	}
	join_ends(&x->snap);
}

/* Where it stands, in each view that has it, by either pair of keys; also from one of those below. */
Test(views, a_count_unfolds_where_it_stands_and_folds_again)
{
	static const struct { const char *view, *count, *first; } cases[] = {
		{ "1 End", "(time-wait) 3", "├ 40000" },
		{ "3 End", "  ▸(time-wait) 3 ", "  ├ (time-wait) :40000" },
		{ "2 t End", "(time-wait) 3", "   ├ 40000" },
		{ "4 End Right End", "TIME_WAIT 3", "40000 127.0.0.1 TIME_WAIT" },
	};
	static const char *const keys[][2] = { { "Right", "Left" }, { "+", "-" } };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		const char *const *k = keys[i % 2];
		const char *first = cases[i / 2].first;
		struct made_ui x;

		made_ui_open(&x, NULL);
		add_time_wait(&x, 3000, 3);
		made_ui_take(&x);
		made_ui_keys(&x, cases[i / 2].view);
		expect_selected(&x, cases[i / 2].count);
		expect_not_shown(&x, first);
		made_ui_keys(&x, k[0]);
		expect_shown(&x, first);
		expect_shown(&x, "40002");
		made_ui_take(&x);
		expect_shown(&x, first);
		made_ui_keys(&x, "End");
		expect_selected(&x, "40002");
		made_ui_keys(&x, k[1]);
		expect_not_shown(&x, first);
		expect_selected(&x, cases[i / 2].count);
		made_ui_close(&x);
	}
}

/* Columns that are out of sight come back before anything is folded. */
Test(views, columns_scroll_where_a_count_has_nothing_to_do)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	cells_resize(&x.cells, 24, 50);
	add_time_wait(&x, 3000, 3);
	made_ui_take(&x);
	made_ui_keys(&x, "3 End Right");
	expect_shown(&x, "├ (time-wait)");
	expect_shown(&x, " CLIENT");
	made_ui_keys(&x, "Right");
	expect_not_shown(&x, " CLIENT");
	made_ui_keys(&x, "Left");
	expect_shown(&x, " CLIENT");
	expect_shown(&x, "├ (time-wait)");
	made_ui_keys(&x, "Left");
	expect_not_shown(&x, "├ (time-wait)");
	made_ui_close(&x);
}

/* One listener's count is none of the next one's, and each view has its own. */
Test(views, a_count_is_unfolded_by_itself)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	add_time_wait(&x, 3000, 3);
	add_time_wait(&x, 3001, 2);
	made_ui_take(&x);
	made_ui_keys(&x, "3 End");
	expect_selected(&x, ":3001");
	made_ui_keys(&x, "+");
	expect_shown(&x, "  ▾(time-wait) 2");
	expect_shown(&x, "  ▸(time-wait) 3");
	made_ui_keys(&x, "1");
	expect_not_shown(&x, "├");
	made_ui_keys(&x, "3");
	expect_shown(&x, "  ▾(time-wait) 2");
	made_ui_close(&x);
}

Test(views, details_of_a_count_say_of_how_many)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	add_time_wait(&x, 3000, 3);
	made_ui_take(&x);
	made_ui_keys(&x, "3 End Enter");
	expect_shown(&x, "This is one of 3 in TIME_WAIT that the row stands for. Press + on the row to");
	made_ui_take(&x);
	expect_shown(&x, "This is one of 3 ");
	made_ui_keys(&x, "Esc + Down Enter");
	expect_not_shown(&x, "This is one of ");
	made_ui_close(&x);
}

/* ---- 80 columns ---- */

#define LONG_NAME "a-name-that-has-no-end/manage.py runserver"

/* A server and its client with names and numbers as long as they may be; the client has closed. */
static void
add_long(struct made_ui *x, struct task tasks[2])
{
	static struct owner owners[2];
	struct sock s[3] = {
		made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 54321, NULL, 0),
		made_sock(PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.1", 54321, "127.0.0.1", 65000),
		made_sock(PROTO_TCP, STATE_FIN_WAIT2, "127.0.0.1", 65000, "127.0.0.1", 54321),
	};

	for (size_t i = 0; i < 3; i++) {
		struct task *t = &tasks[i == 2];

		*t = made_task(4194303 - (i == 2), "made", NULL, 0, 0);
		t->app = t->project = LONG_NAME;
		t->has = TASK_HAS_UID;
		owners[i == 2] = (struct owner){ .task = t, .fd = 3 };
		s[i].owners = &owners[i == 2];
		s[i].nowners = 1;
		s[i].inode = 100 + i;
		info_of(&s[i])->rx_rate = info_of(&s[i])->tx_rate = 1000000000;
		s[i].rqueue = i == 0 ? 1000 : 0;
		s[i].wqueue = i == 0 ? 4096 : 0;
		s[i].has = SOCK_HAS_RATE | SOCK_HAS_QUEUE;
		made_add(&x->snap, s[i]);
	}
	join_holders(&x->snap);
	join_ends(&x->snap);
}

/* SCREENS: what each view shows first; more columns come with more room. */
Test(views, what_matters_is_there_on_80_columns_whatever_the_names)
{
	static const struct { const char *key; const char *titles[10]; } cases[] = {
		{ "1", { " PORT", " ADDRESS ", " PEER ", " STATE ", " APP ", " PID ", " RX/s" } },
		{ "2", { " PORT", " ADDRESS ", " APP ", " PROJECT ", " PID ", " CLIENTS ", " QUEUE ", " RX/s" } },
		{ "3", { " CLIENT ", " SERVER", " STATE ", " RX/s", " TX/s" } },
		{ "4", { " PID ", " USER ", " APP ", " PROJECT ", " LISTENS", " CONNS ", " RX/s", " TX/s" } },
	};
	struct task tasks[2];
	struct made_ui x;

	made_ui_open(&x, NULL);
	add_long(&x, tasks);
	made_ui_take(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		made_ui_keys(&x, cases[i].key);
		for (size_t k = 0; cases[i].titles[k]; k++)
			cr_expect(strstr(made_ui_row(&x, TITLES), cases[i].titles[k]), "%s: no%s%s",
			          cases[i].key, cases[i].titles[k], made_ui_dump(&x));
	}
	made_ui_close(&x);
}

/* "CLOSE_WAIT/FIN_WAIT2" is what tells of a leak. */
Test(views, both_states_are_there_on_80_columns_whatever_the_names)
{
	static const struct { size_t cols; const char *row; } cases[] = {
		{ 80, "   a-name… 4194302 :65000 → a-na… 4194303 :54321 FIN_WAIT2/CLOSE_WAIT 954M 954M" },
		{ 90, "   a-name-that… 4194302 :65000 → a-name-th… 4194303 :54321 FIN_WAIT2/CLOSE_WAIT 954M 954M" },
	};
	struct task tasks[2];
	struct made_ui x;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		made_ui_open(&x, NULL);
		add_long(&x, tasks);
		cells_resize(&x.cells, 24, cases[i].cols);
		made_ui_take(&x);
		made_ui_keys(&x, "3");
		expect_row(&x, TITLES + 1, cases[i].row);
		made_ui_close(&x);
	}
}

/* The longest that there are, in a wider scope: of each what tells most is there. */
/* The sign for more columns lies over no title of what matters while a name can give way. */
Test(views, what_matters_is_there_on_any_width_from_80_on)
{
	struct task tasks[2];
	struct made_ui x;

	for (size_t cols = 80; cols <= 400; cols++) {
		made_ui_open(&x, NULL);
		add_long(&x, tasks);
		cells_resize(&x.cells, 24, cols);
		made_ui_take(&x);
		for (const char *key = "1234"; *key; key++) {
			made_ui_keys(&x, (const char []){ *key, '\0' });
			cr_expect(strstr(made_ui_row(&x, TITLES), " RX/s"), "view %c, %zu cells: %s", *key,
			          cols, made_ui_row(&x, TITLES));
		}
		made_ui_close(&x);
	}
}

/* What comes behind that has its title under the sign rather than a name cut. */
Test(views, names_give_way_to_nothing_that_matters_less)
{
	struct sock client = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 49824, "127.0.0.1", 54367);
	struct sock server = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 54367, "127.0.0.1", 49824);
	struct task task = made_task(10174, "unaccepted", "unaccepted", 11, 1);
	struct owner owner = { &task, 3 };
	struct sock_info info = { .rtt_us = 34 };
	struct made_ui x;

	made_ui_open(&x, NULL);
	client.owners = &owner;
	client.nowners = 1;
	client.inode = 7;
	client.role = SOCK_CLIENT;
	client.has = SOCK_HAS_RTT;
	client.info = &info;
	client.peer = 2;
	server.holder = HOLDER_QUEUE;
	server.role = SOCK_SERVER;
	server.peer = 1;
	made_add(&x.snap, client);
	made_add(&x.snap, server);
	made_ui_take(&x);
	made_ui_keys(&x, "3");
	expect_row_begins(&x, TITLES + 1, "   unaccepted 10174 :49824 → (in accept queue) :54367 ESTABLISHED");
	expect_shown(&x, " 34us");
	made_ui_close(&x);
}

Test(views, long_addresses_leave_room_for_the_rest_and_keep_their_ports)
{
	static const char addr[] = "2001:db8:1234:5678:9abc:def0:1234:5678";
	struct task tasks[2];
	struct made_ui x;

	made_ui_open(&x, NULL);
	add_long(&x, tasks);
	for (size_t i = 0; i < 3; i++)
		x.snap.socks[i].local = made_endpoint(addr, x.snap.socks[i].local.port);
	for (size_t i = 1; i < 3; i++)
		x.snap.socks[i].remote = made_endpoint(addr, x.snap.socks[i].remote.port);
	join_ends(&x.snap);
	made_ui_take(&x);
	made_ui_keys(&x, "a a 2");
	expect_row_begins(&x, TITLES + 1, " ~ 54321 2001:db8:12… a-name");
	made_ui_keys(&x, "1");
	expect_shown(&x, "2001:db8:123… [2001:db…:65000 CLOSE_WAIT a-name");
	made_ui_keys(&x, "3");
	expect_shown(&x, "…:65000 → a-name");
	expect_shown(&x, "…:54321 FIN_WAIT2/");
	made_ui_close(&x);
}

/* A name is cut where it ends, and not what stands behind it. */
Test(views, a_long_party_keeps_its_process_and_port)
{
	struct task tasks[2];
	struct made_ui x;

	made_ui_open(&x, NULL);
	add_long(&x, tasks);
	made_ui_take(&x);
	made_ui_keys(&x, "3");
	expect_shown(&x, "   a-name… 4194302 :65000 → a-na… 4194303 :54321 FIN_WAIT2/");
	made_ui_close(&x);
}

/* Where there is no process its columns are blank, and the reason has their room. */
Test(views, a_reason_runs_over_what_is_blank)
{
	struct task tasks[2];
	struct made_ui x;

	made_ui_open(&x, NULL);
	add_long(&x, tasks);
	made_ui_listen(&x, "127.0.0.1", 9229, 9);
	x.snap.socks[3].holder = HOLDER_HIDDEN;
	x.snap.socks[3].has |= SOCK_HAS_UID;
	x.snap.socks[3].uid = 0;
	made_ui_take(&x);
	expect_shown(&x, " 9229 127.0.0.1 (another user: root) ");
	made_ui_close(&x);
}
