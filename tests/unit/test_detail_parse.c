/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One message to all figures of one socket: what is known, and what is not. */

#include <criterion/criterion.h>

#include <errno.h>

#include "base/util.h"
#include "source/detail_parse.h"
#include "unit/answer.h"

/* A row of a state with one attribute of so many bytes. */
static struct sock_detail
parse_attr(uint8_t state, enum sock_proto proto, uint16_t type, const void *payload, size_t len)
{
	struct inet_diag_msg m = answer_v4(state);
	struct sock_detail d;
	struct nlmsghdr *h;
	struct answer a;

	answer_init(&a);
	h = answer_row(&a, &m);
	answer_attr(&a, h, type, payload, len);
	cr_assert_eq(detail_parse(h, proto, &d), 0);
	return d;
}

static struct tcp_info
busy_info(void)
{
	struct tcp_info ti = {
		.tcpi_ca_state = 3, .tcpi_retransmits = 2, .tcpi_options = TCPI_OPT_SACK | TCPI_OPT_WSCALE,
		.tcpi_rto = 204000, .tcpi_ato = 40000, .tcpi_snd_mss = 1448, .tcpi_rcv_mss = 536,
		.tcpi_unacked = 4, .tcpi_lost = 1, .tcpi_last_data_sent = 12, .tcpi_last_data_recv = 13,
		.tcpi_pmtu = 65535, .tcpi_rtt = 31, .tcpi_rttvar = 7, .tcpi_snd_ssthresh = 20,
		.tcpi_snd_cwnd = 10, .tcpi_advmss = 65483, .tcpi_reordering = 3, .tcpi_rcv_rtt = 99,
		.tcpi_total_retrans = 5, .tcpi_pacing_rate = 5000000000, .tcpi_bytes_acked = 1001,
		.tcpi_bytes_received = 701, .tcpi_notsent_bytes = 77, .tcpi_min_rtt = 6,
		.tcpi_data_segs_in = 1, .tcpi_data_segs_out = 1, .tcpi_delivery_rate = 123,
		.tcpi_busy_time = 1, .tcpi_rwnd_limited = 2, .tcpi_sndbuf_limited = 3,
		.tcpi_bytes_sent = 1500, .tcpi_bytes_retrans = 500, .tcpi_snd_wnd = 65536,
	};

	ti.tcpi_snd_wscale = 7;
	ti.tcpi_rcv_wscale = 9;
	return ti;
}

static const struct { enum figure f; size_t end; uint64_t value; } wanted[] = {
	{ FIG_CA_STATE, FIELD_END(struct tcp_info, tcpi_ca_state), 3 },
	{ FIG_RETRANSMITS, FIELD_END(struct tcp_info, tcpi_retransmits), 2 },
	{ FIG_SND_WSCALE, offsetof(struct tcp_info, tcpi_rto), 7 },
	{ FIG_RCV_WSCALE, offsetof(struct tcp_info, tcpi_rto), 9 },
	{ FIG_RTO, FIELD_END(struct tcp_info, tcpi_rto), 204000 },
	{ FIG_ATO, FIELD_END(struct tcp_info, tcpi_ato), 40000 },
	{ FIG_SND_MSS, FIELD_END(struct tcp_info, tcpi_snd_mss), 1448 },
	{ FIG_LAST_SENT, FIELD_END(struct tcp_info, tcpi_last_data_sent), 12000 },
	{ FIG_LAST_RCVD, FIELD_END(struct tcp_info, tcpi_last_data_recv), 13000 },
	{ FIG_RTT, FIELD_END(struct tcp_info, tcpi_rtt), 31 },
	{ FIG_RTTVAR, FIELD_END(struct tcp_info, tcpi_rttvar), 7 },
	{ FIG_SSTHRESH, FIELD_END(struct tcp_info, tcpi_snd_ssthresh), 20 },
	{ FIG_CWND, FIELD_END(struct tcp_info, tcpi_snd_cwnd), 10 },
	{ FIG_RCV_RTT, FIELD_END(struct tcp_info, tcpi_rcv_rtt), 99 },
	{ FIG_TOTAL_RETRANS, FIELD_END(struct tcp_info, tcpi_total_retrans), 5 },
	{ FIG_PACING, FIELD_END(struct tcp_info, tcpi_pacing_rate), 5000000000 },
	{ FIG_BYTES_RCVD, FIELD_END(struct tcp_info, tcpi_bytes_received), 701 },
	{ FIG_NOTSENT, FIELD_END(struct tcp_info, tcpi_notsent_bytes), 77 },
	{ FIG_MIN_RTT, FIELD_END(struct tcp_info, tcpi_min_rtt), 6 },
	{ FIG_DELIVERY, FIELD_END(struct tcp_info, tcpi_delivery_rate), 123 },
	{ FIG_SNDBUF_LIMITED, FIELD_END(struct tcp_info, tcpi_sndbuf_limited), 3 },
	{ FIG_BYTES_RETRANS, FIELD_END(struct tcp_info, tcpi_bytes_retrans), 500 },
	{ FIG_SND_WND, FIELD_END(struct tcp_info, tcpi_snd_wnd), 65536 },
};

