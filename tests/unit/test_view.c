/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which rows a view has, and in which order. */

#include <stdlib.h>

#include "made.h"
#include "view/view.h"

struct fixture {
	struct snapshot snap;
	struct names   *names;
	struct view     view;
};

static void
set_up(struct fixture *x)
{
	made_snapshot(&x->snap);
	x->names = names_new(true);
	view_init(&x->view, x->names);
}

static void
tear_down(struct fixture *x)
{
	view_done(&x->view);
	names_free(x->names);
	snapshot_done(&x->snap);
}

/* Expects the cookies of the rows. */
static void
expect_rows(const struct fixture *x, const char *what, const uint64_t *cookies, size_t n)
{
	cr_assert_eq(x->view.count, n, "%s: %zu rows", what, x->view.count);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(x->view.rows[i].sock->cookie, cookies[i], "%s: row %zu is %llu", what,
		             i, (unsigned long long)x->view.rows[i].sock->cookie);
}

#define EXPECT_ROWS(x, what, ...) \
	expect_rows(x, what, (const uint64_t[]){ __VA_ARGS__ }, \
	            sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static void
add_tcp(struct snapshot *snap, enum sock_state state, const char *laddr, uint16_t lport,
        const char *raddr, uint16_t rport)
{
	made_add(snap, made_sock(PROTO_TCP, state, laddr, lport, raddr, rport));
}

static struct view_spec
sorted_by(const char *key)
{
	struct view_spec spec = { .scope = SCOPE_ALL };

	cr_assert_eq(view_parse_sort(key, &spec), 0, "%s", key);
	return spec;
}

/* One of each kind; the cookie counts from 1. */
static void
add_some(struct snapshot *snap)
{
	struct sock s;

	add_tcp(snap, STATE_LISTEN, "127.0.0.1", 8080, NULL, 0);
	add_tcp(snap, STATE_LISTEN, "0.0.0.0", 5432, NULL, 0);
	add_tcp(snap, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 5432);
	add_tcp(snap, STATE_TIME_WAIT, "127.0.0.1", 40001, "127.0.0.1", 5432);
	made_add(snap, made_sock(PROTO_UDP, STATE_UNCONN, "::1", 53, NULL, 0));
	made_add(snap, made_sock(PROTO_UDP, STATE_ESTABLISHED, "::1", 40002, "::1", 53));
	add_tcp(snap, STATE_BOUND, "127.0.0.1", 7000, NULL, 0);
	add_tcp(snap, STATE_ESTABLISHED, "192.0.2.2", 40003, "192.0.2.9", 443);
	s = made_sock(PROTO_TCP, STATE_LISTEN, "::", 9000, NULL, 0);
	s.holder = HOLDER_HIDDEN;
	made_add(snap, s);
}

Test(view, is_empty_for_an_empty_snapshot)
{
	struct view_spec spec = { .scope = SCOPE_ALL };
	struct fixture x;

	set_up(&x);
	view_build(&x.view, &x.snap, &spec);
	cr_expect_eq(x.view.count, 0);
	cr_expect_eq(view_find(&x.view, 1, 0), 0, "nothing is found in it");
	tear_down(&x);
}

/* They are rows in their places, and are counted nowhere. */
Test(view, has_what_closed_among_the_living)
{
	struct view_spec all = { .scope = SCOPE_ALL }, tcp = { .scope = SCOPE_LOOPBACK };
	struct sock gone = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 7500, NULL, 0);
	struct fixture x;

	gone.cookie = 100;
	gone.has = SOCK_HAS_COOKIE;
	tcp.protos = 1u << PROTO_TCP;
	set_up(&x);
	add_some(&x.snap);
	view_build(&x.view, &x.snap, &all);
	cr_expect_eq(x.view.counts.listening, 3);
	snapshot_add_gone(&x.snap, &gone);
	view_build(&x.view, &x.snap, &all);
	EXPECT_ROWS(&x, "all", 5, 2, 7, 100, 1, 9, 3, 4, 6, 8);
	cr_expect_eq(x.view.counts.in_scope, 9);
	cr_expect_eq(x.view.counts.listening, 3);
	cr_expect_eq(x.view.counts.rows_total, 9);
	view_build(&x.view, &x.snap, &tcp);
	EXPECT_ROWS(&x, "-t", 2, 7, 100, 1, 9, 3, 4);
	tear_down(&x);
}

