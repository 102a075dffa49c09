/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* source/destroyed: of a message about a destroyed socket, only facts are taken. */

#include <criterion/criterion.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include "source/destroyed.h"
#include "unit/answer.h"

static const struct tcp_info info = {
	.tcpi_bytes_received = 1001, .tcpi_bytes_sent = 600, .tcpi_bytes_retrans = 100,
};

static struct nlmsghdr *
message(void *buf, uint8_t protocol, uint16_t dport, size_t info_len)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct inet_diag_msg *m;

	h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	m->idiag_family = AF_INET;
	m->idiag_state = 7;
	m->idiag_uid = 1000;
	m->idiag_inode = 99;
	m->id.idiag_sport = htons(8080);
	m->id.idiag_dport = htons(dport);
	m->id.idiag_src[0] = htonl(INADDR_LOOPBACK);
	m->id.idiag_cookie[0] = 5;
	mnl_attr_put_u8(h, INET_DIAG_PROTOCOL, protocol);
	if (info_len > 0)
		mnl_attr_put(h, INET_DIAG_INFO, info_len, &info);
	return h;
}

Test(destroyed, only_facts_are_taken)
{
	_Alignas(struct nlmsghdr) char buf[1024];
	struct sock_alone s;

	cr_assert_eq(destroyed_parse(message(buf, IPPROTO_TCP, 4000, sizeof info), &s), 0);
	cr_expect_eq(s.sock.proto, PROTO_TCP);
	cr_expect_eq(s.sock.local.port, 8080);
	cr_expect_eq(s.sock.remote.port, 4000);
	cr_expect_eq(s.sock.cookie, 5);
	cr_expect_eq(s.sock.inode, 0);
	cr_expect_eq(s.sock.state, 0);
	cr_expect_eq(s.sock.has, SOCK_HAS_COOKIE | SOCK_HAS_BYTES);
	cr_expect_eq(s.info.rx_bytes, 1001, "the FIN, if there was one, counts");
	cr_expect_eq(destroyed_receipts(&s.sock, 1000), 1000, "there was one");
	cr_expect_eq(destroyed_receipts(&s.sock, 1001), 1001, "there was none");
	cr_expect_eq(destroyed_receipts(&s.sock, 5000), 1001, "more was on its way");
	cr_expect_eq(s.info.tx_bytes, 500);
}

Test(destroyed, bytes_only_of_connections_and_where_they_are)
{
	_Alignas(struct nlmsghdr) char buf[1024];
	struct sock_alone s;

	cr_assert_eq(destroyed_parse(message(buf, IPPROTO_TCP, 0, sizeof info), &s), 0);
	cr_expect_eq(s.sock.has, SOCK_HAS_COOKIE);
	cr_assert_eq(destroyed_parse(message(buf, IPPROTO_TCP, 4000, 104), &s), 0);
	cr_expect_eq(s.sock.has, SOCK_HAS_COOKIE);
	cr_assert_eq(destroyed_parse(message(buf, IPPROTO_UDP, 4000, 0), &s), 0);
	cr_expect_eq(s.sock.proto, PROTO_UDP);
	cr_expect_eq(s.sock.has, SOCK_HAS_COOKIE);
}

Test(destroyed, what_is_no_message_is_refused)
{
	_Alignas(struct nlmsghdr) char buf[1024];
	struct nlmsghdr *h = message(buf, IPPROTO_TCP, 4000, 0);
	struct sock_alone s;

	h->nlmsg_type = NLMSG_ERROR;
	cr_expect_eq(destroyed_parse(h, &s), -EBADMSG);
	h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	h->nlmsg_len = NLMSG_LENGTH(8);
	cr_expect_eq(destroyed_parse(h, &s), -EBADMSG);
}

static void
count(const struct sock *s, void *arg)
{
	size_t *n = arg;

	*n += s->local.port != 0;
}

/* The kernel announces from a work queue of its own: when it will is not known. */
static bool
errs_within(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd };	/* errors are told unasked */

	return poll(&p, 1, timeout_ms) > 0 && p.revents & POLLERR;
}

/* With the smallest buffer there is, hundreds of closes are more than it holds. */
Test(destroyed, what_is_lost_is_said)
{
	struct destroyed *d;
	size_t n = 0;
	int r = destroyed_open(&d, 1);

	if (r < 0)
		cr_skip_test("the kernel does not announce what it destroys: %d", r);
	for (int i = 0; i < 2000; i++) {
		struct sockaddr_in addr = { .sin_family = AF_INET,
		                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		cr_assert_eq(bind(fd, (const struct sockaddr *)&addr, sizeof addr), 0);
		close(fd);
	}
	cr_assert(errs_within(destroyed_fd(d), 10000), "nothing was lost");
	cr_expect_eq(destroyed_read(d, count, &n), -ENOBUFS);
	cr_expect_lt(n, 2000);
	destroyed_close(d);
}
