/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop kill: whom it ends, whom it spares, and what it says. */

#include <arpa/inet.h>
#include <linux/capability.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

TestSuite(kill, .init = cli_enter, .timeout = 120);

static struct mksock made;

static const char *
port_of(const char *kind, char port[8])
{
	snprintf(port, 8, "%d", (int)mksock_fact(&made, kind, NULL)->lport);
	return port;
}

static int
run_kill(const struct run_how *how, const char *const args[], struct run *r)
{
	static const char *words[16];
	size_t n = 0;

	words[n++] = "kill";
	while (*args)
		words[n++] = *args++;
	words[n] = NULL;
	run_lotop(how, words, r);
	return r->status;
}

/* Runs it and expects a status and a piece of what is said on either stream. */
static void
expect_kill(const char *const args[], int status, const char *said)
{
	struct run r;

	cr_expect_eq(run_kill(NULL, args, &r), status, "%s: %d\n%s%s", args[0], r.status, r.out, r.err);
	cr_expect(strstr(r.out, said) || strstr(r.err, said), "no \"%s\" in\n%s%s", said, r.out, r.err);
	run_done(&r);
}

static bool
is_held(const char *port)
{
	char filter[32];
	struct run r;
	bool held;

	snprintf(filter, sizeof filter, "lport:%s", port);
	run_lotop(NULL, ARGS("list", "-a", "-l", "-c", "lport", filter), &r);
	held = r.status == 0;
	run_done(&r);
	return held;
}

/* A child that holds 127.0.0.1:port and has another program file than mksock. */
static pid_t
start_stranger(uint16_t port)
{
	int fd = cli_listen(port);
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	close(fd);
	return pid;
}

static void
end_stranger(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool
is_alive(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == 0;
}

Test(kill, holders_end_and_the_port_is_free)
{
	static const char *const kinds[] = { "listener4", "listener6", "wildcard4", "dual",
		"bound", "udp", "prefork", "reuseport", "thread", "dup", "inherited", NULL };

	mksock_start(&made, kinds);
	for (size_t i = 0; kinds[i]; i++) {
		char port[8], said[64];

		if (!mksock_fact(&made, kinds[i], NULL))
			continue;
		snprintf(said, sizeof said, "Port %s is free: ", port_of(kinds[i], port));
		expect_kill(ARGS("-y", port), 0, said);
		cr_expect_not(is_held(port), "%s", kinds[i]);
	}
	mksock_stop(&made);
}

/* The client of a server has the port as its peer's, and is nobody's holder. */
Test(kill, clients_are_spared)
{
	const struct fact *client;
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("pair"));
	client = mksock_fact(&made, "pair", "client");
	snprintf(port, sizeof port, "%d", (int)client->lport);
	expect_kill(ARGS("-y", port), 1, "is free");
	cr_expect_eq(kill(client->held[0].pid, 0), 0);
	mksock_stop(&made);
}

Test(kill, nothing_held_is_said)
{
	expect_kill(ARGS("-y", "9"), 1, "Port 9 is free: nothing listens on it");
	expect_kill(ARGS("--dry-run", "127.0.0.1:9"), 1, "Port 127.0.0.1:9 is free");
}

/* What /proc/net cannot show may hold the port. */
Test(kill, without_sock_diag_it_does_not_say_that_nothing_is_bound)
{
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("bound:5009"));
	cli_forbid_sockets(AF_NETLINK);
	cr_expect_eq(run_kill(NULL, ARGS("--dry-run", "5009"), &r), 1, "%d", r.status);
	cr_expect_not_null(strstr(r.out, "Nothing that can be seen holds port 5009"), "%s", r.out);
	cr_expect_null(strstr(r.out, "free"), "%s", r.out);
	cr_expect_not_null(strstr(r.err, "without bound ones"), "%s", r.err);
	run_done(&r);
	mksock_stop(&made);
}

Test(kill, without_a_terminal_it_wants_yes)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	expect_kill(ARGS(port_of("listener4", port)), 2, "give -y");
	cr_expect(is_held(port));
	mksock_stop(&made);
}

