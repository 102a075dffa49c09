/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is said after a signal is what is true then. A pipe stands for a pidfd:
 * both can be read when somebody has ended.
 */

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "made.h"
#include "ui/follow.h"

#define SEC(n) ((uint64_t)((n) * NS_PER_SEC))

struct fixture {
	struct snapshot snap;
	struct follow   follow;
	struct text     say;
	int             end[4];		/* write there, and that task has ended */
	struct task     task[4];	/* node 4211, node 4212 ... */
	struct task     other;		/* python3 5533 */
};

static void
set_up(struct fixture *x)
{
	*x = (struct fixture){ .other = made_task(5533, "python3", "", 0, 0) };
	made_snapshot(&x->snap);
	text_init(&x->say);
	for (int i = 0; i < 4; i++) {
		x->task[i] = made_task(4211 + i, "node", "", 0, 0);
		x->task[i].start = 7;
	}
}

static void
tear_down(struct fixture *x)
{
	follow_done(&x->follow);
	text_done(&x->say);
	snapshot_done(&x->snap);
}

static struct sock
listener(const char *addr, uint64_t cookie)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, addr, 3000, NULL, 0);

	s.cookie = cookie;
	s.has = SOCK_HAS_COOKIE;
	return s;
}

/* Adds s, held by n tasks from `from` on. */
static void
hold(struct fixture *x, struct sock s, const struct task *from, uint32_t n)
{
	struct owner *owners = arena_alloc(&x->snap.arena, 4 * sizeof *owners);

	for (uint32_t i = 0; i < n; i++)
		owners[i] = (struct owner){ .task = &from[i], .fd = 3 };
	s.owners = owners;
	s.nowners = n;
	s.holder = n > 0 ? HOLDER_KNOWN : HOLDER_HIDDEN;
	made_add(&x->snap, s);
}

static void
clear(struct fixture *x)
{
	snapshot_clear(&x->snap);
}

/* At second 100 a signal goes to the first n tasks. */
static void
send(struct fixture *x, struct sock s, uint32_t n, int sig)
{
	struct follow_task *tasks = calloc(n, sizeof *tasks);

	for (uint32_t i = 0; i < n; i++) {
		int ends[2];

		cr_assert_eq(pipe(ends), 0);
		x->end[i] = ends[1];
		tasks[i].target = (struct target){ .pid = x->task[i].pid, .start = 7, .pidfd = ends[0] };
		tasks[i].name = strdup("node 4211");
	}
	follow_start(&x->follow, tasks, n, &s, 1, sig, &x->snap, SEC(100));
}

/* The same with two listeners: on 127.0.0.1:3000 (1), and on 127.0.0.2:3000 (2). */
static void
send_for_two(struct fixture *x, uint32_t n)
{
	const struct sock socks[] = { listener("127.0.0.1", 1), listener("127.0.0.2", 2) };
	struct follow_task *tasks;

	send(x, socks[0], n, SIGTERM);
	tasks = x->follow.tasks;
	x->follow.tasks = NULL;
	x->follow.count = 0;
	follow_start(&x->follow, tasks, n, socks, 2, SIGTERM, &x->snap, SEC(100));
}

static void
end(struct fixture *x, int i)
{
	cr_assert_eq(write(x->end[i], "", 1), 1);
}

/* What is said at that second; "": nothing. */
static const char *
look(struct fixture *x, double at)
{
	text_clear(&x->say);
	follow_look(&x->follow, &x->snap, SEC(at), TEXT_UTF8, &x->say);
	return text_str(&x->say);
}

Test(follow, says_that_a_port_is_free)
{
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	cr_expect(follow_waits(&x.follow));
	cr_expect_str_eq(look(&x, 100.1), "", "nothing happened yet");
	end(&x, 0);
	cr_expect_str_eq(look(&x, 100.15), "", "its socket is still there");
	clear(&x);
	cr_expect_str_eq(look(&x, 100.2), "Port 3000 is free: node 4211 ended after 0.2 s.");
	cr_expect_not(follow_waits(&x.follow));
	cr_expect_str_eq(look(&x, 100.3), "", "it is said once");
	tear_down(&x);
}

