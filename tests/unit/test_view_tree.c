/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What holds a port, and who is connected below it. */

#include "made_view.h"

struct fixture {
	struct made_view made;
	struct task      tasks[4];
	struct owner     web, db, chrome, psql;
};

static void
set_up(struct fixture *x)
{
	static const char *const names[] = { "next", "postgres", "chrome", "psql" };
	struct owner *owners[] = { &x->web, &x->db, &x->chrome, &x->psql };

	made_view_init(&x->made, VIEW_TREE);
	for (size_t i = 0; i < 4; i++) {
		x->tasks[i] = made_task((pid_t)(100 + 10 * i), names[i], names[i], 0, 0);
		*owners[i] = (struct owner){ &x->tasks[i], 3 };
	}
}

static void
tear_down(struct fixture *x)
{
	made_view_done(&x->made);
}

/* 1 is next on 3000 with 3-4 of chrome and 5-6 of psql; 2 is postgres on 5432 with 7-8 of psql. */
static void
add_servers(struct fixture *x)
{
	made_listener(&x->made, "127.0.0.1", 3000, &x->web);
	made_listener(&x->made, "0.0.0.0", 5432, &x->db);
	made_pair(&x->made, 51340, &x->chrome, 3000, &x->web);
	made_pair(&x->made, 51322, &x->psql, 3000, &x->web);
	made_pair(&x->made, 40112, &x->psql, 5432, &x->db);
	made_join(&x->made);
}

Test(view_tree, has_the_servers_ends_below_their_listener)
{
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	cr_expect_str_eq(made_rows(&x.made), "1 |6 `4 2 `8");
	cr_expect(x.made.view.rows[0].parent);
	cr_expect_not(x.made.view.rows[1].parent);
	cr_expect(x.made.view.rows[1].far);
	cr_expect_not(x.made.view.rows[0].far);
	cr_expect_eq(x.made.view.counts.rows, 2);
	cr_expect_eq(x.made.view.counts.rows_total, 2);
	tear_down(&x);
}

Test(view_tree, a_row_below_tells_of_the_client_with_the_servers_state_and_bytes)
{
	static const struct { const char *id, *text; } cells[] = {
		{ "lport", "51322" }, { "laddr", "127.0.0.1" }, { "local", "127.0.0.1:51322" },
		{ "rport", "3000" }, { "peer", "127.0.0.1:3000" }, { "pid", "130" },
		{ "process", "psql" }, { "fd", "3" }, { "user", "7" }, { "uid", "7" },
		{ "peer_process", "next" }, { "state", "CLOSE_WAIT" }, { "rx_total", "500" },
		{ "cookie", "0000000000000006" },
	};
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	made_at(&x.made, 5)->uid = 7;
	made_at(&x.made, 5)->has |= SOCK_HAS_UID;
	made_at(&x.made, 6)->state = STATE_CLOSE_WAIT;
	info_of(made_at(&x.made, 6))->rx_bytes = 500;
	made_at(&x.made, 6)->has |= SOCK_HAS_BYTES;
	made_rows(&x.made);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		cr_expect_str_eq(made_cell(&x.made, 1, fields, nfields, cells[i].id), cells[i].text,
		                 "%s", cells[i].id);
	tear_down(&x);
}

Test(view_tree, of_a_client_out_of_sight_the_place_is_known_and_nothing_else)
{
	static const struct { const char *id, *text; } cells[] = {
		{ "lport", "51377" }, { "laddr", "127.0.0.9" }, { "peer", "127.0.0.1:3000" },
		{ "pid", "" }, { "process", "" }, { "user", "" }, { "state", "CLOSE_WAIT" },
	};
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.9", 51377, &x.web);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "1 `2");
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		cr_expect_str_eq(made_cell(&x.made, 1, fields, nfields, cells[i].id), cells[i].text,
		                 "%s", cells[i].id);
	tear_down(&x);
}

Test(view_tree, siblings_go_by_what_stands_in_their_cells)
{
	static const struct { const char *key, *rows; } cases[] = {
		{ "lport", "1 |6 `4 2 `8" }, { "-lport", "2 `8 1 |4 `6" },
		{ "process", "1 |4 `6 2 `8" }, { "-process", "2 `8 1 |6 `4" },
		{ "pid", "1 |4 `6 2 `8" }, { "state", "1 |6 `4 2 `8" },
		{ "clients", "1 |6 `4 2 `8" }, { "-clients", "2 `8 1 |6 `4" },
	};
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(made_sorted(&x.made, fields, nfields, cases[i].key), cases[i].rows,
		                 "%s", cases[i].key);
	tear_down(&x);
}

Test(view_tree, a_match_keeps_its_listener_and_a_listener_all_below_it)
{
	static const struct { const char *filter, *rows; } cases[] = {
		{ "process:chrome", "(1) `4" },		/* the other end's */
		{ "51322", "(1) `6" },
		{ "psql", "(1) `6 (2) `8" },
		{ "process:next", "1 |6 `4" },		/* the listener's own, and its ends */
		{ "state:listen", "1 |6 `4 2 `8" },
		{ "state:listen 5432", "2 `8" },
		{ "state:estab", "(1) |6 `4 (2) `8" },
		{ "state:close", "" },
	};
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_expect_str_eq(made_filtered(&x.made, cases[i].filter), cases[i].rows, "%s",
		                 cases[i].filter);
		cr_expect_eq(x.made.view.counts.rows_total, 2, "%s", cases[i].filter);
	}
	tear_down(&x);
}

