/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop who: the holders of a port, and each reason why it cannot be bound. */

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"

TestSuite(who, .init = cli_enter, .timeout = 120);

static struct mksock made;

static const char *
port_of(const char *kind, const char *role, char port[8])
{
	snprintf(port, 8, "%d", (int)mksock_fact(&made, kind, role)->lport);
	return port;
}

/* The one port of the document, which must be good JSON; the caller frees the document. */
static json_t *
who(const struct run_how *how, const char *const words[], int status, json_t **document)
{
	static const char *args[16];
	size_t n = 0;
	json_error_t err;
	struct run r;
	json_t *ports;

	args[n++] = "who";
	args[n++] = "-o";
	args[n++] = "json";
	while (*words)
		args[n++] = *words++;
	args[n] = NULL;
	run_lotop(how, args, &r);
	cr_expect_eq(r.status, status, "%s: %d %s", args[n - 1], r.status, r.err);
	*document = json_loads(r.out, JSON_REJECT_DUPLICATES, &err);
	cr_assert_not_null(*document, "%s: %s", err.text, r.out);
	run_done(&r);
	ports = json_object_get(*document, "ports");
	cr_assert(json_array_size(ports) > 0);
	return json_array_get(ports, 0);
}

static json_t *
reason_of(json_t *port, const char *kind)
{
	json_t *reasons = json_object_get(port, "reasons"), *r;
	size_t i;

	json_array_foreach(reasons, i, r)
		if (strcmp(cli_text(r, "kind"), kind) == 0)
			return r;
	return NULL;
}

/* What bind said: 0 where it went well. */
static int
bind_failed(json_t *port, const char *proto, const char *address)
{
	json_t *binds = json_object_get(port, "binds"), *b;
	size_t i;

	json_array_foreach(binds, i, b)
		if (strcmp(cli_text(b, "proto"), proto) == 0 &&
		    strcmp(cli_text(b, "address"), address) == 0)
			return cli_text(b, "error") != NULL;
	return -1;
}

Test(who, each_reason_is_told)
{
	static const struct {
		const char *kind, *role;	/* whose local port */
		int         status;
		const char *reason;
		int         tcp4, tcp6, udp4;	/* does that bind fail? */
	} cases[] = {
		{ "listener4", NULL, 0, "listener", 1, 0, 0 },
		{ "listener6", NULL, 0, "listener", 0, 1, 0 },
		{ "wildcard4", NULL, 0, "listener", 1, 0, 0 },
		{ "dual", NULL, 0, "listener", 1, 1, 0 },
		{ "prefork", NULL, 0, "listener", 1, 0, 0 },
		{ "reuseport", NULL, 0, "listener", 1, 0, 0 },
		{ "bound", NULL, 0, "bound", 1, 0, 0 },
		{ "udp", NULL, 0, "udp", 0, 0, 1 },
		{ "pair", "client", 1, "outgoing", 1, 0, 0 },
		{ "timewait", "server", 1, "time-wait", 1, 0, 0 },
		{ "finwait2", "client", 1, "lingering", 1, 0, 0 },
	};

	mksock_start(&made, MKSOCK_KINDS("listener4", "listener6", "wildcard4", "dual", "prefork",
	    "reuseport", "bound", "udp", "pair", "timewait", "finwait2"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		const char *kind = cases[i].kind;
		char word[8];
		json_t *document, *port, *reason;

		port = who(NULL, ARGS(port_of(kind, cases[i].role, word)), cases[i].status, &document);
		reason = reason_of(port, cases[i].reason);
		cr_expect_not_null(reason, "%s has no %s", kind, cases[i].reason);
		cr_expect_eq(json_is_true(json_object_get(port, "held")), cases[i].status == 0, "%s", kind);
		cr_expect(json_is_false(json_object_get(port, "bindable")), "%s", kind);
		cr_expect_eq(bind_failed(port, "tcp", "127.0.0.1"), cases[i].tcp4, "%s", kind);
		cr_expect_eq(bind_failed(port, "tcp", "::1"), cases[i].tcp6, "%s", kind);
		cr_expect_eq(bind_failed(port, "udp", "127.0.0.1"), cases[i].udp4, "%s", kind);
		json_decref(document);
	}
	mksock_stop(&made);
}

Test(who, time_wait_has_its_seconds)
{
	char word[8];
	json_t *document, *port;

	mksock_start(&made, MKSOCK_KINDS("timewait"));
	port = who(NULL, ARGS(port_of("timewait", "server", word)), 1, &document);
	cr_expect(cli_number(reason_of(port, "time-wait"), "seconds") > 0);
	cr_expect(cli_number(reason_of(port, "time-wait"), "seconds") <= 60);
	json_decref(document);
	mksock_stop(&made);
}

Test(who, all_holders_are_named_and_clients_are_counted)
{
	const struct fact *f;
	char word[8], said[64];
	json_t *document, *port, *holders;
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("prefork", "pair"));
	f = mksock_fact(&made, "prefork", NULL);
	run_lotop(NULL, ARGS("who", port_of("prefork", NULL, word)), &r);
	cr_expect_eq(r.status, 0);
	for (int64_t i = 0; i < f->owners; i++) {
		snprintf(said, sizeof said, "%s (pid %d, user ", f->comm, (int)f->held[i].pid);
		cr_expect_not_null(strstr(r.out, said), "no %s in\n%s", said, r.out);
	}
	run_done(&r);

	port = who(NULL, ARGS(port_of("pair", "listener", word)), 0, &document);
	holders = json_object_get(port, "holders");
	cr_assert_eq(json_array_size(holders), 1, "the server's end of a connection is no holder");
	cr_expect_eq(cli_number(json_array_get(holders, 0), "clients"), 1);
	cr_expect_eq(cli_number(json_array_get(holders, 0), "pid"),
	    mksock_fact(&made, "pair", "listener")->held[0].pid);
	json_decref(document);
	mksock_stop(&made);
}

