/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The meaning of one row of sock_diag: which of the kernel's numbers say
 * something in which state, and in which unit. All of it was measured on Linux
 * 6.18; the names of functions are those of the kernel that fill the numbers in.
 */

#include "source/diag_parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>	/* not <netinet/tcp.h>: that tcp_info ends early, and the two clash */
#include <string.h>

#include "base/util.h"

/*
 * What is true of a TCP socket in a state.
 *
 * Queues and byte counts are differences of sequence numbers
 * (tcp_diag_get_info, tcp_rcv_nxt_update), and a SYN or a FIN takes one of
 * those without being a byte.
 */
#define ST_QUEUE   0x01u	/* its queues mean something */
#define ST_INFO    0x02u	/* its tcp_info is about a connection */
#define ST_UID     0x04u	/* its uid is good even without an inode */
#define ST_OPEN    0x08u	/* bytes can have flowed */
#define ST_GOT_FIN 0x10u	/* the peer's FIN counts as received */
#define ST_OWN_SEQ 0x20u	/* our SYN or FIN is not acknowledged: it waits in the send queue */
#define ST_CONN    (ST_QUEUE | ST_INFO | ST_UID | ST_OPEN)

/*
 * TIME_WAIT, FIN_WAIT2 of a socket that its process closed, and SYN_RECV are
 * small structs without an owner: uid 0 stands for "none" (inet_twsk_diag_fill,
 * inet_req_diag_fill). Their queues are constant zeros; of those, FIN_WAIT2's
 * are true. CLOSE is what the kernel calls a socket that is bound and nothing
 * else; its send queue is what a listener that was shut down left there.
 */
static const struct {
	uint8_t state;		/* ours; 0: no such state */
	uint8_t st;
} tcp_states[] = {
	[STATE_ESTABLISHED]  = { STATE_ESTABLISHED, ST_CONN },
	[STATE_SYN_SENT]     = { STATE_SYN_SENT,    ST_QUEUE | ST_INFO | ST_UID | ST_OWN_SEQ },
	[STATE_SYN_RECV]     = { STATE_SYN_RECV,    0 },
	[STATE_FIN_WAIT1]    = { STATE_FIN_WAIT1,   ST_CONN | ST_OWN_SEQ },
	[STATE_FIN_WAIT2]    = { STATE_FIN_WAIT2,   ST_QUEUE | ST_INFO | ST_OPEN },
	[STATE_TIME_WAIT]    = { STATE_TIME_WAIT,   0 },
	[STATE_CLOSE]        = { STATE_BOUND,       ST_UID },
	[STATE_CLOSE_WAIT]   = { STATE_CLOSE_WAIT,  ST_CONN | ST_GOT_FIN },
	[STATE_LAST_ACK]     = { STATE_LAST_ACK,    ST_CONN | ST_GOT_FIN | ST_OWN_SEQ },
	[STATE_LISTEN]       = { STATE_LISTEN,      ST_QUEUE | ST_UID },
	[STATE_CLOSING]      = { STATE_CLOSING,     ST_CONN | ST_GOT_FIN | ST_OWN_SEQ },
	[STATE_NEW_SYN_RECV] = { STATE_SYN_RECV,    0 },
	[STATE_BOUND]        = { STATE_BOUND,       ST_UID },
};

/* Smallest payload we can use, per attribute we know. Zero: not for us. */
static const uint16_t attr_min[] = {
	[INET_DIAG_INFO]      = FIELD_END(struct tcp_info, tcpi_rtt),
	[INET_DIAG_SKMEMINFO] = (SK_MEMINFO_DROPS + 1) * sizeof(uint32_t),
	[INET_DIAG_SKV6ONLY]  = sizeof(uint8_t),
	[INET_DIAG_CGROUP_ID] = sizeof(uint64_t),	/* Linux 5.8; comes unasked */
};

static int
set_udp_state(struct sock *s, unsigned kernel_state)
{
	if (kernel_state != STATE_CLOSE && kernel_state != STATE_ESTABLISHED)
		return -ENOTSUP;
	s->state = kernel_state == STATE_CLOSE ? STATE_UNCONN : STATE_ESTABLISHED;
	s->has |= SOCK_HAS_UID | SOCK_HAS_QUEUE;
	return 0;
}

/*
 * A FIN stands behind the last byte, and the reader passes it together with
 * the end of file: while anything is in the receive queue, the FIN is.
 */