Test(view_tree, ports_protocols_and_families_narrow_it_too)
{
	struct filter_error err;
	struct filter *ports;
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	made_end(&x.made, STATE_LISTEN, "::1", 9000, NULL, 0, &x.web);
	cr_assert_eq(filter_parse("port:5432", &ports, &err), 0);
	x.made.spec.ports = ports;
	cr_expect_str_eq(made_rows(&x.made), "2 `8");
	x.made.spec.ports = NULL;
	x.made.spec.families = VIEW_IPV6;
	cr_expect_str_eq(made_rows(&x.made), "9");
	x.made.spec.families = 0;
	x.made.spec.protos = 1u << PROTO_UDP;
	cr_expect_str_eq(made_rows(&x.made), "");
	filter_free(ports);
	tear_down(&x);
}

Test(view_tree, listeners_fold_one_by_one)
{
	struct fixture x;
	struct map turned;

	set_up(&x);
	add_servers(&x);
	map_init(&turned);
	x.made.spec.turned = &turned;
	map_put(&turned, 1, &x);	/* the cookie of the first */
	cr_expect_str_eq(made_rows(&x.made), "1+ 2 `8");
	cr_expect(x.made.view.rows[0].parent, "has rows, though none shows");
	cr_expect_eq(x.made.view.counts.rows, 2);
	map_done(&turned);
	tear_down(&x);
}

Test(view_tree, what_leads_to_nothing_here_comes_last_or_not_at_all)
{
	struct fixture x;

	set_up(&x);
	made_end(&x.made, STATE_ESTABLISHED, "192.0.2.2", 40000, "192.0.2.9", 443, &x.chrome);
	made_listener(&x.made, "0.0.0.0", 443, &x.web);
	made_pair(&x.made, 40001, &x.psql, 40002, &x.db);	/* its listener has closed */
	made_held(&x.made, made_sock(PROTO_UDP, STATE_UNCONN, "0.0.0.0", 50000, NULL, 0), &x.web, 1);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "2 5 1 3 4", "443 of another machine is not ours");
	cr_expect_str_eq(made_sorted(&x.made, fields, nfields, "-lport"), "5 2 4 3 1");
	cr_expect_eq(x.made.view.counts.rows_total, 5);
	x.made.spec.holding = true;
	cr_expect_str_eq(made_rows(&x.made), "5 2");
	cr_expect_eq(x.made.view.counts.rows_total, 2);
	tear_down(&x);
}

Test(view_tree, a_client_that_no_server_has_answered_is_below_its_listener)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "0.0.0.0", 3000, &x.web);
	made_end(&x.made, STATE_SYN_SENT, "127.0.0.1", 40000, "127.0.0.1", 3000, &x.chrome);
	made_held(&x.made, made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 53, NULL, 0), &x.db, 1);
	made_held(&x.made, made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 40001, "127.0.0.1", 53),
	          &x.chrome, 1);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "3 `4 1 `2");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "lport"), "40000");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "process"), "chrome");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "state"), "SYN_SENT");
	tear_down(&x);
}

Test(view_tree, a_v4_client_of_a_v6_socket_is_below_its_listener)
{
	struct sock server = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1",
	                               40000);
	struct fixture x;

	server.family = 6;
	set_up(&x);
	made_listener(&x.made, "::", 3000, &x.web);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 3000, &x.chrome);
	made_held(&x.made, server, &x.web, 1);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "1 `3");
	x.made.spec.families = VIEW_IPV4;
	cr_expect_str_eq(made_rows(&x.made), "(1) `3", "one end is IPv4");
	tear_down(&x);
}

/* Of several sockets on one port a connection is below the one whose process took it. */
Test(view_tree, each_of_several_on_a_port_has_its_own)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 80, &x.web);
	made_listener(&x.made, "127.0.0.1", 80, &x.db);
	made_pair(&x.made, 40000, &x.chrome, 80, &x.db);
	made_pair(&x.made, 40001, &x.chrome, 80, &x.web);
	made_pair(&x.made, 40002, &x.psql, 80, &x.web);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "1 |6 `8 2 `4");
	tear_down(&x);
}

/* Two listeners that are connected to each other: each end has been called. */
Test(view_tree, ends_that_both_serve_are_below_both)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 80, &x.web);
	made_listener(&x.made, "127.0.0.1", 81, &x.db);
	made_pair(&x.made, 80, &x.web, 81, &x.db);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 81, "127.0.0.1", 81, &x.db);	/* to itself */
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "1 `3 2 |4 `5");
	cr_expect_str_eq(made_cell(&x.made, 1, fields, nfields, "lport"), "81", "of the other end");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "lport"), "80");
	tear_down(&x);
}

