/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/port.h"

#include <string.h>

#include "base/util.h"

static bool
is_asked_for(const struct port_query *q, const struct sock *s)
{
	unsigned family = s->family == 4 ? PORT_IPV4 : PORT_IPV6;

	return sock_holds_port(s) && s->local.port == q->end.port &&
	       (q->protos == 0 || q->protos & 1u << s->proto) &&
	       (q->families == 0 || q->families & family);
}

/*
 * 0.0.0.0 takes what comes for an IPv4 address, :: for an IPv6 one, and unless it
 * is IPV6_V6ONLY for an IPv4 one as well (ipv6(7)). Where the kernel did not say,
 * as in /proc/net, it is taken for the common case, which is not.
 */
static bool
covers(const struct sock *s, const uint8_t addr[16])
{
	if (!addr_is_any(s->local.addr))
		return false;
	if (addr_is_v4(s->local.addr))
		return addr_is_v4(addr);
	return !addr_is_v4(addr) || !(s->has & SOCK_HAS_V6ONLY) || !s->v6only;
}

enum port_match
port_match(const struct port_query *q, const struct sock *s)
{
	if (!is_asked_for(q, s))
		return PORT_NO;
	if (!q->has_addr || memcmp(s->local.addr, q->end.addr, sizeof q->end.addr) == 0)
		return PORT_EXACT;
	return covers(s, q->end.addr) ? PORT_COVERS : PORT_NO;
}

enum port_match
port_best(const struct port_query *q, const struct snapshot *snap)
{
	enum port_match best = PORT_NO;

	for (size_t i = 0; i < snap->count && best < PORT_EXACT; i++) {
		enum port_match m = port_match(q, &snap->socks[i]);

		if (m > best)
			best = m;
	}
	return best;
}

size_t
port_lingering(const struct snapshot *snap, uint16_t port, uint32_t *longest_ms)
{
	size_t n = 0;

	*longest_ms = 0;
	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (!(PORT_LINGERING >> s->state & 1) || s->local.port != port)
			continue;
		n++;
		if (s->has & SOCK_HAS_TIMER)
			*longest_ms = MAX(*longest_ms, s->timer_ms);
	}
	return n;
}