/* What ended has left connections that the kernel still ends. */
Test(follow, says_what_lingers_on_a_port_that_is_free)
{
	struct sock left = made_sock(PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", 3000, "127.0.0.1", 40000);
	struct sock other = made_sock(PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", 40001, "127.0.0.1", 3000);
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	clear(&x);
	left.has = other.has = SOCK_HAS_TIMER;
	left.timer_ms = 58100;
	other.timer_ms = 59900;
	made_add(&x.snap, other);
	made_add(&x.snap, left);
	cr_expect_str_eq(look(&x, 100.2), "Port 3000 is free: node 4211 ended after 0.2 s. A server "
	                 "without SO_REUSEADDR cannot bind it for 59 s yet: connections of it linger.");
	tear_down(&x);
}

Test(follow, tells_closing_from_ending)
{
	struct fixture x;

	set_up(&x);
	send(&x, listener("127.0.0.1", 1), 1, SIGHUP);
	cr_expect_str_eq(look(&x, 101), "Port 3000 is free after 1.0 s: node 4211 closed it, and still runs.");
	tear_down(&x);
}

Test(follow, says_that_a_port_is_still_held)
{
	static const struct { int sig; const char *want; } cases[] = {
		{ SIGTERM, "Port 3000 is still held by node 4211, 5.0 s after SIGTERM. k again for SIGKILL." },
		{ SIGKILL, "Port 3000 is still held by node 4211, 5.0 s after SIGKILL." },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture x;

		set_up(&x);
		hold(&x, listener("127.0.0.1", 1), x.task, 1);
		send(&x, listener("127.0.0.1", 1), 1, cases[i].sig);
		cr_expect_str_eq(look(&x, 104.9), "");
		cr_expect_str_eq(look(&x, 105), cases[i].want);
		cr_expect_not(follow_waits(&x.follow));
		cr_expect_str_eq(look(&x, 106), "");
		tear_down(&x);
	}
}

/* A signal that cannot be sent to all, or a worker that was forked meanwhile. */
/* A process that is stopped gets it, and does nothing about it. */
Test(follow, says_that_a_holder_is_stopped)
{
	struct fixture x;

	set_up(&x);
	x.task[0].state = 'T';
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	cr_expect_str_eq(look(&x, 105), "Port 3000 is still held by node 4211, 5.0 s after SIGTERM. It is "
	                 "stopped, and takes SIGTERM once SIGCONT lets it go on; SIGKILL ends it at once.");
	tear_down(&x);
}

/* Another holder that is stopped got no signal: it is not what the port waits for. */
Test(follow, does_not_take_another_for_the_one_that_is_stopped)
{
	struct fixture x;

	set_up(&x);
	x.task[0].state = 'T';
	hold(&x, listener("127.0.0.1", 1), x.task, 2);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	x.follow.tasks[0].target.pid = x.task[1].pid;
	cr_expect_str_eq(look(&x, 105), "Port 3000 is still held by node 4211 and 1 more, 5.0 s after "
	                 "SIGTERM. k again for SIGKILL.");
	tear_down(&x);
}

Test(follow, tells_of_a_halt_whether_it_came)
{
	static const struct { int sig; char before, after; const char *done, *not_done; } cases[] = {
		{ SIGSTOP, 'S', 'T', "node 4211 is stopped, and holds what it held; SIGCONT lets it go on.",
		  "node 4211 is not stopped, 5.0 s after SIGSTOP." },
		{ SIGCONT, 'T', 'S', "node 4211 runs now.",
		  "node 4211 is still stopped, 5.0 s after SIGCONT." },
	};

	for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
		bool comes = i % 2;
		struct fixture x;

		set_up(&x);
		x.task[0].state = cases[i / 2].before;
		hold(&x, listener("127.0.0.1", 1), x.task, 1);
		send(&x, listener("127.0.0.1", 1), 1, cases[i / 2].sig);
		cr_expect_str_eq(look(&x, 100.1), "");
		cr_expect(follow_waits(&x.follow));
		if (comes)
			x.task[0].state = cases[i / 2].after;
		cr_expect_str_eq(look(&x, comes ? 100.3 : 105),
		                 comes ? cases[i / 2].done : cases[i / 2].not_done);
		cr_expect_not(follow_waits(&x.follow));
		tear_down(&x);
	}
}

Test(follow, says_who_is_left)
{
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 4);
	send(&x, listener("127.0.0.1", 1), 2, SIGTERM);
	end(&x, 0);
	end(&x, 1);
	clear(&x);
	hold(&x, listener("127.0.0.1", 1), x.task + 2, 2);
	cr_expect_str_eq(look(&x, 101), "", "they may be about to end as well");
	cr_expect_str_eq(look(&x, 105),
	                 "Port 3000 is still held by node 4213 and 1 more; node 4211 and 1 more ended.");
	tear_down(&x);
}