Test(kill, dry_run_says_and_does_nothing)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	expect_kill(ARGS("--dry-run", port_of("listener4", port)), 0, "SIGTERM would be sent to");
	expect_kill(ARGS("--dry-run", "-9", "-r", port), 0, "SIGKILL would be sent to");
	cr_expect(is_held(port));
	expect_kill(ARGS("-r", "-y", port), 2, "--readonly");
	cr_expect(is_held(port));
	mksock_stop(&made);
}

Test(kill, different_programs_are_refused_unless_narrowed)
{
	char port[8], four[32];
	pid_t stranger;

	mksock_start(&made, MKSOCK_KINDS("listener6"));
	port_of("listener6", port);
	stranger = start_stranger((uint16_t)atoi(port));
	expect_kill(ARGS("-y", port), 3, "different programs");
	expect_kill(ARGS("--dry-run", port), 3, "different programs");
	cr_expect(is_alive(stranger));
	snprintf(four, sizeof four, "127.0.0.1:%s", port);
	expect_kill(ARGS("-y", four), 0, "is free");
	cr_expect_not(is_alive(stranger));
	cr_expect(is_held(port), "the other one is spared");

	stranger = start_stranger((uint16_t)atoi(port));
	expect_kill(ARGS("-y", "-6", port), 0, "is free");
	cr_expect(is_alive(stranger));
	end_stranger(stranger);
	mksock_stop(&made);
}

Test(kill, all_holders_ends_them_all)
{
	char port[8];
	pid_t stranger;

	mksock_start(&made, MKSOCK_KINDS("listener6"));
	stranger = start_stranger((uint16_t)atoi(port_of("listener6", port)));
	expect_kill(ARGS("-y", "--all-holders", port), 0, "is free");
	cr_expect_not(is_alive(stranger));
	cr_expect_not(is_held(port));
	mksock_stop(&made);
}

/* The first is refused: the second is not touched either. */
Test(kill, one_refusal_holds_back_all)
{
	char port[8], own[8];
	int fd = cli_listen(0);
	struct sockaddr_in addr;
	socklen_t len = sizeof addr;

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	snprintf(own, sizeof own, "%u", ntohs(addr.sin_port));
	mksock_start(&made, MKSOCK_KINDS("listener4"));
	expect_kill(ARGS("-y", port_of("listener4", port), own), 3, "lotop runs under it");
	cr_expect(is_held(port));
	mksock_stop(&made);
	close(fd);
}

Test(kill, several_ports_go_at_once)
{
	char a[8], b[8];

	mksock_start(&made, MKSOCK_KINDS("listener4", "listener6"));
	expect_kill(ARGS("-y", port_of("listener4", a), port_of("listener6", b), "9"), 0, "is free");
	cr_expect_not(is_held(a) || is_held(b));
	mksock_stop(&made);
}

Test(kill, who_does_not_end_is_named_and_force_ends_it)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("stubborn"));
	expect_kill(ARGS("-y", "--timeout", "0.2", port_of("stubborn", port)), 3, "is still held by");
	cr_expect(is_held(port));
	expect_kill(ARGS("-y", "--timeout", "0.2", "--force", port), 0, "is free");
	mksock_stop(&made);
}

Test(kill, the_signal_can_be_chosen)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("stubborn"));
	expect_kill(ARGS("-y", "-KILL", port_of("stubborn", port)), 0, "is free");
	mksock_stop(&made);
}

Test(kill, a_stopped_holder_is_said_to_be)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("stopped"));
	expect_kill(ARGS("-y", "--timeout", "0.2", port_of("stopped", port)), 3, "which is stopped");
	expect_kill(ARGS("-y", "-9", port), 0, "is free");
	mksock_stop(&made);
}

Test(kill, started_again_is_not_freed)
{
	char port[8];

	mksock_start(&made, MKSOCK_KINDS("respawner"));
	expect_kill(ARGS("-y", "-9", port_of("respawner", port)), 3, "it was started again as");
	mksock_stop(&made);
}

