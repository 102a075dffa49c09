/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which binds of a port succeed, against real sockets in a private network. */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/bindable.h"
#include "helpers/netns.h"

#define BOTH (PORT_IPV4 | PORT_IPV6)
#define PORT 7001

static void
enter(void)
{
	int r = netns_enter();

	if (r < 0)
		cr_skip_test("no private network here: %s", strerror(-r));
	if (bindable_families(0) != BOTH)
		cr_skip_test("one family is off here");
}

TestSuite(bindable, .init = enter, .timeout = 30);

static int
hold4(int type, const char *addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, type, 0);

	inet_pton(AF_INET, addr, &sin.sin_addr);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0, "%s", strerror(errno));
	return fd;
}

static int
hold6(int type, const char *addr, int v6only)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	int fd = socket(AF_INET6, type, 0);

	inet_pton(AF_INET6, addr, &sin6.sin6_addr);
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sin6, sizeof sin6), 0, "%s", strerror(errno));
	return fd;
}

static unsigned
in_use(enum sock_proto proto)
{
	struct bindable b;
	unsigned used = 0;

	cr_assert_eq(bindable(PORT, proto, BOTH, &b), 0);
	cr_assert_eq(b.tried, (1u << BIND_COUNT) - 1);
	for (enum bind_place p = 0; p < BIND_COUNT; p++) {
		cr_expect(b.err[p] == 0 || b.err[p] == EADDRINUSE, "%s: %s", bind_place_names[p],
		          strerror(b.err[p]));
		used |= (unsigned)(b.err[p] != 0) << p;
	}
	cr_expect_eq(bindable_all(&b), used == 0);
	return used;
}

#define L4 (1u << BIND_LOOPBACK4)
#define A4 (1u << BIND_ANY4)
#define L6 (1u << BIND_LOOPBACK6)
#define A6 (1u << BIND_ANY6)

Test(bindable, tells_the_places_that_are_in_use)
{
	static const struct {
		const char *addr;
		int v6only;
		unsigned used;
	} cases[] = {
		{ "127.0.0.1", 0, L4 | A4 },
		{ "127.9.9.9", 0, A4 },
		{ "0.0.0.0", 0, L4 | A4 },
		{ "::1", 0, L6 | A6 },
		{ "::", 1, L6 | A6 },
		{ "::", 0, L4 | A4 | L6 | A6 },
		{ "::ffff:127.0.0.1", 0, L4 | A4 },
	};
	static const int types[PROTO_COUNT] = { SOCK_STREAM, SOCK_DGRAM };

	for (enum sock_proto proto = 0; proto < PROTO_COUNT; proto++) {
		cr_expect_eq(in_use(proto), 0);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			const char *a = cases[i].addr;
			int fd = strchr(a, ':') ? hold6(types[proto], a, cases[i].v6only)
			                        : hold4(types[proto], a);

			cr_expect_eq(in_use(proto), cases[i].used, "%s of %s: %#x", a,
			             sock_proto_names[proto], in_use(proto));
			cr_expect_eq(in_use(!proto), 0, "%s", a);
			close(fd);
		}
	}
	cr_expect_eq(in_use(PROTO_TCP), 0, "nothing is left behind");
}

Test(bindable, tries_only_the_families_that_are_wanted)
{
	struct bindable b;
	int fd = hold4(SOCK_STREAM, "127.0.0.1");

	cr_assert_eq(bindable(PORT, PROTO_TCP, PORT_IPV6, &b), 0);
	cr_expect_eq(b.tried, L6 | A6);
	cr_expect(bindable_all(&b));
	cr_assert_eq(bindable(PORT, PROTO_TCP, PORT_IPV4, &b), 0);
	cr_expect_eq(b.tried, L4 | A4);
	cr_expect_not(bindable_all(&b));
	cr_assert_eq(bindable(PORT, PROTO_TCP, 0, &b), 0);
	cr_expect_not(bindable_all(&b), "nothing was tried, so nothing is known");
	close(fd);
}

Test(bindable, says_which_family_is_off)
{
	struct text t;

	text_init(&t);
	bindable_add_off(&t, PORT_IPV6, -EADDRNOTAVAIL);
	cr_expect_not_null(strstr(text_str(&t), "::1"));
	cr_expect_not_null(strstr(text_str(&t), strerror(EADDRNOTAVAIL)));
	text_done(&t);
}
