/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is said after sockets were closed is what a later snapshot shows, not what the kernel answered. */

#include <errno.h>
#include <stdlib.h>

#include "act/close.h"
#include "base/clock.h"
#include "made.h"
#include "ui/follow_close.h"

#define SEC(n) ((uint64_t)((n) * NS_PER_SEC))

struct fixture {
	struct snapshot     snap;
	struct follow_close follow;
	struct text         say;
	struct task         task;
	struct owner        owner;
};

static void
set_up(struct fixture *f)
{
	*f = (struct fixture){ .task = made_task(4211, "node", "", 0, 0) };
	f->owner.task = &f->task;
	made_snapshot(&f->snap);
	text_init(&f->say);
}

static void
tear_down(struct fixture *f)
{
	follow_close_done(&f->follow);
	text_done(&f->say);
	snapshot_done(&f->snap);
}

static struct sock
connection(uint64_t cookie)
{
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 50000, "127.0.0.1", 3000);

	s.cookie = cookie;
	s.has = SOCK_HAS_COOKIE;
	return s;
}

static struct sock
listener(uint64_t cookie)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);

	s.cookie = cookie;
	s.has = SOCK_HAS_COOKIE;
	return s;
}

/* Is in the snapshots from now on, in that state, held by node 4211. */
static void
show(struct fixture *f, struct sock s, enum sock_state state)
{
	s.state = (uint8_t)state;
	s.owners = &f->owner;
	s.nowners = 1;
	made_add(&f->snap, s);
}

/* At second 100 each was closed, with these results. Returns what is said at once. */
static const char *
closed(struct fixture *f, const struct sock *socks, const int *results, size_t n)
{
	struct closed *list = calloc(n, sizeof *list);

	for (size_t i = 0; i < n; i++)
		list[i] = (struct closed){ .sock = socks[i], .result = results[i] };
	text_clear(&f->say);
	follow_close_start(&f->follow, list, n, false, SEC(100), TEXT_UTF8, &f->say);
	return text_str(&f->say);
}

static const char *
closed_one(struct fixture *f, struct sock s, int result)
{
	return closed(f, &s, &result, 1);
}

static const char *
look(struct fixture *f, double at)
{
	text_clear(&f->say);
	f->snap.mono_ns = SEC(at);
	follow_close_look(&f->follow, &f->snap, SEC(at), TEXT_UTF8, &f->say);
	return text_str(&f->say);
}

Test(follow_close, says_that_a_connection_is_closed)
{
	struct fixture f;

	set_up(&f);
	cr_expect_str_eq(closed_one(&f, connection(1), CLOSE_DONE), "");
	cr_expect(follow_close_waits(&f.follow));
	cr_expect_str_eq(look(&f, 99.9), "", "that snapshot was begun before");
	cr_expect_str_eq(look(&f, 100.1), "127.0.0.1:50000 → 127.0.0.1:3000 is closed.");
	cr_expect_not(follow_close_waits(&f.follow));
	cr_expect_str_eq(look(&f, 100.2), "");
	tear_down(&f);
}

Test(follow_close, gives_a_socket_time_before_it_says_that_it_is_still_there)
{
	struct fixture f;

	set_up(&f);
	show(&f, connection(1), STATE_ESTABLISHED);
	closed_one(&f, connection(1), CLOSE_STAYS);
	cr_expect_str_eq(look(&f, 101), "");
	cr_expect_str_eq(look(&f, 102), "127.0.0.1:50000 → 127.0.0.1:3000 is still there (ESTABLISHED), "
	                 "though the kernel said that it closed it.");
	tear_down(&f);
}

/* The kernel found it after the deed: one dump without it proves nothing. */
Test(follow_close, believes_no_single_dump_against_the_kernel)
{
	struct fixture f;

	set_up(&f);
	closed_one(&f, connection(1), CLOSE_STAYS);
	cr_expect_str_eq(look(&f, 100.1), "");
	cr_expect_str_eq(look(&f, 102), "127.0.0.1:50000 → 127.0.0.1:3000 is closed.");
	tear_down(&f);
}