Test(kill, others_processes_are_refused)
{
	const struct run_how nobody = { .uid = RUN_NOBODY };
	char port[8];
	struct run r;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("nobody cannot be played here");
	mksock_start(&made, MKSOCK_KINDS("listener4"));
	cr_expect_eq(run_kill(&nobody, ARGS("-y", port_of("listener4", port)), &r), 3, "%s", r.err);
	cr_expect_not_null(strstr(r.err, "sudo"), "%s", r.err);
	cr_expect(is_held(port));
	run_done(&r);
	mksock_stop(&made);
}

/* A child of nobody's that listens on four ports of 127.0.0.1 from that one on. */
static pid_t
start_nobody(uint16_t port)
{
	int ready[2];
	char byte;
	pid_t pid;

	cr_assert_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (setgid(RUN_NOBODY) < 0 || setuid(RUN_NOBODY) < 0 ||
		    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)	/* else even nobody may not look at it */
			_exit(1);
		for (int i = 0; i < 4; i++)
			cli_listen((uint16_t)(port + i));
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

/* Of two sockets on a port it is the hidden one's address that is named, whichever comes first. */
Test(kill, the_socket_whose_holder_is_hidden_is_named)
{
	const struct run_how nobody = { .uid = RUN_NOBODY };
	struct sockaddr_in two = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1) };
	struct run r;
	pid_t child;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("nobody cannot be played here");
	child = start_nobody(7402);
	for (uint16_t port = 7402; port < 7406; port++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		two.sin_port = htons(port);
		cr_assert_eq(bind(fd, (const struct sockaddr *)&two, sizeof two), 0);
		cr_assert_eq(listen(fd, 8), 0);
	}
	cr_expect_eq(run_kill(&nobody, ARGS("--dry-run", "7402", "7403", "7404", "7405"), &r), 3,
	    "%d", r.status);
	cr_expect_not_null(strstr(r.err, "(tcp 127.0.0.2:7402) is held by a process of root"), "%s", r.err);
	cr_expect_null(strstr(r.err, "(tcp 127.0.0.1:"), "%s", r.err);
	run_done(&r);
	end_stranger(child);
}

/* A worker of nobody's has ended; its master of root, whom nobody may not see, has the socket still. */
Test(kill, a_hidden_master_of_a_worker_still_holds)
{
	const struct run_how nobody = { .uid = RUN_NOBODY };
	struct run r;
	pid_t worker;
	int fd;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("nobody cannot be played here");
	fd = cli_listen(7500);
	worker = start_nobody(7501);
	cr_expect_eq(run_kill(&nobody, ARGS("-y", "7500"), &r), 3, "%d", r.status);
	cr_expect_not_null(strstr(r.err, "Port 7500 is still held by a process of root, "
	    "which this user may not see; use sudo."), "%s", r.err);
	cr_expect_null(strstr(r.err, "again"), "%s", r.err);
	cr_expect_eq(waitpid(worker, NULL, WNOHANG), worker, "the worker runs");
	run_done(&r);
	close(fd);
}

static void
expect_unseen(const char *port, const char *reason, const char *advice)
{
	struct run r;

	cr_expect_eq(run_kill(NULL, ARGS("--dry-run", port), &r), 3, "%d", r.status);
	cr_expect_not_null(strstr(r.err, reason), "no \"%s\" in %s", reason, r.err);
	cr_expect_not_null(strstr(r.err, advice), "no \"%s\" in %s", advice, r.err);
	run_done(&r);
	run_lotop(NULL, ARGS("who", port), &r);
	cr_expect_not_null(strstr(r.out, reason), "no \"%s\" in %s", reason, r.out);
	run_done(&r);
}

Test(kill, root_is_told_which_capability_is_missing)
{
	char port[8];

	if (geteuid() != 0)
		CLI_SKIP("root is needed");
	mksock_start(&made, MKSOCK_KINDS("listener4"));
	if (prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0) < 0)
		CLI_SKIP("no capability can be dropped here");
	expect_unseen(port_of("listener4", port), ", which cannot be seen without CAP_SYS_PTRACE",
	    "; run lotop with that.");
	mksock_stop(&made);
}

