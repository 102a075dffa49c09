/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Addresses, endpoints, and what a socket's own numbers tell. */

#include <arpa/inet.h>
#include <criterion/criterion.h>

#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "model/sock.h"

static struct endpoint
at(const char *addr, uint16_t port)
{
	struct endpoint e = { .port = port };

	cr_assert_eq(addr_parse(addr, strlen(addr), e.addr), 0, "%s", addr);
	return e;
}

static struct sock
tcp(enum sock_state state, const char *local, const char *remote, uint16_t rport)
{
	return (struct sock){ .proto = PROTO_TCP, .family = strchr(local, ':') ? 6 : 4,
			      .state = (uint8_t)state, .local = at(local, 8080),
			      .remote = at(remote, rport) };
}

/* The tables of names: no gap but those that the header names, and no name twice. */
static void
expect_names(const char *const *names, size_t count, uint32_t gaps)
{
	for (size_t i = 0; i < count; i++) {
		bool gap = gaps >> i & 1;

		cr_expect_eq(names[i] == NULL, gap, "name %zu is %s", i, names[i] ? names[i] : "NULL");
		for (size_t j = 0; j < i; j++)
			cr_expect(!names[i] || !names[j] || strcmp(names[i], names[j]) != 0,
				  "%zu and %zu are both %s", i, j, names[i]);
	}
}

Test(sock, every_number_has_its_own_name)
{
	expect_names(sock_proto_names, PROTO_COUNT, 0);
	expect_names(sock_state_names, STATE_COUNT, 1u << 0 | 1u << STATE_NEW_SYN_RECV);
	expect_names(sock_holder_names, HOLDER_COUNT, 1u << HOLDER_UNKNOWN);
	expect_names(sock_reach_names, REACH_COUNT, 1u << REACH_UNKNOWN);
}

/* include/net/tcp_states.h */
Test(sock, states_are_the_kernels_numbers)
{
	cr_expect_str_eq(sock_state_names[1], "ESTABLISHED");
	cr_expect_str_eq(sock_state_names[6], "TIME_WAIT");
	cr_expect_str_eq(sock_state_names[10], "LISTEN");
	cr_expect_str_eq(sock_state_names[11], "CLOSING");
	cr_expect_str_eq(sock_state_names[13], "BOUND");
}

Test(addr, kinds_are_told_apart)
{
	static const struct { const char *addr; bool v4, any, loopback; } cases[] = {
		{ "0.0.0.0", true, true, false },
		{ "127.0.0.1", true, false, true },
		{ "127.255.255.255", true, false, true },
		{ "126.255.255.255", true, false, false },
		{ "128.0.0.0", true, false, false },
		{ "10.0.0.127", true, false, false },
		{ "0.0.0.1", true, false, false },
		{ "::", false, true, false },
		{ "::1", false, false, true },
		{ "::2", false, false, false },
		{ "1::1", false, false, false },
		{ "::ffff:127.0.0.1", true, false, true },
		{ "::ffff:0.0.0.0", true, true, false },
		{ "::127.0.0.1", false, false, false },
		{ "::fffe:127.0.0.1", false, false, false },
		{ "fe80::1", false, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e = at(cases[i].addr, 0);

		cr_expect_eq(addr_is_v4(e.addr), cases[i].v4, "%s", cases[i].addr);
		cr_expect_eq(addr_is_any(e.addr), cases[i].any, "%s", cases[i].addr);
		cr_expect_eq(addr_is_loopback(e.addr), cases[i].loopback, "%s", cases[i].addr);
	}
}

Test(addr, prefixes_compare_bits)
{
	static const struct { const char *addr, *prefix; unsigned bits; bool want; } cases[] = {
		{ "10.1.2.3", "10.0.0.0", 96 + 8, true },
		{ "11.1.2.3", "10.0.0.0", 96 + 8, false },
		{ "11.1.2.3", "10.0.0.0", 96 + 7, true },
		{ "10.1.2.3", "0.0.0.0", 96, true },
		{ "::1", "0.0.0.0", 96, false },
		{ "::1", "ffff::", 0, true },
		{ "::1", "::1", 128, true },
		{ "::1", "::", 128, false },
		{ "::1", "::", 127, true },
		{ "fe80::1", "fe80::", 10, true },
		{ "febf::1", "fe80::", 10, true },
		{ "fec0::1", "fe80::", 10, false },
		{ "127.0.0.1", "127.0.0.1", 128, true },
		{ "127.0.0.1", "127.0.0.0", 127, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint a = at(cases[i].addr, 0), p = at(cases[i].prefix, 0);

		cr_expect_eq(addr_in_prefix(a.addr, p.addr, cases[i].bits), cases[i].want,
			     "%s in %s/%u", cases[i].addr, cases[i].prefix, cases[i].bits);
	}
}

/* RFC 5952, section 4, and a mapped address as the IPv4 one that it is. */
Test(addr, text_is_canonical_and_reads_back)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "10.100.9.99", "10.100.9.99" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "0:0:0:0:0:0:0:1", "::1" },
		{ "2001:DB8::1", "2001:db8::1" },
		{ "2001:0db8::0001", "2001:db8::1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "::ffff:10.0.0.1", "10.0.0.1" },
		{ "::ffff:7f00:1", "127.0.0.1" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "1:0:0:0:0:0:0:0", "1::" },
		{ "0:0:1:20:300:4000:0:0", "::1:20:300:4000:0:0" },
		{ "::102:304", "::1.2.3.4" },
	};
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e = at(cases[i].in, 0), back;

		text_clear(&t);
		addr_add_text(&t, e.addr);
		cr_expect_str_eq(text_str(&t), cases[i].out, "%s: %s", cases[i].in, text_str(&t));
		back = at(text_str(&t), 0);
		cr_expect_arr_eq(back.addr, e.addr, 16, "%s", cases[i].in);
	}
	text_done(&t);
}