Test(follow_close, says_who_keeps_a_port_that_is_shut)
{
	struct fixture f;

	set_up(&f);
	show(&f, listener(1), STATE_BOUND);
	closed_one(&f, listener(1), CLOSE_DONE);
	cr_expect_str_eq(look(&f, 100.1), "127.0.0.1:3000 is shut, and still bound by node 4211: the port "
	                 "is free when that closes it or ends (k).");
	snapshot_clear(&f.snap);
	show(&f, listener(1), STATE_LISTEN);
	cr_expect_str_eq(look(&f, 101), "127.0.0.1:3000 listens again: node 4211 went on after it was "
	                 "shut. k ends it.");
	cr_expect_str_eq(look(&f, 102), "");
	tear_down(&f);
}

Test(follow_close, says_that_the_port_of_a_connection_stays_bound)
{
	struct fixture f;

	set_up(&f);
	show(&f, connection(1), STATE_BOUND);
	closed_one(&f, connection(1), CLOSE_DONE);
	cr_expect_str_eq(look(&f, 100.1), "127.0.0.1:50000 → 127.0.0.1:3000 is closed; its port is still "
	                 "bound by node 4211.");
	tear_down(&f);
}

Test(follow_close, says_that_udp_stays)
{
	struct sock s = made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 5353, NULL, 0);
	struct fixture f;

	s.cookie = 1;
	s.has = SOCK_HAS_COOKIE;
	set_up(&f);
	show(&f, s, STATE_UNCONN);
	closed_one(&f, s, CLOSE_STAYS);
	cr_expect_str_eq(look(&f, 100.1), "127.0.0.1:5353 stays, as UDP does: node 4211 got an error, and "
	                 "still has the port. k ends it.");
	tear_down(&f);
}

Test(follow_close, tells_one_that_is_gone_from_one_that_is_not_reached)
{
	struct fixture f;

	set_up(&f);
	closed_one(&f, listener(1), CLOSE_NOT_FOUND);
	cr_expect_str_eq(look(&f, 100.1), "127.0.0.1:3000 was closed already.");
	show(&f, listener(1), STATE_LISTEN);
	closed_one(&f, listener(1), CLOSE_NOT_FOUND);
	cr_expect_str_eq(look(&f, 100.1), "127.0.0.1:3000 is still there, held by node 4211: of several "
	                 "sockets on one port the kernel reaches only one. k ends its process.");
	tear_down(&f);
}

Test(follow_close, says_at_once_what_was_refused)
{
	static const struct { int result; const char *want; } cases[] = {
		{ -EPERM, " was not closed: not permitted. It takes CAP_NET_ADMIN: sudo lotop." },
		{ -EOPNOTSUPP, " was not closed: this kernel closes no sockets for others "
		               "(CONFIG_INET_DIAG_DESTROY). k ends its process." },
		{ -ENOBUFS, " was not closed: No buffer space available." },
		{ CLOSE_NO_COOKIE, " was not closed: without sock_diag nothing names it for certain. "
		                   "k ends its process." },
		{ CLOSE_OTHER, " has changed meanwhile and was left alone; look at it again." },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture f;
		const char *said;

		set_up(&f);
		said = closed_one(&f, listener(1), cases[i].result);
		cr_expect(strstr(said, cases[i].want) == said + strlen("127.0.0.1:3000"), "%s", said);
		cr_expect_not(follow_close_waits(&f.follow));
		tear_down(&f);
	}
}

Test(follow_close, counts_several)
{
	const struct sock socks[] = { connection(1), connection(2), connection(3), connection(4) };
	static const int results[] = { CLOSE_DONE, CLOSE_DONE, -EPERM, CLOSE_NOT_FOUND };
	struct fixture f;

	set_up(&f);
	show(&f, connection(2), STATE_BOUND);
	cr_expect_str_eq(closed(&f, socks, results, 4), "");
	cr_expect_str_eq(look(&f, 100.1), "1 closed, 1 closed (port still bound), 1 closed already, "
	                 "1 not permitted. It takes CAP_NET_ADMIN: sudo lotop.");
	tear_down(&f);
}
