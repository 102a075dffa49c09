/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop wait: until ports listen, or are free, with every exit status. */

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

#define DEADLINE_MS 15000

TestSuite(wait, .init = cli_enter, .timeout = 120);

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
join_words(const char *const words[], char *ret, size_t size)
{
	ret[0] = '\0';
	for (size_t i = 0; words[i] != NULL; i++)
		snprintf(ret + strlen(ret), size - strlen(ret), " %s", words[i]);
}

/* Nothing on standard output ever; on standard error one sentence, or nothing for 0. */
static void
expect_answer(const char *const words[], int status, const char *says)
{
	char what[128];
	struct run r;

	join_words(words, what, sizeof what);
	run_lotop(NULL, words, &r);
	cr_expect_eq(r.status, status, "%s: status %d, %s", what, r.status, r.err);
	cr_expect_str_empty(r.out, "%s: %s", what, r.out);
	cr_expect_eq(count_lines(r.err), status != 0, "%s: %s", what, r.err);
	if (says != NULL)
		cr_expect_not_null(strstr(r.err, says), "%s: no \"%s\" in %s", what, says, r.err);
	run_done(&r);
}

/*
 * A lotop that is waiting while the test goes on
 */

struct waiter {
	const char *const *words;
	struct run run;
	pthread_t thread;
	atomic_bool ended;
	pid_t pid;
};

static void *
run_waiter(void *arg)
{
	struct waiter *w = arg;

	run_lotop(NULL, w->words, &w->run);
	atomic_store(&w->ended, true);
	return NULL;
}

/* Whose sock_diag socket the kernel lists: of lotop, which has no other; 0 for none. */
static pid_t
asker(void)
{
	FILE *fp = fopen("/proc/thread-self/net/netlink", "re");
	char line[256];
	unsigned protocol;
	pid_t found = 0;
	int pid;

	cr_assert_not_null(fp);
	while (fgets(line, sizeof line, fp) != NULL)
		if (sscanf(line, "%*s %u %d", &protocol, &pid) == 2 &&
		    protocol == NETLINK_SOCK_DIAG && pid > 0)
			found = pid;
	fclose(fp);
	return found;
}

/* Starts it, and comes back when it has begun to ask the kernel. */
static void
waiter_start(struct waiter *w, const char *const words[])
{
	int64_t deadline = run_now_ms() + DEADLINE_MS;

	memset(w, 0, sizeof *w);
	w->words = words;
	cr_assert_eq(pthread_create(&w->thread, NULL, run_waiter, w), 0);
	while ((w->pid = asker()) == 0) {
		cr_assert_lt(run_now_ms(), deadline, "it never asked the kernel");
		cr_assert_not(atomic_load(&w->ended), "it ended at once: %s", w->run.err);
		poll(NULL, 0, 1);
	}
}

static void
waiter_end(struct waiter *w, int status, const char *says)
{
	char what[128];

	cr_assert_eq(pthread_join(w->thread, NULL), 0);
	join_words(w->words, what, sizeof what);
	cr_expect_eq(w->run.status, status, "%s: status %d, %s", what, w->run.status, w->run.err);
	cr_expect_str_empty(w->run.out, "%s", what);
	if (says == NULL)
		cr_expect_str_empty(w->run.err, "%s: %s", what, w->run.err);
	else
		cr_expect_not_null(strstr(w->run.err, says), "%s: %s", what, w->run.err);
	run_done(&w->run);
}

/*
 * One look
 */

static const char *const sockets[] = {
	"listener4:5001", "dual:5003", "bound:5004", "udp:5005", "listener6:5006", "prefork:5007",
	"wildcard4:5008", "timewait:5009", "shut:5012", "udp-wildcard:5013", NULL,
};