static void
take_off_flags(struct sock *s, unsigned st)
{
	if (st & ST_GOT_FIN && s->rqueue > 0)
		s->rqueue--;
	if (st & ST_OWN_SEQ && s->wqueue > 0)
		s->wqueue--;
}

static int
set_tcp_state(struct sock *s, unsigned kernel_state)
{
	unsigned st;

	if (kernel_state >= ARRAY_SIZE(tcp_states) || tcp_states[kernel_state].state == 0)
		return -ENOTSUP;
	st = tcp_states[kernel_state].st;
	s->state = tcp_states[kernel_state].state;
	if (st & ST_UID || (s->inode != 0 && s->state != STATE_TIME_WAIT))
		s->has |= SOCK_HAS_UID;
	if (st & ST_QUEUE)
		s->has |= SOCK_HAS_QUEUE;
	take_off_flags(s, st);
	return 0;
}

int
diag_set_state(struct sock *s, unsigned kernel_state)
{
	return s->proto == PROTO_UDP ? set_udp_state(s, kernel_state)
				     : set_tcp_state(s, kernel_state);
}

#define ATTRS_AT (NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct inet_diag_msg)))

/*
 * An unknown or short attribute comes from a newer or older kernel: no error. The walk is
 * mnl_attr_parse()'s, without four calls into a library for each of some 100,000 attributes.
 */
static void
slot_attrs(const struct nlmsghdr *nlh, const struct nlattr *slot[ARRAY_SIZE(attr_min)])
{
	size_t at = ATTRS_AT;

	while (nlh->nlmsg_len >= at + sizeof(struct nlattr)) {
		const struct nlattr *a = (const void *)((const char *)nlh + at);
		unsigned type = a->nla_type & NLA_TYPE_MASK;

		if (a->nla_len < sizeof *a || a->nla_len > nlh->nlmsg_len - at)
			return;
		if (type < ARRAY_SIZE(attr_min) && attr_min[type] > 0 &&
		    a->nla_len - NLA_HDRLEN >= attr_min[type])
			slot[type] = a;
		at += NLA_ALIGN(a->nla_len);
	}
}

/*
 * bytes_acked counts the SYN of the end that connected, but not of the end that
 * accepted, and a FIN of both; bytes_sent counts what goes out again.
 * What was sent less what was sent again has neither, so the peer receives
 * exactly as much (bytes_retrans: Linux 4.19). bytes_received counts the FIN.
 */
static void
take_bytes(struct sock_alone *s, const struct tcp_info *ti, unsigned st)
{
	uint64_t fin = st & ST_GOT_FIN && ti->tcpi_bytes_received > 0;

	if (ti->tcpi_bytes_sent < ti->tcpi_bytes_retrans)
		return;
	s->info.rx_bytes = ti->tcpi_bytes_received - fin;
	s->info.tx_bytes = ti->tcpi_bytes_sent - ti->tcpi_bytes_retrans;
	s->sock.has |= SOCK_HAS_BYTES;
}

/*
 * struct tcp_info only ever grows at its tail, so its length says what it has.
 * Of a listener it holds the accept queue in other members' places. A round
 * trip of 0 was not measured yet. Whatever segment comes acknowledges something, a FIN
 * too (tcp_ack): tcpi_last_ack_recv is how long ago the last one came. What comes and
 * only brings data is not in it, on the fast path (tcp_rcv_established).
 */
static void
take_tcp_info(struct sock_alone *s, const struct nlattr *a, unsigned st)
{
	struct tcp_info ti = { 0 };
	size_t len = mnl_attr_get_payload_len(a);

	if (!(st & ST_INFO))
		return;
	memcpy(&ti, mnl_attr_get_payload(a), MIN(len, sizeof ti));
	if (ti.tcpi_rtt > 0) {
		s->info.rtt_us = ti.tcpi_rtt;
		s->sock.has |= SOCK_HAS_RTT;
	}
	if (st & ST_OPEN) {
		s->info.quiet_ms = ti.tcpi_last_ack_recv;
		s->sock.has |= SOCK_HAS_QUIET;
	}
	if (len >= FIELD_END(struct tcp_info, tcpi_total_retrans)) {
		s->info.retrans = ti.tcpi_total_retrans;
		s->sock.has |= SOCK_HAS_RETRANS;
	}
	if (st & ST_OPEN && len >= FIELD_END(struct tcp_info, tcpi_bytes_retrans))
		take_bytes(s, &ti, st);
}

