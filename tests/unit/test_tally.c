/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Connections are counted as a person counts them. */

#include "made.h"
#include "model/join.h"
#include "ui/tally.h"

static void
add(struct snapshot *snap, enum sock_proto proto, enum sock_state state, const char *laddr,
    uint16_t lport, const char *raddr, uint16_t rport)
{
	made_add(snap, made_sock(proto, state, laddr, lport, raddr, rport));
}

static size_t
connections(struct tally *t, struct snapshot *snap, enum scope scope)
{
	join_ends(snap);
	tally_take(t, snap, scope);
	return t->connections;
}

Test(tally, takes_both_ends_for_one)
{
	struct snapshot snap;
	struct tally t;

	made_snapshot(&snap);
	tally_init(&t);
	snap.mono_ns = 1;
	add(&snap, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0);
	cr_expect_eq(connections(&t, &snap, SCOPE_ALL), 0);

	snap.mono_ns = 2;
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 80);
	cr_expect_eq(connections(&t, &snap, SCOPE_ALL), 1, "a pair");

	snap.mono_ns = 3;
	add(&snap, PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.1", 80, "127.0.0.1", 40001);
	add(&snap, PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", 80, "127.0.0.1", 40002);
	cr_expect_eq(connections(&t, &snap, SCOPE_ALL), 2, "one end of another, and TIME_WAIT");

	snap.mono_ns = 4;
	add(&snap, PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 90, "127.0.0.1", 90);
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "192.0.2.1", 80, "192.0.2.9", 40000);
	cr_expect_eq(connections(&t, &snap, SCOPE_ALL), 5, "UDP, to itself, elsewhere");
	cr_expect_eq(connections(&t, &snap, SCOPE_LOOPBACK), 4, "in scope");
	tally_done(&t);
	snapshot_done(&snap);
}

Test(tally, does_not_mix_up_who_talks_to_whom)
{
	struct snapshot snap;
	struct tally t;

	made_snapshot(&snap);
	tally_init(&t);
	snap.mono_ns = 1;
	for (uint16_t i = 1; i <= 100; i++)
		for (uint16_t k = 1; k <= 100; k++)
			add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", i, "127.0.0.2", k);
	cr_expect_eq(connections(&t, &snap, SCOPE_ALL), 10000);
	tally_done(&t);
	snapshot_done(&snap);
}

Test(tally, counts_those_that_an_end_has_closed)
{
	struct snapshot snap;
	struct tally t;

	made_snapshot(&snap);
	tally_init(&t);
	snap.mono_ns = 1;
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);
	add(&snap, PROTO_TCP, STATE_FIN_WAIT2, "127.0.0.1", 40001, "127.0.0.1", 80);
	add(&snap, PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.1", 80, "127.0.0.1", 40001);
	add(&snap, PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", 80, "127.0.0.1", 40002);
	add(&snap, PROTO_TCP, STATE_SYN_SENT, "127.0.0.1", 40003, "127.0.0.1", 80);
	join_ends(&snap);
	tally_take(&t, &snap, SCOPE_LOOPBACK);
	cr_expect_eq(t.closing, 2);
	cr_expect_eq(t.connections, 3);
	tally_done(&t);
	snapshot_done(&snap);
}

Test(tally, sums_the_bytes_in_scope)
{
	/* The server's end, its client's, one that is not known, and one whose other end is elsewhere. */
	static const struct {
		const char *laddr, *raddr;
		uint16_t    lport, rport;
		uint64_t    rx, tx;
		bool        known;
	} socks[] = {
		{ "127.0.0.1", "127.0.0.1", 80, 40000, 100, 7, true },
		{ "127.0.0.1", "127.0.0.1", 40000, 80, 7, 100, true },
		{ "127.0.0.1", "127.0.0.1", 81, 40001, 999, 999, false },
		{ "192.0.2.1", "192.0.2.9", 40002, 80, 1000, 1, true },
	};
	struct snapshot snap;
	struct tally t;

	made_snapshot(&snap);
	tally_init(&t);
	snap.mono_ns = 1;
	tally_take(&t, &snap, SCOPE_ALL);
	cr_expect_not(t.has_rates, "nothing is not 0");
	snap.mono_ns = 2;
	for (size_t i = 0; i < sizeof socks / sizeof *socks; i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, socks[i].laddr, socks[i].lport,
		                          socks[i].raddr, socks[i].rport);

		info_of(&s)->rx_rate = socks[i].rx;
		info_of(&s)->tx_rate = socks[i].tx;
		s.has = socks[i].known ? SOCK_HAS_RATE : 0;
		made_add(&snap, s);
	}
	join_ends(&snap);
	tally_take(&t, &snap, SCOPE_LOOPBACK);
	cr_expect(t.has_rates && t.rx == 100 && t.tx == 7, "%d %d", (int)t.rx, (int)t.tx);
	tally_take(&t, &snap, SCOPE_ALL);
	cr_expect(t.rx == 1100 && t.tx == 8);
	snap.socks[0].has = 0;	/* then its client's end tells */
	tally_take(&t, &snap, SCOPE_LOOPBACK);
	cr_expect(t.rx == 7 && t.tx == 100);
	tally_done(&t);
	snapshot_done(&snap);
}

/* Neither is the server's: still once. */
Test(tally, sums_two_equal_ends_once)
{
	struct snapshot snap;
	struct tally t;

	made_snapshot(&snap);
	tally_init(&t);
	for (uint16_t end = 0; end < 2; end++) {
		struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1",
		                          end ? 40001 : 40000, "127.0.0.1", end ? 40000 : 40001);

		info_of(&s)->rx_rate = end ? 7 : 100;
		info_of(&s)->tx_rate = end ? 100 : 7;
		s.has = SOCK_HAS_RATE;
		made_add(&snap, s);
	}
	join_ends(&snap);
	tally_take(&t, &snap, SCOPE_LOOPBACK);
	cr_expect(t.rx == 100 && t.tx == 7);
	tally_done(&t);
	snapshot_done(&snap);
}
