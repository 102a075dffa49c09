/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the kernel says of ports, and that what it does not say is unknown. */

#include <criterion/criterion.h>

#include <errno.h>

#include "base/util.h"
#include "source/port_facts.h"
#include "unit/tree.h"

#define SYSCTL "sys/net/ipv4/"

static bool
has(const uint8_t set[PORT_SET_SIZE], unsigned port)
{
	return set[port / 8] >> port % 8 & 1;
}

static unsigned
count(const uint8_t set[PORT_SET_SIZE])
{
	unsigned n = 0;

	for (unsigned port = 0; port < 65536; port++)
		n += has(set, port);
	return n;
}

Test(port_facts, reads_a_set_of_ports)
{
	static const struct { const char *text; unsigned count, first, last; } cases[] = {
		{ "", 0, 0, 0 },
		{ "\n", 0, 0, 0 },
		{ "80\n", 1, 80, 80 },
		{ "80", 1, 80, 80 },
		{ "80,100-200\n", 102, 80, 200 },
		{ "8080,9148,65535\n", 3, 8080, 65535 },
		{ "0-65535\n", 65536, 0, 65535 },
		{ "7-8,7,8", 2, 7, 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t set[PORT_SET_SIZE];

		memset(set, 0xff, sizeof set);
		cr_expect_eq(port_set_parse(cases[i].text, strlen(cases[i].text), set), 0, "\"%s\"",
		             cases[i].text);
		cr_expect_eq(count(set), cases[i].count, "\"%s\": %u", cases[i].text, count(set));
		cr_expect(cases[i].count == 0 || (has(set, cases[i].first) && has(set, cases[i].last)),
		          "\"%s\"", cases[i].text);
	}
}

Test(port_facts, refuses_what_is_no_set_and_leaves_the_old_one_alone)
{
	static const char *const cases[] = {
		"x", "80,", ",80", "80,,81", "200-100", "65536", "1-65536", "-1", "1-", "1-2-3", "80 81",
		"80\n81", "0x50", "80\n\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t set[PORT_SET_SIZE] = { 0x02 };

		cr_expect_eq(port_set_parse(cases[i], strlen(cases[i]), set), -EBADMSG, "\"%s\"",
		             cases[i]);
		cr_expect(count(set) == 1 && has(set, 1), "\"%s\"", cases[i]);
	}
}

Test(port_facts, reads_all_facts)
{
	struct port_facts f;
	struct tree t;

	tree_init(&t);
	tree_text(&t, SYSCTL "ip_local_port_range", "32768\t60999\n");
	tree_text(&t, SYSCTL "ip_unprivileged_port_start", "1024\n");
	tree_text(&t, SYSCTL "ip_local_reserved_ports", "8080,9000-9002\n");
	port_facts_read(t.path, &f);
	cr_expect_eq(f.has, PORT_HAS_EPHEMERAL | PORT_HAS_PRIVILEGED | PORT_HAS_RESERVED);
	cr_expect(port_facts_ephemeral(&f, 32768) && port_facts_ephemeral(&f, 60999));
	cr_expect(!port_facts_ephemeral(&f, 32767) && !port_facts_ephemeral(&f, 61000));
	cr_expect(port_facts_privileged(&f, 1023) && !port_facts_privileged(&f, 1024));
	cr_expect(port_facts_reserved(&f, 9002) && !port_facts_reserved(&f, 9003));
	tree_done(&t);
}

/* Two in three ports, written as ranges, is the longest text that there is. */
Test(port_facts, reads_the_longest_set_whole)
{
	struct port_facts f;
	char *text = NULL;
	size_t len;
	FILE *fp = open_memstream(&text, &len);
	struct tree t;

	for (unsigned port = 0; port + 1 < 65536; port += 3)
		fprintf(fp, "%s%u-%u", port > 0 ? "," : "", port, port + 1);
	fputs("\n", fp);
	fclose(fp);
	tree_init(&t);
	tree_text(&t, SYSCTL "ip_local_reserved_ports", text);
	port_facts_read(t.path, &f);
	cr_expect(f.has & PORT_HAS_RESERVED);
	cr_expect(port_facts_reserved(&f, 65532) && port_facts_reserved(&f, 65533));
	cr_expect_not(port_facts_reserved(&f, 65531));
	tree_done(&t);
	free(text);
}

Test(port_facts, what_cannot_be_read_is_unknown_and_nothing_follows)
{
	static const struct { const char *file, *text; } broken[] = {
		{ "ip_local_port_range", "60999 32768\n" }, { "ip_local_port_range", "0 1\n" },
		{ "ip_unprivileged_port_start", "x\n" }, { "ip_unprivileged_port_start", "65537\n" },
		{ "ip_local_reserved_ports", "80;90\n" },
	};
	struct port_facts f;
	struct tree t;

	port_facts_read("/nonexistent", &f);
	cr_expect_eq(f.has, 0);
	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		char path[96];

		snprintf(path, sizeof path, SYSCTL "%s", broken[i].file);
		tree_text(&t, path, broken[i].text);
		port_facts_read(t.path, &f);
		cr_expect_eq(f.has, 0, "%s: %s", broken[i].file, broken[i].text);
		cr_expect_not(port_facts_ephemeral(&f, 1) || port_facts_privileged(&f, 1) ||
		              port_facts_reserved(&f, 80));
		tree_remove(&t, path);
	}
	tree_done(&t);
}

/* 0 is a value: nothing is privileged. */
Test(port_facts, a_start_of_zero_is_known)
{
	struct port_facts f;
	struct tree t;

	tree_init(&t);
	tree_text(&t, SYSCTL "ip_unprivileged_port_start", "0\n");
	tree_text(&t, SYSCTL "ip_local_reserved_ports", "\n");
	port_facts_read(t.path, &f);
	cr_expect_eq(f.has, PORT_HAS_PRIVILEGED | PORT_HAS_RESERVED);
	cr_expect_not(port_facts_privileged(&f, 1));
	tree_done(&t);
}
