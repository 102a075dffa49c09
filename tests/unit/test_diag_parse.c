/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One message to one socket: what is taken, and above all what is not. */

#include <criterion/criterion.h>

#include <errno.h>
#include <inttypes.h>

#include "base/util.h"
#include "model/sock.h"
#include "source/diag_parse.h"
#include "unit/answer.h"

#define BOTH (SOCK_HAS_UID | SOCK_HAS_QUEUE)

/* Its info is there until the next one. */
static int
parse_message(const struct nlmsghdr *h, enum sock_proto proto, struct sock *ret)
{
	static struct sock_alone parsed;
	int r;

	parsed.sock = *ret;
	r = diag_parse_inet(h, proto, &parsed);
	*ret = parsed.sock;
	return r;
}

/* The row of m alone, without attributes. */
static int
parse(const struct inet_diag_msg *m, enum sock_proto proto, struct sock *ret)
{
	struct answer a;

	answer_init(&a);
	return parse_message(answer_row(&a, m), proto, ret);
}

/* A row of a state with tcp_info cut or padded to len bytes. */
static struct sock
parse_info(uint8_t state, const struct tcp_info *ti, size_t len)
{
	struct inet_diag_msg m = answer_v4(state);
	unsigned char info[sizeof *ti + 64] = { 0 };
	struct nlmsghdr *h;
	struct answer a;
	struct sock s;

	memcpy(info, ti, sizeof *ti);
	answer_init(&a);
	h = answer_row(&a, &m);
	answer_attr(&a, h, INET_DIAG_INFO, info, len);
	cr_assert_eq(parse_message(h, PROTO_TCP, &s), 0);
	return s;
}

static struct tcp_info
busy_info(void)
{
	return (struct tcp_info){
		.tcpi_rtt = 31, .tcpi_total_retrans = 2, .tcpi_bytes_acked = 1001,
		.tcpi_bytes_received = 701, .tcpi_bytes_sent = 1500, .tcpi_bytes_retrans = 500,
	};
}

Test(diag_parse, takes_what_names_the_socket)
{
	struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);
	struct text t;
	struct sock s;

	m.id.idiag_if = 3;
	m.idiag_rqueue = 10;
	m.idiag_wqueue = 20;
	cr_assert_eq(parse(&m, PROTO_TCP, &s), 0);
	text_init(&t);
	endpoint_add_text(&t, &s.local);
	text_addc(&t, ' ');
	endpoint_add_text(&t, &s.remote);
	cr_expect_str_eq(text_str(&t), "127.0.0.1:8080 127.0.0.2:40000");
	text_done(&t);
	cr_expect_eq(s.proto, PROTO_TCP);
	cr_expect_eq(s.family, 4);
	cr_expect_eq(s.state, STATE_ESTABLISHED);
	cr_expect_eq(s.cookie, 0x0123456789abcdef);
	cr_expect_eq(s.inode, 1000);
	cr_expect_eq(s.uid, 500);
	cr_expect_eq(s.ifindex, 3);
	cr_expect_eq(s.rqueue, 10);
	cr_expect_eq(s.wqueue, 20);
	cr_expect_eq(s.holder, HOLDER_UNKNOWN);
	cr_expect_eq(s.nowners, 0);
	cr_expect_eq(s.has, SOCK_HAS_COOKIE | BOTH, "has=%#x", s.has);
}

Test(diag_parse, takes_the_control_group)
{
	static const uint64_t id = 0x100000002a;
	struct inet_diag_msg m = answer_v4(STATE_LISTEN);
	struct nlmsghdr *h;
	struct answer a;
	struct sock s;

	for (size_t len = 0; len <= sizeof id; len += 4) {
		answer_init(&a);
		h = answer_row(&a, &m);
		answer_attr(&a, h, INET_DIAG_CGROUP_ID, &id, len);
		cr_assert_eq(parse_message(h, PROTO_TCP, &s), 0);
		cr_expect_eq(!!(s.has & SOCK_HAS_CGROUP_ID), len == sizeof id, "%zu bytes", len);
		cr_expect_eq(sock_info(&s)->cgroup_id, len == sizeof id ? id : 0);
	}
}

