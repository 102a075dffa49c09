/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the three scopes, each a question about one socket. */

#include "view/scope.h"

#include <string.h>

const char *const scope_names[SCOPE_COUNT] = {
	[SCOPE_LOOPBACK] = "loopback",
	[SCOPE_HOST]     = "host",
	[SCOPE_ALL]      = "all",
};

/*
 * A wildcard socket answers on 127.0.0.1 or ::1 as well, unless SO_BINDTODEVICE ties
 * it to a device that is not `lo` (socket(7)).
 */
static bool
wildcard_on_loopback(const struct snapshot *snap, const struct sock *s)
{
	return sock_holds_port(s) && addr_is_any(s->local.addr) &&
	       (s->ifindex == 0 || s->ifindex == snap->lo_ifindex);
}

static bool
in_loopback(const struct snapshot *snap, const struct sock *s)
{
	return addr_is_loopback(s->local.addr) || addr_is_loopback(s->remote.addr) ||
	       wildcard_on_loopback(snap, s);
}

/*
 * All of 127.0.0.0/8 is this host's, though only 127.0.0.1 is on a device; so is
 * the wildcard, which as a remote end is that of a socket without a peer.
 */
static bool
is_own_addr(const struct snapshot *snap, const uint8_t addr[16])
{
	if (addr_is_any(addr) || addr_is_loopback(addr))
		return true;
	for (size_t i = 0; i < snap->nhost_addrs; i++)
		if (memcmp(snap->host_addrs[i], addr, 16) == 0)
			return true;
	return false;
}

static bool
in_host(const struct snapshot *snap, const struct sock *s)
{
	if (in_loopback(snap, s))
		return true;
	return is_own_addr(snap, s->local.addr) && is_own_addr(snap, s->remote.addr);
}

static bool
in_all(const struct snapshot *snap, const struct sock *s)
{
	(void)snap;
	(void)s;
	return true;
}

static bool (*const tests[SCOPE_COUNT])(const struct snapshot *snap, const struct sock *s) = {
	[SCOPE_LOOPBACK] = in_loopback,
	[SCOPE_HOST]     = in_host,
	[SCOPE_ALL]      = in_all,
};

bool
scope_has(enum scope scope, const struct snapshot *snap, const struct sock *s)
{
	return tests[scope](snap, s);
}
