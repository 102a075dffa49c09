/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What holds of every kind of view over sockets of all sorts: nothing is lost, nothing is twice. */

#include "made_view.h"

#define PORTS 6		/* that are listened on, from 80 on */
#define CONNECTIONS 120

struct fixture {
	struct made_view made;
	struct task      tasks[5];
	struct owner     owners[5];
	struct sock      socks[PORTS + 2 * CONNECTIONS];
	size_t           count;
};

static void
add(struct fixture *x, struct sock s)
{
	size_t holder = (size_t)rand() % 6, several = (size_t)rand() % 3 + 1;

	s.cookie = x->count + 1;
	s.has = SOCK_HAS_COOKIE | SOCK_HAS_TIMER;
	s.timer_ms = (uint32_t)rand() % 60000;
	if (holder < 5 && s.state != STATE_TIME_WAIT) {
		s.owners = &x->owners[holder];
		s.nowners = (uint32_t)MIN(5 - holder, several);
		s.inode = s.cookie;
	}
	x->socks[x->count++] = s;
}

/* A connection of which either end, or both, is there. */
static void
add_connection(struct fixture *x, uint16_t from)
{
	static const enum sock_state states[] = { STATE_ESTABLISHED, STATE_TIME_WAIT, STATE_CLOSE_WAIT };
	const char *addr = rand() % 3 ? "127.0.0.1" : "::1";
	uint16_t to = (uint16_t)(80 + rand() % (PORTS + 2));
	int ends = rand() % 3;
	enum sock_proto proto = rand() % 5 ? PROTO_TCP : PROTO_UDP;

	if (ends != 0)
		add(x, made_sock(proto, proto == PROTO_TCP ? states[rand() % 3] : STATE_ESTABLISHED,
		                 addr, from, addr, to));
	if (ends != 1)
		add(x, made_sock(proto, proto == PROTO_TCP ? states[rand() % 3] : STATE_ESTABLISHED,
		                 addr, to, addr, from));
}

static void
set_up(struct fixture *x)
{
	srand(7);
	*x = (struct fixture){ .count = 0 };
	made_view_init(&x->made, VIEW_SOCKETS);
	for (size_t i = 0; i < ARRAY_SIZE(x->tasks); i++) {
		x->tasks[i] = made_task((pid_t)i + 1, "made", "made", 5, 1);
		x->owners[i] = (struct owner){ &x->tasks[i], 3 };
	}
	for (uint16_t i = 0; i < PORTS; i++)
		add(x, made_sock(i % 3 ? PROTO_TCP : PROTO_UDP, i % 3 ? STATE_LISTEN : STATE_UNCONN,
		                 i % 2 ? "127.0.0.1" : "::", (uint16_t)(80 + i), NULL, 0));
	for (uint16_t i = 0; i < CONNECTIONS; i++)
		add_connection(x, (uint16_t)(40000 + i));
}

/* Fills the snapshot with the sockets from `first` on, and round. */
static void
fill(struct fixture *x, size_t first)
{
	snapshot_clear(&x->made.snap);
	x->made.snap.lo_ifindex = MADE_LO;
	x->made.snap.eph_lo = 32768;
	x->made.snap.eph_hi = 60999;
	for (size_t i = 0; i < x->count; i++)
		made_add(&x->made.snap, x->socks[(first + i) % x->count]);
	made_join(&x->made);
}

static void
tear_down(struct fixture *x)
{
	made_view_done(&x->made);
}

static size_t
size_of(const struct row *r)
{
	return r->kind == ROW_TIME_WAIT ? r->sum->count : 1;
}

Test(view_kinds, order_does_not_depend_on_the_dump)
{
	struct fixture x;

	set_up(&x);
	for (int k = 0; k < 2 * VIEW_KINDS; k++) {
		struct text first = { .s = NULL };

		x.made.spec.kind = (enum view_kind)(k / 2);
		x.made.spec.fold_time_wait = k % 2;
		fill(&x, 0);
		text_add(&first, made_rows(&x.made));
		for (size_t turn = 1; turn < x.count; turn += 17) {
			fill(&x, turn);
			cr_assert_str_eq(made_rows(&x.made), text_str(&first), "kind %d", k / 2);
		}
		text_done(&first);
	}
	tear_down(&x);
}

