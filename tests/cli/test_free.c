/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop free: what it prints can be bound, and what cannot be bound it never prints. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"

#define SYSCTL "/proc/sys/net/"

TestSuite(free, .init = cli_enter, .timeout = 120);

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* says: NULL, nothing on standard error; else one line that has this. */
static void
expect_free(const char *const words[], int status, const char *out, const char *says)
{
	char what[128] = "";
	struct run r;

	for (size_t i = 0; words[i] != NULL; i++)
		snprintf(what + strlen(what), sizeof what - strlen(what), " %s", words[i]);
	run_lotop(NULL, words, &r);
	cr_expect_eq(r.status, status, "%s: status %d, %s", what, r.status, r.err);
	if (out != NULL)
		cr_expect_str_eq(r.out, out, "%s: printed %s", what, r.out);
	cr_expect_eq(count_lines(r.err), says != NULL, "%s: %s", what, r.err);
	cr_expect_not_null(strstr(r.err, says != NULL ? says : ""), "%s: %s", what, r.err);
	run_done(&r);
}

static void
write_sysctl(const char *name, const char *value)
{
	char path[96];
	int fd;

	snprintf(path, sizeof path, SYSCTL "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		CLI_SKIP("%s cannot be written here", path);
	close(fd);
}

/* Binds it on each address, with nothing to make that easier. */
static bool
can_bind(int type, unsigned port)
{
	static const char *const v4[] = { "127.0.0.1", "0.0.0.0" };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	bool all = true;

	for (size_t i = 0; i < 2; i++) {
		int fd = socket(AF_INET, type, 0);

		inet_pton(AF_INET, v4[i], &sin.sin_addr);
		all = bind(fd, (struct sockaddr *)&sin, sizeof sin) == 0 && all;
		close(fd);
		fd = socket(AF_INET6, type, 0);	/* dual, where it is the wildcard */
		sin6.sin6_addr = i == 0 ? in6addr_loopback : in6addr_any;
		all = bind(fd, (struct sockaddr *)&sin6, sizeof sin6) == 0 && all;
		close(fd);
	}
	return all;
}

/* The n ports that were printed, each a line. */
static void
read_ports(const char *out, size_t n, unsigned ports[])
{
	char *end;

	for (size_t i = 0; i < n; i++, out = end + 1) {
		ports[i] = (unsigned)strtoul(out, &end, 10);
		cr_assert(end > out && *end == '\n', "line %zu of %s", i, out);
	}
	cr_assert_eq(*out, '\0', "more than %zu lines", n);
}

Test(free, prints_a_port_that_can_be_bound)
{
	static const struct { const char *option; int type; } cases[] = {
		{ "-t", SOCK_STREAM }, { "-u", SOCK_DGRAM },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		unsigned port = 0;
		struct run r;

		run_lotop(NULL, ARGS("free", cases[i].option), &r);
		cr_assert_eq(r.status, 0, "%s", r.err);
		cr_expect_str_empty(r.err, "%s", r.err);
		read_ports(r.out, 1, &port);
		cr_expect(port >= 1024 && port <= 32767, "%u", port);
		cr_expect(can_bind(cases[i].type, port), "%u", port);
		run_done(&r);
	}
}

Test(free, calls_seldom_answer_the_same)
{
	unsigned seen[10], differ = 0;

	for (size_t i = 0; i < 10; i++) {
		bool is_new = true;
		struct run r;

		run_lotop(NULL, ARGS("free"), &r);
		cr_assert_eq(r.status, 0);
		read_ports(r.out, 1, &seen[i]);
		for (size_t k = 0; k < i; k++)
			is_new = is_new && seen[k] != seen[i];
		differ += is_new;
		run_done(&r);
	}
	cr_expect_geq(differ, 5, "%u of 10", differ);
}

Test(free, prints_as_many_as_are_asked_for_and_no_port_twice)
{
	unsigned ports[200];
	struct run r;

	run_lotop(NULL, ARGS("free", "-n", "200"), &r);
	cr_assert_eq(r.status, 0, "%s", r.err);
	read_ports(r.out, 200, ports);
	for (size_t i = 0; i < 200; i++) {
		cr_expect(can_bind(SOCK_STREAM, ports[i]), "%u", ports[i]);
		for (size_t k = 0; k < i; k++)
			cr_expect_neq(ports[k], ports[i], "%u twice", ports[i]);
	}
	run_done(&r);
}

static void
expect_family(const char *option, const char *port, int is_free)
{
	char line[20];

	if (is_free < 0)
		return;
	snprintf(line, sizeof line, "%s\n", port);
	expect_free(ARGS("free", option, port), !is_free, is_free ? line : "",
	    is_free ? NULL : "can be bound now");
}

/* The kinds, and who it is that has the port. */
Test(free, never_prints_a_port_that_cannot_be_bound)
{
	static const struct {
		const char *kind, *role;
		int v4, v6;	/* free to this family alone? -1: the kernel's affair */
	} cases[] = {
		{ "listener4", NULL, false, true },
		{ "listener6", NULL, true, false },
		{ "listener9", NULL, false, true },
		{ "wildcard4", NULL, false, true },
		{ "wildcard6", NULL, true, false },
		{ "dual", NULL, false, false },
		{ "device", NULL, false, true },
		{ "host", NULL, false, true },
		{ "bound", NULL, false, true },
		{ "timewait", NULL, false, true },
		{ "finwait2", "client", false, true },
		{ "pair", "client", false, true },
		/* What connects from ::1 without IPV6_V6ONLY is in the way of 0.0.0.0 (6.18). */
		{ "pair6", "client", -1, false },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		const struct fact *f;
		struct mksock made;
		char port[16], line[20];

		mksock_start(&made, MKSOCK_KINDS(cases[i].kind));
		f = mksock_fact(&made, cases[i].kind, cases[i].role);
		if (f == NULL) {
			fprintf(stderr, "not here: %s", made.skipped);
			mksock_stop(&made);
			continue;
		}
		snprintf(port, sizeof port, "%d", (int)f->lport);
		snprintf(line, sizeof line, "%s\n", port);
		expect_free(ARGS("free", port), 1, "", "can be bound now");
		expect_free(ARGS("free", "-t", "-u", port), 1, "", "can be bound now");
		expect_free(ARGS("free", "-u", port), 0, line, NULL);
		expect_family("-4", port, cases[i].v4);
		expect_family("-6", port, cases[i].v6);
		mksock_stop(&made);
	}
}

Test(free, udp_and_tcp_are_two_things)
{
	struct mksock made;

	mksock_start(&made, MKSOCK_KINDS("udp:5001", "listener4:5002"));
	expect_free(ARGS("free", "5001"), 0, "5001\n", NULL);
	expect_free(ARGS("free", "-u", "5001"), 1, "", "No port of 5001");
	expect_free(ARGS("free", "-u", "-n", "2", "5001-5003"), 0, "5002\n5003\n", NULL);
	expect_free(ARGS("free", "-t", "-u", "-n", "1", "5001-5003"), 0, "5003\n", NULL);
	mksock_stop(&made);
}

Test(free, a_range_is_gone_through_upwards)
{
	struct mksock made;

	mksock_start(&made, MKSOCK_KINDS("listener4:7002", "listener6:7005"));
	expect_free(ARGS("free", "7000-7010"), 0, "7000\n", NULL);
	expect_free(ARGS("free", "-n", "4", "7001-"), 0, "7001\n7003\n7004\n7006\n", NULL);
	expect_free(ARGS("free", "7002-7003", "-n", "1"), 0, "7003\n", NULL);
	expect_free(ARGS("free", "65535"), 0, "65535\n", NULL);
	expect_free(ARGS("free", "7002"), 1, "", "No port of 7002 can be bound now");
	expect_free(ARGS("free", "-n", "9", "7000-7005"), 1, "7000\n7001\n7003\n7004\n",
	    "Only 4 ports of 7000-7005");
	expect_free(ARGS("free", "-n", "2", "7002-7003"), 1, "7003\n", "Only 1 port of 7002-7003");
	mksock_stop(&made);
}

Test(free, ephemeral_and_reserved_ports_are_only_for_who_names_them)
{
	write_sysctl("ipv4/ip_local_port_range", "1024 65535");
	expect_free(ARGS("free"), 1, "", "ephemeral or reserved");
	expect_free(ARGS("free", "2000"), 0, "2000\n", NULL);
	write_sysctl("ipv4/ip_local_port_range", "2000 65535");
	write_sysctl("ipv4/ip_local_reserved_ports", "1024-1990,1992-1999");
	expect_free(ARGS("free"), 0, "1991\n", NULL);
	expect_free(ARGS("free", "-n", "2"), 1, "1991\n", "Only 1 port of 1024-32767");
	expect_free(ARGS("free", "1992-"), 0, "1992\n", NULL);
}

Test(free, a_privileged_range_is_said_to_be_one)
{
	struct run_how how = { .uid = RUN_NOBODY };
	struct run r;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("no other user here");
	run_lotop(&how, ARGS("free", "10-90"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect_str_empty(r.out);
	cr_expect_not_null(strstr(r.err, "Ports below 1024 are privileged"), "%s", r.err);
	run_done(&r);
	run_lotop(&how, ARGS("free", "1000-1030"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_str_eq(r.out, "1024\n", "%s", r.out);
	run_done(&r);
	expect_free(ARGS("free", "10-90"), 0, "10\n", NULL);
}

Test(free, a_family_that_is_off_is_left_out_and_said)
{
	struct run r;

	write_sysctl("ipv6/conf/all/disable_ipv6", "1");
	expect_free(ARGS("free"), 0, NULL, "IPv6 is left out: nothing can be bound on ::1");
	expect_free(ARGS("free", "7000-", "-n", "2"), 0, "7000\n7001\n", "IPv6 is left out");
	expect_free(ARGS("free", "-4", "7000-"), 0, "7000\n", NULL);
	/* Nothing is left: said in one more sentence. */
	run_lotop(NULL, ARGS("free", "-6"), &r);
	cr_expect_eq(r.status, 3, "%d", r.status);
	cr_expect_str_empty(r.out);
	cr_expect_eq(count_lines(r.err), 2, "%s", r.err);
	run_done(&r);
}

Test(free, a_wrong_command_line_is_status_2)
{
	static const char *const cases[][4] = {
		{ "free", "0" },	 { "free", "65536" },	   { "free", "90-80" },
		{ "free", "x" },	 { "free", "-n", "0" },	   { "free", "-n", "x" },
		{ "free", "1-2", "3" },	 { "free", "1-2-3" },	   { "free", "127.0.0.1:80" },
		{ "free", "-n", "65536" }, { "free", "--pid", "1" }, { "free", "80,90" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++)
		expect_free(cases[i], 2, "", "lotop: ");
}

Test(free, where_no_socket_can_be_made_it_is_status_3)
{
	cli_forbid_sockets(AF_INET);
	cli_forbid_sockets(AF_INET6);
	expect_free(ARGS("free"), 3, "", "No port can be tried");
}

Test(free, a_full_disk_is_status_3_and_a_sentence)
{
	struct run_how how = { .out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	struct run r;

	if (how.out_fd < 0)
		CLI_SKIP("no /dev/full here");
	run_lotop(&how, ARGS("free"), &r);
	cr_expect_eq(r.status, 3);
	cr_expect_eq(count_lines(r.err), 1, "%s", r.err);
	run_done(&r);
	close(how.out_fd);
}