/* Every choice of groups that are zero, with others of each length. */
Test(addr, text_is_what_the_c_library_says)
{
	static const uint16_t groups[] = { 0x1, 0x20, 0xabc, 0xffff, 0x1000, 0xf, 0x10, 0x100 };
	char want[INET6_ADDRSTRLEN];
	struct text t;

	text_init(&t);
	for (unsigned set = 0; set < 1u << ARRAY_SIZE(groups); set++) {
		uint8_t addr[16] = { 0 };

		for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
			addr[2 * i] = set >> i & 1 ? (uint8_t)(groups[i] >> 8) : 0;
			addr[2 * i + 1] = set >> i & 1 ? (uint8_t)groups[i] : 0;
		}
		text_clear(&t);
		addr_add_text(&t, addr);
		cr_expect_str_eq(text_str(&t), inet_ntop(AF_INET6, addr, want, sizeof want));
	}
	text_done(&t);
}

Test(addr, parse_takes_an_address_and_nothing_else)
{
	static const struct { const char *s; size_t len; } bad[] = {
		{ "", 0 }, { "127.0.0", 7 }, { "127.0.0.1 ", 10 }, { " 127.0.0.1", 10 },
		{ "127.0.0.256", 11 }, { "127.0.0.01", 10 }, { "127.0.0.1.", 10 }, { "127.1", 5 },
		{ "[::1]", 5 }, { "fe80::1%lo", 10 }, { ":::1", 4 }, { "1:2:3:4:5:6:7:8:9", 17 },
		{ "::1/128", 7 }, { "localhost", 9 }, { "127.0.0.1\0x", 11 }, { "127.0.0.1\0", 10 },
		{ "::ffff:127.0.0.1:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 56 },
	};
	uint8_t ret[16], before[16];

	memset(ret, 0xaa, sizeof ret);
	memcpy(before, ret, sizeof ret);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cr_expect_eq(addr_parse(bad[i].s, bad[i].len, ret), -EINVAL, "\"%s\"", bad[i].s);
		cr_expect_arr_eq(ret, before, sizeof ret, "\"%s\" was written", bad[i].s);
	}
	cr_expect_eq(addr_parse("127.0.0.1:80", 9, ret), 0, "only len bytes are read");
	cr_expect(addr_is_loopback(ret));
}

Test(endpoint, v6_has_brackets)
{
	static const struct { const char *addr; uint16_t port; const char *want; } cases[] = {
		{ "127.0.0.1", 5432, "127.0.0.1:5432" },
		{ "::1", 65535, "[::1]:65535" },
		{ "::ffff:127.0.0.1", 80, "127.0.0.1:80" },
		{ "0.0.0.0", 0, "0.0.0.0:0" },
		{ "::", 9, "[::]:9" },
	};
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e = at(cases[i].addr, cases[i].port);

		text_clear(&t);
		endpoint_add_text(&t, &e);
		cr_expect_str_eq(text_str(&t), cases[i].want, "%s", text_str(&t));
	}
	text_done(&t);
}