Test(diag_parse, keeps_the_family_of_a_mapped_address)
{
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 };
	struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);
	struct sock s;

	m.idiag_family = AF_INET6;
	memcpy(m.id.idiag_src, mapped, sizeof mapped);
	cr_assert_eq(parse(&m, PROTO_TCP, &s), 0);
	cr_expect_eq(s.family, 6);
	cr_expect(addr_is_v4(s.local.addr));
	cr_expect_arr_eq(s.local.addr, mapped, sizeof mapped);
}

/* In every state, with and without an inode: what of the row's numbers can be believed. */
Test(diag_parse, knows_what_a_state_leaves_unknown)
{
	static const struct {
		uint8_t  proto, kernel, state;
		uint32_t inode, has;
		uint32_t rqueue, wqueue;	/* of 5 and 9 that the kernel says */
	} cases[] = {
		{ PROTO_TCP, STATE_ESTABLISHED,  STATE_ESTABLISHED, 1, BOTH, 5, 9 },
		{ PROTO_TCP, STATE_ESTABLISHED,  STATE_ESTABLISHED, 0, BOTH, 5, 9 },
		{ PROTO_TCP, STATE_SYN_SENT,     STATE_SYN_SENT,    1, BOTH, 5, 8 },
		{ PROTO_TCP, STATE_SYN_RECV,     STATE_SYN_RECV,    1, SOCK_HAS_UID, 5, 9 },
		{ PROTO_TCP, STATE_SYN_RECV,     STATE_SYN_RECV,    0, 0, 5, 9 },
		{ PROTO_TCP, STATE_NEW_SYN_RECV, STATE_SYN_RECV,    0, 0, 5, 9 },
		{ PROTO_TCP, STATE_FIN_WAIT1,    STATE_FIN_WAIT1,   1, BOTH, 5, 8 },
		{ PROTO_TCP, STATE_FIN_WAIT1,    STATE_FIN_WAIT1,   0, BOTH, 5, 8 },
		{ PROTO_TCP, STATE_FIN_WAIT2,    STATE_FIN_WAIT2,   1, BOTH, 5, 9 },
		{ PROTO_TCP, STATE_FIN_WAIT2,    STATE_FIN_WAIT2,   0, SOCK_HAS_QUEUE, 5, 9 },
		{ PROTO_TCP, STATE_TIME_WAIT,    STATE_TIME_WAIT,   1, 0, 5, 9 },
		{ PROTO_TCP, STATE_TIME_WAIT,    STATE_TIME_WAIT,   0, 0, 5, 9 },
		{ PROTO_TCP, STATE_CLOSE,        STATE_BOUND,       1, SOCK_HAS_UID, 5, 9 },
		{ PROTO_TCP, STATE_BOUND,        STATE_BOUND,       1, SOCK_HAS_UID, 5, 9 },
		{ PROTO_TCP, STATE_CLOSE_WAIT,   STATE_CLOSE_WAIT,  1, BOTH, 4, 9 },
		{ PROTO_TCP, STATE_LAST_ACK,     STATE_LAST_ACK,    0, BOTH, 4, 8 },
		{ PROTO_TCP, STATE_CLOSING,      STATE_CLOSING,     0, BOTH, 4, 8 },
		{ PROTO_TCP, STATE_LISTEN,       STATE_LISTEN,      1, BOTH, 5, 9 },
		{ PROTO_UDP, STATE_CLOSE,        STATE_UNCONN,      1, BOTH, 5, 9 },
		{ PROTO_UDP, STATE_ESTABLISHED,  STATE_ESTABLISHED, 1, BOTH, 5, 9 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct inet_diag_msg m = answer_v4(cases[i].kernel);
		struct sock s;

		m.idiag_inode = cases[i].inode;
		m.idiag_rqueue = 5;
		m.idiag_wqueue = 9;
		cr_assert_eq(parse(&m, cases[i].proto, &s), 0, "case %zu", i);
		cr_expect_eq(s.state, cases[i].state, "case %zu: state %u", i, s.state);
		cr_expect_eq(s.has, cases[i].has | SOCK_HAS_COOKIE, "case %zu: has=%#x", i, s.has);
		if (!(s.has & SOCK_HAS_QUEUE))
			continue;
		cr_expect_eq(s.rqueue, cases[i].rqueue, "case %zu: rqueue %u", i, s.rqueue);
		cr_expect_eq(s.wqueue, cases[i].wqueue, "case %zu: wqueue %u", i, s.wqueue);
	}
}

Test(diag_parse, no_queue_gets_below_nothing)
{
	struct inet_diag_msg m = answer_v4(STATE_LAST_ACK);
	struct sock s;

	cr_assert_eq(parse(&m, PROTO_TCP, &s), 0);
	cr_expect_eq(s.rqueue, 0, "the reader has passed the FIN already");
	cr_expect_eq(s.wqueue, 0);
}

Test(diag_parse, what_is_only_bound_has_no_peer)
{
	struct inet_diag_msg m = answer_v4(STATE_CLOSE);
	struct sock s;

	cr_assert_eq(parse(&m, PROTO_TCP, &s), 0);
	cr_expect(addr_is_any(s.remote.addr));
	cr_expect(addr_is_v4(s.remote.addr));
	cr_expect_eq(s.remote.port, 0);
}

Test(diag_parse, a_cookie_of_all_ones_is_none)
{
	struct inet_diag_msg m = answer_v4(STATE_LISTEN);
	struct sock s;

	memset(m.id.idiag_cookie, 0xff, sizeof m.id.idiag_cookie);
	cr_assert_eq(parse(&m, PROTO_TCP, &s), 0);
	cr_expect_not(s.has & SOCK_HAS_COOKIE);
}

Test(diag_parse, says_what_the_kernel_did_not_send)
{
	static const struct { const char *kernel; size_t len; uint32_t has; } cases[] = {
		{ "too short",     8,                                        0 },
		{ "a byte short",  FIELD_END(struct tcp_info, tcpi_rtt) - 1, 0 },
		{ "rtt only",      FIELD_END(struct tcp_info, tcpi_rtt),     SOCK_HAS_RTT | SOCK_HAS_QUIET },
		{ "retrans",       FIELD_END(struct tcp_info, tcpi_total_retrans),
		  SOCK_HAS_RTT | SOCK_HAS_QUIET | SOCK_HAS_RETRANS },
		{ "before 4.19",   FIELD_END(struct tcp_info, tcpi_delivered_ce),
		  SOCK_HAS_RTT | SOCK_HAS_QUIET | SOCK_HAS_RETRANS },
		{ "no retrans",    FIELD_END(struct tcp_info, tcpi_bytes_sent),
		  SOCK_HAS_RTT | SOCK_HAS_QUIET | SOCK_HAS_RETRANS },
		{ "all of it",     sizeof(struct tcp_info),
		  SOCK_HAS_RTT | SOCK_HAS_QUIET | SOCK_HAS_RETRANS | SOCK_HAS_BYTES },
		{ "and more",      sizeof(struct tcp_info) + 64,
		  SOCK_HAS_RTT | SOCK_HAS_QUIET | SOCK_HAS_RETRANS | SOCK_HAS_BYTES },
	};
	const struct tcp_info ti = busy_info();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = parse_info(STATE_ESTABLISHED, &ti, cases[i].len);

		cr_expect_eq(s.has, cases[i].has | SOCK_HAS_COOKIE | BOTH, "%s: has=%#x",
			     cases[i].kernel, s.has);
	}
}