static void
take_drops(struct sock_alone *s, const struct nlattr *a)
{
	uint32_t mem[SK_MEMINFO_DROPS + 1];

	memcpy(mem, mnl_attr_get_payload(a), sizeof mem);
	s->info.drops = mem[SK_MEMINFO_DROPS];
	s->sock.has |= SOCK_HAS_DROPS;
}

static void
take_endpoint(struct endpoint *e, int af, const uint32_t addr[4], uint16_t port)
{
	if (af == AF_INET)
		addr_from_v4(e->addr, addr);
	else
		memcpy(e->addr, addr, sizeof e->addr);
	e->port = ntohs(port);
}

/*
 * A socket that was bound, connected and reset keeps the address of the peer
 * that it no longer has.
 */
static void
take_endpoints(struct sock *s, const struct inet_diag_msg *m)
{
	static const uint32_t nobody[4];

	take_endpoint(&s->local, m->idiag_family, m->id.idiag_src, m->id.idiag_sport);
	if (s->state == STATE_BOUND)
		take_endpoint(&s->remote, m->idiag_family, nobody, 0);
	else
		take_endpoint(&s->remote, m->idiag_family, m->id.idiag_dst, m->id.idiag_dport);
}

static void
take_message(struct sock *s, const struct inet_diag_msg *m, enum sock_proto proto)
{
	s->proto   = proto;
	s->family  = m->idiag_family == AF_INET ? 4 : 6;
	s->inode   = m->idiag_inode;
	s->uid     = m->idiag_uid;
	s->rqueue  = m->idiag_rqueue;
	s->wqueue  = m->idiag_wqueue;
	s->ifindex = m->id.idiag_if;
	s->cookie  = (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0];
	if (s->cookie != UINT64_MAX)	/* INET_DIAG_NOCOOKIE, twice */
		s->has |= SOCK_HAS_COOKIE;
	if (m->idiag_timer == TIMER_NONE)
		return;
	s->timer    = m->idiag_timer;
	s->timer_ms = m->idiag_expires;
	s->has     |= SOCK_HAS_TIMER;
}

static void
take_attrs(struct sock_alone *s, const struct nlmsghdr *nlh, unsigned kernel_state)
{
	const struct nlattr *slot[ARRAY_SIZE(attr_min)] = { NULL };

	slot_attrs(nlh, slot);
	if (slot[INET_DIAG_INFO] && s->sock.proto == PROTO_TCP)
		take_tcp_info(s, slot[INET_DIAG_INFO], tcp_states[kernel_state].st);
	if (slot[INET_DIAG_SKMEMINFO] && s->sock.proto == PROTO_UDP)
		take_drops(s, slot[INET_DIAG_SKMEMINFO]);
	if (slot[INET_DIAG_SKV6ONLY]) {
		s->sock.v6only = mnl_attr_get_u8(slot[INET_DIAG_SKV6ONLY]) != 0;
		s->sock.has |= SOCK_HAS_V6ONLY;
	}
	if (slot[INET_DIAG_CGROUP_ID]) {
		s->info.cgroup_id = mnl_attr_get_u64(slot[INET_DIAG_CGROUP_ID]);
		s->sock.has |= SOCK_HAS_CGROUP_ID;
	}
	s->sock.info = s->sock.has & SOCK_HAS_INFO ? &s->info : NULL;
}

static int
check_message(const struct nlmsghdr *nlh)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof *m)
		return -EBADMSG;
	if (m->idiag_family != AF_INET && m->idiag_family != AF_INET6)
		return -EAFNOSUPPORT;
	return 0;
}

int
diag_parse_tuple(const struct nlmsghdr *nlh, enum sock_proto proto, struct sock *ret)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	struct sock s = { 0 };
	int r = check_message(nlh);

	if (r < 0)
		return r;
	take_message(&s, m, proto);
	take_endpoints(&s, m);
	*ret = s;
	return 0;
}

int
diag_parse_inet(const struct nlmsghdr *nlh, enum sock_proto proto, struct sock_alone *ret)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	struct sock s = { 0 };
	int r = check_message(nlh);

	if (r < 0)
		return r;
	take_message(&s, m, proto);
	r = diag_set_state(&s, m->idiag_state);
	if (r < 0)
		return r;
	take_endpoints(&s, m);
	*ret = (struct sock_alone){ .sock = s };
	take_attrs(ret, nlh, m->idiag_state);
	return 0;
}
