/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Where in a message each figure is: tables of offsets, because most of them are
 * plain numbers. What those tables cannot say (a bit field, a number that stands
 * for "none") is below them.
 */

#include "source/detail_parse.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>	/* see diag_parse.c */
#include <string.h>

#include "base/util.h"
#include "source/diag_parse.h"

#define USEC_PER_MSEC 1000u

/* A number in a struct that grows at its tail. */
struct member {
	uint8_t  figure;
	uint8_t  size;		/* 1, 4 or 8 bytes */
	uint16_t at;
	uint16_t times;		/* to our unit; 0: 1 */
	uint64_t none;		/* what stands for "not known" where has_none */
	bool     has_none;
};

#define AT(name) .at = offsetof(struct tcp_info, name), .size = sizeof(((struct tcp_info *)0)->name)
#define NONE(n)  .none = (n), .has_none = true

#define INFINITE_SSTHRESH 0x7fffffffu	/* TCP_INFINITE_SSTHRESH of net/tcp.h */

static const struct member tcp_members[] = {
	{ FIG_CA_STATE, AT(tcpi_ca_state) },
	{ FIG_RETRANSMITS, AT(tcpi_retransmits) },
	{ FIG_PROBES, AT(tcpi_probes) },
	{ FIG_BACKOFF, AT(tcpi_backoff) },
	{ FIG_OPTIONS, AT(tcpi_options) },
	{ FIG_RTO, AT(tcpi_rto) },
	{ FIG_ATO, AT(tcpi_ato), NONE(0) },
	{ FIG_SND_MSS, AT(tcpi_snd_mss) },
	{ FIG_RCV_MSS, AT(tcpi_rcv_mss) },
	{ FIG_UNACKED, AT(tcpi_unacked) },
	{ FIG_SACKED, AT(tcpi_sacked) },
	{ FIG_LOST, AT(tcpi_lost) },
	{ FIG_RETRANS, AT(tcpi_retrans) },
	{ FIG_LAST_SENT, AT(tcpi_last_data_sent), .times = USEC_PER_MSEC },
	{ FIG_LAST_RCVD, AT(tcpi_last_data_recv), .times = USEC_PER_MSEC },
	{ FIG_LAST_ACK, AT(tcpi_last_ack_recv), .times = USEC_PER_MSEC },
	{ FIG_PMTU, AT(tcpi_pmtu) },
	{ FIG_RCV_SSTHRESH, AT(tcpi_rcv_ssthresh) },
	{ FIG_RTT, AT(tcpi_rtt), NONE(0) },
	{ FIG_RTTVAR, AT(tcpi_rttvar) },
	{ FIG_SSTHRESH, AT(tcpi_snd_ssthresh), NONE(INFINITE_SSTHRESH) },
	{ FIG_CWND, AT(tcpi_snd_cwnd) },
	{ FIG_ADV_MSS, AT(tcpi_advmss) },
	{ FIG_REORDERING, AT(tcpi_reordering) },
	{ FIG_RCV_RTT, AT(tcpi_rcv_rtt), NONE(0) },
	{ FIG_RCV_SPACE, AT(tcpi_rcv_space) },
	{ FIG_TOTAL_RETRANS, AT(tcpi_total_retrans) },
	{ FIG_PACING, AT(tcpi_pacing_rate), NONE(UINT64_MAX) },
	{ FIG_MAX_PACING, AT(tcpi_max_pacing_rate), NONE(UINT64_MAX) },
	{ FIG_BYTES_ACKED, AT(tcpi_bytes_acked) },
	{ FIG_BYTES_RCVD, AT(tcpi_bytes_received) },
	{ FIG_SEGS_OUT, AT(tcpi_segs_out) },
	{ FIG_SEGS_IN, AT(tcpi_segs_in) },
	{ FIG_NOTSENT, AT(tcpi_notsent_bytes) },
	{ FIG_MIN_RTT, AT(tcpi_min_rtt), NONE(UINT32_MAX) },
	{ FIG_DATA_IN, AT(tcpi_data_segs_in) },
	{ FIG_DATA_OUT, AT(tcpi_data_segs_out) },
	{ FIG_DELIVERY, AT(tcpi_delivery_rate), NONE(0) },
	{ FIG_BUSY, AT(tcpi_busy_time) },
	{ FIG_RWND_LIMITED, AT(tcpi_rwnd_limited) },
	{ FIG_SNDBUF_LIMITED, AT(tcpi_sndbuf_limited) },
	{ FIG_DELIVERED, AT(tcpi_delivered) },
	{ FIG_DELIVERED_CE, AT(tcpi_delivered_ce) },
	{ FIG_BYTES_SENT, AT(tcpi_bytes_sent) },
	{ FIG_BYTES_RETRANS, AT(tcpi_bytes_retrans) },
	{ FIG_DSACK, AT(tcpi_dsack_dups) },
	{ FIG_REORD_SEEN, AT(tcpi_reord_seen) },
	{ FIG_OOO, AT(tcpi_rcv_ooopack) },
	{ FIG_SND_WND, AT(tcpi_snd_wnd) },
};