/* An older kernel's struct ends earlier, at any byte. */
Test(detail_parse, knows_as_much_as_the_struct_is_long)
{
	struct tcp_info ti = busy_info();

	for (size_t len = 0; len <= sizeof ti; len++) {
		struct sock_detail d = parse_attr(STATE_ESTABLISHED, PROTO_TCP, INET_DIAG_INFO, &ti, len);

		for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
			bool known = len >= wanted[i].end;

			cr_expect_eq(d.known[wanted[i].f], known, "figure %d at %zu bytes", wanted[i].f, len);
			if (known)
				cr_expect_eq(d.figure[wanted[i].f], wanted[i].value, "figure %d at %zu bytes",
				             wanted[i].f, len);
		}
	}
}

/* A newer one's is longer. */
Test(detail_parse, passes_over_what_it_does_not_know)
{
	unsigned char info[sizeof(struct tcp_info) + 64] = { 0 };
	struct tcp_info ti = busy_info();
	struct sock_detail d;

	memcpy(info, &ti, sizeof ti);
	d = parse_attr(STATE_ESTABLISHED, PROTO_TCP, INET_DIAG_INFO, info, sizeof info);
	cr_expect(d.known[FIG_SND_WND]);
	parse_attr(STATE_ESTABLISHED, PROTO_TCP, INET_DIAG_MAX + 7, info, sizeof info);
}

Test(detail_parse, takes_no_number_for_what_means_none)
{
	static const enum figure unknown[] = {
		FIG_RTT, FIG_RTTVAR, FIG_ATO, FIG_SSTHRESH, FIG_PACING, FIG_MIN_RTT, FIG_DELIVERY,
		FIG_RCV_RTT, FIG_LAST_SENT, FIG_LAST_RCVD, FIG_SND_WSCALE,
	};
	struct tcp_info ti = {
		.tcpi_snd_ssthresh = 0x7fffffff, .tcpi_pacing_rate = UINT64_MAX,
		.tcpi_min_rtt = UINT32_MAX, .tcpi_rttvar = 250000, .tcpi_last_data_sent = 1000,
		.tcpi_last_data_recv = 1000, .tcpi_options = TCPI_OPT_SACK,
	};
	struct sock_detail d = parse_attr(STATE_SYN_SENT, PROTO_TCP, INET_DIAG_INFO, &ti, sizeof ti);

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		cr_expect_not(d.known[unknown[i]], "figure %d", unknown[i]);
	cr_expect(d.known[FIG_UNACKED], "nothing on the way is a number");
	cr_expect_eq(d.figure[FIG_UNACKED], 0);
}