/* SYN and FIN have sequence numbers and are no bytes; what is sent twice is received once. */
Test(diag_parse, counts_bytes_of_payload_once)
{
	static const struct { uint8_t state; uint64_t rx, tx; } cases[] = {
		{ STATE_ESTABLISHED, 701, 1000 },
		{ STATE_FIN_WAIT1,   701, 1000 },
		{ STATE_FIN_WAIT2,   701, 1000 },
		{ STATE_CLOSE_WAIT,  700, 1000 },
		{ STATE_LAST_ACK,    700, 1000 },
		{ STATE_CLOSING,     700, 1000 },
	};
	const struct tcp_info ti = busy_info();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = parse_info(cases[i].state, &ti, sizeof ti);

		cr_expect(s.has & SOCK_HAS_BYTES, "state %u", cases[i].state);
		cr_expect_eq(sock_info(&s)->rx_bytes, cases[i].rx, "state %u: rx %" PRIu64, s.state, sock_info(&s)->rx_bytes);
		cr_expect_eq(sock_info(&s)->tx_bytes, cases[i].tx, "state %u: tx %" PRIu64, s.state, sock_info(&s)->tx_bytes);
		cr_expect_eq(sock_info(&s)->rtt_us, 31);
		cr_expect_eq(sock_info(&s)->retrans, 2);
	}
}

