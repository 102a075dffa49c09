/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The kernel looks a socket up by its addresses and then compares the cookie.
 * So it never closes a wrong one; but of listeners that share a port it finds one
 * alone (inet_diag_find_one_icsk()), and says of the others that they are not there.
 */

#include "act/close.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"

#define ANSWER_SIZE 8192
#define PATIENCE_S  1	/* the kernel answers before sendto(2) returns */

#define ANY_COOKIE UINT64_MAX	/* INET_DIAG_NOCOOKIE, twice: names any socket at the addresses */

struct closer {
	struct mnl_socket *nl;
	uint32_t           seq;
};

int
closer_open(struct closer **ret)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	struct closer *c;
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
	c = mem_new(sizeof *c);
	c->nl = nl;
	*ret = c;
	return 0;
}

void
closer_close(struct closer *c)
{
	if (!c)
		return;
	mnl_socket_close(c->nl);
	free(c);
}

/*
 * To be told of the namespace of a socket (Linux 4.10) takes the same capability in the same user
 * namespace: sock_ioctl() of net/socket.c, netlink_net_capable() of sock_diag_destroy().
 */
int
close_permitted(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), ns, r;

	if (fd < 0)
		return -errno;
	ns = ioctl(fd, SIOCGSKNS);
	r = ns < 0 ? -errno : 0;
	if (ns >= 0)
		close(ns);
	close(fd);
	return r;
}

/* ---- the name ---- */

static void
put_name(struct inet_diag_req_v2 *ret, const struct sock *s, const struct endpoint *src,
         const struct endpoint *dst)
{
	*ret = (struct inet_diag_req_v2){
		.sdiag_family   = s->family == 4 ? AF_INET : AF_INET6,
		.sdiag_protocol = s->proto == PROTO_UDP ? IPPROTO_UDP : IPPROTO_TCP,
		.idiag_states   = ~0u,
		.id = {
			.idiag_if     = s->ifindex,
			.idiag_cookie = { (uint32_t)s->cookie, (uint32_t)(s->cookie >> 32) },
		},
	};
	endpoint_put(ret->id.idiag_src, &ret->id.idiag_sport, src, s->family);
	endpoint_put(ret->id.idiag_dst, &ret->id.idiag_dport, dst, s->family);
}

void
close_name(struct inet_diag_req_v2 *ret, const struct sock *s)
{
	put_name(ret, s, &s->local, &s->remote);
}

/* "src and dst are swapped for historical reasons": udp_dump_one() of net/ipv4/udp_diag.c. */
void
close_name_to_get(struct inet_diag_req_v2 *ret, const struct sock *s)
{
	if (s->proto == PROTO_UDP)
		put_name(ret, s, &s->remote, &s->local);
	else
		put_name(ret, s, &s->local, &s->remote);
}

/* ---- the conversation ---- */

/* One message of ours: 1 with a row in *ret, 0 for an acknowledgement, or -errno. */
static int
take(const struct nlmsghdr *nlh, struct inet_diag_msg *ret)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (nlh->nlmsg_type == NLMSG_ERROR)
		return len < sizeof *e || e->error > 0 ? -EBADMSG : e->error;
	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY || len < sizeof *ret)
		return -EBADMSG;
	memcpy(ret, mnl_nlmsg_get_payload(nlh), sizeof *ret);
	return 1;
}

static int
wait_for(struct closer *c, struct inet_diag_msg *ret)
{
	_Alignas(struct nlmsghdr) char buf[ANSWER_SIZE];

	for (;;) {
		ssize_t n = mnl_socket_recvfrom(c->nl, buf, sizeof buf);
		const struct nlmsghdr *nlh = (const void *)buf;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (!mnl_nlmsg_ok(nlh, (int)n))
			return -EBADMSG;
		if (nlh->nlmsg_seq == c->seq)
			return take(nlh, ret);
	}
}

static int
ask(struct closer *c, uint16_t type, uint16_t flags, const struct inet_diag_req_v2 *name,
    struct inet_diag_msg *ret)
{
	struct {
		struct nlmsghdr         h;
		struct inet_diag_req_v2 r;
	} msg = {
		.h = { .nlmsg_len = sizeof msg, .nlmsg_type = type,
		       .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++c->seq },
		.r = *name,
	};

	if (mnl_socket_sendto(c->nl, &msg, sizeof msg) < 0)
		return -errno;
	return wait_for(c, ret);
}

/* ---- the deed ---- */

/* Returns 0 with its state, or -errno. Where another has its addresses, -ESTALE is what the kernel says. */
static int
look(struct closer *c, const struct sock *s, uint8_t *state)
{
	struct inet_diag_req_v2 name;
	struct inet_diag_msg now;
	int r;

	close_name_to_get(&name, s);
	r = ask(c, SOCK_DIAG_BY_FAMILY, 0, &name, &now);
	if (r < 0)
		return r == -ESTALE ? -ENOENT : r;
	if (r == 0)
		return -EBADMSG;
	*state = now.idiag_state;
	return 0;
}

static int
destroy(struct closer *c, const struct sock *s)
{
	struct inet_diag_req_v2 name;
	struct inet_diag_msg none;
	int r;

	close_name(&name, s);
	r = ask(c, SOCK_DESTROY, NLM_F_ACK, &name, &none);
	if (r == -ESTALE)
		return -ENOENT;
	return r > 0 ? -EBADMSG : r;
}

int
closer_shut(struct closer *c, const struct sock *s)
{
	uint8_t state;
	int r;

	if (!(s->has & SOCK_HAS_COOKIE) || s->cookie == ANY_COOKIE)
		return CLOSE_NO_COOKIE;
	r = look(c, s, &state);
	if (r == 0 && (state == STATE_LISTEN) != (s->state == STATE_LISTEN))
		return CLOSE_OTHER;
	if (r == 0)
		r = destroy(c, s);
	if (r < 0)
		return r == -ENOENT ? CLOSE_NOT_FOUND : r;
	return look(c, s, &state) == -ENOENT ? CLOSE_DONE : CLOSE_STAYS;
}
