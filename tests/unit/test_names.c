/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Names for numbers, out of the databases of the machine that runs the test. */

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <pwd.h>

#include "made.h"
#include "view/names.h"

#define NOBODY_HAS_THIS_UID 4294967290u
#define NO_SUCH_DEVICE      0x7ffffff0u

Test(names, user_is_a_name_or_else_digits)
{
	struct names *n = names_new(false);
	const struct passwd *root = getpwuid(0);

	cr_expect_str_eq(names_user(n, 0), root ? root->pw_name : "0");
	cr_expect_str_eq(names_user(n, NOBODY_HAS_THIS_UID), "4294967290");
	names_free(n);
}

Test(names, numeric_gives_digits_and_can_be_switched_off_again)
{
	struct names *n = names_new(true);
	const struct passwd *root = getpwuid(0);

	cr_expect(names_numeric(n));
	cr_expect_str_eq(names_user(n, 0), "0");
	cr_expect_null(names_service(n, PROTO_TCP, 22));
	names_set_numeric(n, false);
	cr_expect_not(names_numeric(n));
	cr_expect_str_eq(names_user(n, 0), root ? root->pw_name : "0");
	names_free(n);
}

Test(names, service_depends_on_protocol)
{
	static const uint16_t ports[] = { 22, 53, 80, 5432, 1 };
	static const char *const protos[] = { "tcp", "udp" };
	struct names *n = names_new(false);

	for (enum sock_proto proto = 0; proto < PROTO_COUNT; proto++) {
		for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
			const struct servent *se = getservbyport(htons(ports[i]), protos[proto]);
			const char *name = names_service(n, proto, ports[i]);

			cr_assert_eq(name == NULL, se == NULL, "%s %u", protos[proto], ports[i]);
			if (se)
				cr_expect_str_eq(name, se->s_name);
		}
	}
	cr_expect_null(names_service(n, PROTO_TCP, 0), "port 0 is no port");
	names_free(n);
}

Test(names, are_looked_up_once)
{
	struct names *n = names_new(false);

	cr_expect_eq(names_user(n, 0), names_user(n, 0));
	cr_expect_eq(names_user(n, NOBODY_HAS_THIS_UID), names_user(n, NOBODY_HAS_THIS_UID));
	names_free(n);
}

Test(names, strings_outlive_many_more)
{
	struct names *n = names_new(true);
	const char *first = names_user(n, 7);

	for (uint32_t uid = 100; uid < 5000; uid++)
		names_user(n, uid);
	cr_expect_str_eq(first, "7");
	cr_expect_str_eq(names_user(n, 4999), "4999");
	names_free(n);
}

Test(names, device_is_named_unless_it_is_gone)
{
	struct names *n = names_new(false);
	unsigned lo = if_nametoindex("lo");

	if (lo)
		cr_expect_str_eq(names_iface(n, lo), "lo");
	cr_expect_null(names_iface(n, NO_SUCH_DEVICE));
	cr_expect_null(names_iface(n, NO_SUCH_DEVICE), "nor when asked again");
	names_free(n);
}

Test(names, free_takes_nothing)
{
	names_free(NULL);
}
