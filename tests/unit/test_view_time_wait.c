/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* TIME_WAIT sockets of one server are one row with a count. */

#include "made_view.h"

static void
set_up(struct made_view *x, enum view_kind kind)
{
	made_view_init(x, kind);
	x->spec.fold_time_wait = true;
}

/* Adds a TIME_WAIT socket on the client's or on the server's side. */
static uint64_t
add(struct made_view *x, bool server, const char *addr, uint16_t service, uint16_t port, uint32_t left)
{
	uint64_t cookie = made_end(x, STATE_TIME_WAIT, addr, server ? service : port, addr,
	                           server ? port : service, NULL);

	made_at(x, cookie)->timer_ms = left;
	made_at(x, cookie)->has |= SOCK_HAS_TIMER;
	return cookie;
}

Test(view_time_wait, counts_them_by_server_and_by_side)
{
	struct made_view x;

	set_up(&x, VIEW_SOCKETS);
	made_listener(&x, "0.0.0.0", 80, NULL);
	add(&x, false, "127.0.0.1", 80, 40000, 30000);
	add(&x, true, "127.0.0.1", 80, 40001, 20000);
	add(&x, false, "127.0.0.1", 80, 40002, 10000);
	add(&x, true, "127.0.0.1", 80, 40003, 40000);
	add(&x, false, "127.0.0.2", 80, 40004, 1000);	/* alone on its address */
	add(&x, false, "127.0.0.1", 81, 40005, 1000);	/* alone on its port */
	made_join(&x);
	cr_expect_str_eq(made_rows(&x), "1 2x3 6 7 2x4");
	cr_expect_eq(x.view.rows[1].kind, ROW_TIME_WAIT);
	cr_expect_eq(x.view.rows[1].sum->count, 2);
	cr_expect_eq(x.view.rows[2].kind, ROW_SOCK, "one alone is as any other");
	cr_expect_eq(x.view.counts.rows, 5);
	cr_expect_eq(x.view.counts.rows_total, 5);
	cr_expect_eq(x.view.counts.in_scope, 7);
	made_view_done(&x);
}

Test(view_time_wait, protocols_and_families_are_apart)
{
	struct made_view x;

	set_up(&x, VIEW_SOCKETS);
	add(&x, true, "::1", 80, 40000, 1);
	add(&x, true, "127.0.0.1", 80, 40000, 1);
	made_at(&x, 1)->role = made_at(&x, 2)->role = SOCK_SERVER;
	cr_expect_str_eq(made_rows(&x), "2 1");
	made_view_done(&x);
}

/* Which side it is on goes by who listens, or else by which port is ephemeral. */
Test(view_time_wait, has_what_all_of_them_have_in_common)
{
	static const struct { const char *id, *server, *client; } cells[] = {
		{ "lport", "80", "" }, { "laddr", "127.0.0.1", "" }, { "local", "127.0.0.1:80", "" },
		{ "rport", "", "80" }, { "raddr", "", "127.0.0.1" }, { "peer", "", "127.0.0.1:80" },
		{ "state", "TIME_WAIT", "TIME_WAIT" }, { "proto", "tcp", "tcp" },
		{ "cookie", "", "" }, { "pid", "", "" },
	};

	for (int server = 0; server < 2; server++) {
		struct made_view x;

		set_up(&x, VIEW_SOCKETS);
		for (uint16_t i = 0; i < 3; i++)
			add(&x, server, "127.0.0.1", 80, (uint16_t)(40000 + i), i);
		made_join(&x);
		cr_expect_str_eq(made_rows(&x), "3x1");
		for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
			cr_expect_str_eq(made_cell(&x, 0, fields, nfields, cells[i].id),
			                 server ? cells[i].server : cells[i].client, "%s %d",
			                 cells[i].id, server);
		made_view_done(&x);
	}
}

Test(view_time_wait, the_oldest_stands_for_them)
{
	struct made_view x;
	uint32_t ms;

	set_up(&x, VIEW_SOCKETS);
	add(&x, true, "127.0.0.1", 80, 40000, 50000);
	add(&x, true, "127.0.0.1", 80, 40001, 19000);
	add(&x, true, "127.0.0.1", 80, 40002, 19000);
	made_join(&x);
	cr_expect_str_eq(made_rows(&x), "3x2", "of two as old, the one that was there first");
	cr_assert(row_time_wait_ms(&x.view.rows[0], &ms));
	cr_expect_eq(ms, 41000);
	made_at(&x, 2)->has &= ~SOCK_HAS_TIMER;
	cr_expect_not(row_time_wait_ms(&x.view.rows[0], &ms));
	made_view_done(&x);
}

