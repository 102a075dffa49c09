/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop free: what it prints can be bound, and what cannot is not printed. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

TestSuite(free, .init = cli_enter, .timeout = 120);

static struct mksock made;

static void
expect_run(const char *const args[], int status, const char *out)
{
	struct run r;

	run_lotop(NULL, args, &r);
	cr_expect_eq(r.status, status, "%s %s: %d %s", args[0], args[1], r.status, r.err);
	cr_expect_str_eq(r.out, out, "%s: %s", args[1], r.out);
	run_done(&r);
}

Test(free, at_random_a_port_is_bindable_and_seldom_the_same)
{
	int ports[10], different = 0;

	for (size_t i = 0; i < CLI_ARRAY_SIZE(ports); i++) {
		bool new = true;
		struct run r;

		run_lotop(NULL, ARGS("free"), &r);
		cr_assert_eq(r.status, 0, "%s", r.err);
		ports[i] = atoi(r.out);
		cr_expect(ports[i] >= 1024 && ports[i] <= 32767, "%s", r.out);
		for (size_t k = 0; k < i; k++)
			new = new && ports[k] != ports[i];
		different += new;
		close(cli_listen((uint16_t)ports[i]));
		run_done(&r);
	}
	cr_expect_geq(different, 5);
}

/* A port of each kind is held, or lingers, in a way that a plain bind fails. */
Test(free, what_cannot_be_bound_is_not_printed)
{
	static const char *const kinds[] = { "listener4", "listener6", "listener9", "wildcard4",
		"wildcard6", "dual", "bound", "timewait", "finwait2", "reuseport", NULL };

	mksock_start(&made, kinds);
	for (size_t i = 0; i < made.n; i++) {
		char port[8];

		snprintf(port, sizeof port, "%d", (int)made.facts[i].lport);
		expect_run(ARGS("free", port), 1, "");
	}
	mksock_stop(&made);
}

Test(free, the_port_of_an_outgoing_connection_is_not_printed)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("pair"));
	snprintf(port, sizeof port, "%d", (int)mksock_fact(&made, "pair", "client")->lport);
	expect_run(ARGS("free", port), 1, "");
	mksock_stop(&made);
}

Test(free, protocols_are_apart)
{
	char port[8], line[16];

	mksock_start(&made, MKSOCK_KINDS("udp"));
	snprintf(port, sizeof port, "%d", (int)mksock_fact(&made, "udp", NULL)->lport);
	snprintf(line, sizeof line, "%s\n", port);
	expect_run(ARGS("free", port), 0, line);
	expect_run(ARGS("free", "-t", port), 0, line);
	expect_run(ARGS("free", "-u", port), 1, "");
	expect_run(ARGS("free", "-tu", port), 1, "");
	mksock_stop(&made);
}

Test(free, a_range_goes_upwards_and_may_end)
{
	int fd = cli_listen(20002);

	expect_run(ARGS("free", "20000-20004"), 0, "20000\n");
	expect_run(ARGS("free", "-n", "3", "20000-20004"), 0, "20000\n20001\n20003\n");
	expect_run(ARGS("free", "-n", "4", "20000-20004"), 0, "20000\n20001\n20003\n20004\n");
	expect_run(ARGS("free", "-n", "5", "20000-20004"), 1, "20000\n20001\n20003\n20004\n");
	expect_run(ARGS("free", "20002"), 1, "");
	expect_run(ARGS("free", "65535-"), 0, "65535\n");
	close(fd);
}

static bool
write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return good;
}

/* All but four ports are reserved or ephemeral: the random ones are of these four. */
Test(free, reserved_and_ephemeral_ports_are_not_picked)
{
	if (!write_setting("/proc/sys/net/ipv4/ip_local_reserved_ports", "1024-4999") ||
	    !write_setting("/proc/sys/net/ipv4/ip_local_port_range", "5004 60999"))
		CLI_SKIP("the settings of ports cannot be changed here");
	for (int i = 0; i < 5; i++) {
		struct run r;
		int port;

		run_lotop(NULL, ARGS("free"), &r);
		port = atoi(r.out);
		cr_expect(port >= 5000 && port <= 5003, "%d", port);
		run_done(&r);
	}
	expect_run(ARGS("free", "4000"), 0, "4000\n");
}

Test(free, a_family_that_is_off_is_left_out_and_said)
{
	struct run r;

	if (!write_setting("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"))
		CLI_SKIP("IPv6 cannot be switched off here");
	run_lotop(NULL, ARGS("free", "20000-20004"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_str_eq(r.out, "20000\n");
	cr_expect_not_null(strstr(r.err, "IPv6 is off here"), "%s", r.err);
	run_done(&r);
	expect_run(ARGS("free", "-6"), 3, "");
	run_lotop(NULL, ARGS("free", "-4", "20000"), &r);
	cr_expect_eq(r.err_len, 0, "nobody asked for IPv6: %s", r.err);
	run_done(&r);
}

Test(free, wrong_words_are_refused)
{
	static const char *const cases[] = { "0", "70000", "a", "5-3", "1-2-3", "127.0.0.1:80", "-" };

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++)
		expect_run(ARGS("free", cases[i]), 2, "");
	expect_run(ARGS("free", "-n", "0"), 2, "");
	expect_run(ARGS("free", "80", "90"), 2, "");
}
