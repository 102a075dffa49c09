/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What a snapshot says of the host that it was taken on. */

#include <criterion/criterion.h>

#include <net/if.h>

#include "base/util.h"
#include "source/host.h"
#include "unit/tree.h"

#define RANGE_FILE "sys/net/ipv4/ip_local_port_range"

Test(host, reads_the_ephemeral_range)
{
	static const struct { const char *text; uint16_t lo, hi; } cases[] = {
		{ "32768\t60999\n", 32768, 60999 },
		{ "1 65535", 1, 65535 },
		{ "5000 5000\n", 5000, 5000 },
		{ "", 0, 0 },
		{ "32768", 0, 0 },
		{ "0 60999", 0, 0 },
		{ "60999 32768", 0, 0 },
		{ "32768 65536", 0, 0 },
		{ "-1 5", 0, 0 },
		{ "32768 99999999999", 0, 0 },
		{ "ports", 0, 0 },
	};
	struct tree t;

	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot s;

		snapshot_init(&s);
		tree_text(&t, RANGE_FILE, cases[i].text);
		host_read(t.fd, &s);
		cr_expect_eq(s.eph_lo, cases[i].lo, "\"%s\": %u", cases[i].text, s.eph_lo);
		cr_expect_eq(s.eph_hi, cases[i].hi, "\"%s\": %u", cases[i].text, s.eph_hi);
		snapshot_done(&s);
	}
	tree_done(&t);
}

Test(host, what_cannot_be_read_stays_unknown)
{
	struct snapshot s;

	snapshot_init(&s);
	host_read(-1, &s);
	cr_expect_eq(s.eph_lo, 0);
	cr_expect_eq(s.eph_hi, 0);
	cr_expect_eq(s.lo_ifindex, if_nametoindex("lo"));
	snapshot_done(&s);
}

Test(host, gives_each_address_as_sixteen_bytes)
{
	struct snapshot s;

	snapshot_init(&s);
	cr_assert_eq(host_read_addrs(&s), 0);
	cr_assert(s.nhost_addrs == 0 || s.host_addrs != NULL);
	for (size_t i = 0; i < s.nhost_addrs; i++)
		cr_expect_not(addr_is_any(s.host_addrs[i]), "address %zu was not filled in", i);
	snapshot_done(&s);
}
