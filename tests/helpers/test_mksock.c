/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The measure is measured: what mksock says of its sockets is held against
 * /proc, and it leaves nothing behind.
 */

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/fact.h"
#include "helpers/netns.h"
#include "helpers/run.h"

static void
enter(void)
{
	int r = netns_enter();

	if (r < 0) {
		fprintf(stderr, "skipped: no private network here: %s\n",
		    strerror(-r));
		cr_skip_test("no private network here: %s", strerror(-r));
	}
	cr_assert_eq(netns_add_host(), 0);
}

TestSuite(mksock, .init = enter, .timeout = 60);

static struct mksock made;

/* Where a descriptor of a process, or of one thread of it, leads. */
static bool
leads_to_socket(const struct fact *f, const struct fact_holder *h)
{
	char path[128];
	char target[64] = "";
	char want[64];

	if (f->tid != FACT_UNKNOWN)
		snprintf(path, sizeof path, "/proc/%d/task/%" PRId64 "/fd/%d",
		    (int)h->pid, f->tid, h->fd);
	else
		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)h->pid, h->fd);
	snprintf(want, sizeof want, "socket:[%" PRId64 "]", f->inode);
	if (readlink(path, target, sizeof target - 1) < 0)
		return false;
	return strcmp(target, want) == 0;
}

Test(mksock, every_holder_has_the_socket_under_its_number)
{
	size_t holders = 0;

	mksock_start(&made, MKSOCK_KINDS("all"));
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i];

		for (int64_t h = 0; h < f->owners; h++, holders++)
			cr_expect(leads_to_socket(f, &f->held[h]),
			    "%s: pid %d, fd %d", f->kind, (int)f->held[h].pid,
			    f->held[h].fd);
		cr_expect_eq(strcmp(f->holder, "known") == 0, f->owners > 0);
	}
	cr_expect_gt(holders, 60);
	mksock_stop(&made);
}

/* In no table but the thread's: else lotop could find it the easy way. */
Test(mksock, a_threads_own_table_is_not_its_process)
{
	static const char *const kinds[] = { "thread", "dead-leader" };

	mksock_start(&made, MKSOCK_KINDS("thread", "dead-leader"));
	for (size_t i = 0; i < 2; i++) {
		struct fact f = *mksock_fact(&made, kinds[i], NULL);

		f.tid = FACT_UNKNOWN;
		cr_expect(!leads_to_socket(&f, &f.held[0]), "%s", f.kind);
	}
	mksock_stop(&made);
}

/* Root has every right that a kind asks for. */
Test(mksock, as_root_no_kind_is_skipped)
{
	if (!run_may_be(RUN_NOBODY)) {
		fputs("skipped: not root\n", stderr);
		cr_skip_test("not root");
	}
	mksock_start(&made, MKSOCK_KINDS("all"));
	cr_expect_str_empty(made.skipped, "skipped: %s", made.skipped);
	mksock_stop(&made);
}

Test(mksock, a_line_is_read_back_as_it_was)
{
	mksock_start(&made, MKSOCK_KINDS("all"));
	for (size_t i = 0; i < made.n; i++) {
		char line[FACT_LINE];
		struct fact back;

		fact_print(&made.facts[i], line);
		cr_assert_eq(fact_parse(line, &back), 0, "%s", line);
		cr_expect_arr_eq(&back, &made.facts[i], sizeof back);
	}
	mksock_stop(&made);
}

Test(mksock, takes_the_port_that_it_is_given)
{
	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "pair:3000",
	    "udp:5353", "self:4000", "shut:4001", "respawner:4002",
	    "reuseport:4003"));
	cr_expect_eq(mksock_fact(&made, "listener4", NULL)->lport, 8080);
	cr_expect_eq(mksock_fact(&made, "pair", "server")->lport, 3000);
	cr_expect_eq(mksock_fact(&made, "pair", "client")->rport, 3000);
	cr_expect_eq(mksock_fact(&made, "udp", NULL)->lport, 5353);
	cr_expect_eq(mksock_fact(&made, "self", NULL)->rport, 4000);
	cr_expect_eq(mksock_fact(&made, "shut", NULL)->lport, 4001);
	cr_expect_eq(mksock_fact(&made, "respawner", NULL)->lport, 4002);
	cr_expect_eq(mksock_nth(&made, "reuseport", NULL, 2)->lport, 4003);
	mksock_stop(&made);
}

static bool
is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