Test(wait, looks_once_with_a_timeout_of_0)
{
	static const struct {
		const char *words[5];
		int status;
		const char *says;
	} cases[] = {
		{ { "5001" }, 0, NULL },
		{ { "5001", "5003", "5006", "5007" }, 0, NULL },
		{ { "5001", "7777", "5003", "7778" }, 1, "nothing listens on 7777, 7778." },
		{ { "127.0.0.1:5001" }, 0, NULL },
		{ { "127.0.0.2:5001" }, 1, "nothing listens on 127.0.0.2:5001." },
		{ { "127.0.0.1:5008" }, 0, NULL },
		{ { "[::1]:5008" }, 1, "nothing listens on [::1]:5008." },
		{ { "[::1]:5003", "127.0.0.1:5003" }, 0, NULL },
		{ { "-4", "5001" }, 0, NULL },
		{ { "-6", "5001" }, 1, "nothing listens on 5001." },
		{ { "-4", "5003" }, 1, NULL },
		{ { "5004" }, 1, "5004 is bound, without listening, by bound (pid " },
		{ { "5012" }, 1, "5012 is bound, without listening, by shut (pid " },
		{ { "5005" }, 1, "nothing listens on 5005." },
		{ { "-u", "5005", "5013" }, 0, NULL },
		{ { "-t", "-u", "5005", "5001" }, 0, NULL },
		{ { "-u", "5001" }, 1, "nothing listens on 5001." },
		{ { "5009" }, 1, "nothing listens on 5009." },

		{ { "--free", "7777" }, 0, NULL },
		{ { "--free", "5009" }, 0, NULL },
		{ { "--free", "5001" }, 1, "5001 is held by listener4 (pid " },
		{ { "--free", "5004" }, 1, "5004 is held by bound (pid " },
		{ { "--free", "5012" }, 1, "5012 is held by shut (pid " },
		{ { "--free", "5005" }, 1, " on udp 127.0.0.1:5005." },
		{ { "--free", "5007" }, 1, " and 4 more on tcp 127.0.0.1:5007." },
		{ { "--free", "7777", "5008" }, 1, "out: 5008 is held by wildcard4 (pid " },
		{ { "--free", "-t", "5005" }, 0, NULL },
		{ { "--free", "-u", "5005" }, 1, NULL },
		{ { "--free", "-u", "5001" }, 0, NULL },
		{ { "--free", "-6", "5001" }, 0, NULL },
		{ { "--free", "-4", "5001" }, 1, NULL },
		{ { "--free", "127.0.0.2:5001" }, 0, NULL },
		{ { "--free", "127.0.0.2:5008" }, 1, "127.0.0.2:5008 is held by" },
		{ { "--free", "[::1]:5008" }, 0, NULL },
		{ { "--free", "127.0.0.1:5003" }, 1, NULL },
	};
	struct mksock made;

	mksock_start(&made, sockets);
	cr_assert_str_empty(made.skipped, "%s", made.skipped);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		const char *words[9] = { "wait", "--timeout", "0" };

		memcpy(words + 3, cases[i].words, sizeof cases[i].words);
		expect_answer(words, cases[i].status, cases[i].says);
	}
	mksock_stop(&made);
}

