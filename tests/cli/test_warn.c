/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The field warn on real sockets: each cause raises its warning, and what ends it clears it. */

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"

TestSuite(warn, .init = cli_enter, .timeout = 120);

static struct mksock made;

/* The words of a row, separated by blanks; the caller frees them. */
static char *
words_of(const json_t *row)
{
	const json_t *warn = json_object_get(row, "warn"), *word;
	char *words = calloc(1, 256);
	size_t i;

	cr_assert(json_is_array(warn), "warn is no array");
	json_array_foreach(warn, i, word) {
		strcat(words, i > 0 ? " " : "");
		strcat(words, json_string_value(word));
	}
	return words;
}

/* Expects the words of the one row that the filter lets through. */
static void
expect_warn(const char *filter, const char *want)
{
	json_t *rows = cli_rows(ARGS("-a", filter));
	char *words;

	cr_assert_eq(json_array_size(rows), 1, "%s: %zu rows", filter, json_array_size(rows));
	words = words_of(json_array_get(rows, 0));
	cr_expect_str_eq(words, want, "%s: \"%s\", not \"%s\"", filter, words, want);
	free(words);
	json_decref(rows);
}

/* Does a row come that the filter lets through, within so long? */
static bool
await_row(const char *filter, int timeout_ms)
{
	int64_t end = run_now_ms() + timeout_ms;

	for (;;) {
		json_t *rows = cli_rows(ARGS("-a", filter));
		bool there = json_array_size(rows) > 0;

		json_decref(rows);
		if (there || run_now_ms() > end)
			return there;
		poll(NULL, 0, 50);
	}
}

static int
listen_on(const char *addr, uint16_t port, int backlog)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	inet_pton(AF_INET, addr, &in.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	cr_assert_eq(bind(fd, (const struct sockaddr *)&in, sizeof in), 0, "%s:%u", addr, port);
	cr_assert_eq(listen(fd, backlog), 0);
	return fd;
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(connect(fd, (const struct sockaddr *)&in, sizeof in), 0);
	return fd;
}

Test(warn, each_kind_of_socket_has_its_warnings)
{
	static const struct { const char *kind, *role, *want; } cases[] = {
		{ "listener4", NULL, "" },
		{ "listener6", NULL, "one-family" },
		{ "wildcard4", NULL, "exposed" },
		{ "wildcard6", NULL, "exposed" },
		{ "dual", NULL, "exposed" },
		{ "host", NULL, "exposed" },
		{ "device", NULL, "" },
		{ "prefork", NULL, "" },
		{ "dead-leader", NULL, "" },	/* a thread of it serves */
		{ "stopped", NULL, "stopped" },
		{ "bound", NULL, "" },
		{ "udp", NULL, "" },
		{ "udp6", NULL, "" },
		{ "udp-wildcard:7053", NULL, "exposed" },
		{ "pair", "client", "" },
		{ "pair", "server", "" },
		{ "half-closed", "server", "" },
		{ "backlog-full", "listener", "backlog" },
	};
	const char *kinds[CLI_ARRAY_SIZE(cases) + 1] = { NULL };
	size_t n = 0, seen = 0;
	json_t *rows;

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++)
		if (n == 0 || strcmp(kinds[n - 1], cases[i].kind) != 0)
			kinds[n++] = cases[i].kind;
	mksock_start(&made, kinds);
	rows = cli_rows(ARGS("-a"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		char kind[24];
		const struct fact *f;
		json_t *row;
		char *words;

		snprintf(kind, sizeof kind, "%.*s", (int)strcspn(cases[i].kind, ":"), cases[i].kind);
		f = mksock_fact(&made, kind, cases[i].role);
		row = f ? cli_row_of(rows, f) : NULL;
		if (!row)
			continue;	/* skipped, and mksock said why */
		seen++;
		words = words_of(row);
		cr_expect_str_eq(words, cases[i].want, "%s: \"%s\"", kind, words);
		free(words);
	}
	cr_expect_geq(seen, 14, "%zu", seen);
	json_decref(rows);
	mksock_stop(&made);
}

Test(warn, exposed_goes_with_the_address)
{
	int fd = listen_on("0.0.0.0", 7101, 5);

	expect_warn("lport:7101", "exposed");
	close(fd);
	fd = listen_on("127.0.0.1", 7101, 5);
	expect_warn("lport:7101", "");
	close(fd);
}

