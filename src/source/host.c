/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Facts of this host and network namespace. */

#include "source/host.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "source/port_facts.h"

void
host_read(int proc_fd, struct snapshot *into)
{
	into->lo_ifindex = if_nametoindex("lo");
	port_facts_read_ephemeral(proc_fd, &into->eph_lo, &into->eph_hi);
}

/* Returns false for what has no IP address. */
static bool
take_addr(const struct sockaddr *sa, uint8_t ret[16])
{
	if (sa && sa->sa_family == AF_INET)
		addr_from_v4(ret, &((const struct sockaddr_in *)sa)->sin_addr);
	else if (sa && sa->sa_family == AF_INET6)
		memcpy(ret, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	else
		return false;
	return true;
}

int
host_read_addrs(struct snapshot *into)
{
	struct ifaddrs *list;
	size_t n = 0;

	if (getifaddrs(&list) < 0)
		return -errno;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next)
		n++;
	into->host_addrs = arena_alloc(&into->arena, (n + 1) * sizeof *into->host_addrs);
	into->nhost_addrs = 0;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next)
		into->nhost_addrs += take_addr(i->ifa_addr, into->host_addrs[into->nhost_addrs]);
	freeifaddrs(list);
	return 0;
}

/* fe80::/10 reaches the next cable only, and needs a zone to be said at all. */
static bool
is_for_others(const struct ifaddrs *i, const uint8_t addr[16])
{
	static const uint8_t link_local[16] = { 0xfe, 0x80 };

	return i->ifa_flags & IFF_UP && !(i->ifa_flags & IFF_LOOPBACK) &&
	       !addr_is_loopback(addr) && !addr_in_prefix(addr, link_local, 10);
}

size_t
host_list_addrs(struct host_addr *ret, size_t max)
{
	struct ifaddrs *list;
	size_t n = 0;

	if (getifaddrs(&list) < 0)
		return 0;
	for (const struct ifaddrs *i = list; i && n < max; i = i->ifa_next) {
		struct host_addr *a = &ret[n];

		if (!take_addr(i->ifa_addr, a->addr) || !is_for_others(i, a->addr))
			continue;
		snprintf(a->iface, sizeof a->iface, "%s", i->ifa_name);
		n++;
	}
	freeifaddrs(list);
	return n;
}
