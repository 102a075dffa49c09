/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Processes, what each of them holds, and what that comes to. */

#include "made_view.h"

struct fixture {
	struct made_view made;
	struct task      tasks[3];
	struct owner     web, chrome;
	struct owner     prefork[3];	/* all of them */
	struct map       turned;
};

static void
set_up(struct fixture *x)
{
	static const char *const names[] = { "next", "chrome", "nginx" };

	made_view_init(&x->made, VIEW_PROCESSES);
	for (size_t i = 0; i < 3; i++) {
		x->tasks[i] = made_task((pid_t)(100 + 10 * i), names[i], names[i], 0, 0);
		x->tasks[i].start = 1000 + i;
		x->tasks[i].uid = 5;
		x->tasks[i].has = TASK_HAS_UID;
		x->prefork[i] = (struct owner){ &x->tasks[i], 4 };
	}
	x->web = (struct owner){ &x->tasks[0], 3 };
	x->chrome = (struct owner){ &x->tasks[1], 3 };
	map_init(&x->turned);
	x->made.spec.turned = &x->turned;
}

static void
tear_down(struct fixture *x)
{
	map_done(&x->turned);
	made_view_done(&x->made);
}

/* Unfolds every row of the view that there was last. */
static void
unfold_all(struct fixture *x)
{
	made_rows(&x->made);
	for (size_t i = 0; i < x->made.view.count; i++)
		if (x->made.view.rows[i].parent)
			map_put(&x->turned, row_id(&x->made.view.rows[i]), x);
}

static const char *
cell(struct fixture *x, size_t row, const char *id)
{
	return made_cell(&x->made, row, group_fields, ngroup_fields, id);
}

/* next listens on 9229 (1) and 3000 (2), twice (3), and has 5; chrome has 4. */
static void
add_two(struct fixture *x)
{
	made_listener(&x->made, "127.0.0.1", 9229, &x->web);
	made_listener(&x->made, "127.0.0.1", 3000, &x->web);
	made_listener(&x->made, "::1", 3000, &x->web);
	made_pair(&x->made, 40000, &x->chrome, 3000, &x->web);
	made_join(&x->made);
}

Test(view_processes, are_folded_and_sum_up_what_they_hold)
{
	static const struct { const char *id, *next, *chrome; } cells[] = {
		{ "pid", "100", "110" }, { "user", "5", "5" }, { "app", "next", "chrome" },
		{ "project", "shop", "" }, { "listens", "3000 9229", "" }, { "conns", "1", "1" },
		{ "rx", "7", "" }, { "tx", "8", "" },
	};
	struct fixture x;

	set_up(&x);
	add_two(&x);
	x.tasks[0].project = "shop";
	info_of(made_at(&x.made, 5))->rx_rate = 7;
	info_of(made_at(&x.made, 5))->tx_rate = 8;
	made_at(&x.made, 5)->has |= SOCK_HAS_RATE;
	cr_expect_str_eq(made_rows(&x.made), "pid100:2+ pid110:4+");
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		cr_expect_str_eq(cell(&x, 0, cells[i].id), cells[i].next, "%s", cells[i].id);
		cr_expect_str_eq(cell(&x, 1, cells[i].id), cells[i].chrome, "%s", cells[i].id);
	}
	cr_expect_eq(x.made.view.rows[0].sum->count, 4);
	cr_expect_eq(x.made.view.counts.rows, 2);
	cr_expect_eq(x.made.view.counts.rows_total, 2);
	tear_down(&x);
}

Test(view_processes, unfold_to_held_ports_and_then_connections)
{
	static const uint64_t order[] = { 2, 3, 1, 5 };
	struct fixture x;

	set_up(&x);
	add_two(&x);
	unfold_all(&x);
	cr_expect_str_eq(made_rows(&x.made), "pid100:2 |2 |3 |1 `5 pid110:4 `4");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		cr_expect_eq(x.made.view.rows[0].sum->socks[i]->cookie, order[i],
		             "as the rows below it");
	cr_expect_eq(x.made.view.counts.rows, 2, "those below are not counted");
	cr_expect_not(x.made.view.rows[1].far, "a socket of its own");
	cr_expect_str_eq(made_cell(&x.made, 4, fields, nfields, "lport"), "3000");
	tear_down(&x);
}

Test(view_processes, a_socket_of_several_is_below_each)
{
	struct fixture x;

	set_up(&x);
	made_held(&x.made, made_sock(PROTO_TCP, STATE_LISTEN, "0.0.0.0", 80, NULL, 0), x.prefork, 3);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000, &x.prefork[2]);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "pid100:1+ pid110:1+ pid120:1+");
	cr_expect_str_eq(cell(&x, 0, "conns"), "0");
	cr_expect_str_eq(cell(&x, 2, "conns"), "1");
	cr_expect_str_eq(made_sorted(&x.made, group_fields, ngroup_fields, "conns"),
	                 "pid120:1+ pid100:1+ pid110:1+");
	tear_down(&x);
}

