/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* A look at real sockets of the test, and at itself; and at processes that hang. */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "source/inspect.h"
#include "source/source.h"
#include "unit/tree.h"

static void
bind_to(int fd, const char *addr)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	inet_pton(AF_INET, addr, &in.sin_addr);
	cr_assert_eq(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
}

static int
make_socket(int type)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	bind_to(fd, "127.0.0.1");
	return fd;
}

static uint64_t
inode_of(int fd)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_ino;
}

/* The row that a dump has of a socket of this process. */
static struct sock
row_of(int fd)
{
	uint64_t inode = inode_of(fd);
	struct source *source;
	struct snapshot snap;
	struct sock s = { 0 };

	snapshot_init(&snap);
	cr_assert_eq(source_open(&source, "/proc"), 0);
	cr_assert_eq(source_sample(source, SOURCE_ALL & ~SOURCE_OWNERS, &snap), 0);
	for (size_t i = 0; i < snap.count; i++)
		if (snap.socks[i].inode == inode)
			s = snap.socks[i];
	source_close(source);
	snapshot_done(&snap);
	cr_assert_eq(s.inode, inode, "it is in no dump");
	return s;
}

static struct detail *
look(struct inspect *i, const struct detail_want *want)
{
	struct detail *d;

	inspect_start(i, want);
	cr_expect(inspect_busy(i));
	while (!(d = inspect_turn(i))) {
		struct pollfd fds[INSPECT_MAX_FDS];
		int ms, n = inspect_fds(i, fds, &ms);

		cr_assert_geq(ms, 0, "it would wait for ever");
		cr_assert_geq(poll(fds, (nfds_t)n, ms), 0);
	}
	cr_expect_not(inspect_busy(i));
	cr_expect_eq(d->turn, want->turn);
	return d;
}

static struct detail_want
want_one(const struct sock *s)
{
	struct detail_want w = { .turn = 7, .nsocks = 1 };

	w.socks[0] = *s;
	return w;
}

