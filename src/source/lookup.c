/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/lookup.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "source/diag.h"
#include "source/diag_parse.h"

#define ANSWER_SIZE 8192
#define PATIENCE_S  1	/* the kernel answers before sendto(2) returns */

struct lookup {
	struct mnl_socket *nl;
	struct diag_walk   walk;
	struct sock_alone *ret;
	enum sock_proto    proto;	/* of what was asked for */
	bool               found;
};

int
lookup_open(struct lookup **ret)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	struct lookup *l;
	int r;

	if (!nl)
		return -errno;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &patience,
	               sizeof patience) < 0) {
		r = -errno;
		mnl_socket_close(nl);
		return r;
	}
	l = mem_new(sizeof *l);
	l->nl = nl;
	l->walk.portid = mnl_socket_get_portid(nl);
	*ret = l;
	return 0;
}

void
lookup_close(struct lookup *l)
{
	if (!l)
		return;
	mnl_socket_close(l->nl);
	free(l);
}

static int
send_request(struct lookup *l, const struct sock *s)
{
	struct {
		struct nlmsghdr         h;
		struct inet_diag_req_v2 r;
	} msg = {
		.h = { .nlmsg_len = sizeof msg, .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = ++l->walk.seq },
		.r = { .sdiag_family = s->family == 4 ? AF_INET : AF_INET6,
		       .sdiag_protocol = s->proto == PROTO_TCP ? IPPROTO_TCP : IPPROTO_UDP,
		       .idiag_states = ~0u,
		       .idiag_ext = 1u << (INET_DIAG_INFO - 1) },
	};
	struct inet_diag_sockid *id = &msg.r.id;
	bool udp = s->proto == PROTO_UDP;	/* "src and dst are swapped", net/ipv4/udp_diag.c */

	endpoint_put(id->idiag_src, &id->idiag_sport, udp ? &s->remote : &s->local, s->family);
	endpoint_put(id->idiag_dst, &id->idiag_dport, udp ? &s->local : &s->remote, s->family);
	id->idiag_if = s->ifindex;
	id->idiag_cookie[0] = s->has & SOCK_HAS_COOKIE ? (uint32_t)s->cookie : INET_DIAG_NOCOOKIE;
	id->idiag_cookie[1] = s->has & SOCK_HAS_COOKIE ? (uint32_t)(s->cookie >> 32) : INET_DIAG_NOCOOKIE;
	return mnl_socket_sendto(l->nl, &msg, sizeof msg) < 0 ? -errno : 0;
}

static int
take_answer(const struct nlmsghdr *nlh, void *arg)
{
	struct lookup *l = arg;
	int r = diag_parse_inet(nlh, l->proto, l->ret);

	l->found = r == 0;
	return r;
}

static int
look_up(struct lookup *l, const struct sock *s, struct sock_alone *ret)
{
	_Alignas(struct nlmsghdr) char buf[ANSWER_SIZE];
	int r = send_request(l, s);

	l->ret = ret;
	l->proto = s->proto;
	l->found = false;
	while (r == 0 && !l->found) {
		ssize_t n = mnl_socket_recvfrom(l->nl, buf, sizeof buf);

		if (n < 0 && errno != EINTR)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (n >= 0)
			r = diag_walk(&l->walk, buf, (size_t)n, take_answer, l);
	}
	if (r == WALK_DONE)	/* an acknowledgement, and no row */
		return -EBADMSG;
	return r < 0 ? r : 0;
}

int
lookup_sock(struct lookup *l, const struct sock *s, struct sock_alone *ret)
{
	return look_up(l, s, ret);
}

static bool
same_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->addr, b->addr, sizeof a->addr) == 0;
}

/* Mapped addresses of IPv6 sockets are left out: the kernel looks among those of IPv4. */
static bool
is_found_by_port(const struct sock *s)
{
	if (sock_has_peer(s) || (s->family == 6 && addr_is_v4(s->local.addr)))
		return false;
	return s->proto == PROTO_UDP || s->state == STATE_LISTEN;
}

/*
 * It takes the best match for a packet to that address (compute_score() in
 * net/ipv4/inet_hashtables.c): one with another address is found only where there is none with
 * this one. Another with the same may share its port.
 */
bool
lookup_is_gone(struct lookup *l, const struct sock *s)
{
	struct sock any = *s;
	struct sock_alone found;
	int r;

	if (!is_found_by_port(s))
		return false;
	any.has &= ~SOCK_HAS_COOKIE;
	r = look_up(l, &any, &found);
	return r == -ENOENT || (r == 0 && !same_end(&found.sock.local, &s->local));
}

/*
 * Without a cookie the kernel takes the listener of the port where there is no such
 * connection (inet_lookup()): that is none. Among IPv4 addresses it finds sockets of IPv6, too.
 */
int
lookup_other_end(struct lookup *l, const struct sock *s, uint32_t lo_ifindex,
                 struct sock_alone *ret)
{
	struct sock other = { .proto = s->proto, .ifindex = lo_ifindex,
	                             .family = addr_is_v4(s->local.addr) ? 4 : 6,
	                             .local = s->remote, .remote = s->local };
	struct sock_alone found;
	int r = look_up(l, &other, &found);

	if (r < 0)
		return r;
	if (!same_end(&found.sock.local, &other.local) || !same_end(&found.sock.remote, &other.remote))
		return -ENOENT;
	sock_copy(ret, &found.sock);
	return 0;
}