Test(view_processes, sort_by_each_of_their_fields)
{
	static const struct { const char *key, *rows; } cases[] = {
		{ "pid", "pid100:2+ pid110:4+ pid120:7+" }, { "-pid", "pid120:7+ pid110:4+ pid100:2+" },
		{ "app", "pid110:4+ pid100:2+ pid120:7+" },
		{ "listens", "pid120:7+ pid100:2+ pid110:4+" },
		{ "-listens", "pid100:2+ pid120:7+ pid110:4+" },	/* none comes last */
		{ "conns", "pid110:4+ pid100:2+ pid120:7+" },
		{ "rx", "pid110:4+ pid100:2+ pid120:7+" },
		{ "project", "pid120:7+ pid100:2+ pid110:4+" },
	};
	struct fixture x;

	set_up(&x);
	add_two(&x);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 40001, "192.0.2.9", 443, &x.chrome);
	made_listener(&x.made, "127.0.0.1", 80, &x.prefork[2]);
	made_join(&x.made);
	info_of(made_at(&x.made, 6))->rx_rate = 9;
	made_at(&x.made, 6)->has |= SOCK_HAS_RATE;
	x.tasks[2].project = "a";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(made_sorted(&x.made, group_fields, ngroup_fields, cases[i].key),
		                 cases[i].rows, "%s", cases[i].key);
	tear_down(&x);
}

/* Each reason is one row, whichever way it is sorted: they come last. */
Test(view_processes, what_has_no_known_process_is_one_row_a_reason)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 80, NULL);	/* hidden, of user 1 */
	made_listener(&x.made, "127.0.0.1", 81, NULL);
	made_listener(&x.made, "127.0.0.1", 82, NULL);	/* hidden, of user 2 */
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000, NULL);	/* queue */
	made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", 80, "127.0.0.1", 40001, NULL);
	made_end(&x.made, STATE_LAST_ACK, "127.0.0.1", 80, "127.0.0.1", 40002, NULL);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_join(&x.made);
	for (uint64_t i = 1; i < 4; i++) {
		made_at(&x.made, i)->holder = HOLDER_HIDDEN;
		made_at(&x.made, i)->uid = i < 3 ? 1 : 2;
		made_at(&x.made, i)->has |= SOCK_HAS_UID;
	}
	cr_expect_str_eq(made_rows(&x.made), "pid100:7+ pid0:1+ pid0:3+ pid0:4+ pid0:6+ pid0:5+");
	cr_expect_str_eq(cell(&x, 1, "user"), "1");
	cr_expect_str_eq(cell(&x, 1, "listens"), "80 81");
	cr_expect_str_eq(cell(&x, 1, "pid"), "");
	cr_expect_str_eq(cell(&x, 3, "user"), "");
	cr_expect(strncmp(made_sorted(&x.made, group_fields, ngroup_fields, "-pid"), "pid100", 6) == 0);
	cr_expect_eq(x.made.view.counts.rows_total, 6);
	tear_down(&x);
}

Test(view_processes, a_filter_leaves_what_passes)
{
	static const struct { const char *filter, *rows; } cases[] = {
		{ "process:next", "pid100:2+" }, { "lport:9229", "pid100:1+" },
		{ "state:estab", "pid100:5+ pid110:4+" }, { "9999", "" },
	};
	struct fixture x;

	set_up(&x);
	add_two(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_expect_str_eq(made_filtered(&x.made, cases[i].filter), cases[i].rows, "%s",
		                 cases[i].filter);
		cr_expect_eq(x.made.view.counts.rows_total, 2);
	}
	made_filtered(&x.made, "lport:9229");
	cr_expect_str_eq(cell(&x, 0, "listens"), "9229");
	x.made.spec.holding = true;
	cr_expect_str_eq(made_rows(&x.made), "pid100:2+");
	tear_down(&x);
}

Test(view_processes, ports_that_datagrams_come_back_to_are_not_listened_on)
{
	struct fixture x;

	set_up(&x);
	made_held(&x.made, made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 53, NULL, 0), &x.web, 1);
	made_held(&x.made, made_sock(PROTO_UDP, STATE_UNCONN, "0.0.0.0", 40000, NULL, 0), &x.web, 1);
	made_held(&x.made, made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 40001, NULL, 0), &x.web, 1);
	made_held(&x.made, made_sock(PROTO_TCP, STATE_BOUND, "127.0.0.1", 7000, NULL, 0), &x.web, 1);
	made_join(&x.made);
	made_rows(&x.made);
	cr_expect_str_eq(cell(&x, 0, "listens"), "53 40001");
	tear_down(&x);
}