/* ---- rates of listeners ---- */

static void
add_rate(struct snapshot *snap, const char *laddr, const char *raddr, uint64_t rx, uint64_t tx)
{
	add_tcp(snap, STATE_ESTABLISHED, laddr, 80, raddr, 40000);
	snap->socks[snap->count - 1].listener = 1;
	snap->socks[snap->count - 1].has |= SOCK_HAS_RATE;
	info_of(&snap->socks[snap->count - 1])->rx_rate = rx;
	info_of(&snap->socks[snap->count - 1])->tx_rate = tx;
}

static void
expect_rate(struct fixture *x, const char *id, uint64_t want)
{
	const struct field *f = field_find(id, strlen(id));
	const struct row row = { .sock = &x->snap.socks[0], .env = &x->view.env };
	struct value v = field_get(f, &row);

	cr_assert_eq(v.kind, VAL_RATE, "%s", id);
	cr_expect_eq(v.number, want, "%s: %llu", id, (unsigned long long)v.number);
}

/* What ended since the last look is the listener's own; what lives is in the scope or is not. */
Test(view, a_listener_has_the_rates_of_its_connections_in_the_scope)
{
	struct view_spec loopback = { .scope = SCOPE_LOOPBACK }, all = { .scope = SCOPE_ALL };
	struct fixture x;

	set_up(&x);
	add_tcp(&x.snap, STATE_LISTEN, "0.0.0.0", 80, NULL, 0);
	x.snap.socks[0].has |= SOCK_HAS_RATE;
	info_of(&x.snap.socks[0])->rx_rate = 1;
	info_of(&x.snap.socks[0])->tx_rate = 2;
	add_rate(&x.snap, "127.0.0.1", "127.0.0.1", 10, 20);
	add_rate(&x.snap, "127.0.0.1", "127.0.0.1", 30, 40);
	add_rate(&x.snap, "192.0.2.2", "192.0.2.9", 500, 600);
	add_rate(&x.snap, "127.0.0.1", "127.0.0.1", 7000, 7000);
	x.snap.socks[4].has &= ~SOCK_HAS_RATE;
	view_build(&x.view, &x.snap, &loopback);
	expect_rate(&x, "rx", 41);
	expect_rate(&x, "tx", 62);
	view_build(&x.view, &x.snap, &all);
	expect_rate(&x, "rx", 541);
	expect_rate(&x, "tx", 662);
	x.snap.socks[0].has &= ~SOCK_HAS_RATE;
	view_build(&x.view, &x.snap, &all);
	{
		const struct row row = { .sock = &x.snap.socks[0], .env = &x.view.env };

		cr_expect_eq(field_get(field_find("rx", 2), &row).kind, VAL_NONE, "not all was heard");
	}
	tear_down(&x);
}

Test(view, holds_what_was_chosen)
{
	struct view_spec all = { .scope = SCOPE_ALL }, loopback = { .scope = SCOPE_LOOPBACK };
	struct view_spec tcp = loopback, udp6 = loopback, v6 = loopback, holding = loopback;
	struct fixture x;

	tcp.protos = 1u << PROTO_TCP;
	udp6.protos = 1u << PROTO_UDP;
	udp6.families = VIEW_IPV6;
	v6.families = VIEW_IPV6;
	holding.holding = true;
	set_up(&x);
	add_some(&x.snap);
	view_build(&x.view, &x.snap, &all);
	EXPECT_ROWS(&x, "all, by local port", 5, 2, 7, 1, 9, 3, 4, 6, 8);
	view_build(&x.view, &x.snap, &loopback);
	EXPECT_ROWS(&x, "loopback", 5, 2, 7, 1, 9, 3, 4, 6);
	view_build(&x.view, &x.snap, &tcp);
	EXPECT_ROWS(&x, "-t", 2, 7, 1, 9, 3, 4);
	view_build(&x.view, &x.snap, &udp6);
	EXPECT_ROWS(&x, "-u -6", 5, 6);
	view_build(&x.view, &x.snap, &v6);
	EXPECT_ROWS(&x, "-6", 5, 9, 6);
	view_build(&x.view, &x.snap, &holding);
	EXPECT_ROWS(&x, "-l", 5, 2, 7, 1, 9);
	tear_down(&x);
}