Test(wait, a_wrong_command_line_is_status_2)
{
	static const char *const cases[][4] = {
		{ "wait" },
		{ "wait", "0" },
		{ "wait", "65536" },
		{ "wait", "http" },
		{ "wait", "3000-3001" },
		{ "wait", "::1:80" },
		{ "wait", "--timeout=-1", "80" },
		{ "wait", "--timeout=1s", "80" },
		{ "wait", "--timeout=", "80" },
		{ "wait", "--pid=0", "80" },
		{ "wait", "--pid=x", "80" },
		{ "wait", "--process=", "80" },
		{ "wait", "-a", "80" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++)
		expect_answer(cases[i], 2, NULL);
}

Test(wait, stays_as_long_as_the_timeout_says)
{
	int64_t start = run_now_ms();

	expect_answer(ARGS("wait", "--timeout", "0.3", "7777"), 1, "The time ran out: nothing");
	cr_expect_geq(run_now_ms() - start, 300);
	start = run_now_ms();
	expect_answer(ARGS("wait", "--free", "--timeout", ".2", "7777"), 0, NULL);
}

/*
 * The holder
 */

static char *
number(pid_t pid, char buf[16])
{
	snprintf(buf, 16, "%d", (int)pid);
	return buf;
}

static void
expect_holder(const char *option, const char *value, const char *port, int status,
    const char *says)
{
	expect_answer(ARGS("wait", "--timeout", "0.1", option, value, port), status, says);
}

Test(wait, demands_the_holder_that_it_is_told)
{
	const struct fact *f;
	struct mksock made;
	char pid[16];

	mksock_start(&made, MKSOCK_KINDS("listener4:5001", "prefork:5007", "in-flight:5014",
	    "thread:5015"));
	f = mksock_fact(&made, "prefork", NULL);
	for (int64_t i = 0; i < f->owners; i++)
		expect_holder("--pid", number(f->held[i].pid, pid), "5007", 0, NULL);
	expect_holder("--pid", number(f->held[0].pid, pid), "5001", 1,
	    "5001 is held by listener4 (pid ");
	expect_holder("--pid", number(f->held[0].pid, pid), "7777", 1, "nothing listens on 7777.");
	expect_holder("--pid", number(getpid(), pid), "5014", 1, "5014 is held by a process ");
	expect_holder("--process", "listener4", "5001", 0, NULL);
	expect_holder("--process", "prefork", "5007", 0, NULL);
	expect_holder("--process", "Listener4", "5001", 1, "5001 is held by listener4 (pid ");
	expect_holder("--process", "listener", "5001", 1, NULL);
	expect_holder("--process", "listener44", "5001", 1, NULL);
	f = mksock_fact(&made, "thread", NULL);
	if (f != NULL)
		expect_holder("--pid", number(f->held[0].pid, pid), "5015", 0, NULL);

	f = mksock_fact(&made, "listener4", NULL);
	number(f->held[0].pid, pid);
	expect_answer(ARGS("wait", "--timeout", "0", "--pid", pid, "--process", "listener4",
	    "5001"), 0, NULL);
	expect_answer(ARGS("wait", "--timeout", "0", "--pid", pid, "--process", "prefork",
	    "5001"), 1, NULL);
	expect_answer(ARGS("wait", "--timeout", "0", "--pid", pid, "5001", "5007"), 1,
	    "5007 is held by prefork");
	expect_answer(ARGS("wait", "--free", "--timeout", "0", "--pid", pid, "5001"), 1,
	    "5001 is held by listener4");
	expect_answer(ARGS("wait", "--free", "--timeout", "0", "--pid", pid, "5007"), 0, NULL);
	mksock_stop(&made);
}

Test(wait, a_holder_that_may_not_be_seen_is_no_match)
{
	struct run_how how = { .uid = RUN_NOBODY };
	struct mksock made;
	struct run r;
	char pid[16];

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("no other user here");
	mksock_start(&made, MKSOCK_KINDS("listener4:5001"));
	number(mksock_fact(&made, "listener4", NULL)->held[0].pid, pid);
	run_lotop(&how, ARGS("wait", "--timeout", "0", "--pid", pid, "5001"), &r);
	cr_expect_eq(r.status, 1, "%d", r.status);
	cr_expect_not_null(strstr(r.err, "5001 is held by a process that this user may not see"),
	    "%s", r.err);
	run_done(&r);
	run_lotop(&how, ARGS("wait", "--timeout", "0", "5001"), &r);
	cr_expect_eq(r.status, 0, "%d", r.status);
	run_done(&r);
	run_lotop(&how, ARGS("wait", "--free", "--timeout", "0", "--pid", pid, "5001"), &r);
	cr_expect_eq(r.status, 1, "nobody can say that it has left");
	run_done(&r);
	mksock_stop(&made);
}

/* The kernel cuts a comm to 15 bytes, so a longer name is compared by these. */
Test(wait, a_name_longer_than_a_comm_is_cut_like_one)
{
	struct mksock made;
	const struct fact *f;
	char longer[64];

	mksock_start(&made, MKSOCK_KINDS("hostile-quote:5001"));
	f = mksock_fact(&made, "hostile-quote", NULL);
	expect_holder("--process", f->comm, "5001", 0, NULL);
	if (strlen(f->comm) == 15) {
		snprintf(longer, sizeof longer, "%s and more", f->comm);
		expect_holder("--process", longer, "5001", 0, NULL);
	}
	mksock_stop(&made);
}

/* What a process calls itself does not reach the terminal. */
Test(wait, a_hostile_name_is_made_safe)
{
	struct mksock made;
	struct run r;
	size_t at;

	mksock_start(&made, MKSOCK_KINDS("hostile:5001"));
	run_lotop(NULL, ARGS("wait", "--free", "--timeout", "0", "5001"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect(cli_is_clean(r.err, r.err_len, false, &at), "byte %zu", at);
	cr_expect_eq(count_lines(r.err), 1);
	run_done(&r);
	mksock_stop(&made);
}

/* Connections to the address go to who is bound to it, and not to the wildcard. */
Test(wait, the_holder_of_an_address_is_who_is_bound_to_it)
{
	struct mksock a, b;
	char pid[16];

	mksock_start(&a, MKSOCK_KINDS("wildcard6:5001"));
	mksock_start(&b, MKSOCK_KINDS("listener4:5001"));
	number(mksock_fact(&a, "wildcard6", NULL)->held[0].pid, pid);
	expect_holder("--pid", pid, "[::1]:5001", 0, NULL);
	expect_holder("--pid", pid, "127.0.0.1:5001", 1, "is held by listener4");
	expect_holder("--pid", pid, "5001", 0, NULL);
	mksock_stop(&a);
	mksock_stop(&b);
}

Test(wait, ends_when_the_process_that_is_waited_for_has_ended)
{
	struct waiter w;
	char pid[16];
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	number(child, pid);
	waiter_start(&w, ARGS("wait", "--pid", pid, "7777"));
	cr_expect_not(atomic_load(&w.ended));
	kill(child, SIGKILL);
	/* A zombie has ended, too. */
	waiter_end(&w, 1, " has ended: nothing listens on 7777.");
	expect_answer(ARGS("wait", "--pid", pid, "7777"), 1, " has ended: ");
	waitpid(child, NULL, 0);
	expect_answer(ARGS("wait", "--pid", pid, "7777"), 1, " has ended: ");
}

/*
 * What happens while it waits
 */

Test(wait, ends_when_the_last_port_listens)
{
	struct waiter w;
	struct mksock a, b;

	mksock_start(&a, MKSOCK_KINDS("listener4:5001"));
	waiter_start(&w, ARGS("wait", "5001", "5002"));
	cr_expect_not(atomic_load(&w.ended));
	mksock_start(&b, MKSOCK_KINDS("listener6:5002"));
	waiter_end(&w, 0, NULL);
	mksock_stop(&a);
	mksock_stop(&b);
}

Test(wait, ends_when_the_right_process_listens)
{
	struct waiter w;
	struct mksock a, b;

	mksock_start(&a, MKSOCK_KINDS("listener4:5001"));
	waiter_start(&w, ARGS("wait", "--process", "listener6", "5001"));
	cr_expect_not(atomic_load(&w.ended));
	mksock_start(&b, MKSOCK_KINDS("listener6:5001"));
	waiter_end(&w, 0, NULL);
	mksock_stop(&a);
	mksock_stop(&b);
}

Test(wait, ends_when_a_udp_port_is_bound)
{
	struct waiter w;
	struct mksock made;

	waiter_start(&w, ARGS("wait", "-u", "5005"));
	mksock_start(&made, MKSOCK_KINDS("udp:5005"));
	waiter_end(&w, 0, NULL);
	mksock_stop(&made);
}

Test(wait, free_ends_when_every_holder_has_gone)
{
	static const char *const kinds[] = {
		"listener4:5001", "dual:5001", "bound:5001", "udp6:5001", "prefork:5001",
		"backlog-full:5001",
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(kinds); i++) {
		struct waiter w;
		struct mksock made;

		mksock_start(&made, MKSOCK_KINDS(kinds[i]));
		waiter_start(&w, ARGS("wait", "--free", "5001", "7777"));
		cr_expect_not(atomic_load(&w.ended), "%s", kinds[i]);
		mksock_stop(&made);
		waiter_end(&w, 0, NULL);
	}
}

/* One after the other is not both. */
Test(wait, all_ports_must_listen_at_one_time)
{
	struct waiter w;
	struct mksock a, b;

	mksock_start(&a, MKSOCK_KINDS("listener4:5001"));
	waiter_start(&w, ARGS("wait", "--timeout", "1", "5001", "5002"));
	mksock_stop(&a);
	mksock_start(&b, MKSOCK_KINDS("listener4:5002"));
	waiter_end(&w, 1, "out: nothing listens on 5001");
	mksock_stop(&b);
}

Test(wait, an_interrupt_ends_it_as_usual)
{
	static const int signals[] = { SIGINT, SIGTERM };

	for (size_t i = 0; i < CLI_ARRAY_SIZE(signals); i++) {
		struct waiter w;

		waiter_start(&w, ARGS("wait", "7777"));
		cr_assert_eq(kill(w.pid, signals[i]), 0);
		waiter_end(&w, 128 + signals[i], NULL);
	}
}

/*
 * Without sock_diag
 */

Test(wait, proc_net_will_do)
{
	struct mksock made;
	char pid[16];

	mksock_start(&made, MKSOCK_KINDS("listener4:5001", "udp6:5002", "pair:5003"));
	number(mksock_fact(&made, "listener4", NULL)->held[0].pid, pid);
	cli_forbid_sockets(AF_NETLINK);
	expect_answer(ARGS("wait", "5001", "5003"), 0, NULL);
	expect_answer(ARGS("wait", "--pid", pid, "5001"), 0, NULL);
	expect_answer(ARGS("wait", "-u", "5002"), 0, NULL);
	for (int i = 0; i < 2; i++) {
		struct run r;

		run_lotop(NULL, i == 0 ? ARGS("wait", "--timeout", "0", "7777") :
		    ARGS("wait", "--free", "--timeout", "0", "5002"), &r);
		cr_expect_eq(r.status, 1, "%d", r.status);
		cr_expect_not_null(strstr(r.err, i == 0 ? "nothing listens on 7777." :
		    "5002 is held by udp6 (pid "), "%s", r.err);
		run_done(&r);
	}
	mksock_stop(&made);
}

/* What /proc/net cannot show may hold the port: that is said. */
Test(wait, free_says_that_proc_net_has_no_bound_sockets)
{
	struct run r;

	cli_forbid_sockets(AF_NETLINK);
	run_lotop(NULL, ARGS("wait", "--free", "7777"), &r);
	cr_expect_eq(r.status, 0, "%d", r.status);
	cr_expect_not_null(strstr(r.err, "without bound ones"), "%s", r.err);
	run_done(&r);
}

/* Neither netlink nor /proc: one descriptor is all that there is. */
Test(wait, where_nothing_can_be_read_it_is_status_3)
{
	struct run r;

	run_program(NULL, ARGS("/bin/sh", "-c", "ulimit -n 4; exec \"$@\"", "sh",
	    run_lotop_path(), "wait", "7777"), &r);
	cr_expect_eq(r.status, 3, "status %d: %s", r.status, r.err);
	cr_expect_eq(count_lines(r.err), 1, "%s", r.err);
	run_done(&r);
}