Test(sock, has_a_peer_with_an_address_or_a_port)
{
	static const struct { const char *remote; uint16_t port; bool want; } cases[] = {
		{ "0.0.0.0", 0, false },
		{ "::", 0, false },
		{ "127.0.0.1", 80, true },
		{ "127.0.0.1", 0, true },	/* reset: the kernel forgets the port first */
		{ "0.0.0.0", 80, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = tcp(STATE_ESTABLISHED, "127.0.0.1", cases[i].remote, cases[i].port);

		cr_expect_eq(sock_has_peer(&s), cases[i].want, "%s %u", cases[i].remote, cases[i].port);
	}
}

Test(sock, three_states_hold_a_port)
{
	for (int state = 0; state < STATE_COUNT; state++) {
		struct sock s = { .state = (uint8_t)state };

		if (state == STATE_UNKNOWN)
			continue;
		cr_expect_eq(sock_holds_port(&s), state == STATE_LISTEN || state == STATE_UNCONN ||
			     state == STATE_BOUND, "state %d", state);
	}
}

/* Of a socket that no dump had. */
Test(sock, without_a_state_it_holds_a_port_without_a_peer)
{
	struct sock s = { .state = STATE_UNKNOWN };

	cr_expect(sock_holds_port(&s));
	s.remote.port = 80;
	cr_expect_not(sock_holds_port(&s));
}

#define LO  1
#define ETH 2

Test(sock, reach_is_by_address_or_by_device)
{
	static const struct {
		const char *local;
		uint32_t ifindex, lo;
		enum sock_reach want;
	} cases[] = {
		{ "127.0.0.1", 0, LO, REACH_LOOPBACK },
		{ "127.9.9.9", 0, LO, REACH_LOOPBACK },
		{ "::1", 0, LO, REACH_LOOPBACK },
		{ "::ffff:127.0.0.1", 0, LO, REACH_LOOPBACK },
		{ "0.0.0.0", 0, LO, REACH_EXPOSED },
		{ "::", 0, LO, REACH_EXPOSED },
		{ "192.0.2.1", 0, LO, REACH_EXPOSED },
		{ "224.0.0.251", 0, LO, REACH_EXPOSED },
		{ "0.0.0.0", LO, LO, REACH_LOOPBACK },
		{ "0.0.0.0", ETH, LO, REACH_EXPOSED },
		{ "127.0.0.1", ETH, LO, REACH_LOOPBACK },
		{ "0.0.0.0", 0, 0, REACH_EXPOSED },	/* no device is not the unknown device */
	};
	struct sock s;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		s = tcp(STATE_LISTEN, cases[i].local, "0.0.0.0", 0);
		s.ifindex = cases[i].ifindex;
		cr_expect_eq(sock_reach_of(&s, cases[i].lo), cases[i].want, "%s on device %u",
			     cases[i].local, cases[i].ifindex);
	}
	s = tcp(STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 80);
	cr_expect_eq(sock_reach_of(&s, LO), REACH_UNKNOWN);
}

Test(sock, id_is_the_cookie_where_there_is_one)
{
	struct sock s = tcp(STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 80);

	s.cookie = 0;
	s.has = SOCK_HAS_COOKIE;
	cr_expect_eq(sock_id(&s), 0, "a cookie of 0 is one too");
	s.cookie = 0x1234;
	cr_expect_eq(sock_id(&s), 0x1234);
}

Test(sock, id_without_a_cookie_outlives_what_changes)
{
	struct sock s = tcp(STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 80);
	uint64_t id = sock_id(&s);

	s.inode = 16108;	/* it was accepted */
	cr_expect_eq(sock_id(&s), id);
	s.inode = 0;
	s.state = STATE_TIME_WAIT;
	s.rqueue = 5;
	cr_expect_eq(sock_id(&s), id);

	s = (struct sock){ .proto = PROTO_UDP, .state = STATE_UNCONN, .inode = 7,
			   .local = at("127.0.0.1", 53) };
	id = sock_id(&s);
	s.state = STATE_ESTABLISHED;
	s.remote = at("127.0.0.1", 54);
	cr_expect_eq(sock_id(&s), id, "a UDP socket may connect");
}

Test(sock, id_without_a_cookie_tells_sockets_apart)
{
	struct sock s[] = {
		tcp(STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 80),
		tcp(STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 81),
		tcp(STATE_ESTABLISHED, "127.0.0.2", "127.0.0.1", 80),
		tcp(STATE_ESTABLISHED, "127.0.0.1", "127.0.0.2", 80),
		tcp(STATE_LISTEN, "127.0.0.1", "0.0.0.0", 0),
		tcp(STATE_LISTEN, "127.0.0.1", "0.0.0.0", 0),	/* SO_REUSEPORT */
		{ .proto = PROTO_UDP, .state = STATE_UNCONN, .inode = 3 },
		{ .proto = PROTO_UDP, .state = STATE_UNCONN, .local = at("127.0.0.1", 53) },
		{ .proto = PROTO_UDP, .state = STATE_UNCONN, .local = at("127.0.0.1", 54) },
	};

	s[4].inode = 3;
	s[5].inode = 4;
	for (size_t i = 0; i < ARRAY_SIZE(s); i++) {
		for (size_t j = 0; j < i; j++)
			cr_expect_neq(sock_id(&s[i]), sock_id(&s[j]), "%zu and %zu", i, j);
	}
}

/* The kernel looks a connection up by the addresses of its family. */
Test(sock, an_end_goes_to_the_kernel_as_its_family_has_it)
{
	static const uint8_t v4[] = { 127, 0, 0, 1 }, port[] = { 0x1f, 0x90 };
	struct endpoint e = { .port = 8080 };
	uint8_t addr[16] = { 0 }, rest[12] = { 0 };
	uint16_t to;

	addr_from_v4(e.addr, v4);
	endpoint_put(addr, &to, &e, 4);
	cr_expect_arr_eq(addr, v4, sizeof v4);
	cr_expect_arr_eq(addr + 4, rest, sizeof rest, "the rest is left alone");
	cr_expect_arr_eq(&to, port, sizeof port);
	endpoint_put(addr, &to, &e, 6);
	cr_expect_arr_eq(addr, e.addr, sizeof addr, "a mapped one of an IPv6 socket");
}