Test(detail_parse, believes_no_tcp_info_of_what_has_no_connection)
{
	struct tcp_info ti = busy_info();
	static const struct { uint8_t state; enum sock_proto proto; } cases[] = {
		{ STATE_LISTEN, PROTO_TCP }, { STATE_CLOSE, PROTO_TCP }, { STATE_CLOSE, PROTO_UDP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock_detail d = parse_attr(cases[i].state, cases[i].proto, INET_DIAG_INFO,
		                                  &ti, sizeof ti);

		for (enum figure f = 0; f < FIGURE_COUNT; f++)
			cr_expect_not(d.known[f], "case %zu, figure %d", i, f);
	}
}

Test(detail_parse, takes_memory_and_single_numbers)
{
	static const uint32_t mem[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	static const uint64_t cgroup = 4242;
	static const uint8_t shut = SHUTDOWN_SND;
	struct sock_detail d;

	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_SKMEMINFO, mem, sizeof mem);
	cr_expect_eq(d.figure[FIG_RCVBUF], 2);
	cr_expect_eq(d.figure[FIG_DROPS], 9);
	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_SKMEMINFO, mem, 8 * sizeof *mem);
	cr_expect(d.known[FIG_BACKLOG]);
	cr_expect_not(d.known[FIG_DROPS], "a kernel before 4.7 does not say");
	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_CGROUP_ID, &cgroup, sizeof cgroup);
	cr_expect_eq(d.figure[FIG_CGROUP_ID], 4242);
	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_CGROUP_ID, &cgroup, 4);
	cr_expect_not(d.known[FIG_CGROUP_ID]);
	d = parse_attr(STATE_ESTABLISHED, PROTO_TCP, INET_DIAG_SHUTDOWN, &shut, sizeof shut);
	cr_expect_eq(d.figure[FIG_SHUTDOWN], SHUTDOWN_SND);
}

Test(detail_parse, keeps_a_name_that_is_too_long_in_its_room)
{
	static const char name[] = "an algorithm with a long name";
	struct sock_detail d;

	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_CONG, "cubic", sizeof "cubic");
	cr_expect_str_eq(d.congestion, "cubic");
	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_CONG, name, sizeof name);
	cr_expect_eq(strlen(d.congestion), DETAIL_CA_SIZE - 1);
	d = parse_attr(STATE_LISTEN, PROTO_TCP, INET_DIAG_CONG, "", 0);
	cr_expect_str_empty(d.congestion);
}

Test(detail_parse, tells_of_a_timer_only_where_one_runs)
{
	struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);
	struct sock_detail d;
	struct answer a;

	answer_init(&a);
	m.idiag_timer = TIMER_RETRANSMIT;
	m.idiag_expires = 200;
	m.idiag_retrans = 3;
	cr_assert_eq(detail_parse(answer_row(&a, &m), PROTO_TCP, &d), 0);
	cr_expect_eq(d.figure[FIG_TIMER], TIMER_RETRANSMIT);
	cr_expect_eq(d.figure[FIG_TIMER_LEFT], 200000);
	cr_expect_eq(d.figure[FIG_TIMER_RETRANS], 3);
	m.idiag_timer = TIMER_NONE;
	answer_init(&a);
	cr_assert_eq(detail_parse(answer_row(&a, &m), PROTO_TCP, &d), 0);
	cr_expect_not(d.known[FIG_TIMER]);
	cr_expect_not(d.known[FIG_TIMER_LEFT]);
}

Test(detail_parse, refuses_what_is_no_row)
{
	struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);
	struct sock_detail d = { .congestion = "as it was" };
	struct answer a;

	answer_init(&a);
	cr_expect_eq(detail_parse(answer_message(&a, SOCK_DIAG_BY_FAMILY, &m, sizeof m - 1), PROTO_TCP, &d),
	             -EBADMSG);
	cr_expect_str_eq(d.congestion, "as it was");
}