Test(diag_parse, believes_no_impossible_count)
{
	struct tcp_info ti = busy_info();
	struct sock s;

	ti.tcpi_bytes_retrans = ti.tcpi_bytes_sent + 1;
	s = parse_info(STATE_ESTABLISHED, &ti, sizeof ti);
	cr_expect_not(s.has & SOCK_HAS_BYTES);

	ti = busy_info();
	ti.tcpi_bytes_received = 0;
	s = parse_info(STATE_CLOSE_WAIT, &ti, sizeof ti);
	cr_expect_eq(sock_info(&s)->rx_bytes, 0);
}

/* A listener's tcp_info holds its queue; a connection that is being made has no bytes yet. */
Test(diag_parse, tcp_info_is_about_connections)
{
	static const struct { uint8_t state; uint32_t has; } cases[] = {
		{ STATE_LISTEN,   0 },
		{ STATE_CLOSE,    0 },
		{ STATE_SYN_SENT, SOCK_HAS_RTT | SOCK_HAS_RETRANS },
	};
	static const uint32_t info = SOCK_HAS_RTT | SOCK_HAS_RETRANS | SOCK_HAS_BYTES |
	                             SOCK_HAS_QUIET;
	const struct tcp_info ti = busy_info();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = parse_info(cases[i].state, &ti, sizeof ti);

		cr_expect_eq(s.has & info, cases[i].has, "state %u: has=%#x", s.state, s.has);
	}
}

/* How long ago data came is another number: the FIN of the other end brings none. */
Test(diag_parse, silence_counts_from_the_last_segment_that_acknowledged)
{
	struct tcp_info ti = busy_info();
	struct sock s;

	ti.tcpi_last_data_recv = 90000;
	ti.tcpi_last_ack_recv = 12000;
	s = parse_info(STATE_CLOSE_WAIT, &ti, sizeof ti);
	cr_expect(s.has & SOCK_HAS_QUIET);
	cr_expect_eq(sock_info(&s)->quiet_ms, 12000);
}

Test(diag_parse, a_round_trip_of_zero_was_not_measured)
{
	struct tcp_info ti = busy_info();

	ti.tcpi_rtt = 0;
	cr_expect_not(parse_info(STATE_ESTABLISHED, &ti, sizeof ti).has & SOCK_HAS_RTT);
}

