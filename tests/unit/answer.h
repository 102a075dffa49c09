/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Builds datagrams as sock_diag(7) sends them, for the tests of source/. A
 * datagram is filled from the front; answer_row() and the others append a message.
 */

#ifndef LOTOP_TESTS_ANSWER_H
#define LOTOP_TESTS_ANSWER_H

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ANSWER_SEQ  7u
#define ANSWER_PORT 4242u

struct answer {
	_Alignas(struct nlmsghdr) unsigned char buf[4096];
	size_t   len;
	uint32_t seq;
	uint32_t port;
	uint16_t flags;		/* of the messages to come */
};

static inline void
answer_init(struct answer *a)
{
	memset(a, 0, sizeof *a);
	a->seq  = ANSWER_SEQ;
	a->port = ANSWER_PORT;
}

/* Appends a message with a payload; returns its header. */
static inline struct nlmsghdr *
answer_message(struct answer *a, uint16_t type, const void *payload, size_t len)
{
	struct nlmsghdr *h = (struct nlmsghdr *)(a->buf + a->len);

	h->nlmsg_len   = (uint32_t)(NLMSG_HDRLEN + len);
	h->nlmsg_type  = type;
	h->nlmsg_flags = a->flags;
	h->nlmsg_seq   = a->seq;
	h->nlmsg_pid   = a->port;
	if (len > 0)
		memcpy(h + 1, payload, len);
	a->len += NLMSG_ALIGN(h->nlmsg_len);
	return h;
}

/* DONE or ERROR with the errno that it carries. */
static inline void
answer_end(struct answer *a, uint16_t type, int err)
{
	answer_message(a, type, &err, sizeof err);
}

/* Appends an attribute to a message, which must be the last one. */
static inline void
answer_attr(struct answer *a, struct nlmsghdr *h, uint16_t type, const void *payload, size_t len)
{
	struct nlattr *at = (struct nlattr *)((unsigned char *)h + NLMSG_ALIGN(h->nlmsg_len));

	at->nla_len  = (uint16_t)(NLA_HDRLEN + len);
	at->nla_type = type;
	memcpy(at + 1, payload, len);
	h->nlmsg_len = NLMSG_ALIGN(h->nlmsg_len) + NLA_ALIGN(at->nla_len);
	a->len = (size_t)((unsigned char *)h - a->buf) + h->nlmsg_len;
}

/* 127.0.0.1:8080 with a peer at 127.0.0.2:40000. */
static inline struct inet_diag_msg
answer_v4(uint8_t state)
{
	struct inet_diag_msg m = {
		.idiag_family = AF_INET, .idiag_state = state,
		.idiag_inode = 1000, .idiag_uid = 500,
		.id = { .idiag_sport = htons(8080), .idiag_dport = htons(40000),
			.idiag_cookie = { 0x89abcdef, 0x01234567 } },
	};

	m.id.idiag_src[0] = htonl(0x7f000001);
	m.id.idiag_dst[0] = htonl(0x7f000002);
	return m;
}

static inline struct nlmsghdr *
answer_row(struct answer *a, const struct inet_diag_msg *m)
{
	return answer_message(a, SOCK_DIAG_BY_FAMILY, m, sizeof *m);
}

#endif
