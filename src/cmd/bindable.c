/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "cmd/bindable.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const bind_place_names[BIND_PLACES] = {
	[BIND_LOOPBACK4] = "127.0.0.1",
	[BIND_LOOPBACK6] = "::1",
	[BIND_ANY4]      = "0.0.0.0",
	[BIND_ANY6]      = "::",
};

static const int types[PROTO_COUNT] = {
	[PROTO_TCP] = SOCK_STREAM,
	[PROTO_UDP] = SOCK_DGRAM,
};

static bool
is_ipv6(enum bind_place place)
{
	return BIND_IPV6 >> place & 1;
}

static socklen_t
address_of(enum bind_place place, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *sin = (struct sockaddr_in *)ret;

	memset(ret, 0, sizeof *ret);
	if (is_ipv6(place)) {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = htons(port);
		sin6->sin6_addr = place == BIND_ANY6 ? in6addr_any : in6addr_loopback;
		return sizeof *sin6;
	}
	sin->sin_family = AF_INET;
	sin->sin_port = htons(port);
	sin->sin_addr.s_addr = htonl(place == BIND_ANY4 ? INADDR_ANY : INADDR_LOOPBACK);
	return sizeof *sin;
}

/*
 * An IPv6 socket is kept to IPv6: that on :: would else be refused for what holds the
 * port in IPv4, which the IPv4 places tell.
 */
int
bindable_at(enum bind_place place, enum sock_proto proto, uint16_t port)
{
	static const int on = 1;
	struct sockaddr_storage addr;
	socklen_t len = address_of(place, port, &addr);
	int fd = socket(addr.ss_family, types[proto] | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	if (is_ipv6(place) && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
		r = -errno;
	else
		r = bind(fd, (const struct sockaddr *)&addr, len) < 0 ? -errno : 0;
	close(fd);
	return r;
}

unsigned
bindable_places(unsigned wanted)
{
	unsigned places = wanted;

	if (bindable_at(BIND_LOOPBACK4, PROTO_UDP, 0) < 0)
		places &= ~BIND_IPV4;
	if (bindable_at(BIND_LOOPBACK6, PROTO_UDP, 0) < 0)
		places &= ~BIND_IPV6;
	return places;
}

unsigned
bindable(unsigned wanted, enum sock_proto proto, uint16_t port)
{
	unsigned places = 0;

	for (enum bind_place p = 0; p < BIND_PLACES; p++)
		if (wanted >> p & 1 && bindable_at(p, proto, port) == 0)
			places |= 1u << p;
	return places;
}
