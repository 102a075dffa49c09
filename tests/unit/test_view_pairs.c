/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Each connection once, and what its columns say of both ends. */

#include "made_view.h"

struct fixture {
	struct made_view made;
	struct task      tasks[3];
	struct owner     web, chrome, psql;
};

static void
set_up(struct fixture *x)
{
	static const char *const names[] = { "next", "chrome", "psql" };
	struct owner *owners[] = { &x->web, &x->chrome, &x->psql };

	made_view_init(&x->made, VIEW_PAIRS);
	for (size_t i = 0; i < 3; i++) {
		x->tasks[i] = made_task((pid_t)(100 + 10 * i), names[i], names[i], 0, 0);
		*owners[i] = (struct owner){ &x->tasks[i], 3 };
	}
}

static void
tear_down(struct fixture *x)
{
	made_view_done(&x->made);
}

static const char *
cell(struct fixture *x, size_t row, const char *id)
{
	return made_cell(&x->made, row, pair_fields, npair_fields, id);
}

/* 1 listens on 3000; 2-3 of chrome and 4-5 of psql. */
static void
add_two(struct fixture *x)
{
	made_listener(&x->made, "127.0.0.1", 3000, &x->web);
	made_pair(&x->made, 51322, &x->chrome, 3000, &x->web);
	made_pair(&x->made, 51340, &x->psql, 3000, &x->web);
	made_join(&x->made);
}

Test(view_pairs, has_each_connection_once_and_no_listener)
{
	struct fixture x;

	set_up(&x);
	add_two(&x);
	cr_expect_str_eq(made_rows(&x.made), "2-3 4-5");
	cr_expect_str_eq(cell(&x, 0, "client"), "chrome 110 :51322");
	cr_expect_str_eq(cell(&x, 0, "server"), "next 100 :3000");
	cr_expect_str_eq(cell(&x, 0, "state"), "ESTABLISHED");
	cr_expect_eq(x.made.view.counts.rows, 2);
	cr_expect_eq(x.made.view.counts.rows_total, 2);
	cr_expect_eq(x.made.view.counts.connections, 4, "sockets");
	x.made.spec.holding = true;
	cr_expect_str_eq(made_rows(&x.made), "2-3 4-5", "none of them holds a port");
	tear_down(&x);
}

