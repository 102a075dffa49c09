/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Facts of this host and network namespace. */

#include "source/host.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORT_RANGE_FILE "sys/net/ipv4/ip_local_port_range"	/* for IPv6 too (ip(7)) */

void
host_port_range(int proc_fd, uint16_t *ret_lo, uint16_t *ret_hi)
{
	int fd = openat(proc_fd, PORT_RANGE_FILE, O_RDONLY | O_CLOEXEC);
	char buf[32] = { 0 };
	unsigned lo, hi;
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	if (n <= 0 || sscanf(buf, "%5u %5u", &lo, &hi) != 2)
		return;
	if (lo == 0 || lo > hi || hi > UINT16_MAX)
		return;
	*ret_lo = (uint16_t)lo;
	*ret_hi = (uint16_t)hi;
}

void
host_read(int proc_fd, struct snapshot *into)
{
	into->lo_ifindex = if_nametoindex("lo");
	host_port_range(proc_fd, &into->eph_lo, &into->eph_hi);
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