Test(view_kinds, counts_are_of_all_that_is_folded)
{
	struct fixture x;

	set_up(&x);
	fill(&x, 0);
	x.made.spec.fold_time_wait = true;
	for (int k = 0; k < 2; k++) {
		size_t sum = 0, counted = 0;

		x.made.spec.kind = k ? VIEW_TREE : VIEW_SOCKETS;
		x.made.spec.fold_time_wait = false;
		made_rows(&x.made);
		counted = x.made.view.count;
		x.made.spec.fold_time_wait = true;
		made_rows(&x.made);
		for (size_t i = 0; i < x.made.view.count; i++)
			sum += size_of(&x.made.view.rows[i]);
		cr_expect_lt(x.made.view.count, counted, "some folded");
		if (k == 0)
			cr_expect_eq(sum, counted);
	}
	tear_down(&x);
}

Test(view_kinds, each_end_is_in_one_pair)
{
	size_t seen[PORTS + 2 * CONNECTIONS] = { 0 };
	struct fixture x;

	set_up(&x);
	fill(&x, 0);
	x.made.spec.kind = VIEW_PAIRS;
	made_rows(&x.made);
	for (size_t i = 0; i < x.made.view.count; i++) {
		const struct row *r = &x.made.view.rows[i];
		const struct sock *peer = row_peer(r);

		seen[r->sock->cookie - 1]++;
		if (peer && peer != r->sock)
			seen[peer->cookie - 1]++;
	}
	for (size_t i = 0; i < x.count; i++)
		cr_expect_eq(seen[i], sock_has_peer(&x.socks[i]), "%zu", i);
	cr_expect_eq(x.made.view.counts.rows_total, x.made.view.count);
	tear_down(&x);
}

/* What holds a port is a root; an end is a row, or the far end of one; nothing is both. */
Test(view_kinds, each_socket_has_one_place_in_the_tree)
{
	size_t seen[PORTS + 2 * CONNECTIONS] = { 0 };
	struct fixture x;

	set_up(&x);
	fill(&x, 0);
	x.made.spec.kind = VIEW_TREE;
	made_rows(&x.made);
	for (size_t i = 0; i < x.made.view.count; i++) {
		const struct row *r = &x.made.view.rows[i];
		const struct sock *peer = r->far ? row_peer(r) : NULL;

		cr_expect_eq(r->depth, r->far);
		cr_expect_not(r->depth && sock_holds_port(r->sock));
		seen[r->sock->cookie - 1]++;
		if (peer)
			seen[peer->cookie - 1]++;
	}
	for (size_t i = 0; i < x.count; i++)
		cr_expect_eq(seen[i], 1, "%zu", i);
	tear_down(&x);
}

Test(view_kinds, each_holder_has_each_of_its_sockets)
{
	size_t seen = 0, want = 0;
	struct fixture x;
	struct map turned;

	set_up(&x);
	fill(&x, 0);
	map_init(&turned);
	x.made.spec.kind = VIEW_PROCESSES;
	made_rows(&x.made);
	for (size_t i = 0; i < x.made.view.count; i++)
		map_put(&turned, row_id(&x.made.view.rows[i]), &x);
	x.made.spec.turned = &turned;
	made_rows(&x.made);
	for (size_t i = 0; i < x.made.view.count; i++)
		seen += x.made.view.rows[i].depth;
	for (size_t i = 0; i < x.count; i++)
		want += MAX(x.socks[i].nowners, 1u);
	cr_expect_eq(seen, want);
	map_done(&turned);
	tear_down(&x);
}

/* Whatever passes a filter is there without it, in the same order. */
Test(view_kinds, a_filter_takes_away_and_moves_nothing)
{
	static const char *const filters[] = { "81", "state:close_wait", "pid:2", "role:client", "::1" };
	struct fixture x;

	set_up(&x);
	fill(&x, 0);
	for (int k = 0; k < VIEW_KINDS; k++)
		for (size_t f = 0; f < ARRAY_SIZE(filters); f++) {
			uint64_t ids[PORTS + 2 * CONNECTIONS];
			size_t n = 0, at = 0, total;

			x.made.spec.kind = (enum view_kind)k;
			made_filtered(&x.made, filters[f]);
			for (; n < x.made.view.count; n++)
				ids[n] = row_id(&x.made.view.rows[n]);
			total = x.made.view.counts.rows_total;
			made_rows(&x.made);
			for (size_t i = 0; i < x.made.view.count && at < n; i++)
				at += row_id(&x.made.view.rows[i]) == ids[at];
			if (k != VIEW_PROCESSES)	/* sorted by ports, of which a filter leaves some */
				cr_expect_eq(at, n, "kind %d, %s", k, filters[f]);
			cr_expect_eq(x.made.view.counts.rows_total, total, "kind %d, %s", k, filters[f]);
			cr_expect_eq(x.made.view.counts.rows, total, "kind %d", k);
		}
	tear_down(&x);
}