Test(view_processes, ids_are_of_the_process_and_sockets_lead_to_it)
{
	struct fixture x;
	uint64_t id;

	set_up(&x);
	add_two(&x);
	made_rows(&x.made);
	id = row_id(&x.made.view.rows[0]);
	cr_expect_neq(id >> 63, 0, "no cookie is that large");
	cr_expect_neq(id, row_id(&x.made.view.rows[1]));
	cr_expect_eq(view_find(&x.made.view, id, 1), 0);
	cr_expect_eq(view_find(&x.made.view, 4, 0), 1, "a socket that is folded away");
	x.tasks[0].start++;	/* another process with its pid */
	made_rows(&x.made);
	cr_expect_neq(row_id(&x.made.view.rows[0]), id);
	unfold_all(&x);
	made_rows(&x.made);
	cr_expect_eq(view_find(&x.made.view, 5, 0), 4, "its own row");
	tear_down(&x);
}

Test(view_processes, a_connection_to_itself_is_one)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_pair(&x.made, 40000, &x.web, 3000, &x.web);
	made_pair(&x.made, 40001, &x.chrome, 3000, &x.web);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 7, "127.0.0.1", 7, &x.chrome);
	made_end(&x.made, STATE_FIN_WAIT2, "127.0.0.1", 40002, "127.0.0.1", 3000, NULL);
	made_end(&x.made, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.1", 40002, NULL);
	made_join(&x.made);
	made_rows(&x.made);
	cr_expect_str_eq(cell(&x, 0, "conns"), "2");
	cr_expect_str_eq(cell(&x, 1, "conns"), "2", "of one socket that is both ends, one");
	cr_expect_str_eq(cell(&x, 2, "conns"), "1", "of the same whom nobody knows");
	made_filtered(&x.made, "lport:3000");
	cr_expect_str_eq(cell(&x, 0, "conns"), "2", "one of its ends is enough");
	tear_down(&x);
}

Test(view_processes, what_is_gone_is_shown_and_not_summed_up)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40000, &x.web);
	made_listener(&x.made, "127.0.0.1", 80, &x.web);
	made_listener(&x.made, "127.0.0.1", 81, &x.chrome);
	made_join(&x.made);
	made_gone(&x.made, 3);
	unfold_all(&x);
	cr_expect_str_eq(made_rows(&x.made), "pid100:1 |3 |1 `2 pid110:4 `4");
	cr_expect_str_eq(cell(&x, 0, "listens"), "3000");
	cr_expect_str_eq(cell(&x, 0, "conns"), "0");
	cr_expect_eq(row_life(&x.made.view.rows[0]), LIFE_THERE);
	cr_expect_eq(row_life(&x.made.view.rows[4]), LIFE_GONE);
	cr_expect_eq(x.made.view.counts.rows, 1);
	cr_expect_eq(x.made.view.counts.rows_total, 1);
	tear_down(&x);
}

Test(view_processes, one_is_new_when_all_that_it_holds_is)
{
	static const struct { enum sock_life first, second, whole; } cases[] = {
		{ LIFE_NEW, LIFE_NEW, LIFE_NEW }, { LIFE_NEW, LIFE_THERE, LIFE_THERE },
		{ LIFE_THERE, LIFE_NEW, LIFE_THERE }, { LIFE_THERE, LIFE_THERE, LIFE_THERE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;

		set_up(&x);
		made_listener(&x.made, "127.0.0.1", 3000, &x.web);
		made_listener(&x.made, "127.0.0.1", 3001, &x.web);
		made_join(&x.made);
		made_at(&x.made, 1)->life = (uint8_t)cases[i].first;
		made_at(&x.made, 2)->life = (uint8_t)cases[i].second;
		made_rows(&x.made);
		cr_expect_eq(row_life(&x.made.view.rows[0]), cases[i].whole, "%zu", i);
		tear_down(&x);
	}
}

/* A process that was there, and has let one connection go for the next. */
Test(view_processes, one_that_exchanges_what_it_holds_is_not_new)
{
	struct fixture x;

	set_up(&x);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 40001, "127.0.0.1", 3000, &x.chrome);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 3000, &x.chrome);
	made_join(&x.made);
	made_gone(&x.made, 1);
	made_at(&x.made, 1)->life = LIFE_NEW;
	made_rows(&x.made);
	cr_expect_eq(row_life(&x.made.view.rows[0]), LIFE_THERE);
	tear_down(&x);
}

Test(view_processes, time_wait_is_counted_below_its_row_too)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	for (uint16_t i = 0; i < 3; i++)
		made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", 3000, "127.0.0.1", (uint16_t)(40000 + i),
		         NULL);
	made_join(&x.made);
	x.made.spec.fold_time_wait = true;
	unfold_all(&x);
	cr_expect_str_eq(made_rows(&x.made), "pid100:1 `1 pid0:2 `3x2");
	cr_expect_eq(x.made.view.rows[2].sum->count, 3);
	tear_down(&x);
}