/* Whatever it is, and also among others on the same port. */
Test(inspect, finds_a_socket_of_any_kind, .timeout = 30)
{
	int listener = make_socket(SOCK_STREAM), udp = make_socket(SOCK_DGRAM);
	int bound = make_socket(SOCK_STREAM), client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct inspect *in = inspect_new("/proc");
	struct sockaddr_in addr;
	socklen_t len = sizeof addr;
	int server, all[5];

	cr_assert_eq(listen(listener, 5), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	cr_assert_eq(connect(client, (struct sockaddr *)&addr, sizeof addr), 0);
	server = accept(listener, NULL, NULL);
	memcpy(all, (int []){ listener, udp, bound, client, server }, sizeof all);
	for (size_t i = 0; i < 5; i++) {
		struct sock s = row_of(all[i]);
		struct detail_want want = want_one(&s);
		struct detail *d = look(in, &want);

		cr_expect_eq(d->sock_err[0], 0, "socket %zu: %s", i, strerror(d->sock_err[0]));
		cr_expect_eq(d->socks[0].sock.cookie, s.cookie, "socket %zu", i);
		cr_expect(d->socks[0].known[FIG_RCVBUF], "socket %zu", i);
		cr_expect_eq(d->socks[0].known[FIG_CWND], i >= 3, "socket %zu", i);
		detail_free(d);
	}
	inspect_free(in);
}

Test(inspect, says_when_a_socket_is_gone, .timeout = 30)
{
	int udp = make_socket(SOCK_DGRAM), listener = make_socket(SOCK_STREAM);
	struct inspect *in = inspect_new("/proc");
	struct detail_want want = { .turn = 1, .nsocks = 2 };
	struct detail *d;

	cr_assert_eq(listen(listener, 5), 0);
	want.socks[0] = row_of(udp);
	want.socks[1] = row_of(listener);
	close(udp);
	close(listener);
	d = look(in, &want);
	cr_expect_eq(d->sock_err[0], ENOENT);
	cr_expect_eq(d->sock_err[1], ENOENT);
	detail_free(d);
	want.socks[0].has = 0;
	d = look(in, &want);
	cr_expect_eq(d->sock_err[0], EOPNOTSUPP, "without a cookie nothing tells it from others");
	detail_free(d);
	inspect_free(in);
}

Test(inspect, reads_each_process_once, .timeout = 30)
{
	struct inspect *in = inspect_new("/proc");
	struct detail_want want = { .turn = 1 };
	struct detail *d;

	want.tasks[0].pid = want.tasks[1].pid = getpid();
	d = look(in, &want);
	cr_assert_not_null(d->tasks[0]);
	cr_expect_eq(d->tasks[0]->pid, getpid());
	cr_expect_gt(d->tasks[0]->argc, 0);
	cr_expect_null(d->tasks[1]);
	detail_free(d);
	inspect_free(in);
}

/* Its memory is locked: a FIFO that nobody writes to hangs a reader just so. */
Test(inspect, leaves_a_process_behind_that_hangs, .timeout = 30)
{
	struct detail_want want = { .turn = 1 };
	struct inspect *in;
	struct detail *d;
	struct tree t;

	tree_init(&t);
	for (pid_t pid = 42; pid <= 43; pid++)
		tree_task(&t, &(struct tree_task){ .pid = pid, .comm = "srv", .start = 500 });
	tree_text(&t, "42/statm", "1 1 1\n");
	tree_fifo(&t, "42/cmdline");
	tree_bytes(&t, "43/cmdline", "srv", 4);
	in = inspect_new(t.path);
	want.tasks[0].pid = 42;
	want.tasks[1].pid = 43;
	d = look(in, &want);
	cr_expect(d->task_cut[0]);
	cr_assert_not_null(d->tasks[0], "what it said before is good");
	cr_expect_eq(d->tasks[0]->has, DETAIL_HAS_RSS);
	cr_expect_null(d->tasks[0]->argv);
	cr_expect_not(d->task_cut[1]);
	cr_assert_not_null(d->tasks[1]);
	cr_expect_eq(d->tasks[1]->argc, 1);
	detail_free(d);
	d = look(in, &want);
	cr_expect_eq(d->task_err[0], ETIMEDOUT, "it is not tried again at once");
	cr_expect_eq(d->task_err[1], 0);
	detail_free(d);
	inspect_free(in);
	tree_done(&t);
}

Test(inspect, can_be_given_up_at_any_time, .timeout = 30)
{
	int udp = make_socket(SOCK_DGRAM);
	struct sock s = row_of(udp);
	struct inspect *in = inspect_new("/proc");
	struct detail_want want = want_one(&s);
	struct detail *d;

	want.tasks[0].pid = getpid();
	for (int i = 0; i < 10; i++) {
		inspect_start(in, &want);
		if (i % 2)
			inspect_cancel(in);
	}
	cr_expect_eq(inspect_busy(in), false);
	cr_expect_null(inspect_turn(in));
	want.turn = 99;
	d = look(in, &want);
	cr_expect_eq(d->sock_err[0], 0);
	detail_free(d);
	inspect_start(in, &want);
	inspect_free(in);
	inspect_free(NULL);
	close(udp);
}

Test(inspect, does_without_proc, .timeout = 30)
{
	struct inspect *in = inspect_new("/nowhere");
	struct detail_want want = { .turn = 1 };
	struct detail *d;

	want.tasks[0].pid = 1;
	d = look(in, &want);
	cr_expect_eq(d->task_err[0], ENOENT);
	cr_expect_null(d->tasks[0]);
	detail_free(d);
	inspect_free(in);
}

Test(inspect, names_addresses_that_others_can_use, .timeout = 30)
{
	struct inspect *in = inspect_new("/proc");
	struct detail_want want = { .turn = 1, .addrs = true };
	struct detail *d = look(in, &want);

	for (size_t i = 0; i < d->naddrs; i++) {
		cr_expect_not(addr_is_loopback(d->addrs[i].addr));
		cr_expect_str_not_empty(d->addrs[i].iface);
	}
	detail_free(d);
	inspect_free(in);
}
