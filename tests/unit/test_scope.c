/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which sockets each scope holds. */

#include "made.h"
#include "view/scope.h"

#define LOOPBACK 1u
#define HOST     2u
#define ALL      4u

Test(scope, holds_what_the_contract_says)
{
	static const struct {
		const char *what;
		enum sock_state state;
		const char *laddr;
		const char *raddr;
		uint32_t ifindex;
		unsigned in;
	} cases[] = {
		{ "127.0.0.1", STATE_LISTEN, "127.0.0.1", NULL, 0, LOOPBACK | HOST | ALL },
		{ "127.9.9.9", STATE_LISTEN, "127.9.9.9", NULL, 0, LOOPBACK | HOST | ALL },
		{ "::1", STATE_BOUND, "::1", NULL, 0, LOOPBACK | HOST | ALL },
		{ "both ends", STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 0,
		  LOOPBACK | HOST | ALL },
		{ "mapped", STATE_ESTABLISHED, "::ffff:127.0.0.1", "::ffff:127.0.0.1", 0,
		  LOOPBACK | HOST | ALL },
		{ "to loopback", STATE_ESTABLISHED, "192.0.2.2", "127.0.0.1", 0,
		  LOOPBACK | HOST | ALL },
		{ "wildcard", STATE_LISTEN, "0.0.0.0", NULL, 0, LOOPBACK | HOST | ALL },
		{ "wildcard, 6", STATE_LISTEN, "::", NULL, 0, LOOPBACK | HOST | ALL },
		{ "wildcard, udp", STATE_UNCONN, "0.0.0.0", NULL, 0, LOOPBACK | HOST | ALL },
		{ "wildcard, bound", STATE_BOUND, "::", NULL, 0, LOOPBACK | HOST | ALL },
		{ "wildcard on lo", STATE_LISTEN, "0.0.0.0", NULL, MADE_LO, LOOPBACK | HOST | ALL },
		{ "wildcard on eth0", STATE_LISTEN, "0.0.0.0", NULL, MADE_ETH0, HOST | ALL },
		{ "own address", STATE_LISTEN, "192.0.2.2", NULL, 0, HOST | ALL },
		{ "own address, 6", STATE_LISTEN, "2001:db8::2", NULL, 0, HOST | ALL },
		{ "to itself", STATE_ESTABLISHED, "192.0.2.2", "192.0.2.2", 0, HOST | ALL },
		{ "to another host", STATE_ESTABLISHED, "192.0.2.2", "192.0.2.9", 0, ALL },
		{ "no holder of a port", STATE_CLOSE, "0.0.0.0", "192.0.2.9", 0, ALL },
		{ "multicast", STATE_UNCONN, "224.0.0.251", NULL, 0, ALL },
	};
	uint8_t own[2][16];
	struct snapshot snap;

	made_snapshot(&snap);
	cr_assert_eq(addr_parse("192.0.2.2", 9, own[0]), 0);
	cr_assert_eq(addr_parse("2001:db8::2", 11, own[1]), 0);
	snap.host_addrs = own;
	snap.nhost_addrs = ARRAY_SIZE(own);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = made_sock(PROTO_TCP, cases[i].state, cases[i].laddr, 80,
		                          cases[i].raddr, cases[i].raddr ? 90 : 0);
		unsigned in = 0;

		s.proto = s.state == STATE_UNCONN ? PROTO_UDP : PROTO_TCP;
		s.ifindex = cases[i].ifindex;
		for (enum scope scope = 0; scope < SCOPE_COUNT; scope++)
			in |= scope_has(scope, &snap, &s) ? 1u << scope : 0;
		cr_expect_eq(in, cases[i].in, "%s: %#x", cases[i].what, in);
	}
	snapshot_done(&snap);
}

Test(scope, an_unknown_lo_lets_no_bound_wildcard_in)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "0.0.0.0", 80, NULL, 0);
	struct snapshot snap;

	made_snapshot(&snap);
	snap.lo_ifindex = 0;
	cr_expect(scope_has(SCOPE_LOOPBACK, &snap, &s));
	s.ifindex = MADE_ETH0;
	cr_expect_not(scope_has(SCOPE_LOOPBACK, &snap, &s));
	snapshot_done(&snap);
}

Test(scope, every_scope_has_a_name)
{
	for (enum scope scope = 0; scope < SCOPE_COUNT; scope++)
		cr_expect(scope_names[scope] && *scope_names[scope]);
}
