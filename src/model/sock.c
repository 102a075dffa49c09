/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the names of what a socket can be, and what its own numbers tell of it. */

#include "model/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* What the bits of struct sock hold. */
_Static_assert(PROTO_COUNT <= 1 << 2 && STATE_COUNT <= 1 << 5, "proto, state");
_Static_assert(HOLDER_COUNT <= 1 << 3 && SOCK_ROLES <= 1 << 3, "holder, role");

const char *const sock_proto_names[PROTO_COUNT] = {
	[PROTO_TCP] = "tcp",
	[PROTO_UDP] = "udp",
};

const char *const sock_state_names[STATE_COUNT] = {
	[STATE_ESTABLISHED] = "ESTABLISHED",
	[STATE_SYN_SENT]    = "SYN_SENT",
	[STATE_SYN_RECV]    = "SYN_RECV",
	[STATE_FIN_WAIT1]   = "FIN_WAIT1",
	[STATE_FIN_WAIT2]   = "FIN_WAIT2",
	[STATE_TIME_WAIT]   = "TIME_WAIT",
	[STATE_CLOSE]       = "CLOSE",
	[STATE_CLOSE_WAIT]  = "CLOSE_WAIT",
	[STATE_LAST_ACK]    = "LAST_ACK",
	[STATE_LISTEN]      = "LISTEN",
	[STATE_CLOSING]     = "CLOSING",
	[STATE_BOUND]       = "BOUND",
	[STATE_UNCONN]      = "UNCONN",
};

const char *const sock_holder_names[HOLDER_COUNT] = {
	[HOLDER_KNOWN]  = "known",
	[HOLDER_HIDDEN] = "hidden",
	[HOLDER_QUEUE]  = "queue",
	[HOLDER_NONE]   = "none",
	[HOLDER_UNSEEN] = "unseen",
};

const char *const sock_reach_names[REACH_COUNT] = {
	[REACH_LOOPBACK] = "loopback",
	[REACH_EXPOSED]  = "exposed",
};

const char *const sock_role_names[SOCK_ROLES] = {
	[SOCK_LISTENER] = "listener",
	[SOCK_SERVER]   = "server",
	[SOCK_CLIENT]   = "client",
};

#define MAPPED_LEN 12	/* bytes before the IPv4 address in a mapped one */

static const uint8_t mapped[MAPPED_LEN] = { [10] = 0xff, [11] = 0xff };

/* An address as numbers: each socket is asked several times what its own are. */
struct addr_words {
	uint64_t upper;
	uint32_t middle;
	uint32_t last;	/* of IPv4 all there is */
};

static struct addr_words
words_of(const uint8_t addr[16])
{
	struct addr_words h;

	memcpy(&h, addr, sizeof h);
	return (struct addr_words){ h.upper, ntohl(h.middle), ntohl(h.last) };
}

static bool
is_mapped(struct addr_words h)
{
	return h.upper == 0 && h.middle == 0xffff;
}

bool
addr_is_v4(const uint8_t addr[16])
{
	return is_mapped(words_of(addr));
}

bool
addr_is_any(const uint8_t addr[16])
{
	struct addr_words h = words_of(addr);

	return h.upper == 0 && h.last == 0 && (h.middle == 0 || h.middle == 0xffff);
}

bool
addr_is_loopback(const uint8_t addr[16])
{
	struct addr_words h = words_of(addr);

	if (is_mapped(h))
		return h.last >> 24 == 127;
	return h.upper == 0 && h.middle == 0 && h.last == 1;
}

void
addr_from_v4(uint8_t addr[16], const void *v4)
{
	memcpy(addr, mapped, MAPPED_LEN);
	memcpy(addr + MAPPED_LEN, v4, 4);
}

bool
addr_in_prefix(const uint8_t addr[16], const uint8_t prefix[16], unsigned bits)
{
	size_t whole = bits / 8;
	unsigned left = 8 - bits % 8;

	return memcmp(addr, prefix, whole) == 0 &&
	       (left == 8 || addr[whole] >> left == prefix[whole] >> left);
}

static char *
put_octet(char *to, unsigned octet)
{
	bool three = octet >= 100;

	if (three) {
		*to++ = octet >= 200 ? '2' : '1';
		octet -= octet >= 200 ? 200 : 100;
	}
	if (three || octet >= 10) {
		memcpy(to, text_pairs + octet * 2, 2);
		return to + 2;
	}
	*to = (char)('0' + octet);
	return to + 1;
}

static char *
put_v4(char *to, const uint8_t v4[4])
{
	for (size_t i = 0; i < 4; i++) {
		to = put_octet(to, v4[i]);
		*to++ = '.';
	}
	return to - 1;
}

#define GROUPS 8	/* of 16 bits in an IPv6 address */

/* Zeros that "::" stands for: the longest run of two groups or more, the first of such. */
struct gap {
	size_t first;
	size_t len;	/* 0: there is none */
};

static struct gap
find_gap(const uint16_t group[GROUPS])
{
	struct gap longest = { .len = 0 };

	for (size_t i = 0; i < GROUPS; i++) {
		size_t first = i;

		while (i < GROUPS && group[i] == 0)
			i++;
		if (i - first > MAX(longest.len, 1))
			longest = (struct gap){ first, i - first };
	}
	return longest;
}

static char *
put_group(char *to, unsigned group)
{
	unsigned shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (; shift > 0; shift -= 4)
		*to++ = "0123456789abcdef"[group >> shift & 0xf];
	*to++ = "0123456789abcdef"[group & 0xf];
	return to;
}

