/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* join_ends(): which two sockets are one connection, and which part each has. */

#include "made.h"
#include "model/join.h"

static struct snapshot
joined(const struct sock *socks, size_t count)
{
	struct snapshot snap;

	made_snapshot(&snap);
	for (size_t i = 0; i < count; i++)
		made_add(&snap, socks[i]);
	join_ends(&snap);
	return snap;
}

Test(join_ends, two_ends_find_each_other)
{
	struct sock socks[] = {
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 8080, "127.0.0.1", 40000),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 8080),
		made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 8080),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "::1", 40000, "::1", 8080),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 50000, "127.0.0.1", 50000),
		made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 8080, NULL, 0),
	};
	static const uint32_t peers[] = { 2, 1, 0, 0, 5, 0 };
	struct snapshot snap;

	socks[0].family = 6;	/* mapped: the server's socket is an IPv6 one */
	snap = joined(socks, sizeof socks / sizeof *socks);
	for (size_t i = 0; i < snap.count; i++)
		cr_expect_eq(snap.socks[i].peer, peers[i], "%zu: %u", i, snap.socks[i].peer);
	cr_expect_eq(snap.socks[0].listener, 6);
	cr_expect_eq(snap.socks[1].listener, 0);
	snapshot_done(&snap);
}

Test(join_ends, peers_alone_are_the_same_peers)
{
	struct sock socks[] = {
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 8080, "127.0.0.1", 40000),
		made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 8080, NULL, 0),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 8080),
	};
	static const uint32_t peers[] = { 3, 0, 1 };
	struct snapshot snap = joined(socks, sizeof socks / sizeof *socks);

	cr_assert_eq(snap.socks[0].listener, 2);
	join_peers(&snap);
	for (size_t i = 0; i < snap.count; i++) {
		cr_expect_eq(snap.socks[i].peer, peers[i], "%zu: %u", i, snap.socks[i].peer);
		cr_expect_eq(snap.socks[i].listener, 0, "%zu", i);
		cr_expect_eq(snap.socks[i].role, SOCK_NEITHER, "%zu", i);
	}
	snapshot_done(&snap);
}

/* A port may be used again while the last connection on it is in TIME_WAIT. */
Test(join_ends, the_living_one_of_two_is_meant)
{
	for (int first = 0; first < 2; first++) {
		struct sock socks[] = {
			made_sock(PROTO_TCP, first ? STATE_TIME_WAIT : STATE_ESTABLISHED, "127.0.0.1", 40000,
			          "127.0.0.1", 8080),
			made_sock(PROTO_TCP, first ? STATE_ESTABLISHED : STATE_TIME_WAIT, "127.0.0.1", 40000,
			          "127.0.0.1", 8080),
			made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 8080, "127.0.0.1", 40000),
		};
		struct snapshot snap = joined(socks, 3);

		cr_expect_eq(snap.socks[2].peer, first ? 2 : 1);
		snapshot_done(&snap);
	}
}

Test(join_ends, nothing_is_left_of_an_earlier_join)
{
	const struct sock socks[] = {
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 8080, "127.0.0.1", 8081),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 8081, "127.0.0.1", 8080),
		made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 8080, NULL, 0),
	};
	struct snapshot snap = joined(socks, 3);

	cr_assert_eq(snap.socks[1].role, SOCK_CLIENT);
	snapshot_cut(&snap, 2);
	snap.socks[0].local.port = 9090;
	join_ends(&snap);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(snap.socks[i].peer, 0, "%zu", i);
		cr_expect_eq(snap.socks[i].listener, 0, "%zu", i);
		cr_expect_eq(snap.socks[i].role, SOCK_NEITHER, "%zu", i);
	}
	snapshot_done(&snap);
}

Test(join_ends, roles_go_by_listener_then_by_port)
{
	static const struct {
		const char    *listener;	/* on port 45000; NULL: none */
		uint16_t       lport, rport;
		enum sock_role role;
	} cases[] = {
		{ "127.0.0.1", 45000, 50000, SOCK_SERVER },
		{ "127.0.0.1", 50000, 45000, SOCK_CLIENT },
		{ "0.0.0.0",   45000, 50000, SOCK_SERVER },
		{ "127.0.0.2", 45000, 8080,  SOCK_CLIENT },
		{ NULL,        50000, 8080,  SOCK_CLIENT },
		{ NULL,        8080,  50000, SOCK_SERVER },
		{ NULL,        50000, 50001, SOCK_NEITHER },
		{ NULL,        8080,  8081,  SOCK_NEITHER },
		{ "127.0.0.1", 45000, 45000, SOCK_NEITHER },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sock socks[2] = {
			made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", cases[i].lport, "127.0.0.1",
			          cases[i].rport),
		};
		struct snapshot snap;

		if (cases[i].listener)
			socks[1] = made_sock(PROTO_TCP, STATE_LISTEN, cases[i].listener, 45000, NULL, 0);
		snap = joined(socks, cases[i].listener ? 2 : 1);
		cr_expect_eq(snap.socks[0].role, cases[i].role, "case %zu: %u", i, snap.socks[0].role);
		snapshot_done(&snap);
	}
}
