/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop wait: what it waits for, and how it ends. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

TestSuite(wait, .init = cli_enter, .timeout = 120);

static struct mksock made;

static int
wait_for(const char *const args[], struct run *r)
{
	static const char *words[16];
	size_t n = 0;

	words[n++] = "wait";
	while (*args)
		words[n++] = *args++;
	words[n] = NULL;
	run_lotop(NULL, words, r);
	return r->status;
}

static const char *
port_of(const char *kind, char port[8])
{
	snprintf(port, 8, "%d", (int)mksock_fact(&made, kind, NULL)->lport);
	return port;
}

/* What is true at once ends at once, with nothing to say. */
Test(wait, what_is_there_ends_it)
{
	static const struct { const char *kind; const char *option; int status; } cases[] = {
		{ "listener4", "-t", 0 }, { "listener6", "-6", 0 }, { "listener6", "-4", 1 },
		{ "dual", "-t", 0 }, { "bound", "-t", 1 }, { "udp", "-t", 1 }, { "udp", "-u", 0 },
		{ "bound", "--free", 1 }, { "udp", "--free", 1 }, { "listener4", "--free", 1 },
		{ "timewait", "--free", 0 },
	};

	mksock_start(&made, MKSOCK_KINDS("listener4", "listener6", "dual", "bound", "udp",
	    "timewait"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		char port[8];
		struct run r;

		wait_for(ARGS("--timeout", "0", cases[i].option, port_of(cases[i].kind, port)), &r);
		cr_expect_eq(r.status, cases[i].status, "%s %s: %d %s", cases[i].kind,
		    cases[i].option, r.status, r.err);
		cr_expect_eq(r.out_len, 0, "%s", r.out);
		cr_expect_eq(r.err_len == 0, r.status == 0, "%s", r.err);
		run_done(&r);
	}
	mksock_stop(&made);
}

Test(wait, address_means_what_answers_there)
{
	static const struct { const char *kind; const char *addr; int status; } cases[] = {
		{ "listener4", "127.0.0.1", 0 }, { "listener4", "127.0.0.2", 1 },
		{ "wildcard4", "127.0.0.1", 0 }, { "wildcard4", "[::1]", 1 },
		{ "wildcard6", "[::1]", 0 }, { "wildcard6", "127.0.0.1", 1 },
		{ "dual", "127.0.0.1", 0 }, { "dual", "[::1]", 0 },
	};

	mksock_start(&made, MKSOCK_KINDS("listener4", "wildcard4", "wildcard6", "dual"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		char port[8], word[64];
		struct run r;

		snprintf(word, sizeof word, "%s:%s", cases[i].addr, port_of(cases[i].kind, port));
		cr_expect_eq(wait_for(ARGS("--timeout", "0", word), &r), cases[i].status,
		    "%s %s: %s", cases[i].kind, word, r.err);
		run_done(&r);
	}
	mksock_stop(&made);
}

/* A run of lotop beside the test. */
struct beside {
	pthread_t	   thread;
	const char *const *args;
	struct run	   run;
};

static void *
run_beside(void *arg)
{
	struct beside *b = arg;

	run_lotop(NULL, b->args, &b->run);
	return NULL;
}

Test(wait, it_ends_when_a_listener_comes_and_when_it_goes)
{
	static const char *const listen_args[] = { "wait", "12345", "12346", NULL };
	static const char *const free_args[] = { "wait", "--free", "12345", "12346", NULL };
	struct beside b = { .args = listen_args };
	int fds[2];

	cr_assert_eq(pthread_create(&b.thread, NULL, run_beside, &b), 0);
	fds[0] = cli_listen(12345);
	fds[1] = cli_listen(12346);
	pthread_join(b.thread, NULL);
	cr_expect_eq(b.run.status, 0, "%s", b.run.err);
	run_done(&b.run);

	b = (struct beside){ .args = free_args };
	cr_assert_eq(pthread_create(&b.thread, NULL, run_beside, &b), 0);
	close(fds[0]);
	close(fds[1]);
	pthread_join(b.thread, NULL);
	cr_expect_eq(b.run.status, 0, "%s", b.run.err);
	run_done(&b.run);
}

Test(wait, one_of_two_is_not_all)
{
	char port[8];
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	cr_expect_eq(wait_for(ARGS("--timeout", "0.1", port_of("listener4", port), "1"), &r), 1);
	cr_expect_not_null(strstr(r.err, "nothing listens on 1;"), "%s", r.err);
	cr_expect_null(strstr(r.err, port), "only what is missing is said: %s", r.err);
	run_done(&r);
	cr_expect_eq(wait_for(ARGS("--free", "--timeout", "0.1", port, "1"), &r), 1);
	cr_expect_not_null(strstr(r.err, port), "%s", r.err);
	run_done(&r);
	mksock_stop(&made);
}

Test(wait, the_holder_can_be_demanded)
{
	const struct fact *f;
	char port[8], pid[16];
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("prefork"));
	f = mksock_fact(&made, "prefork", NULL);
	port_of("prefork", port);
	for (int64_t i = 0; i < f->owners; i++) {
		snprintf(pid, sizeof pid, "%d", (int)f->held[i].pid);
		cr_expect_eq(wait_for(ARGS("--timeout", "5", "--pid", pid, port), &r), 0, "%s", r.err);
		run_done(&r);
	}
	cr_expect_eq(wait_for(ARGS("--timeout", "5", "--process", f->comm, port), &r), 0, "%s", r.err);
	run_done(&r);
	cr_expect_eq(wait_for(ARGS("--timeout", "0.1", "--process", "nobody-else", port), &r), 1);
	cr_expect_not_null(strstr(r.err, f->comm), "%s", r.err);
	run_done(&r);
	cr_expect_eq(wait_for(ARGS("--timeout", "0.1", "--pid", "1", port), &r), 1);
	run_done(&r);
	mksock_stop(&made);
}

Test(wait, wrong_words_are_refused)
{
	static const char *const cases[][4] = {
		{ NULL }, { "0" }, { "65536" }, { "80x" }, { "--timeout", "x", "80" },
		{ "--pid", "x", "80" }, { "--free", "--pid=1", "80" }, { "-y", "80" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		struct run r;

		wait_for(ARGS(cases[i][0], cases[i][1], cases[i][2]), &r);
		cr_expect_eq(r.status, 2, "case %zu: %d", i, r.status);
		cr_expect_gt(r.err_len, 0);
		run_done(&r);
	}
}