Test(view_pairs, the_client_comes_first_whichever_was_dumped_first)
{
	static const struct { enum sock_role first, second; const char *rows; } cases[] = {
		{ SOCK_CLIENT, SOCK_SERVER, "1-2" }, { SOCK_SERVER, SOCK_CLIENT, "2-1" },
		{ SOCK_NEITHER, SOCK_NEITHER, "1-2" }, { SOCK_SERVER, SOCK_SERVER, "1-2" },
		{ SOCK_NEITHER, SOCK_SERVER, "1-2" }, { SOCK_SERVER, SOCK_NEITHER, "2-1" },
		{ SOCK_CLIENT, SOCK_NEITHER, "1-2" }, { SOCK_NEITHER, SOCK_CLIENT, "2-1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;

		set_up(&x);
		made_pair(&x.made, 5000, &x.chrome, 3000, &x.web);
		made_join(&x.made);
		made_at(&x.made, 1)->role = (uint8_t)cases[i].first;
		made_at(&x.made, 2)->role = (uint8_t)cases[i].second;
		cr_expect_str_eq(made_rows(&x.made), cases[i].rows, "%zu", i);
		tear_down(&x);
	}
}

Test(view_pairs, one_end_in_sight_is_a_row)
{
	static const struct { enum sock_role role; const char *client, *server; } cases[] = {
		{ SOCK_CLIENT, "chrome 110 192.0.2.2:40000", "192.0.2.9:443" },
		{ SOCK_SERVER, "192.0.2.9:443", "chrome 110 192.0.2.2:40000" },
		{ SOCK_NEITHER, "chrome 110 192.0.2.2:40000", "192.0.2.9:443" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;

		set_up(&x);
		made_end(&x.made, STATE_ESTABLISHED, "192.0.2.2", 40000, "192.0.2.9", 443, &x.chrome);
		made_join(&x.made);
		made_at(&x.made, 1)->role = (uint8_t)cases[i].role;
		cr_expect_str_eq(made_rows(&x.made), "1");
		cr_expect_str_eq(cell(&x, 0, "client"), cases[i].client);
		cr_expect_str_eq(cell(&x, 0, "server"), cases[i].server);
		cr_expect_not(row_party(&x.made.view.rows[0], PARTY_SERVER).gone, "it is elsewhere");
		tear_down(&x);
	}
}

Test(view_pairs, an_end_of_this_machine_that_is_not_there_is_gone)
{
	struct party p;
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.1", 51377, &x.web);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "2");
	cr_expect_str_eq(cell(&x, 0, "client"), ":51377");
	cr_expect_str_eq(cell(&x, 0, "server"), "next 100 :3000");
	p = row_party(&x.made.view.rows[0], PARTY_CLIENT);
	cr_expect(p.gone);
	cr_expect_null(p.sock);
	cr_expect_null(p.task);
	made_at(&x.made, 2)->life = LIFE_NEW;
	made_rows(&x.made);
	cr_expect_not(row_party(&x.made.view.rows[0], PARTY_CLIENT).gone,
	              "of what just came, the other end may come yet");
	tear_down(&x);
}

/* The server's end is gone, and what listens at its port has nothing to do with it any more. */
Test(view_pairs, a_servers_end_that_is_gone_has_no_process)
{
	static const struct { enum sock_state state; bool gone; } cases[] = {
		{ STATE_CLOSE_WAIT, true }, { STATE_FIN_WAIT1, true }, { STATE_FIN_WAIT2, true },
		{ STATE_LAST_ACK, true }, { STATE_CLOSING, true },
		{ STATE_SYN_SENT, false }, { STATE_ESTABLISHED, false }, { STATE_TIME_WAIT, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;
		struct party p;

		set_up(&x);
		made_listener(&x.made, "127.0.0.1", 6379, &x.web);
		made_end(&x.made, cases[i].state, "127.0.0.1", 43012, "127.0.0.1", 6379,
		         cases[i].state == STATE_TIME_WAIT ? NULL : &x.chrome);
		made_join(&x.made);
		made_rows(&x.made);
		p = row_party(&x.made.view.rows[0], PARTY_SERVER);
		cr_expect_eq(p.gone, cases[i].gone, "%s", sock_state_names[cases[i].state]);
		cr_expect_str_eq(cell(&x, 0, "server"), cases[i].gone ? ":6379" : "next 100 :6379", "%s",
		                 sock_state_names[cases[i].state]);
		tear_down(&x);
	}
}

Test(view_pairs, of_one_time_wait_the_other_end_is_gone)
{
	static const struct { uint16_t from, to; enum party_side there, gone; } cases[] = {
		{ 48504, 4500, PARTY_CLIENT, PARTY_SERVER }, { 4500, 48504, PARTY_SERVER, PARTY_CLIENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;
		const struct row *r;

		set_up(&x);
		made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", cases[i].from, "127.0.0.1", cases[i].to,
		         NULL);
		made_join(&x.made);
		made_at(&x.made, 1)->role = i == 0 ? SOCK_CLIENT : SOCK_SERVER;
		made_at(&x.made, 1)->life = LIFE_NEW;
		made_rows(&x.made);
		r = &x.made.view.rows[0];
		cr_expect(row_party(r, cases[i].gone).gone, "%zu", i);
		cr_expect_null(row_party(r, cases[i].gone).sock, "%zu", i);
		cr_expect_eq(row_party(r, cases[i].there).sock, r->sock, "%zu", i);
		tear_down(&x);
	}
}

Test(view_pairs, a_connection_to_itself_is_one_row)
{
	struct fixture x;

	set_up(&x);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 40000, &x.chrome);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "1-1");
	cr_expect_str_eq(cell(&x, 0, "client"), "chrome 110 :40000");
	cr_expect_str_eq(cell(&x, 0, "server"), "chrome 110 :40000");
	cr_expect_eq(row_peer(&x.made.view.rows[0]), x.made.view.rows[0].sock);
	tear_down(&x);
}

Test(view_pairs, a_v4_client_and_a_v6_socket_are_one_row_of_either_family)
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
	cr_expect_str_eq(made_rows(&x.made), "2-3");
	x.made.spec.families = VIEW_IPV4;
	cr_expect_str_eq(made_rows(&x.made), "2-3");
	x.made.spec.families = VIEW_IPV6;
	cr_expect_str_eq(made_rows(&x.made), "2-3");
	tear_down(&x);
}

