/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/destroyed.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"
#include "source/diag_parse.h"

#define DATAGRAM_SIZE 32768
#define RCVBUF        (4 * 1024 * 1024)	/* thousands of closes between two looks */

/* Messages a call, so that a flood of them does not keep the caller from all else. */
#define AT_ONCE 512

struct destroyed {
	struct mnl_socket *nl;
	char               buf[DATAGRAM_SIZE];
};

static const int groups[] = {
	SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET_UDP_DESTROY,
	SKNLGRP_INET6_TCP_DESTROY, SKNLGRP_INET6_UDP_DESTROY,
};

/* Beyond net.core.rmem_max only with CAP_NET_ADMIN: what we get is what we get. */
static void
set_rcvbuf(int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

static int
join(struct mnl_socket *nl)
{
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, (void *)&groups[i],
		                          sizeof groups[i]) < 0)
			return -errno;
	return 0;
}

int
destroyed_open(struct destroyed **ret, int rcvbuf)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct destroyed *d;
	int r;

	if (!nl)
		return -errno;
	set_rcvbuf(mnl_socket_get_fd(nl), rcvbuf > 0 ? rcvbuf : RCVBUF);
	r = join(nl);
	if (r < 0) {
		mnl_socket_close(nl);
		return r;
	}
	d = mem_new(sizeof *d);
	d->nl = nl;
	*ret = d;
	return 0;
}

void
destroyed_close(struct destroyed *d)
{
	if (!d)
		return;
	mnl_socket_close(d->nl);
	free(d);
}

int
destroyed_fd(const struct destroyed *d)
{
	return mnl_socket_get_fd(d->nl);
}

static int
find_attrs(const struct nlattr *a, void *arg)
{
	const struct nlattr **slot = arg;

	if (mnl_attr_get_type(a) == INET_DIAG_INFO)
		slot[0] = a;
	if (mnl_attr_get_type(a) == INET_DIAG_PROTOCOL && mnl_attr_get_payload_len(a) >= 1)
		slot[1] = a;
	return MNL_CB_OK;
}

/* What was sent, without what was sent again, is exactly what was written. */
static void
take_bytes(struct sock_alone *s, const struct nlattr *a)
{
	struct tcp_info ti = { 0 };
	size_t len = mnl_attr_get_payload_len(a);

	memcpy(&ti, mnl_attr_get_payload(a), MIN(len, sizeof ti));
	if (len < FIELD_END(struct tcp_info, tcpi_bytes_retrans) ||
	    ti.tcpi_bytes_sent < ti.tcpi_bytes_retrans)
		return;
	s->info.rx_bytes = ti.tcpi_bytes_received;
	s->info.tx_bytes = ti.tcpi_bytes_sent - ti.tcpi_bytes_retrans;
	s->sock.has |= SOCK_HAS_BYTES;
}

uint64_t
destroyed_receipts(const struct sock *s, uint64_t peer_tx)
{
	return MIN(sock_info(s)->rx_bytes, peer_tx);
}

static enum sock_proto
proto_of(const struct nlattr *a)
{
	return a && mnl_attr_get_u8(a) == IPPROTO_UDP ? PROTO_UDP : PROTO_TCP;
}

int
destroyed_parse(const struct nlmsghdr *nlh, struct sock_alone *ret)
{
	const struct nlattr *slot[2] = { NULL };
	struct sock s;
	enum sock_proto proto;
	int r;

	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct inet_diag_msg))
		return -EBADMSG;
	mnl_attr_parse(nlh, sizeof(struct inet_diag_msg), find_attrs, slot);
	proto = proto_of(slot[1]);
	r = diag_parse_tuple(nlh, proto, &s);
	if (r < 0)
		return r;
	*ret = (struct sock_alone){ .sock = { .proto = s.proto, .family = s.family, .local = s.local,
	                     .remote = s.remote, .cookie = s.cookie, .ifindex = s.ifindex,
	                     .has = s.has & SOCK_HAS_COOKIE } };
	ret->sock.info = &ret->info;
	if (slot[0] && proto == PROTO_TCP && s.remote.port != 0)
		take_bytes(ret, slot[0]);
	return 0;
}

/* Any process may send to our port; only port 0, the kernel, is believed. */
static ssize_t
read_datagram(struct destroyed *d)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { d->buf, sizeof d->buf };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof from,
			      .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(destroyed_fd(d), &msg, MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	return from.nl_pid == 0 ? n : 0;
}

int
destroyed_read(struct destroyed *d, destroyed_fn fn, void *arg)
{
	int lost = 0;

	for (unsigned i = 0; i < AT_ONCE; i++) {
		ssize_t n = read_datagram(d);
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)d->buf;
		int left = (int)n;
		struct sock_alone s;

		if (n == -EAGAIN)
			return lost;
		if (n == -ENOBUFS)
			lost = -ENOBUFS;
		else if (n < 0 && n != -EINTR)
			return (int)n;
		for (; left > 0 && mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			if (destroyed_parse(nlh, &s) == 0)
				fn(&s.sock, arg);
	}
	return lost;
}