Test(who, a_free_port_is_proven)
{
	json_t *document, *port = who(NULL, ARGS("4711"), 1, &document);

	cr_expect(json_is_true(json_object_get(port, "bindable")));
	cr_expect(json_is_false(json_object_get(port, "held")));
	cr_expect_eq(json_array_size(json_object_get(port, "binds")), 8);
	cr_expect_eq(json_array_size(json_object_get(port, "reasons")), 0);
	json_decref(document);
}

Test(who, options_and_address_narrow)
{
	char port[8], word[32];
	json_t *document, *p;

	mksock_start(&made, MKSOCK_KINDS("listener6", "udp"));
	port_of("listener6", NULL, port);
	p = who(NULL, ARGS("-4", port), 1, &document);
	cr_expect_eq(bind_failed(p, "tcp", "::1"), -1, "-4 leaves IPv6 out");
	json_decref(document);
	who(NULL, ARGS("-u", port), 1, &document);
	json_decref(document);
	snprintf(word, sizeof word, "127.0.0.1:%s", port);
	p = who(NULL, ARGS(word), 1, &document);
	cr_expect_eq(json_array_size(json_object_get(p, "elsewhere")), 1);
	cr_expect_not_null(reason_of(p, "elsewhere"));
	cr_expect_str_eq(cli_text(p, "address"), "127.0.0.1");
	json_decref(document);
	who(NULL, ARGS("-t", port_of("udp", NULL, port)), 1, &document);
	json_decref(document);
	mksock_stop(&made);
}

Test(who, one_held_port_is_enough)
{
	char word[8];
	json_t *document;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	who(NULL, ARGS("4711", port_of("listener4", NULL, word)), 0, &document);
	cr_expect_eq(json_array_size(json_object_get(document, "ports")), 2);
	json_decref(document);
	mksock_stop(&made);
}

Test(who, ranges_of_the_kernel_are_told)
{
	int fd = open("/proc/sys/net/ipv4/ip_local_reserved_ports", O_WRONLY | O_CLOEXEC);
	json_t *document, *port;

	if (fd < 0 || write(fd, "4711", 4) != 4)
		CLI_SKIP("the settings of ports cannot be changed here");
	close(fd);
	port = who(NULL, ARGS("4711"), 1, &document);
	cr_expect_not_null(reason_of(port, "reserved"));
	json_decref(document);
	port = who(NULL, ARGS("40000"), 1, &document);
	cr_expect_not_null(reason_of(port, "ephemeral"));
	json_decref(document);
}

Test(who, a_user_sees_what_is_hidden_and_privileged)
{
	const struct run_how nobody = { .uid = RUN_NOBODY };
	char word[8];
	json_t *document, *port;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("nobody cannot be played here");
	mksock_start(&made, MKSOCK_KINDS("listener4"));
	port = who(&nobody, ARGS(port_of("listener4", NULL, word)), 0, &document);
	cr_expect_not_null(reason_of(port, "hidden"));
	cr_expect_not_null(cli_text(document, "partial"));
	json_decref(document);
	port = who(&nobody, ARGS("80"), 1, &document);
	cr_expect_not_null(reason_of(port, "privileged"));
	cr_expect(json_is_false(json_object_get(port, "bindable")));
	json_decref(document);
	mksock_stop(&made);
}

Test(who, a_family_that_is_off_is_left_out_and_said)
{
	int fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
	struct run r;

	if (fd < 0 || write(fd, "1", 1) != 1)
		CLI_SKIP("IPv6 cannot be switched off here");
	close(fd);
	run_lotop(NULL, ARGS("who", "4711"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect_not_null(strstr(r.out, "Port 4711 is free.\n"), "%s", r.out);
	cr_expect_null(strstr(r.out, "::1"), "%s", r.out);
	cr_expect_not_null(strstr(r.err, "IPv6 is left out"), "%s", r.err);
	run_done(&r);
}

Test(who, wrong_words_are_refused)
{
	static const char *const cases[] = { "0", "x", "80-90", "localhost:80", "1.2.3:80" };
	struct run r;

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		run_lotop(NULL, ARGS("who", cases[i]), &r);
		cr_expect_eq(r.status, 2, "%s", cases[i]);
		run_done(&r);
	}
	run_lotop(NULL, ARGS("who"), &r);
	cr_expect_eq(r.status, 2);
	run_done(&r);
	run_lotop(NULL, ARGS("who", "-o", "csv", "80"), &r);
	cr_expect_eq(r.status, 2);
	cr_expect_not_null(strstr(r.err, "table, json"), "%s", r.err);
	run_done(&r);
}