Test(view_pairs, udp_with_a_peer_is_one_too_and_names_who_answers)
{
	struct fixture x;

	set_up(&x);
	made_held(&x.made, made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 53, NULL, 0), &x.web, 1);
	made_held(&x.made, made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 53),
	          &x.chrome, 1);
	made_join(&x.made);
	cr_expect_str_eq(made_rows(&x.made), "2");
	cr_expect_str_eq(cell(&x, 0, "client"), "chrome 110 :40000");
	cr_expect_str_eq(cell(&x, 0, "server"), "next 100 :53");
	tear_down(&x);
}

Test(view_pairs, what_has_no_process_is_told_by_its_socket)
{
	struct fixture x;
	struct party p;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 8080, &x.web);
	made_pair(&x.made, 40000, &x.chrome, 8080, NULL);
	made_join(&x.made);
	made_rows(&x.made);
	cr_expect_str_eq(cell(&x, 0, "server"), ":8080");
	p = row_party(&x.made.view.rows[0], PARTY_SERVER);
	cr_expect_null(p.task, "nobody has accepted it");
	cr_expect_eq(p.sock->holder, HOLDER_QUEUE);
	made_at(&x.made, 3)->holder = HOLDER_NONE;
	made_at(&x.made, 3)->state = STATE_LAST_ACK;
	made_rows(&x.made);
	cr_expect_str_eq(cell(&x, 0, "server"), "next 100 :8080", "who closed it still listens");
	tear_down(&x);
}

Test(view_pairs, passes_with_either_end)
{
	static const struct { const char *filter, *rows; } cases[] = {
		{ "process:chrome", "2-3" }, { "process:next", "2-3 4-5" }, { "lport:51340", "4-5" },
		{ "role:server rport:51322", "2-3" }, { "chrome next", "2-3" },
		{ "process:chrome process:next", "" }, { "not psql", "2-3" }, { "state:listen", "" },
	};
	struct fixture x;

	set_up(&x);
	add_two(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_expect_str_eq(made_filtered(&x.made, cases[i].filter), cases[i].rows, "%s",
		                 cases[i].filter);
		cr_expect_eq(x.made.view.counts.rows_total, 2);
	}
	tear_down(&x);
}