Test(view, counts_the_scope_whatever_else_is_chosen)
{
	struct view_spec spec = { .scope = SCOPE_LOOPBACK, .holding = true };
	struct fixture x;

	spec.protos = 1u << PROTO_UDP;

	set_up(&x);
	add_some(&x.snap);
	view_build(&x.view, &x.snap, &spec);
	cr_expect_eq(x.view.counts.in_scope, 8);
	cr_expect_eq(x.view.counts.listening, 3, "TCP alone");
	cr_expect_eq(x.view.counts.exposed, 2);
	cr_expect_eq(x.view.counts.connections, 2, "without TIME_WAIT, with connected UDP");
	cr_expect_eq(x.view.counts.hidden, 1);
	view_build(&x.view, &x.snap, &spec);
	cr_expect_eq(x.view.counts.in_scope, 8, "counted anew each time");
	tear_down(&x);
}

Test(view, passes_both_filters)
{
	struct view_spec spec = { .scope = SCOPE_ALL };
	struct filter *ports, *words;
	struct filter_error err;
	struct fixture x;

	cr_assert_eq(filter_parse("port:5432,8080", &ports, &err), 0);
	cr_assert_eq(filter_parse("state:LISTEN", &words, &err), 0);
	set_up(&x);
	add_some(&x.snap);
	spec.ports = ports;
	view_build(&x.view, &x.snap, &spec);
	EXPECT_ROWS(&x, "ports", 2, 1, 3, 4);
	spec.filter = words;
	view_build(&x.view, &x.snap, &spec);
	EXPECT_ROWS(&x, "ports and filter", 2, 1);
	tear_down(&x);
	filter_free(ports);
	filter_free(words);
}

Test(view, sorts_by_any_key_with_the_unknown_last)
{
	static const struct { const char *key; uint64_t order[4]; } cases[] = {
		{ "inode", { 3, 1, 2, 4 } },	/* 5, 10, 20, none */
		{ "-inode", { 2, 1, 3, 4 } },
		{ "recvq", { 2, 3, 1, 4 } },	/* the largest first: 300, 20, 10, none */
		{ "-recvq", { 1, 3, 2, 4 } },
		{ "state", { 4, 1, 2, 3 } },	/* BOUND, CLOSE_WAIT, ESTABLISHED, FIN_WAIT1 */
		{ "-state", { 3, 2, 1, 4 } },
		{ "laddr", { 3, 2, 1, 4 } },
		{ "-laddr", { 4, 1, 2, 3 } },
	};
	struct sock s[4] = {
		made_sock(PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.10", 1, "127.0.0.1", 9),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.9", 2, "127.0.0.1", 9),
		made_sock(PROTO_TCP, STATE_FIN_WAIT1, "10.0.0.1", 3, "127.0.0.1", 9),
		made_sock(PROTO_TCP, STATE_BOUND, "::1", 4, NULL, 0),
	};
	static const uint32_t inodes[4] = { 10, 20, 5, 0 }, queues[4] = { 10, 300, 20, 0 };
	struct fixture x;

	set_up(&x);
	for (size_t i = 0; i < 4; i++) {
		s[i].inode = inodes[i];
		s[i].rqueue = queues[i];
		s[i].has = i < 3 ? SOCK_HAS_QUEUE : 0;
		made_add(&x.snap, s[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct view_spec spec = sorted_by(cases[i].key);

		view_build(&x.view, &x.snap, &spec);
		expect_rows(&x, cases[i].key, cases[i].order, 4);
	}
	tear_down(&x);
}

Test(view, text_with_one_beginning_is_sorted_to_its_end)
{
	static const char *const names[] = { "chromium-browser", "Chromium-brake", "chromium", "" };
	struct task tasks[ARRAY_SIZE(names)];
	struct owner owners[ARRAY_SIZE(names)];
	struct view_spec spec = sorted_by("process");
	struct fixture x;

	set_up(&x);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0);

		tasks[i] = made_task(10, names[i], NULL, 0, 0);
		owners[i] = (struct owner){ &tasks[i], 1 };
		s.owners = &owners[i];
		s.nowners = 1;
		made_add(&x.snap, s);
	}
	view_build(&x.view, &x.snap, &spec);
	EXPECT_ROWS(&x, "process", 4, 3, 2, 1);
	spec.reverse = true;
	view_build(&x.view, &x.snap, &spec);
	EXPECT_ROWS(&x, "-process", 1, 2, 3, 4);
	tear_down(&x);
}

