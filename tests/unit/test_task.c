/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* /proc/PID/stat and the targets of /proc/PID/fd, as honest and as hostile processes make them. */

#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "model/task.h"

/* The fields behind the name, up to start (22) and up to the last. */
#define UP_TO_START " S 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 777"
#define THE_REST    " 100 200 18446744073709551615 1 2 3 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 5 6 7 888" \
		    " 9 10 11 0\n"

static int
parse(const char *s, struct task_stat *st)
{
	return task_parse_stat(s, strlen(s), st);
}

Test(task_stat, reads_what_proc_says)
{
	struct task_stat st;

	cr_assert_eq(parse("42 (node)" UP_TO_START THE_REST, &st), 0);
	cr_expect_str_eq(st.comm, "node");
	cr_expect_eq(st.state, 'S');
	cr_expect_eq(st.ppid, 41);
	cr_expect_eq(st.flags, 4194560);
	cr_expect_eq(st.threads, 9);
	cr_expect_eq(st.start, 777);
	cr_expect_eq(st.arg_start, 888);
}

Test(task_stat, a_name_cannot_forge_the_fields)
{
	static const struct { const char *stat, *comm; } cases[] = {
		{ "42 (a) R 1 1)" UP_TO_START THE_REST, "a) R 1 1" },
		{ "42 (a\n) R 1)" UP_TO_START THE_REST, "a\n) R 1" },
		{ "42 (()" UP_TO_START THE_REST, "(" },
		{ "42 ())" UP_TO_START THE_REST, ")" },
		{ "42 ()" UP_TO_START THE_REST, "" },
		{ "42 (\x1b[2J\xff\x9b)" UP_TO_START THE_REST, "\x1b[2J\xff\x9b" },
		{ "42 (two words)" UP_TO_START THE_REST, "two words" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task_stat st;

		cr_assert_eq(parse(cases[i].stat, &st), 0, "case %zu", i);
		cr_expect_str_eq(st.comm, cases[i].comm, "case %zu", i);
		cr_expect_eq(st.state, 'S', "case %zu: state %c", i, st.state);
		cr_expect_eq(st.ppid, 41, "case %zu", i);
		cr_expect_eq(st.start, 777, "case %zu", i);
	}
}

Test(task_stat, a_long_name_is_cut)
{
	char name[TASK_COMM_SIZE * 2] = "";
	char stat[1024];
	struct task_stat st;

	memset(name, 'n', sizeof name - 1);
	snprintf(stat, sizeof stat, "42 (%s)" UP_TO_START THE_REST, name);
	cr_assert_eq(parse(stat, &st), 0);
	cr_expect_eq(strlen(st.comm), TASK_COMM_SIZE - 1);
	cr_expect_eq(st.start, 777);
}

Test(task_stat, an_older_kernel_says_less)
{
	struct task_stat st;

	cr_assert_eq(parse("42 (node)" UP_TO_START, &st), 0);
	cr_expect_eq(st.start, 777);
	cr_expect_eq(st.arg_start, 0);
}

Test(task_stat, what_is_damaged_is_refused_and_nothing_written)
{
	static const char *const bad[] = {
		"", "42", "42 (node", "42 node)", ")(", "42 (node)", "42 (node) ",
		"42 (node) S", "42 (node) SS 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 777",
		"42 (node) S 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0",
		"42 (node) S 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 x",
		"42 (node) S 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 -",
		"42 (node) S 4294967296 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 777",
		"42 (node) S 41 42 42 0 -1 4294967296 1 2 3 4 5 6 7 8 20 0 9 0 777",
		"42 (node) S 41 42 42 0 -1 0 1 2 3 4 5 6 7 8 20 0 4294967296 0 777",
		"42 (node) S 41 42 42 0 -1 0 1 2 3 4 5 6 7 8 20 0 9 0 18446744073709551616",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct task_stat st = { .start = 4711 };

		cr_expect_eq(parse(bad[i], &st), -EBADMSG, "\"%s\"", bad[i]);
		cr_expect_eq(st.start, 4711, "\"%s\"", bad[i]);
	}
}

/* Every cut of a good text is refused or read as what is there: never more than len bytes. */
Test(task_stat, reads_no_further_than_its_length)
{
	static const char good[] = "42 (node)" UP_TO_START THE_REST;

	for (size_t len = 0; len < sizeof good; len++) {
		char *exact = strndup(good, len);
		char *bytes = memcpy(malloc(len + !len), exact, len);
		struct task_stat st;

		if (task_parse_stat(bytes, len, &st) == 0)
			cr_expect_eq(st.ppid, 41);
		free(bytes);
		free(exact);
	}
}

Test(task_stat, reads_its_own)
{
	struct task_stat st;
	char buf[4096];
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		cr_skip_test("there is no /proc");
	len = read(fd, buf, sizeof buf);
	close(fd);
	cr_assert_gt(len, 0);
	cr_assert_eq(task_parse_stat(buf, (size_t)len, &st), 0);
	cr_expect_eq(st.ppid, getppid());
	cr_expect_eq(st.state, 'R');
	cr_expect_geq(st.threads, 1);
	cr_expect_gt(st.start, 0);
	cr_expect_eq(st.flags & TASK_PF_KTHREAD, 0);
}

Test(task_stat, a_process_is_no_zombie_while_a_thread_lives)
{
	static const struct { char state; uint32_t threads; char want; } cases[] = {
		{ 'S', 1, 'S' }, { 'T', 4, 'T' }, { 'Z', 1, 'Z' }, { 'Z', 2, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct task_stat st = { .state = cases[i].state, .threads = cases[i].threads };

		cr_expect_eq(task_state(&st), cases[i].want, "case %zu", i);
	}
}

Test(task_link, only_a_socket_has_a_socket_inode)
{
	static const struct { const char *target; bool want; uint64_t inode; } cases[] = {
		{ "socket:[16108]", true, 16108 },
		{ "socket:[0]", true, 0 },
		{ "socket:[18446744073709551615]", true, UINT64_MAX },
		{ "socket:[18446744073709551616]", false, 0 },
		{ "socket:[]", false, 0 },
		{ "socket:[", false, 0 },
		{ "socket:[12", false, 0 },
		{ "socket:[1x]", false, 0 },
		{ "socket:[-1]", false, 0 },
		{ "socket:[1] (deleted)", false, 0 },
		{ "/tmp/socket:[1]", false, 0 },
		{ "pipe:[16108]", false, 0 },
		{ "anon_inode:[eventfd]", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t inode = 4711;
		const char *s = cases[i].target;

		cr_expect_eq(task_parse_link(s, strlen(s), &inode), cases[i].want, "%s", s);
		cr_expect_eq(inode, cases[i].want ? cases[i].inode : 4711, "%s", s);
	}
}

Test(task, is_the_same_with_pid_and_start)
{
	struct task a = { .pid = 42, .start = 777, .comm = "before" };
	struct task renamed = { .pid = 42, .start = 777, .comm = "after" };
	struct task reused = { .pid = 42, .start = 778 };
	struct task other = { .pid = 43, .start = 777 };

	cr_expect(task_same(&a, &renamed));
	cr_expect_not(task_same(&a, &reused));
	cr_expect_not(task_same(&a, &other));
}