/* Within the deadline: a process is reaped a moment after it was killed. */
static bool
goes(pid_t pid)
{
	int64_t deadline = run_now_ms() + RUN_DEADLINE_MS;

	while (!is_gone(pid) && run_now_ms() < deadline)
		poll(NULL, 0, 1);
	return is_gone(pid);
}

static void
expect_all_gone(const struct fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int64_t h = 0; h < facts[i].owners; h++)
			cr_expect(goes(facts[i].held[h].pid), "%s: pid %d lives",
			    facts[i].kind, (int)facts[i].held[h].pid);
}

static struct fact *
copy_facts(void)
{
	struct fact *copy = calloc(made.n, sizeof *copy);

	cr_assert_not_null(copy);
	memcpy(copy, made.facts, made.n * sizeof *copy);
	return copy;
}

Test(mksock, leaves_no_process_behind)
{
	struct fact *facts;
	size_t n;

	mksock_start(&made, MKSOCK_KINDS("all"));
	facts = copy_facts();
	n = made.n;
	mksock_stop(&made);
	for (size_t i = 0; i < n; i++)
		for (int64_t h = 0; h < facts[i].owners; h++)
			cr_expect(is_gone(facts[i].held[h].pid), "%s",
			    facts[i].kind);
	free(facts);
}

/* Not of what is stopped: nobody is left to wake it. */
Test(mksock, leaves_no_process_behind_when_it_is_killed)
{
	mksock_start(&made, MKSOCK_KINDS("listener4", "prefork", "pair",
	    "thread", "dead-leader", "stubborn", "respawner", "exec",
	    "in-flight", "unaccepted", "setuid"));
	cr_assert_eq(kill(made.pid, SIGKILL), 0);
	expect_all_gone(made.facts, made.n);
	mksock_stop(&made);
}

Test(mksock, a_killed_holder_takes_no_other_kind_along)
{
	pid_t killed;
	pid_t other;

	mksock_start(&made, MKSOCK_KINDS("listener4", "listener9", "prefork"));
	killed = mksock_fact(&made, "listener4", NULL)->held[0].pid;
	other = mksock_fact(&made, "listener9", NULL)->held[0].pid;
	cr_assert_eq(kill(killed, SIGTERM), 0);
	cr_expect(goes(killed));
	cr_expect(!is_gone(other));
	/* Nor do workers go with their master. */
	killed = mksock_fact(&made, "prefork", NULL)->held[0].pid;
	other = mksock_fact(&made, "prefork", NULL)->held[1].pid;
	cr_assert_eq(kill(killed, SIGTERM), 0);
	cr_expect(goes(killed));
	cr_expect(!is_gone(other));
	mksock_stop(&made);
}

Test(mksock, the_stubborn_one_ignores_sigterm)
{
	pid_t pid;

	mksock_start(&made, MKSOCK_KINDS("stubborn"));
	pid = mksock_fact(&made, "stubborn", NULL)->held[0].pid;
	cr_assert_eq(kill(pid, SIGTERM), 0);
	cr_expect(leads_to_socket(&made.facts[0], &made.facts[0].held[0]));
	cr_assert_eq(kill(pid, SIGKILL), 0);
	cr_expect(goes(pid));
	mksock_stop(&made);
}

Test(mksock, the_respawner_starts_another_on_the_same_port)
{
	const struct fact *first;
	const struct fact *second;

	mksock_start(&made, MKSOCK_KINDS("respawner"));
	cr_assert_eq(made.n, 1);
	cr_assert_eq(kill(made.facts[0].held[0].pid, SIGTERM), 0);
	cr_assert(mksock_next(&made, RUN_DEADLINE_MS), "no second line");
	cr_assert_eq(made.n, 2);
	first = &made.facts[0];
	second = &made.facts[1];
	cr_expect_eq(second->lport, first->lport);
	cr_expect_neq(second->held[0].pid, first->held[0].pid);
	cr_expect_eq(second->parent, first->parent);
	cr_expect(leads_to_socket(second, &second->held[0]));
	mksock_stop(&made);
}

Test(mksock, a_wrong_word_is_refused)
{
	static const char *const words[] = {
		"nosuch", "listener", "listener4:", "listener4:0",
		"listener4:65536", "listener4:x", "--nosuch",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct run r;

		run_program(NULL, ARGS(run_mksock_path(), words[i]), &r);
		cr_expect_eq(r.status, 2, "%s: status %d", words[i], r.status);
		cr_expect_str_empty(r.out);
		cr_expect_gt(r.err_len, 0);
		run_done(&r);
	}
}