Test(warn, backlog_goes_when_somebody_accepts)
{
	int fd = listen_on("127.0.0.1", 7102, 1), client = connect_to(7102), server;

	expect_warn("lport:7102 state:listen", "backlog");
	server = accept(fd, NULL, NULL);
	cr_assert_geq(server, 0);
	expect_warn("lport:7102 state:listen", "");
	close(server);
	close(client);
	close(fd);
}

Test(warn, split_goes_with_one_of_the_programs)
{
	int fd = listen_on("127.0.0.1", 7103, 5);

	mksock_start(&made, MKSOCK_KINDS("listener6:7103"));
	expect_warn("lport:7103 family:4", "split");
	expect_warn("lport:7103 family:6", "split");
	mksock_stop(&made);
	expect_warn("lport:7103", "");
	close(fd);
	mksock_start(&made, MKSOCK_KINDS("listener6:7103"));
	expect_warn("lport:7103", "one-family");
	mksock_stop(&made);
}

/* What is filtered, -4, -6 and -l leave rows out, and never what the rows that stay depend on. */
Test(warn, does_not_depend_on_what_is_asked_for)
{
	static const char *const more[][3] = {
		{ "-6" }, { "-l" }, { "-t" }, { "-p", "7104" }, { "warn:split" }, { "laddr:::1" },
		{ "-6", "warn:split" }, { "[::1]:7104" },
	};
	int fd = listen_on("127.0.0.1", 7104, 5);

	mksock_start(&made, MKSOCK_KINDS("listener6:7104"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(more); i++) {
		json_t *rows = cli_rows(ARGS(more[i][0], more[i][1], more[i][2]));
		json_t *row = cli_row_of(rows, mksock_fact(&made, "listener6", NULL));
		char *words;

		cr_assert_not_null(row, "%s", more[i][0]);
		words = words_of(row);
		cr_expect_str_eq(words, "split", "%s: \"%s\"", more[i][0], words);
		free(words);
		json_decref(rows);
	}
	mksock_stop(&made);
	close(fd);
}

Test(warn, stopped_goes_when_the_process_goes_on)
{
	char filter[64];
	pid_t pid;

	mksock_start(&made, MKSOCK_KINDS("listener4:7105"));
	pid = mksock_fact(&made, "listener4", NULL)->held[0].pid;
	expect_warn("lport:7105", "");
	cr_assert_eq(kill(pid, SIGSTOP), 0);
	snprintf(filter, sizeof filter, "lport:7105 warn:stopped");
	cr_expect(await_row(filter, 10000), "not raised");
	cr_assert_eq(kill(pid, SIGCONT), 0);
	cr_expect(await_row("lport:7105 warn:none", 10000), "not cleared");
	mksock_stop(&made);
}

/* It takes its ten seconds; that it takes no less is a test of model/findings. */
Test(warn, close_wait_goes_with_the_socket)
{
	int fd = listen_on("127.0.0.1", 7106, 5), client = connect_to(7106), server;

	server = accept(fd, NULL, NULL);
	cr_assert_geq(server, 0);
	cr_assert_eq(shutdown(client, SHUT_WR), 0);
	cr_expect(await_row("lport:7106 state:close-wait warn:none", 5000), "at first");
	cr_expect(await_row("lport:7106 state:close-wait warn:close-wait", 30000), "not raised");
	/* An answer that the other end takes: it is served, and no leak. */
	cr_assert_eq(send(server, "x", 1, MSG_NOSIGNAL), 1);
	cr_expect(await_row("lport:7106 state:close-wait warn:none", 5000), "not cleared");
	close(server);
	cr_expect_not(await_row("warn:close-wait", 0));
	close(client);
	close(fd);
}

Test(warn, a_word_that_there_is_not_is_an_error_that_names_those_there_are)
{
	struct run r;

	run_lotop(NULL, ARGS("list", "warn:leak"), &r);
	cr_expect_eq(r.status, 2);
	cr_expect_not_null(strstr(r.err, "close-wait"), "%s", r.err);
	run_done(&r);
}

Test(warn, in_a_table_and_in_csv_words_are_joined)
{
	int fd = listen_on("0.0.0.0", 7107, 0), client = connect_to(7107);
	struct run r;

	run_lotop(NULL, ARGS("list", "-H", "-o", "csv", "-c", "lport,warn", "lport:7107 state:listen"), &r);
	cr_expect_str_eq(r.out, "7107,backlog exposed\r\n");
	run_done(&r);
	run_lotop(NULL, ARGS("list", "-H", "-c", "lport,warn", "lport:7107 state:estab"), &r);
	cr_expect_not_null(strstr(r.out, "7107  -"), "%s", r.out);
	run_done(&r);
	close(client);
	close(fd);
}