/* Nothing is in another container where there is just no /proc. */
Test(kill, a_missing_proc_is_said)
{
	char port[8];

#ifdef __SANITIZE_ADDRESS__
	CLI_SKIP("the search for leaks at its end reads /proc");
#endif
	mksock_start(&made, MKSOCK_KINDS("listener4"));
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		CLI_SKIP("/proc cannot be taken away here");
	expect_unseen(port_of("listener4", port), ", which cannot be seen without /proc",
	    "; mount that first.");
	mksock_stop(&made);
}

Test(kill, wrong_words_are_refused)
{
	expect_kill(ARGS("-y"), 2, "Which port?");
	expect_kill(ARGS("-y", "0"), 2, "no port");
	expect_kill(ARGS("-y", "8080-8090"), 2, "no port");
	expect_kill(ARGS("-s", "NOPE", "80"), 2, "no signal");
}

/* ---- on a terminal ---- */

struct talk {
	pid_t pid;
	int   fd;
	char  said[4096];
	size_t len;
};

/* With words that were typed before lotop could ask. */
static void
talk_start(struct talk *t, const char *port, const char *typed)
{
	int slave;

	memset(t, 0, sizeof *t);
	cr_assert_eq(openpty(&t->fd, &slave, NULL, NULL, NULL), 0);
	cr_assert_eq(write(t->fd, typed, strlen(typed)), (ssize_t)strlen(typed));
	t->pid = fork();
	if (t->pid == 0) {
		char **env = run_environment(NULL);
		const char *argv[] = { "lotop", "kill", port, NULL };

		for (int i = 0; i < 3; i++)
			dup2(slave, i);
		execve(run_lotop_path(), (char *const *)argv, env);
		_exit(127);
	}
	close(slave);
}

static void
talk_until(struct talk *t, const char *what)
{
	int64_t end = run_now_ms() + RUN_DEADLINE_MS;

	while (!strstr(t->said, what)) {
		struct pollfd p = { .fd = t->fd, .events = POLLIN };
		ssize_t n;

		cr_assert_lt(run_now_ms(), end, "no \"%s\" in %s", what, t->said);
		if (poll(&p, 1, 100) <= 0)
			continue;
		n = read(t->fd, t->said + t->len, sizeof t->said - 1 - t->len);
		cr_assert_gt(n, 0, "no \"%s\" in %s", what, t->said);
		t->len += (size_t)n;
	}
}

static int
talk_end(struct talk *t)
{
	int status;

	cr_assert_eq(waitpid(t->pid, &status, 0), t->pid);
	close(t->fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(kill, on_a_terminal_it_asks)
{
	char port[8];
	struct talk t;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	port_of("listener4", port);
	talk_start(&t, port, "");
	talk_until(&t, "[y/N]");
	cr_expect_not_null(strstr(t.said, "is held by"), "%s", t.said);
	cr_assert_eq(write(t.fd, "n\n", 2), 2);
	talk_until(&t, "Nothing was sent.");
	cr_expect_eq(talk_end(&t), 3);
	cr_expect(is_held(port));

	talk_start(&t, port, "");
	talk_until(&t, "[y/N]");
	cr_assert_eq(write(t.fd, "y\n", 2), 2);
	talk_until(&t, "is free");
	cr_expect_eq(talk_end(&t), 0);
	mksock_stop(&made);
}

Test(kill, what_was_typed_before_answers_nothing)
{
	char port[8];
	struct talk t;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	port_of("listener4", port);
	talk_start(&t, port, "y\ny\n");
	talk_until(&t, "[y/N]");
	cr_assert_eq(write(t.fd, "\n", 1), 1);
	talk_until(&t, "Nothing was sent.");
	cr_expect_eq(talk_end(&t), 3);
	cr_expect(is_held(port));
	mksock_stop(&made);
}