Test(diag_parse, takes_drops_of_udp_alone)
{
	static const struct { enum sock_proto proto; size_t words; uint32_t has; } cases[] = {
		{ PROTO_UDP, 9,  SOCK_HAS_DROPS },
		{ PROTO_UDP, 12, SOCK_HAS_DROPS },
		{ PROTO_UDP, 8,  0 },
		{ PROTO_TCP, 9,  0 },
	};
	static const uint32_t mem[12] = { [SK_MEMINFO_DROPS] = 17 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct inet_diag_msg m = answer_v4(STATE_CLOSE);
		struct nlmsghdr *h;
		struct answer a;
		struct sock s;

		answer_init(&a);
		h = answer_row(&a, &m);
		answer_attr(&a, h, INET_DIAG_SKMEMINFO, mem, cases[i].words * sizeof *mem);
		cr_assert_eq(parse_message(h, cases[i].proto, &s), 0);
		cr_expect_eq(s.has & SOCK_HAS_DROPS, cases[i].has, "case %zu", i);
		cr_expect_eq(sock_info(&s)->drops, cases[i].has ? 17 : 0, "case %zu", i);
	}
}

Test(diag_parse, unknown_and_repeated_attributes_do_no_harm)
{
	struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);
	struct tcp_info ti = busy_info();
	struct nlmsghdr *h;
	struct answer a;
	struct sock s;

	answer_init(&a);
	h = answer_row(&a, &m);
	answer_attr(&a, h, 0, &ti, 4);
	answer_attr(&a, h, 16383, &ti, 0);
	answer_attr(&a, h, INET_DIAG_INFO, &ti, sizeof ti);
	ti.tcpi_rtt = 99;
	answer_attr(&a, h, INET_DIAG_INFO, &ti, sizeof ti);
	cr_assert_eq(parse_message(h, PROTO_TCP, &s), 0);
	cr_expect_eq(sock_info(&s)->rtt_us, 99);
}

/* The length that an attribute says may lie: nothing behind the message is read. */
Test(diag_parse, lying_attributes_do_no_harm)
{
	static const uint16_t lengths[] = { 0, 1, 3, 4, 5, 300, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);
		struct tcp_info ti = busy_info();
		struct nlmsghdr *h;
		struct nlattr *at;
		struct answer a;
		struct sock s;

		answer_init(&a);
		h = answer_row(&a, &m);
		answer_attr(&a, h, INET_DIAG_INFO, &ti, sizeof ti);
		at = (struct nlattr *)((unsigned char *)h + NLMSG_HDRLEN + sizeof m);
		at->nla_len = lengths[i];
		cr_assert_eq(parse_message(h, PROTO_TCP, &s), 0, "nla_len %u", lengths[i]);
		cr_expect_not(s.has & SOCK_HAS_BYTES, "nla_len %u", lengths[i]);
	}
}

Test(diag_parse, refuses_what_it_cannot_read)
{
	static const struct { uint8_t family, proto, state; int err; } cases[] = {
		{ AF_UNIX,  PROTO_TCP, STATE_LISTEN,      -EAFNOSUPPORT },
		{ 0,        PROTO_TCP, STATE_LISTEN,      -EAFNOSUPPORT },
		{ AF_INET,  PROTO_TCP, 0,                 -ENOTSUP },
		{ AF_INET,  PROTO_TCP, STATE_BOUND + 1,   -ENOTSUP },
		{ AF_INET6, PROTO_TCP, 255,               -ENOTSUP },
		{ AF_INET,  PROTO_UDP, STATE_LISTEN,      -ENOTSUP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct inet_diag_msg m = answer_v4(cases[i].state);
		struct sock s = { .uid = 12345 };

		m.idiag_family = cases[i].family;
		cr_expect_eq(parse(&m, cases[i].proto, &s), cases[i].err, "case %zu", i);
		cr_expect_eq(s.uid, 12345, "case %zu: *ret was written", i);
	}
}

Test(diag_parse, refuses_a_short_message)
{
	struct inet_diag_msg m = answer_v4(STATE_LISTEN);
	struct answer a;
	struct sock s;

	for (size_t len = 0; len < sizeof m; len++) {
		struct nlmsghdr *h;

		answer_init(&a);
		h = answer_message(&a, SOCK_DIAG_BY_FAMILY, &m, len);
		cr_expect_eq(parse_message(h, PROTO_TCP, &s), -EBADMSG, "%zu bytes", len);
	}
}