/* The client has 300 and 20, or nobody told; the server what is swapped. */
Test(view_pairs, bytes_are_the_clients)
{
	static const struct { bool client, server; const char *rx, *tx, *rx_total, *tx_total; } cases[] = {
		{ true, true, "300", "20", "900", "200" },
		{ true, false, "300", "20", "900", "200" },
		{ false, true, "301", "21", "901", "201" },
		{ false, false, "", "", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;

		set_up(&x);
		add_two(&x);
		for (uint64_t k = 2; k < 4; k++) {
			struct sock *s = made_at(&x.made, k);

			info_of(s)->rx_rate = k == 2 ? 300 : 21;
			info_of(s)->tx_rate = k == 2 ? 20 : 301;
			info_of(s)->rx_bytes = k == 2 ? 900 : 201;
			info_of(s)->tx_bytes = k == 2 ? 200 : 901;
			if (k == 2 ? cases[i].client : cases[i].server)
				s->has |= SOCK_HAS_RATE | SOCK_HAS_BYTES;
		}
		made_rows(&x.made);
		cr_expect_str_eq(cell(&x, 0, "rx"), cases[i].rx, "%zu", i);
		cr_expect_str_eq(cell(&x, 0, "tx"), cases[i].tx, "%zu", i);
		cr_expect_str_eq(cell(&x, 0, "rx_total"), cases[i].rx_total, "%zu", i);
		cr_expect_str_eq(cell(&x, 0, "tx_total"), cases[i].tx_total, "%zu", i);
		tear_down(&x);
	}
}

Test(view_pairs, states_are_told_of_both_where_they_differ)
{
	struct fixture x;

	set_up(&x);
	add_two(&x);
	made_at(&x.made, 3)->state = STATE_CLOSE_WAIT;
	made_at(&x.made, 2)->state = STATE_FIN_WAIT2;
	info_of(made_at(&x.made, 2))->rtt_us = 42;
	made_at(&x.made, 2)->has |= SOCK_HAS_RTT;
	made_rows(&x.made);
	cr_expect_str_eq(cell(&x, 0, "state"), "FIN_WAIT2/CLOSE_WAIT");
	cr_expect_str_eq(cell(&x, 0, "rtt"), "42us");
	cr_expect_str_eq(cell(&x, 1, "state"), "ESTABLISHED");
	tear_down(&x);
}

Test(view_pairs, sorts_by_its_own_fields)
{
	static const struct { const char *key, *rows; } cases[] = {
		{ "client", "4-5 2-3 6" }, { "-client", "6 2-3 4-5" },	/* chrome, psql, unknown */
		{ "server", "4-5 2-3 6" }, { "state", "6 4-5 2-3" }, { "-state", "4-5 2-3 6" },
		{ "rx_total", "6 2-3 4-5" }, { "-rx_total", "2-3 6 4-5" },
	};
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_pair(&x.made, 51340, &x.psql, 3000, &x.web);
	made_pair(&x.made, 51322, &x.chrome, 3000, &x.web);
	made_end(&x.made, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.1", 51377, &x.web);
	made_join(&x.made);
	for (uint64_t k = 2; k < 7; k += 4) {
		made_at(&x.made, k)->has |= SOCK_HAS_BYTES;
		info_of(made_at(&x.made, k))->rx_bytes = info_of(made_at(&x.made, k))->tx_bytes = k;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(made_sorted(&x.made, pair_fields, npair_fields, cases[i].key),
		                 cases[i].rows, "%s", cases[i].key);
	tear_down(&x);
}

Test(view_pairs, both_ends_lead_to_the_row)
{
	struct fixture x;

	set_up(&x);
	add_two(&x);
	made_rows(&x.made);
	for (uint64_t cookie = 2; cookie < 6; cookie++)
		for (size_t near = 0; near < 3; near++)
			cr_expect_eq(view_find(&x.made.view, cookie, near), (cookie - 2) / 2);
	cr_expect_eq(view_find(&x.made.view, 1, 0), 2, "the listener is no row");
	cr_expect_eq(row_id(&x.made.view.rows[1]), 4);
	tear_down(&x);
}

/* The client's end is gone, and the server has not noticed yet. */
Test(view_pairs, an_end_that_stays_is_in_one_row_with_one_that_has_gone)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_CLOSE_WAIT, "127.0.0.1", 3000, "127.0.0.1", 51322, &x.web);
	made_end(&x.made, STATE_FIN_WAIT2, "127.0.0.1", 51322, "127.0.0.1", 3000, &x.chrome);
	made_join(&x.made);
	made_at(&x.made, 2)->peer = 0;
	made_gone(&x.made, 1);
	cr_expect_str_eq(made_rows(&x.made), "3-2");
	cr_expect_str_eq(cell(&x, 0, "client"), "chrome 110 :51322");
	cr_expect_eq(row_life(&x.made.view.rows[0]), LIFE_THERE, "one end is there");
	cr_expect_str_eq(cell(&x, 0, "state"), "CLOSE_WAIT", "that of the end that is there");
	cr_expect_eq(row_id(&x.made.view.rows[0]), 2, "by the end that lasts");
	cr_expect_eq(view_find(&x.made.view, 3, 0), 0);
	cr_expect_eq(x.made.view.counts.rows, 1);
	cr_expect_eq(x.made.view.counts.rows_total, 1);
	tear_down(&x);
}

/* A connection that was closed in order: one end is gone, and the other waits for late segments. */
Test(view_pairs, time_wait_with_an_end_that_has_gone_is_a_connection_that_is_gone)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", 51322, "127.0.0.1", 3000, NULL);
	made_end(&x.made, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 51322, &x.web);
	made_join(&x.made);
	made_at(&x.made, 2)->peer = 0;
	made_gone(&x.made, 1);
	cr_expect_str_eq(made_rows(&x.made), "2-3");
	cr_expect_eq(row_life(&x.made.view.rows[0]), LIFE_GONE);
	cr_expect_str_eq(cell(&x, 0, "state"), "TIME_WAIT", "what is gone has no state");
	cr_expect_eq(x.made.view.counts.rows, 0);
	cr_expect_eq(x.made.view.counts.rows_total, 0);
	cr_expect_eq(row_id(&x.made.view.rows[0]), 2);
	tear_down(&x);
}

