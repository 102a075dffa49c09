/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* How a socket that is to be closed is named to the kernel: tests/cli/test_close.c asks a real one. */

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <netinet/in.h>

#include "act/close.h"
#include "made.h"

static struct sock
connection(enum sock_proto proto, const char *local, const char *remote)
{
	struct sock s = made_sock(proto, STATE_ESTABLISHED, local, 51322, remote, 3000);

	s.cookie = UINT64_C(0x1122334455667788);
	s.has = SOCK_HAS_COOKIE;
	s.ifindex = 7;
	return s;
}

Test(close, names_a_socket_by_all_that_the_dump_said)
{
	struct sock s = connection(PROTO_TCP, "127.0.0.1", "127.0.0.2");
	struct inet_diag_req_v2 r;

	close_name(&r, &s);
	cr_expect_eq(r.sdiag_family, AF_INET);
	cr_expect_eq(r.sdiag_protocol, IPPROTO_TCP);
	cr_expect_eq(ntohs(r.id.idiag_sport), 51322);
	cr_expect_eq(ntohs(r.id.idiag_dport), 3000);
	cr_expect_eq(ntohl(r.id.idiag_src[0]), INADDR_LOOPBACK);
	cr_expect_eq(ntohl(r.id.idiag_dst[0]), INADDR_LOOPBACK + 1);
	cr_expect_eq(r.id.idiag_src[1] | r.id.idiag_src[2] | r.id.idiag_src[3], 0);
	cr_expect_eq(r.id.idiag_if, 7);
	cr_expect_eq(r.id.idiag_cookie[0], 0x55667788);
	cr_expect_eq(r.id.idiag_cookie[1], 0x11223344);
}

/* An IPv4 connection of an IPv6 socket is not found as AF_INET. */
Test(close, keeps_the_family_of_the_socket)
{
	static const uint8_t mapped[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
	struct sock s = connection(PROTO_TCP, "127.0.0.1", "127.0.0.2");
	struct inet_diag_req_v2 r;

	s.family = 6;
	close_name(&r, &s);
	cr_expect_eq(r.sdiag_family, AF_INET6);
	cr_expect_eq(memcmp(r.id.idiag_src, mapped, sizeof mapped), 0);
}

Test(close, turns_the_ends_of_udp_only_to_look)
{
	struct sock s = connection(PROTO_UDP, "127.0.0.1", "127.0.0.2");
	struct inet_diag_req_v2 r;

	close_name(&r, &s);
	cr_expect_eq(r.sdiag_protocol, IPPROTO_UDP);
	cr_expect_eq(ntohs(r.id.idiag_sport), 51322);
	close_name_to_get(&r, &s);
	cr_expect_eq(ntohs(r.id.idiag_sport), 3000);
	cr_expect_eq(ntohl(r.id.idiag_src[0]), INADDR_LOOPBACK + 1);
	s.proto = PROTO_TCP;
	close_name_to_get(&r, &s);
	cr_expect_eq(ntohs(r.id.idiag_sport), 51322);
}