/* What is equal in the key goes by local port, local address, remote end, protocol, family, id. */
static void
add_ties(struct snapshot *snap, bool backwards)
{
	struct sock s[] = {
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 1),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.2", 1),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 2),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.2", 80, "127.0.0.1", 1),
		made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.2", 80, "127.0.0.1", 1),
		made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.2", 80, "127.0.0.1", 1),
		made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.2", 80, "127.0.0.1", 1),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "192.0.2.2", 80, "127.0.0.1", 1),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "::1", 80, "::1", 1),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "::1", 80, "::1", 2),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "::2", 80, "::1", 1),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 81, "127.0.0.1", 1),
	};
	size_t n = ARRAY_SIZE(s);

	s[6].family = 6;
	for (size_t i = 0; i < n; i++) {
		s[i].cookie = i + 1;
		s[i].has = SOCK_HAS_COOKIE;
	}
	for (size_t i = 0; i < n; i++)
		made_add(snap, s[backwards ? n - 1 - i : i]);
}

Test(view, order_is_total_and_does_not_depend_on_the_dump)
{
	static const char *const keys[] = { "lport", "state", "uid", "-uid", "-state" };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		for (int backwards = 0; backwards < 2; backwards++) {
			struct view_spec spec = sorted_by(keys[k]);
			struct fixture x;

			set_up(&x);
			add_ties(&x.snap, backwards);
			view_build(&x.view, &x.snap, &spec);
			EXPECT_ROWS(&x, keys[k], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
			tear_down(&x);
		}
	}
}

/* A socket of which anything may be known or not. */
static struct sock
random_sock(const struct owner *owners, size_t nowners)
{
	static const char *const addrs[] = { "127.0.0.1", "0.0.0.0", "::1", "::", "10.1.2.3" };
	enum sock_state state = rand() % 2 ? STATE_LISTEN : STATE_ESTABLISHED;
	uint16_t rport = (uint16_t)(state == STATE_LISTEN ? 0 : rand() % 9 + 1);
	struct sock s = made_sock(rand() % 2, state, addrs[rand() % 5], (uint16_t)(rand() % 9),
	                          addrs[rand() % 5], rport);

	s.has = (uint32_t)rand() & 0x7e;
	s.uid = (uint32_t)rand() % 5;
	s.rqueue = (uint32_t)rand() % 3;
	info_of(&s)->rx_bytes = (uint64_t)rand() << 33;
	s.nowners = (uint32_t)rand() % 2;
	s.owners = s.nowners ? &owners[(size_t)rand() % nowners] : NULL;
	s.holder = (uint8_t)(s.nowners ? HOLDER_KNOWN : rand() % HOLDER_COUNT);
	return s;
}

static void
expect_sorted(const struct view *v, const struct view_spec *spec)
{
	for (size_t i = 1; i < v->count; i++) {
		struct value a = field_get(spec->sort, &v->rows[i - 1]);
		struct value b = field_get(spec->sort, &v->rows[i]);
		int r = value_compare(&a, &b);

		if (view_descends(spec) && a.kind != VAL_NONE && b.kind != VAL_NONE)
			r = -r;
		cr_assert_leq(r, 0, "%s, row %zu", spec->sort->id, i);
	}
}

Test(view, every_field_sorts_as_its_values_compare)
{
	static const char argv[8][4] = { "a\0b", "A\0b", "ab", "", "zz", "\xff", "a\0c", "B" };
	struct task tasks[ARRAY_SIZE(argv)];
	struct owner owners[ARRAY_SIZE(argv)];
	struct fixture x;

	srand(1);
	set_up(&x);
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		tasks[i] = made_task((pid_t)i * 7 % 5 + 1, argv[i], argv[i], sizeof argv[i], 1);
		owners[i] = (struct owner){ &tasks[i], (int)i };
	}
	for (int i = 0; i < 500; i++)
		made_add(&x.snap, random_sock(owners, ARRAY_SIZE(owners)));
	for (size_t f = 0; f < 2 * nfields; f++) {
		struct view_spec spec = { .scope = SCOPE_ALL, .sort = &fields[f / 2] };

		spec.reverse = f % 2;
		view_build(&x.view, &x.snap, &spec);
		cr_assert_eq(x.view.count, 500);
		expect_sorted(&x.view, &spec);
	}
	tear_down(&x);
}