/* As inet_ntop(3), which takes several times as long: also "::1.2.3.4" for what once was IPv4. */
static char *
put_v6(char *to, const uint8_t addr[16])
{
	uint16_t group[GROUPS];
	struct gap gap;

	for (size_t i = 0; i < GROUPS; i++)
		group[i] = (uint16_t)(addr[2 * i] << 8 | addr[2 * i + 1]);
	gap = find_gap(group);
	for (size_t i = 0; i < GROUPS; i++) {
		if (gap.len > 0 && i == gap.first) {
			*to++ = ':';
			i += gap.len - 1;
			if (i + 1 == GROUPS)
				*to++ = ':';
			continue;
		}
		if (i > 0)
			*to++ = ':';
		if (gap.first == 0 && gap.len == 6)
			return put_v4(to, addr + MAPPED_LEN);
		to = put_group(to, group[i]);
	}
	return to;
}

static char *
put_addr(char *to, const uint8_t addr[16])
{
	return addr_is_v4(addr) ? put_v4(to, addr + MAPPED_LEN) : put_v6(to, addr);
}

void
addr_add_text(struct text *t, const uint8_t addr[16])
{
	char *to = text_room(t, INET6_ADDRSTRLEN);

	text_took(t, (size_t)(put_addr(to, addr) - to));
}

int
addr_parse(const char *s, size_t len, uint8_t ret[16])
{
	char buf[INET6_ADDRSTRLEN];
	uint8_t addr[16];

	if (len >= sizeof buf || memchr(s, '\0', len))
		return -EINVAL;
	memcpy(buf, s, len);
	buf[len] = '\0';
	if (inet_pton(AF_INET, buf, addr) == 1) {
		addr_from_v4(ret, addr);
		return 0;
	}
	if (inet_pton(AF_INET6, buf, addr) != 1)
		return -EINVAL;
	memcpy(ret, addr, sizeof addr);
	return 0;
}

void
endpoint_add_text(struct text *t, const struct endpoint *e)
{
	char *start = text_room(t, INET6_ADDRSTRLEN + TEXT_DIGITS), *to = start;

	if (addr_is_v4(e->addr)) {
		to = put_v4(to, e->addr + MAPPED_LEN);
	} else {
		*to++ = '[';
		to = put_v6(to, e->addr);
		*to++ = ']';
	}
	*to++ = ':';
	to = text_put_number(to, e->port);
	text_took(t, (size_t)(to - start));
}

void
endpoint_put(void *addr, uint16_t *port, const struct endpoint *e, unsigned family)
{
	if (family == 4)
		memcpy(addr, e->addr + 12, 4);
	else
		memcpy(addr, e->addr, 16);
	*port = htons(e->port);
}

/* One multiplication a word: each socket is hashed several times at each refresh. */
static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 32;
}

uint64_t
endpoint_hash(uint64_t h, const struct endpoint *e)
{
	uint64_t words[2];

	memcpy(words, e->addr, sizeof words);
	return mix(mix(mix(h, words[0]), words[1]), e->port);
}

void
sock_take_totals(struct sock *s, const struct sock *later)
{
	if (!(later->has & SOCK_HAS_BYTES))
		return;
	s->info->rx_bytes = sock_info(later)->rx_bytes;
	s->info->tx_bytes = sock_info(later)->tx_bytes;
	s->has |= SOCK_HAS_BYTES;
}

const struct sock_info sock_info_none = { .rx_bytes = 0 };

void
sock_copy(struct sock_alone *to, const struct sock *s)
{
	to->info = *sock_info(s);
	to->sock = *s;
	to->sock.info = &to->info;
}

bool
sock_has_peer(const struct sock *s)
{
	return s->remote.port != 0 || !addr_is_any(s->remote.addr);
}

bool
sock_holds_port(const struct sock *s)
{
	if (s->state == STATE_UNKNOWN)
		return !sock_has_peer(s);
	return s->state == STATE_LISTEN || s->state == STATE_UNCONN || s->state == STATE_BOUND;
}

bool
sock_is_to_itself(const struct sock *s)
{
	return sock_has_peer(s) && s->local.port == s->remote.port &&
	       memcmp(s->local.addr, s->remote.addr, sizeof s->local.addr) == 0;
}

enum sock_reach
sock_reach_of(const struct sock *s, uint32_t lo_ifindex)
{
	if (!sock_holds_port(s))
		return REACH_UNKNOWN;
	if (s->ifindex != 0 && s->ifindex == lo_ifindex)
		return REACH_LOOPBACK;
	return addr_is_loopback(s->local.addr) ? REACH_LOOPBACK : REACH_EXPOSED;
}

/* A step of FNV-1a, 64 bits. */
static uint64_t
hash_bytes(uint64_t h, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
hash_endpoint(uint64_t h, const struct endpoint *e)
{
	h = hash_bytes(h, e->addr, sizeof e->addr);
	return hash_bytes(h, &e->port, sizeof e->port);
}

uint64_t
sock_id(const struct sock *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	uint8_t proto = s->proto;

	if (s->has & SOCK_HAS_COOKIE)
		return s->cookie;
	h = hash_bytes(h, &proto, sizeof proto);
	if (s->inode != 0 && (s->proto != PROTO_TCP || !sock_has_peer(s)))
		return hash_bytes(h, &s->inode, sizeof s->inode);
	h = hash_endpoint(h, &s->local);
	return hash_endpoint(h, &s->remote);
}
