/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/port: which sockets a PORT means, best match first. */

#include <criterion/criterion.h>

#include <string.h>

#include "model/port.h"

static struct sock
made(const char *addr, unsigned family, enum sock_state state, int v6only)
{
	struct sock s = { .family = (uint8_t)family, .state = (uint8_t)state, .proto = PROTO_TCP };

	cr_assert_eq(addr_parse(addr, strlen(addr), s.local.addr), 0);
	s.local.port = 80;
	if (v6only >= 0) {
		s.has |= SOCK_HAS_V6ONLY;
		s.v6only = v6only > 0;
	}
	return s;
}

static struct port_query
asked(const char *addr)
{
	struct port_query q = { .end.port = 80, .has_addr = addr != NULL };

	if (addr)
		cr_assert_eq(addr_parse(addr, strlen(addr), q.end.addr), 0);
	return q;
}

Test(port, address_is_matched_exactly_or_by_a_wildcard)
{
	static const struct {
		const char      *addr;
		unsigned         family;
		enum sock_state  state;
		int              v6only;
		const char      *asked;
		enum port_match  want;
	} cases[] = {
		{ "127.0.0.1", 4, STATE_LISTEN, -1, NULL, PORT_EXACT },
		{ "127.0.0.1", 4, STATE_LISTEN, -1, "127.0.0.1", PORT_EXACT },
		{ "127.0.0.1", 6, STATE_LISTEN, -1, "127.0.0.1", PORT_EXACT },
		{ "127.0.0.2", 4, STATE_LISTEN, -1, "127.0.0.1", PORT_NO },
		{ "0.0.0.0", 4, STATE_LISTEN, -1, "127.0.0.1", PORT_COVERS },
		{ "0.0.0.0", 4, STATE_LISTEN, -1, "::1", PORT_NO },
		{ "0.0.0.0", 4, STATE_LISTEN, -1, "0.0.0.0", PORT_EXACT },
		{ "::", 6, STATE_LISTEN, 0, "127.0.0.1", PORT_COVERS },
		{ "::", 6, STATE_LISTEN, 1, "127.0.0.1", PORT_NO },
		{ "::", 6, STATE_LISTEN, -1, "127.0.0.1", PORT_COVERS },
		{ "::", 6, STATE_LISTEN, 1, "::1", PORT_COVERS },
		{ "127.0.0.1", 4, STATE_BOUND, -1, NULL, PORT_EXACT },
		{ "127.0.0.1", 4, STATE_ESTABLISHED, -1, NULL, PORT_NO },
		{ "127.0.0.1", 4, STATE_TIME_WAIT, -1, NULL, PORT_NO },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sock s = made(cases[i].addr, cases[i].family, cases[i].state, cases[i].v6only);
		struct port_query q = asked(cases[i].asked);

		if (cases[i].state == STATE_ESTABLISHED)
			s.remote.port = 4000;
		cr_expect_eq(port_match(&q, &s), cases[i].want, "case %zu", i);
	}
}

Test(port, protocol_family_and_port_narrow)
{
	struct sock s = made("127.0.0.1", 4, STATE_LISTEN, -1);
	struct port_query q = asked(NULL);

	q.protos = 1u << PROTO_UDP;
	cr_expect_eq(port_match(&q, &s), PORT_NO);
	q.protos = 1u << PROTO_TCP;
	cr_expect_eq(port_match(&q, &s), PORT_EXACT);
	q.families = PORT_IPV6;
	cr_expect_eq(port_match(&q, &s), PORT_NO);
	q.families = PORT_IPV4 | PORT_IPV6;
	cr_expect_eq(port_match(&q, &s), PORT_EXACT);
	q.end.port = 81;
	cr_expect_eq(port_match(&q, &s), PORT_NO);
}

Test(port, best_is_the_exact_one)
{
	struct snapshot snap;
	struct port_query q = asked("127.0.0.1");
	struct sock any = made("0.0.0.0", 4, STATE_LISTEN, -1);
	struct sock own = made("127.0.0.1", 4, STATE_LISTEN, -1);

	snapshot_init(&snap);
	cr_expect_eq(port_best(&q, &snap), PORT_NO);
	snapshot_add(&snap, &any);
	cr_expect_eq(port_best(&q, &snap), PORT_COVERS);
	snapshot_add(&snap, &own);
	cr_expect_eq(port_best(&q, &snap), PORT_EXACT);
	snapshot_done(&snap);
}