Test(follow, says_that_somebody_else_has_it_now)
{
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	clear(&x);
	hold(&x, listener("127.0.0.1", 2), &x.other, 1);
	cr_expect_str_eq(look(&x, 100.3), "Port 3000 is held again: python3 5533 holds it now.");
	tear_down(&x);
}

Test(follow, names_who_started_it_again)
{
	struct task npm = made_task(4198, "npm", "", 0, 0);
	struct fixture x;

	set_up(&x);
	x.other.parent = &npm;
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	hold(&x, listener("127.0.0.1", 2), &x.other, 1);
	cr_expect_str_eq(look(&x, 100.3), "Port 3000 is held again: npm 4198 started python3 5533.");
	tear_down(&x);
}

Test(follow, tells_of_several_in_one_message)
{
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	hold(&x, listener("127.0.0.2", 2), x.task + 1, 1);
	send_for_two(&x, 2);
	end(&x, 0);
	clear(&x);
	hold(&x, listener("127.0.0.2", 2), x.task + 1, 1);
	cr_expect_str_eq(look(&x, 101), "", "one is not decided");
	cr_expect_str_eq(look(&x, 105), "Free after 5.0 s: 127.0.0.1:3000. Port 3000 is still held by "
	                 "node 4212, 5.0 s after SIGTERM. k again for SIGKILL.");
	tear_down(&x);

	set_up(&x);
	send_for_two(&x, 2);
	end(&x, 0);
	end(&x, 1);
	cr_expect_str_eq(look(&x, 100.2),
	                 "Free: 127.0.0.1:3000, 127.0.0.2:3000; node 4211 and 1 more ended after 0.2 s.");
	hold(&x, listener("127.0.0.2", 3), &x.other, 1);
	cr_expect_str_eq(look(&x, 101), "Port 3000 is held again: python3 5533 holds it now.");
	tear_down(&x);
}

/* Who starts servers anew may need a moment. */
Test(follow, watches_a_free_port_for_a_while)
{
	struct fixture x;

	set_up(&x);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	cr_expect_str_eq(look(&x, 100.2), "Port 3000 is free: node 4211 ended after 0.2 s.");
	hold(&x, listener("127.0.0.1", 2), &x.other, 1);
	cr_expect_str_eq(look(&x, 102), "Port 3000 is held again: python3 5533 holds it now.");
	cr_expect_str_eq(look(&x, 103), "");
	tear_down(&x);

	set_up(&x);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	look(&x, 100.2);
	look(&x, 105);
	hold(&x, listener("127.0.0.1", 2), &x.other, 1);
	cr_expect_str_eq(look(&x, 106), "", "that is another story");
	tear_down(&x);
}