Test(view_time_wait, whoever_asks_for_them_sees_each)
{
	static const struct { const char *filter, *rows; } cases[] = {
		{ "state:time_wait", "1 2" }, { "state=TIME_WAIT,listen", "1 2" }, { "time_wait", "1 2" },
		{ "not (not state:time_wait)", "1 2" },
		{ "state:connected", "2x1" }, { "state!=listen", "2x1" }, { "80", "2x1" },
		{ "", "2x1" }, { "time", "2x1" }, { "state~time_wait", "2x1" },
		{ "40001", "2" },
	};
	struct made_view x;

	set_up(&x, VIEW_SOCKETS);
	add(&x, true, "127.0.0.1", 80, 40000, 1);
	add(&x, true, "127.0.0.1", 80, 40001, 2);
	made_join(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(made_filtered(&x, cases[i].filter), cases[i].rows, "%s",
		                 cases[i].filter);
	x.spec.fold_time_wait = false;
	cr_expect_str_eq(made_rows(&x), "1 2", "{0} folds nothing");
	made_view_done(&x);
}

Test(view_time_wait, what_is_over_is_not_shown_as_gone)
{
	struct made_view x;

	set_up(&x, VIEW_SOCKETS);
	add(&x, true, "127.0.0.1", 80, 40000, 1);
	add(&x, true, "127.0.0.1", 80, 40001, 2);
	made_join(&x);
	made_gone(&x, 1);
	cr_expect_str_eq(made_rows(&x), "1");
	made_view_done(&x);
}

Test(view_time_wait, a_count_keeps_its_id_and_its_place_while_its_sockets_come_and_go)
{
	static const enum view_kind views[] = { VIEW_SOCKETS, VIEW_PAIRS, VIEW_TREE };

	for (size_t k = 0; k < ARRAY_SIZE(views); k++)
		for (int server = 0; server < 2; server++) {
			struct made_view x;
			uint64_t id;

			set_up(&x, views[k]);
			made_listener(&x, "127.0.0.1", 80, NULL);
			for (uint16_t i = 0; i < 3; i++)
				add(&x, server, "127.0.0.1", 80, (uint16_t)(40000 + i), i);
			made_join(&x);
			made_rows(&x);
			id = row_id(&x.view.rows[x.view.count - 1]);
			cr_expect_neq(id >> 63, 0, "no cookie is that large");
			made_at(&x, 2)->timer_ms = 9;	/* another is the oldest */
			made_rows(&x);
			cr_expect_eq(row_id(&x.view.rows[x.view.count - 1]), id);
			cr_expect_eq(view_find(&x.view, id, 0), x.view.count - 1);
			cr_expect_eq(view_find(&x.view, 4, 0), x.view.count - 1,
			             "one of them is found in the count");
			made_view_done(&x);
		}
}

Test(view_time_wait, a_pair_is_counted_only_when_both_ends_are)
{
	struct made_view x;

	set_up(&x, VIEW_PAIRS);
	add(&x, true, "127.0.0.1", 80, 40000, 1);
	made_end(&x, STATE_LAST_ACK, "127.0.0.1", 40000, "127.0.0.1", 80, NULL);
	add(&x, true, "127.0.0.1", 80, 40001, 2);
	add(&x, false, "127.0.0.1", 80, 40001, 2);
	add(&x, true, "127.0.0.1", 80, 40002, 3);
	made_join(&x);
	cr_expect_str_eq(made_sorted(&x, pair_fields, npair_fields, "state"), "2-1 2x4",
	                 "both sides of one connection are one");
	made_view_done(&x);
}

/* Each kind of view has them below their count, wherever that is, and finds them there. */
Test(view_time_wait, those_of_a_count_that_is_turned_are_below_it)
{
	static const struct { enum view_kind kind; const char *folded, *unfolded; } cases[] = {
		{ VIEW_SOCKETS, "1 5 3x2", "1 5 3x2 |2 |3 `4" },
		{ VIEW_PAIRS, "5 3x2", "5 3x2 |2 |3 `4" },
		{ VIEW_TREE, "1 |5 `3x2", "1 |5 `3x2 |2 |3 `4" },
		{ VIEW_PROCESSES, "pid0:1 `1 pid0:5 `5 pid0:2 `3x2", "pid0:1 `1 pid0:5 `5 pid0:2 `3x2 |2 |3 `4" },
	};

	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		struct made_view x;
		struct map turned;
		size_t at;

		set_up(&x, cases[k].kind);
		map_init(&turned);
		made_listener(&x, "127.0.0.1", 80, NULL);
		for (uint16_t i = 0; i < 3; i++)
			add(&x, true, "127.0.0.1", 80, (uint16_t)(40000 + i), i);
		made_end(&x, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40009, NULL);
		made_join(&x);
		made_rows(&x);
		for (size_t i = 0; cases[k].kind == VIEW_PROCESSES && i < x.view.count; i++)
			map_put(&turned, row_id(&x.view.rows[i]), &x);
		x.spec.turned = &turned;
		cr_expect_str_eq(made_rows(&x), cases[k].folded, "%s", text_str(&x.text));
		at = x.view.count - 1;
		cr_expect(x.view.rows[at].parent && x.view.rows[at].folded, "%zu", k);
		map_put(&turned, row_id(&x.view.rows[at]), &x);
		cr_expect_str_eq(made_rows(&x), cases[k].unfolded, "%s", text_str(&x.text));
		cr_expect(x.view.rows[at].parent && !x.view.rows[at].folded, "%zu", k);
		cr_expect_eq(x.view.rows[at + 1].depth, x.view.rows[at].depth + 1, "%zu", k);
		cr_expect_eq(view_find(&x.view, 3, 0), at + 2, "%zu", k);
		cr_expect_eq(view_find(&x.view, row_id(&x.view.rows[at]), 0), at, "%zu", k);
		map_done(&turned);
		made_view_done(&x);
	}
}

Test(view_time_wait, one_that_is_below_its_count_is_not_counted_again)
{
	struct made_view x;
	struct map turned;

	set_up(&x, VIEW_PAIRS);
	map_init(&turned);
	for (uint16_t i = 0; i < 3; i++)
		add(&x, true, "127.0.0.1", 80, (uint16_t)(40000 + i), i);
	made_join(&x);
	made_rows(&x);
	map_put(&turned, row_id(&x.view.rows[0]), &x);
	x.spec.turned = &turned;
	made_rows(&x);
	cr_expect_eq(x.view.count, 4);
	cr_expect_eq(x.view.counts.rows, 1);
	cr_expect_eq(x.view.counts.rows_total, 1);
	made_gone(&x, 2);	/* one is left: it is as any other */
	cr_expect_str_eq(made_rows(&x), "1");
	map_done(&turned);
	made_view_done(&x);
}