Test(view_pairs, both_ends_gone_are_one_row_that_is_gone)
{
	struct fixture x;

	set_up(&x);
	add_two(&x);
	made_gone(&x.made, 2);
	cr_expect_str_eq(made_rows(&x.made), "2-3 4-5");
	cr_expect_eq(row_life(&x.made.view.rows[1]), LIFE_GONE);
	cr_expect_str_eq(cell(&x, 1, "server"), "next 100 :3000");
	cr_expect_eq(x.made.view.counts.connections, 2);
	cr_expect_eq(x.made.view.counts.rows, 1);
	cr_expect_eq(x.made.view.counts.rows_total, 1);
	tear_down(&x);
}

/* TIME_WAIT and the next connection of the same two ends are there together for a moment. */
Test(view_pairs, an_end_is_in_one_row_alone)
{
	struct fixture x;

	set_up(&x);
	made_listener(&x.made, "127.0.0.1", 3000, &x.web);
	made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", 40000, "127.0.0.1", 3000, NULL);
	made_pair(&x.made, 40000, &x.chrome, 3000, &x.web);
	made_join(&x.made);
	cr_assert_eq(made_at(&x.made, 2)->peer, 4, "both find the server's end");
	cr_assert_eq(made_at(&x.made, 4)->peer, 3);
	cr_expect_str_eq(made_rows(&x.made), "3-4 2");
	tear_down(&x);
}

Test(view_pairs, one_count_a_server)
{
	struct fixture x;

	set_up(&x);
	add_two(&x);
	for (uint16_t i = 0; i < 4; i++) {	/* 6 to 9: three of the clients, one of the server */
		uint16_t port = (uint16_t)(45000 + i);

		made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", i < 3 ? port : 3000, "127.0.0.1",
		         i < 3 ? 3000 : port, NULL);
		made_at(&x.made, x.made.snap.count)->timer_ms = 30000u - i;
		made_at(&x.made, x.made.snap.count)->has |= SOCK_HAS_TIMER;
	}
	made_end(&x.made, STATE_TIME_WAIT, "127.0.0.1", 45009, "127.0.0.1", 3001, NULL);
	made_join(&x.made);
	x.made.spec.fold_time_wait = true;
	cr_expect_str_eq(made_rows(&x.made), "2-3 4-5 10 4x9");
	cr_expect_str_eq(cell(&x, 3, "client"), "", "there are four");
	cr_expect_str_eq(cell(&x, 3, "server"), "next 100 :3000");
	cr_expect_str_eq(cell(&x, 3, "state"), "TIME_WAIT");
	cr_expect_str_eq(cell(&x, 3, "rx"), "");
	cr_expect_str_eq(cell(&x, 2, "client"), ":45009");
	cr_expect_eq(row_party(&x.made.view.rows[2], PARTY_CLIENT).sock->cookie, 10);
	cr_expect_eq(x.made.view.counts.rows_total, 4);
	cr_expect_str_eq(made_sorted(&x.made, pair_fields, npair_fields, "server"), "2-3 4-5 4x9 10",
	                 "behind the others of its server");
	tear_down(&x);
}
