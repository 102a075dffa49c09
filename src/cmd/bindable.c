/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "cmd/bindable.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/i18n.h"

const char *const bind_place_names[BIND_COUNT] = {
	[BIND_LOOPBACK4] = "127.0.0.1",
	[BIND_ANY4]      = "0.0.0.0",
	[BIND_LOOPBACK6] = "::1",
	[BIND_ANY6]      = "::",
};

const unsigned bind_place_family[BIND_COUNT] = {
	[BIND_LOOPBACK4] = PORT_IPV4,
	[BIND_ANY4]      = PORT_IPV4,
	[BIND_LOOPBACK6] = PORT_IPV6,
	[BIND_ANY6]      = PORT_IPV6,
};

static const int types[PROTO_COUNT] = {
	[PROTO_TCP] = SOCK_STREAM,
	[PROTO_UDP] = SOCK_DGRAM,
};

static int
bind4(int fd, enum bind_place place, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, bind_place_names[place], &sin.sin_addr);
	return bind(fd, (const struct sockaddr *)&sin, sizeof sin) < 0 ? errno : 0;
}

static int
bind6(int fd, enum bind_place place, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int on = 1;

	inet_pton(AF_INET6, bind_place_names[place], &sin6.sin6_addr);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
		return errno;
	return bind(fd, (const struct sockaddr *)&sin6, sizeof sin6) < 0 ? errno : 0;
}

/* Returns -errno of socket(2), or 0 and the errno of bind(2) in *err. */
static int
try_place(enum bind_place place, enum sock_proto proto, uint16_t port, int *err)
{
	bool v4 = bind_place_family[place] == PORT_IPV4;
	int fd = socket(v4 ? AF_INET : AF_INET6, types[proto] | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*err = v4 ? bind4(fd, place, port) : bind6(fd, place, port);
	close(fd);
	return 0;
}

int
bindable_family(unsigned family)
{
	int err = 0;
	int r = try_place(family == PORT_IPV4 ? BIND_LOOPBACK4 : BIND_LOOPBACK6, PROTO_TCP, 0, &err);

	return r < 0 ? r : -err;
}

unsigned
bindable_families(unsigned families)
{
	unsigned there = 0;

	if (families == 0)
		families = PORT_IPV4 | PORT_IPV6;
	if (families & PORT_IPV4 && bindable_family(PORT_IPV4) == 0)
		there |= PORT_IPV4;
	if (families & PORT_IPV6 && bindable_family(PORT_IPV6) == 0)
		there |= PORT_IPV6;
	return there;
}

void
bindable_add_off(struct text *t, unsigned family, int err)
{
	bool v4 = family == PORT_IPV4;

	/* TRANSLATORS: IPv4 or IPv6; its address; the reason, such as "Permission denied". */
	text_addf(t, _("%s is left out: nothing can be bound on %s (%s)."), v4 ? "IPv4" : "IPv6",
	          bind_place_names[v4 ? BIND_LOOPBACK4 : BIND_LOOPBACK6],
	          strerror(err < 0 ? -err : err));
}

int
bindable(uint16_t port, enum sock_proto proto, unsigned families, struct bindable *ret)
{
	struct bindable b = { 0 };

	for (enum bind_place p = 0; p < BIND_COUNT; p++) {
		int r;

		if (!(families & bind_place_family[p]))
			continue;
		r = try_place(p, proto, port, &b.err[p]);
		if (r < 0)
			return r;
		b.tried |= 1u << p;
	}
	*ret = b;
	return 0;
}

bool
bindable_all(const struct bindable *b)
{
	for (enum bind_place p = 0; p < BIND_COUNT; p++)
		if (b->tried & 1u << p && b->err[p] != 0)
			return false;
	return b->tried != 0;
}