Test(view_tree, what_is_in_the_accept_queue_is_below_its_listener)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 8080, &x.web);
	made_pair(&x.made, 40000, &x.chrome, 8080, NULL);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "1 `3");
	cr_expect_eq(x.made.view.rows[1].sock->holder, HOLDER_QUEUE);
	cr_expect_str_eq(made_cell(&x.made, 1, fields, nfields, "process"), "chrome");
	tear_down(&x);
}

Test(view_tree, scope_is_that_of_the_connections_and_context_is_kept)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "192.0.2.2", 80, &x.web);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 40000, "192.0.2.2", 80, &x.chrome);
	made_end(&x.made, STATE_ESTABLISHED, "192.0.2.2", 80, "127.0.0.1", 40000, &x.web);
	made_join(&x.made);
	x.made.spec.scope = SCOPE_LOOPBACK;
	cr_expect_str_eq(made_rows(&x.made), "(1) `3");
	cr_expect_eq(x.made.view.counts.rows_total, 1);
	tear_down(&x);
}

Test(view_tree, what_is_gone_stays_where_it_was)
{
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	made_gone(&x.made, 2);	/* 7 and 8, both ends of one */
	cr_expect_str_eq(made_rows(&x.made), "1 |6 `4 2 `8");
	cr_expect_eq(row_life(&x.made.view.rows[4]), LIFE_GONE);
	cr_expect_str_eq(made_cell(&x.made, 4, fields, nfields, "process"), "psql");
	cr_expect_eq(x.made.view.counts.connections, 4, "gone ones are not counted");
	made_gone(&x.made, 5);	/* all but 1 */
	made_rows(&x.made);
	cr_expect_eq(x.made.view.counts.rows, 1);
	cr_expect_eq(x.made.view.counts.rows_total, 1);
	tear_down(&x);
}

/* The kernel gives TIME_WAIT a cookie of its own, so that the end before it seems gone. */
Test(view_tree, an_end_that_another_took_the_place_of_is_not_shown_besides)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_LAST_ACK, "127.0.0.1", 40000, "127.0.0.1", 3000, &x.chrome);
	made_end(&x.made, STATE_FIN_WAIT2, "127.0.0.1", 3000, "127.0.0.1", 40000, NULL);
	made_join(&x.made);
	made_end(&x.made, STATE_FIN_WAIT1, "127.0.0.1", 3000, "127.0.0.1", 40000, &x.web);
	made_at(&x.made, 4)->peer = 2;
	made_at(&x.made, 4)->listener = 1;
	made_gone(&x.made, 1);
	cr_expect_str_eq(made_rows(&x.made), "1 `3");
	tear_down(&x);
}

/* The client closed first: what it left behind lives on for a minute, its connection does not. */
Test(view_tree, time_wait_keeps_no_closed_connection_alive)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", 40000, "127.0.0.1", 3000, NULL);
	made_join(&x.made);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40000, &x.web);
	made_at(&x.made, 3)->peer = 2;
	made_at(&x.made, 3)->listener = 1;
	made_gone(&x.made, 1);
	cr_expect_str_eq(made_rows(&x.made), "1 `3");
	cr_expect_eq(row_life(&x.made.view.rows[1]), LIFE_GONE);
	tear_down(&x);
}

Test(view_tree, one_count_below_a_listener_has_both_sides)
{
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	for (uint16_t i = 0; i < 3; i++)	/* 9, 11, 13 of clients; 10, 12, 14 of the server */
		for (int server = 0; server < 2; server++) {
			uint16_t port = (uint16_t)(45000 + 2 * i + server);

			made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", server ? 3000 : port,
			         "127.0.0.1", server ? port : 3000, NULL);
			made_at(&x.made, x.made.snap.count)->timer_ms = 1000u * (9u - i);
		}
	made_join(&x.made);
	x.made.spec.fold_time_wait = true;
	cr_expect_str_eq(made_rows(&x.made), "1 |6 |4 `6x13 2 `8");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "lport"), "", "there are several");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "rport"), "3000");
	cr_expect_str_eq(made_cell(&x.made, 3, fields, nfields, "state"), "TIME_WAIT");
	x.made.spec.fold_time_wait = false;
	cr_expect_str_eq(made_rows(&x.made), "1 |9 |10 |11 |12 |13 |14 |6 `4 2 `8");
	cr_expect_eq(x.made.view.counts.rows_total, 2);
	tear_down(&x);
}

/* Every field sorts roots and, below each, rows as their cells compare. */
Test(view_tree, every_field_orders_it_totally)
{
	struct fixture x;

	set_up(&x);
	add_servers(&x);
	for (size_t f = 0; f < 2 * nfields; f++) {
		char first[256];

		x.made.spec.sort = &fields[f / 2];
		x.made.spec.reverse = f % 2;
		snprintf(first, sizeof first, "%s", made_rows(&x.made));
		cr_expect_eq(x.made.view.count, 5, "%s", fields[f / 2].id);
		cr_expect_str_eq(made_rows(&x.made), first, "%s", fields[f / 2].id);
	}
	tear_down(&x);
}
