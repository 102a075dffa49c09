/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The door for signals, on real processes: children that hold a socket until they are told otherwise. */

#include <criterion/criterion.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/signal.h"

/* A child, the socket that it holds, and the way to command it. */
struct child {
	struct task task;
	uint64_t    inode;
	int         command;	/* a byte: let go of the socket, and answer */
	int         answer;
};

static void
child_main(int sock, int command, int answer)
{
	char c;

	signal(SIGTERM, SIG_DFL);
	while (read(command, &c, 1) == 1) {
		close(sock);
		if (write(answer, "x", 1) != 1)
			break;
	}
	_exit(0);
}

static uint64_t
start_of(pid_t pid)
{
	struct task_stat st;
	char path[64], buf[1024];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	cr_assert_not_null(f);
	n = fread(buf, 1, sizeof buf, f);
	fclose(f);
	cr_assert_eq(task_parse_stat(buf, n, &st), 0);
	return st.start;
}

/* A socketpair has inodes like any socket, and needs no network. */
static struct child
child_start(void)
{
	struct child c = { 0 };
	struct stat st;
	int pair[2], command[2], answer[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_assert_eq(pipe(command), 0);
	cr_assert_eq(pipe(answer), 0);
	cr_assert_eq(fstat(pair[0], &st), 0);
	c.inode = st.st_ino;
	c.task.pid = fork();
	cr_assert_geq(c.task.pid, 0);
	if (c.task.pid == 0) {
		close(command[1]);
		child_main(pair[0], command[0], answer[1]);
	}
	close(pair[0]);
	close(command[0]);
	c.command = command[1];
	c.answer = answer[0];
	c.task.start = start_of(c.task.pid);
	return c;
}

static void
child_let_go(struct child *c)
{
	char x;

	cr_assert_eq(write(c->command, "x", 1), 1);
	cr_assert_eq(read(c->answer, &x, 1), 1);
}

static int
child_wait(struct child *c)
{
	int status = 0;

	cr_assert_eq(waitpid(c->task.pid, &status, 0), c->task.pid);
	return status;
}

static void
child_end(struct child *c)
{
	kill(c->task.pid, SIGKILL);
	child_wait(c);
}

Test(signal, reaches_the_process_that_holds_the_socket)
{
	struct child c = child_start();
	struct target t;
	int status;

	cr_assert_eq(target_open(&t, "/proc", &c.task, c.inode), TARGET_OK);
	cr_expect_not(target_ended(&t));
	cr_assert_eq(target_signal(&t, "/proc", SIGTERM), TARGET_OK);
	status = child_wait(&c);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "status %#x", status);
	cr_expect(target_ended(&t));
	target_close(&t);
}

Test(signal, a_target_that_let_go_of_the_socket_is_spared)
{
	struct child c = child_start();
	struct target t;

	cr_assert_eq(target_open(&t, "/proc", &c.task, c.inode), TARGET_OK);
	child_let_go(&c);
	cr_expect_eq(target_signal(&t, "/proc", SIGKILL), TARGET_LET_GO);
	cr_expect_eq(kill(c.task.pid, 0), 0, "the child was signalled");
	cr_expect_not(target_ended(&t));
	target_close(&t);
	child_end(&c);
}

Test(signal, a_target_that_ended_is_gone_also_while_it_is_a_zombie)
{
	struct child c = child_start();
	struct target t;
	siginfo_t info;

	cr_assert_eq(target_open(&t, "/proc", &c.task, c.inode), TARGET_OK);
	kill(c.task.pid, SIGKILL);
	cr_assert_eq(waitid(P_PID, (id_t)c.task.pid, &info, WEXITED | WNOWAIT), 0);
	cr_expect_eq(target_signal(&t, "/proc", SIGTERM), TARGET_GONE, "as a zombie");
	child_wait(&c);
	cr_expect_eq(target_signal(&t, "/proc", SIGTERM), TARGET_GONE, "after it was reaped");
	target_close(&t);
}

Test(signal, another_process_with_the_same_pid_is_no_target)
{
	struct child c = child_start();
	struct task other = c.task;
	struct target t = { .pidfd = -7 };

	other.start--;
	cr_expect_eq(target_open(&t, "/proc", &other, c.inode), TARGET_GONE);
	cr_expect_eq(t.pidfd, -7, "the result was written although it failed");
	child_end(&c);
}

Test(signal, a_process_without_the_socket_is_no_target)
{
	struct child c = child_start();
	struct target t;

	cr_expect_eq(target_open(&t, "/proc", &c.task, c.inode + 100000), TARGET_LET_GO);
	child_end(&c);
}

Test(signal, some_processes_are_always_refused)
{
	static const struct task kthread = { .pid = 2, .kthread = true };
	const struct {
		const char         *what;
		struct task         task;
		enum target_refusal refusal;
	} cases[] = {
		{ "everybody",  { .pid = -1 },        TARGET_INIT },
		{ "own group",  { .pid = 0 },         TARGET_INIT },
		{ "process 1",  { .pid = 1 },         TARGET_INIT },
		{ "a kthread",  kthread,              TARGET_KTHREAD },
		{ "itself",     { .pid = getpid() },  TARGET_SELF },
		{ "its parent", { .pid = getppid() }, TARGET_ANCESTOR },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct target t;

		cr_expect_eq(target_open(&t, "/proc", &cases[i].task, 1), (int)cases[i].refusal, "%s",
		             cases[i].what);
	}
}

Test(signal, a_pid_that_never_was_is_gone)
{
	struct child c = child_start();
	struct target t;

	child_end(&c);
	cr_expect_eq(target_open(&t, "/proc", &c.task, c.inode), TARGET_GONE);
}

Test(signal, names_are_those_of_the_manual)
{
	cr_expect_str_eq(signal_name(SIGTERM), "SIGTERM");
	cr_expect_str_eq(signal_name(SIGKILL), "SIGKILL");
	cr_expect_null(signal_name(0));
	cr_expect_null(signal_name(-1));
	cr_expect_null(signal_name(4096));
}
