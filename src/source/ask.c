/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/ask.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "source/detail_parse.h"
#include "source/diag.h"

#define DATAGRAM_SIZE 32768	/* see diag.c */
#define DEADLINE_NS   (1 * NS_PER_SEC)
#define ALL_EXTENSIONS 0xff
#define ALL_STATES    ((2u << STATE_BOUND) - 1)

struct ask {
	struct mnl_socket *nl;
	struct diag_walk   walk;
	struct sock        sock;	/* the one that is asked for */
	bool               exact;	/* by its tuple: one row, and no end is said */
	bool               found;
	struct sock_detail detail;	/* if it was */
	uint64_t           deadline;	/* of an answer that has not come to its end; 0: there is none */
	_Alignas(struct nlmsghdr) char buf[DATAGRAM_SIZE];
};

int
ask_open(struct ask **ret)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ask *a;
	int r;

	if (!nl)
		return -errno;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		r = -errno;
		mnl_socket_close(nl);
		return r;
	}
	a = mem_new(sizeof *a);
	a->nl = nl;
	a->walk.portid = mnl_socket_get_portid(nl);
	*ret = a;
	return 0;
}

void
ask_close(struct ask *a)
{
	if (!a)
		return;
	mnl_socket_close(a->nl);
	free(a);
}

/*
 * A listener's alone: then the kernel does not walk the table of all connections. It may
 * have been shut since, and is BOUND then.
 */
static uint32_t
states_for(const struct sock *s)
{
	if (s->proto == PROTO_TCP && sock_holds_port(s))
		return 1u << STATE_LISTEN | 1u << STATE_CLOSE | 1u << STATE_BOUND;
	return ALL_STATES;
}

/* The ports of the id narrow a dump down (inet_diag_dump_icsk(), udp_dump()). */
static void
fill_id(struct inet_diag_sockid *id, const struct sock *s, bool exact)
{
	endpoint_put(id->idiag_src, &id->idiag_sport, &s->local, s->family);
	endpoint_put(id->idiag_dst, &id->idiag_dport, &s->remote, s->family);
	if (!exact)
		return;
	id->idiag_if = s->ifindex;
	id->idiag_cookie[0] = (uint32_t)s->cookie;
	id->idiag_cookie[1] = (uint32_t)(s->cookie >> 32);
}

static int
send_request(struct ask *a)
{
	struct {
		struct nlmsghdr         h;
		struct inet_diag_req_v2 r;
	} msg = {
		.h = { .nlmsg_len = sizeof msg, .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (a->exact ? 0 : NLM_F_DUMP)),
		       .nlmsg_seq = ++a->walk.seq },
		.r = { .sdiag_family = a->sock.family == 4 ? AF_INET : AF_INET6,
		       .sdiag_protocol = a->sock.proto == PROTO_UDP ? IPPROTO_UDP : IPPROTO_TCP,
		       .idiag_ext = ALL_EXTENSIONS, .idiag_states = states_for(&a->sock) },
	};

	fill_id(&msg.r.id, &a->sock, a->exact);
	return mnl_socket_sendto(a->nl, &msg, sizeof msg) < 0 ? -errno : 0;
}

/* A dump that was given up would make the kernel refuse the next one: another socket. */
static int
renew(struct ask *a)
{
	struct ask *fresh;
	int r = ask_open(&fresh);

	if (r < 0)
		return r;
	mnl_socket_close(a->nl);
	*a = *fresh;
	free(fresh);
	return 0;
}

int
ask_start(struct ask *a, const struct sock *s)
{
	int r = a->deadline != 0 ? renew(a) : 0;

	if (r < 0)
		return r;
	if (!(s->has & SOCK_HAS_COOKIE))
		return -EOPNOTSUPP;
	a->sock = *s;
	a->exact = s->proto == PROTO_TCP && sock_has_peer(s);
	a->found = false;
	r = send_request(a);
	a->deadline = r < 0 ? 0 : clock_mono_ns() + DEADLINE_NS;
	return r;
}

int
ask_fd(const struct ask *a)
{
	return mnl_socket_get_fd(a->nl);
}

int
ask_timeout(const struct ask *a)
{
	uint64_t now = clock_mono_ns();

	return a->deadline <= now ? 0 : (int)((a->deadline - now + NS_PER_MS - 1) / NS_PER_MS);
}

/* Returns WALK_DONE where there is nothing more to wait for. */
static int
take_row(const struct nlmsghdr *nlh, void *arg)
{
	struct ask *a = arg;
	struct sock_detail d;
	int r;

	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return WALK_MORE;
	r = detail_parse(nlh, (enum sock_proto)a->sock.proto, &d);
	if (r == -EBADMSG)
		return r;
	if (r == 0 && d.sock.has & SOCK_HAS_COOKIE && d.sock.cookie == a->sock.cookie) {
		a->detail = d;
		a->found = true;
	}
	return a->exact ? WALK_DONE : WALK_MORE;
}

/* Only the kernel, port 0, is believed; a cut datagram is one we cannot read. */
static int
read_datagram(struct ask *a)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { a->buf, sizeof a->buf };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof from,
			      .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do
		n = recvmsg(mnl_socket_get_fd(a->nl), &msg, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? -EAGAIN : -errno;
	if (msg.msg_namelen != sizeof from || from.nl_pid != 0)
		return WALK_MORE;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return diag_walk(&a->walk, a->buf, (size_t)n, take_row, a);
}

int
ask_turn(struct ask *a, struct sock_detail *ret)
{
	int r;

	do
		r = read_datagram(a);
	while (r == WALK_MORE);
	if (r == -EAGAIN && clock_mono_ns() < a->deadline)
		return ASK_MORE;
	if (r < 0)	/* what may still come of it goes with the socket: see ask_start() */
		return r == -EAGAIN ? -ETIMEDOUT : r;
	a->deadline = 0;
	if (!a->found)
		return -ENOENT;
	*ret = a->detail;
	return ASK_DONE;
}