#define MEM(figure, index) { (figure), sizeof(uint32_t), (index) * sizeof(uint32_t), 0, 0, false }

static const struct member mem_members[] = {
	MEM(FIG_RMEM, SK_MEMINFO_RMEM_ALLOC),
	MEM(FIG_RCVBUF, SK_MEMINFO_RCVBUF),
	MEM(FIG_WMEM, SK_MEMINFO_WMEM_ALLOC),
	MEM(FIG_SNDBUF, SK_MEMINFO_SNDBUF),
	MEM(FIG_FORWARD, SK_MEMINFO_FWD_ALLOC),
	MEM(FIG_WQUEUED, SK_MEMINFO_WMEM_QUEUED),
	MEM(FIG_OPTMEM, SK_MEMINFO_OPTMEM),
	MEM(FIG_BACKLOG, SK_MEMINFO_BACKLOG),
	MEM(FIG_DROPS, SK_MEMINFO_DROPS),
};

/* Attributes that are one number. */
static const struct { uint8_t attr, figure, size; } single[] = {
	{ INET_DIAG_TOS, FIG_TOS, 1 },
	{ INET_DIAG_TCLASS, FIG_TCLASS, 1 },
	{ INET_DIAG_SHUTDOWN, FIG_SHUTDOWN, 1 },
	{ INET_DIAG_SKV6ONLY, FIG_V6ONLY, 1 },
	{ INET_DIAG_MARK, FIG_MARK, 4 },
	{ INET_DIAG_CLASS_ID, FIG_CLASS_ID, 4 },
	{ INET_DIAG_CGROUP_ID, FIG_CGROUP_ID, 8 },
};

static void
set(struct sock_detail *d, enum figure f, uint64_t value)
{
	d->figure[f] = value;
	d->known[f] = true;
}

static uint64_t
read_number(const unsigned char *at, size_t size)
{
	uint64_t big;
	uint32_t small;

	if (size == sizeof big) {
		memcpy(&big, at, sizeof big);
		return big;
	}
	if (size == sizeof small) {
		memcpy(&small, at, sizeof small);
		return small;
	}
	return *at;
}

/* The length says which members there are: a struct only ever grows at its tail. */
static void
take_members(struct sock_detail *d, const struct nlattr *a, const struct member *m, size_t n)
{
	const unsigned char *bytes = mnl_attr_get_payload(a);
	size_t len = mnl_attr_get_payload_len(a);

	for (size_t i = 0; i < n; i++) {
		uint64_t value;

		if ((size_t)m[i].at + m[i].size > len)
			continue;
		value = read_number(bytes + m[i].at, m[i].size);
		if (!m[i].has_none || value != m[i].none)
			set(d, (enum figure)m[i].figure, m[i].times ? value * m[i].times : value);
	}
}

/* Bit fields have no offset; they are in the byte behind the options. */
static void
take_wscale(struct sock_detail *d, const struct nlattr *a)
{
	struct tcp_info ti = { 0 };
	size_t len = mnl_attr_get_payload_len(a);

	if (len < offsetof(struct tcp_info, tcpi_rto))
		return;
	memcpy(&ti, mnl_attr_get_payload(a), MIN(len, sizeof ti));
	if (!(ti.tcpi_options & TCPI_OPT_WSCALE))
		return;
	set(d, FIG_SND_WSCALE, ti.tcpi_snd_wscale);
	set(d, FIG_RCV_WSCALE, ti.tcpi_rcv_wscale);
}