#define MANY 600

/* Enough of each port, and of each pair of ends, that every rule of the order decides somewhere. */
static void
add_many(struct snapshot *snap, const struct owner *owners, size_t n, bool backwards)
{
	static struct sock s[MANY];

	srand(7);
	for (size_t i = 0; i < MANY; i++) {
		s[i] = random_sock(owners, n);
		s[i].cookie = i + 1;
		s[i].has |= SOCK_HAS_COOKIE;
		if (i % 3 == 0) {
			s[i].local = made_endpoint("::1", 7);
			s[i].remote = made_endpoint("::1", (uint16_t)(i % 150));
		}
	}
	for (size_t i = 0; i < MANY; i++)
		made_add(snap, s[backwards ? MANY - 1 - i : i]);
}

Test(view, many_sockets_have_one_order_whichever_way_the_dump_goes)
{
	static const char *const comms[] = { "postgres-a", "postgres-b", "postgres-a", "Postgres-A" };
	struct task tasks[ARRAY_SIZE(comms)];
	struct owner owners[ARRAY_SIZE(comms)];
	struct fixture x, y;

	set_up(&x);
	set_up(&y);
	for (size_t i = 0; i < ARRAY_SIZE(comms); i++) {
		tasks[i] = made_task((pid_t)i + 1, comms[i], comms[i], strlen(comms[i]) + 1, 1);
		owners[i] = (struct owner){ &tasks[i], (int)i };
	}
	add_many(&x.snap, owners, ARRAY_SIZE(owners), false);
	add_many(&y.snap, owners, ARRAY_SIZE(owners), true);
	for (size_t f = 0; f < 2 * nfields; f++) {
		struct view_spec spec = { .scope = SCOPE_ALL, .sort = &fields[f / 2], .reverse = f % 2 };

		view_build(&x.view, &x.snap, &spec);
		view_build(&y.view, &y.snap, &spec);
		cr_assert_eq(x.view.count, MANY);
		for (size_t i = 0; i < MANY; i++)
			cr_assert_eq(x.view.rows[i].sock->cookie, y.view.rows[i].sock->cookie,
			             "%s, row %zu", spec.sort->id, i);
	}
	tear_down(&x);
	tear_down(&y);
}

Test(view, rows_are_found_by_id_wherever_they_went)
{
	struct view_spec spec = { .scope = SCOPE_ALL };
	struct fixture x;

	set_up(&x);
	add_some(&x.snap);
	view_build(&x.view, &x.snap, &spec);
	for (size_t i = 0; i < x.view.count; i++) {
		uint64_t id = sock_id(x.view.rows[i].sock);

		cr_expect_eq(view_find(&x.view, id, i), i);
		cr_expect_eq(view_find(&x.view, id, 0), i);
		cr_expect_eq(view_find(&x.view, id, SIZE_MAX), i);
	}
	cr_expect_eq(view_find(&x.view, 0xdead, 3), x.view.count);
	tear_down(&x);
}

Test(view, sort_keys_are_fields_with_or_without_a_minus)
{
	static const struct { const char *key; int ret; bool reverse, descends; } cases[] = {
		{ "lport", 0, false, false }, { "-lport", 0, true, true },
		{ "rx_total", 0, false, true }, { "-rx_total", 0, true, false },
		{ "", -1, false, false }, { "-", -1, false, false }, { "port", -1, false, false },
		{ "--lport", -1, false, false }, { "+lport", -1, false, false },
		{ "lport ", -1, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct view_spec spec = { .sort = NULL };
		int r = view_parse_sort(cases[i].key, &spec);

		cr_expect_eq(r < 0, cases[i].ret < 0, "'%s'", cases[i].key);
		cr_expect_eq(spec.sort == NULL, cases[i].ret < 0, "'%s'", cases[i].key);
		cr_expect_eq(spec.reverse, cases[i].reverse, "'%s'", cases[i].key);
		if (r == 0)
			cr_expect_eq(view_descends(&spec), cases[i].descends, "'%s'", cases[i].key);
	}
}

Test(view, without_a_key_goes_by_local_port)
{
	struct view_spec spec = { .scope = SCOPE_ALL }, up = sorted_by("lport");

	cr_expect_not(view_descends(&spec));
	spec.reverse = true;
	cr_expect(view_descends(&spec));
	cr_expect_str_eq(up.sort->id, "lport");
}