Test(follow, knows_a_port_on_another_address_from_this_one)
{
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	hold(&x, listener("::1", 9), &x.other, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	clear(&x);
	hold(&x, listener("::1", 9), &x.other, 1);
	cr_expect_str_eq(look(&x, 100.5),
	                 "127.0.0.1:3000 is free after 0.5 s; python3 5533 holds [::1]:3000.");
	tear_down(&x);
}

/* SO_REUSEPORT: the others were there before, nobody took it again. */
Test(follow, knows_others_at_the_same_place_from_newcomers)
{
	struct fixture x;

	set_up(&x);
	hold(&x, listener("127.0.0.1", 1), x.task, 1);
	hold(&x, listener("127.0.0.1", 2), &x.other, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	clear(&x);
	hold(&x, listener("127.0.0.1", 2), &x.other, 1);
	cr_expect_str_eq(look(&x, 100.5), "", "it may be about to end as well");
	cr_expect_str_eq(look(&x, 101.5), "Port 3000 is still held by python3 5533; node 4211 ended.");
	tear_down(&x);
}

Test(follow, does_not_take_another_protocol_or_a_connection_for_the_port)
{
	struct fixture x;
	struct sock udp = made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 3000, NULL, 0);
	struct sock conn = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40000);

	set_up(&x);
	hold(&x, udp, &x.other, 1);
	hold(&x, conn, &x.other, 1);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	cr_expect_str_eq(look(&x, 100), "Port 3000 is free: node 4211 ended after 0.0 s.");
	tear_down(&x);
}

Test(follow, says_it_of_who_cannot_be_seen)
{
	struct fixture x;

	set_up(&x);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	end(&x, 0);
	hold(&x, listener("127.0.0.1", 2), NULL, 0);
	cr_expect_str_eq(look(&x, 101),
	                 "Port 3000 is held again: a process that cannot be seen holds it now.");
	tear_down(&x);
}

Test(follow, tells_of_a_connection_what_became_of_its_process)
{
	struct sock conn = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 3000);
	static const struct { bool ends, closes; double at; const char *want; } cases[] = {
		{ true, true, 100.3, "node 4211 ended after 0.3 s." },
		{ false, true, 100.3, "node 4211 closed the connection after 0.3 s, and still runs." },
		{ false, false, 100.3, "" },
		{ false, false, 105, "node 4211 still runs, 5.0 s after SIGTERM. k again for SIGKILL." },
	};

	conn.cookie = 1;
	conn.has = SOCK_HAS_COOKIE;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture x;

		set_up(&x);
		hold(&x, conn, x.task, 1);
		send(&x, conn, 1, SIGTERM);
		if (cases[i].ends)
			end(&x, 0);
		if (cases[i].closes)
			clear(&x);
		cr_expect_str_eq(look(&x, cases[i].at), cases[i].want);
		tear_down(&x);
	}
}

Test(follow, keeps_what_was_said_before_in_front)
{
	struct fixture x;

	set_up(&x);
	send(&x, listener("127.0.0.1", 1), 1, SIGTERM);
	text_add(&x.follow.before, "bash 12 was not signalled. ");
	end(&x, 0);
	cr_expect_str_eq(look(&x, 100),
	                 "bash 12 was not signalled. Port 3000 is free: node 4211 ended after 0.0 s.");
	tear_down(&x);
}

Test(follow, follows_nothing_before_a_signal)
{
	struct fixture x;

	set_up(&x);
	cr_expect_not(follow_waits(&x.follow));
	cr_expect_str_eq(look(&x, 100), "");
	tear_down(&x);
}

Test(follow, names_a_process_safely)
{
	struct task task = made_task(7, "a\033[2J\xff", "", 0, 0);
	struct text t;

	text_init(&t);
	follow_add_name(&t, &task, TEXT_ASCII);
	cr_expect_str_eq(text_str(&t), "a?[2J? 7");
	text_done(&t);
}