/* "Since when" counts from the birth of the socket where nothing ever came or went. */
static void
forget_what_never_was(struct sock_detail *d)
{
	if (d->known[FIG_DATA_OUT] && d->figure[FIG_DATA_OUT] == 0)
		d->known[FIG_LAST_SENT] = false;
	if (d->known[FIG_DATA_IN] && d->figure[FIG_DATA_IN] == 0)
		d->known[FIG_LAST_RCVD] = false;
	if (!d->known[FIG_RTT])
		d->known[FIG_RTTVAR] = false;
}

/* Of what has no peer it is about nothing; a listener keeps its queue in it (diag_parse.c). */
static bool
info_is_good(const struct sock *s)
{
	return s->proto == PROTO_TCP && s->state != STATE_LISTEN && s->state != STATE_BOUND;
}

static void
take_info(struct sock_detail *d, const struct nlattr *a)
{
	if (!info_is_good(&d->sock))
		return;
	take_members(d, a, tcp_members, ARRAY_SIZE(tcp_members));
	take_wscale(d, a);
	forget_what_never_was(d);
}

/* A listener has one too, for the connections that it will accept. */
static void
take_congestion(struct sock_detail *d, const struct nlattr *a)
{
	size_t len = MIN(mnl_attr_get_payload_len(a), sizeof d->congestion - 1);

	memcpy(d->congestion, mnl_attr_get_payload(a), len);
}

static void
take_memory(struct sock_detail *d, const struct nlattr *a)
{
	take_members(d, a, mem_members, ARRAY_SIZE(mem_members));
}

static void
take_single(struct sock_detail *d, const struct nlattr *a)
{
	uint16_t type = mnl_attr_get_type(a);

	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		if (single[i].attr == type && mnl_attr_get_payload_len(a) >= single[i].size)
			set(d, (enum figure)single[i].figure,
			    read_number(mnl_attr_get_payload(a), single[i].size));
}

static int
take_attr(const struct nlattr *a, void *arg)
{
	static void (*const takers[])(struct sock_detail *, const struct nlattr *) = {
		[INET_DIAG_INFO]      = take_info,
		[INET_DIAG_CONG]      = take_congestion,
		[INET_DIAG_SKMEMINFO] = take_memory,
	};
	uint16_t type = mnl_attr_get_type(a);

	if (type < ARRAY_SIZE(takers) && takers[type])
		takers[type](arg, a);
	else
		take_single(arg, a);
	return MNL_CB_OK;
}

static void
take_timer(struct sock_detail *d, const struct inet_diag_msg *m)
{
	if (!(d->sock.has & SOCK_HAS_TIMER))
		return;
	set(d, FIG_TIMER, d->sock.timer);
	set(d, FIG_TIMER_LEFT, (uint64_t)d->sock.timer_ms * USEC_PER_MSEC);
	set(d, FIG_TIMER_RETRANS, m->idiag_retrans);
}

/* That of a connection of IPv6 which carries IPv4 says nothing about it. */
static void
forget_v6only(struct sock_detail *d)
{
	if (!(d->sock.has & SOCK_HAS_V6ONLY) || sock_has_peer(&d->sock))
		d->known[FIG_V6ONLY] = false;
}

int
detail_parse(const struct nlmsghdr *nlh, enum sock_proto proto, struct sock_detail *ret)
{
	struct sock_detail d = { .congestion = "" };
	struct sock_alone s;
	int r = diag_parse_inet(nlh, proto, &s);

	if (r < 0)
		return r;
	d.sock = s.sock;
	d.sock.info = NULL;
	take_timer(&d, mnl_nlmsg_get_payload(nlh));
	mnl_attr_parse(nlh, sizeof(struct inet_diag_msg), take_attr, &d);
	forget_v6only(&d);
	*ret = d;
	return 0;
}
