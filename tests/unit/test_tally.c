/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Connections are counted as a person counts them. */

#include "made.h"
#include "ui/tally.h"

static void
add(struct snapshot *snap, enum sock_proto proto, enum sock_state state, const char *laddr,
    uint16_t lport, const char *raddr, uint16_t rport)
{
	made_add(snap, made_sock(proto, state, laddr, lport, raddr, rport));
}

Test(tally, takes_both_ends_for_one)
{
	struct snapshot snap;
	struct tally t;

	made_snapshot(&snap);
	tally_init(&t);
	snap.mono_ns = 1;
	add(&snap, PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0);
	cr_expect_eq(tally_connections(&t, &snap, SCOPE_ALL), 0);

	snap.mono_ns = 2;
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 80);
	cr_expect_eq(tally_connections(&t, &snap, SCOPE_ALL), 1, "a pair");

	snap.mono_ns = 3;
	add(&snap, PROTO_TCP, STATE_CLOSE_WAIT, "127.0.0.1", 80, "127.0.0.1", 40001);
	add(&snap, PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", 80, "127.0.0.1", 40002);
	cr_expect_eq(tally_connections(&t, &snap, SCOPE_ALL), 2, "one end of another, and TIME_WAIT");

	snap.mono_ns = 4;
	add(&snap, PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 90, "127.0.0.1", 90);
	add(&snap, PROTO_TCP, STATE_ESTABLISHED, "192.0.2.1", 80, "192.0.2.9", 40000);
	cr_expect_eq(tally_connections(&t, &snap, SCOPE_ALL), 5, "UDP, to itself, elsewhere");
	cr_expect_eq(tally_connections(&t, &snap, SCOPE_LOOPBACK), 4, "in scope");
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
	cr_expect_eq(tally_connections(&t, &snap, SCOPE_ALL), 10000);
	tally_done(&t);
	snapshot_done(&snap);
}
