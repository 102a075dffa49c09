/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the kernel has set about ports, from files as it writes them. */

#include "source/port_facts.h"
#include "unit/tree.h"

#include "base/util.h"

static size_t
count_reserved(const struct port_facts *f)
{
	size_t n = 0;

	for (unsigned port = 0; port <= UINT16_MAX; port++)
		n += port_facts_reserved(f, (uint16_t)port);
	return n;
}

Test(port_facts, reserved_lists_are_read)
{
	static const struct { const char *list; uint16_t in; uint16_t out; size_t count; } cases[] = {
		{ "\n", 0, 80, 0 },
		{ "", 0, 80, 0 },
		{ "80\n", 80, 81, 1 },
		{ "80,443,8000-8002\n", 8001, 8003, 5 },
		{ "65535\n", 65535, 65534, 1 },
		{ "65534-70000", 65535, 0, 2 },
		{ "1-65535", 32768, 0, 65535 },
		{ "none", 0, 80, 0 },
		{ "80,", 80, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct port_facts f;

		memset(&f, 0, sizeof f);
		port_facts_parse_reserved(&f, cases[i].list);
		cr_expect_eq(count_reserved(&f), cases[i].count, "\"%s\"", cases[i].list);
		if (cases[i].count > 0)
			cr_expect(port_facts_reserved(&f, cases[i].in), "\"%s\"", cases[i].list);
		cr_expect_not(port_facts_reserved(&f, cases[i].out), "\"%s\"", cases[i].list);
	}
}

Test(port_facts, files_are_read)
{
	static struct port_facts f;
	struct tree t;

	tree_init(&t);
	tree_text(&t, "sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
	tree_text(&t, "sys/net/ipv4/ip_local_reserved_ports", "8080,9000-9001\n");
	tree_text(&t, "sys/net/ipv4/ip_unprivileged_port_start", "1024\n");
	port_facts_read(&f, t.fd);
	cr_expect(port_facts_ephemeral(&f, 32768));
	cr_expect(port_facts_ephemeral(&f, 60999));
	cr_expect_not(port_facts_ephemeral(&f, 32767));
	cr_expect(port_facts_reserved(&f, 9001));
	cr_expect_eq(f.unprivileged_start, 1024);
	tree_done(&t);
}

Test(port_facts, what_cannot_be_read_forbids_nothing)
{
	static struct port_facts f;

	port_facts_read(&f, -1);
	cr_expect_not(port_facts_ephemeral(&f, 0));
	cr_expect_not(port_facts_ephemeral(&f, 40000));
	cr_expect_eq(f.unprivileged_start, 0);
	cr_expect_eq(count_reserved(&f), 0);
}
