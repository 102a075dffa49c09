/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Whom the menu names, whom it spares, and what it says. The victims are children
 * of the test that hold one end of a pair of sockets: real processes, no network.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/join.h"
#include "ui_made.h"

TestSuite(signal_menu, .init = made_ui_use_utf8);

#define VICTIMS 12

struct fixture {
	struct made_ui x;
	int            pair[2];		/* pair[0] is the socket that they hold */
	struct task    task[VICTIMS];
	uint32_t       n;
};

/* The start time of a process, as /proc says it. */
static uint64_t
start_of(pid_t pid)
{
	struct task_stat st;
	char path[64], buf[1024];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	n = read(fd, buf, sizeof buf);
	close(fd);
	cr_assert_gt(n, 0);
	cr_assert_eq(task_parse_stat(buf, (size_t)n, &st), 0);
	return st.start;
}

static void
add_task(struct fixture *f, pid_t pid, const char *comm)
{
	struct task *task = &f->task[f->n++];

	*task = made_task(pid, comm, "", 0, 0);
	task->start = start_of(pid);
}

static void
add_victim(struct fixture *f)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		for (;;)
			pause();
	add_task(f, pid, "victim");
}

/* A listener on 127.0.0.1:3000 that all tasks hold, and nobody else's. */
static void
show_listener(struct fixture *f)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	struct owner *owners = arena_alloc(&f->x.snap.arena, VICTIMS * sizeof *owners);
	struct stat st;

	cr_assert_eq(fstat(f->pair[0], &st), 0);
	for (uint32_t i = 0; i < f->n; i++)
		owners[i] = (struct owner){ .task = &f->task[i], .fd = f->pair[0] };
	s.inode = st.st_ino;
	s.owners = owners;
	s.nowners = f->n;
	s.holder = HOLDER_KNOWN;
	s.cookie = 7;
	s.has = SOCK_HAS_COOKIE;
	made_add(&f->x.snap, s);
	made_ui_take(&f->x);
}

static void
set_up(struct fixture *f, uint32_t victims)
{
	f->n = 0;
	made_ui_open(&f->x, NULL);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, f->pair), 0);
	while (victims-- > 0)
		add_victim(f);
}

static void
tear_down(struct fixture *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (strcmp(f->task[i].comm, "victim") == 0) {
			kill(f->task[i].pid, SIGKILL);
			waitpid(f->task[i].pid, NULL, 0);
		}
	made_ui_close(&f->x);
}

/* Which signal the victim got; it is reaped. */
static int
death_of(struct fixture *f, uint32_t i)
{
	int status = 0;

	cr_assert_eq(waitpid(f->task[i].pid, &status, 0), f->task[i].pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static bool
lives(const struct fixture *f, uint32_t i)
{
	return waitpid(f->task[i].pid, NULL, WNOHANG) == 0;
}

static void
open_menu(struct fixture *f)
{
	made_ui_keys(&f->x, "k");
	made_ui_pause(&f->x);
}

Test(signal_menu, names_all_and_has_sigterm_chosen)
{
	struct fixture f;
	char line[64];

	set_up(&f, 2);
	show_listener(&f);
	open_menu(&f);
	expect_row(&f.x, 2, " End what holds 127.0.0.1:3000 ?");
	for (uint32_t i = 0; i < 2; i++) {
		snprintf(line, sizeof line, "   victim %d", (int)f.task[i].pid);
		expect_row(&f.x, 3 + i, line);
	}
	expect_row(&f.x, 6, " > SIGTERM   15  ask it to end");
	expect_shown(&f.x, "   SIGKILL    9  end it at once; it cannot clean up");
	expect_row(&f.x, 23, " Enter Send  Up Down Choose  Esc Leave");
	made_ui_keys(&f.x, "Esc");
	expect_not_shown(&f.x, "SIGTERM");
	cr_expect(lives(&f, 0) && lives(&f, 1));
	tear_down(&f);
}

Test(signal_menu, sends_to_all_it_names)
{
	struct fixture f;
	char said[96];

	set_up(&f, 3);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "Enter");
	for (uint32_t i = 0; i < 3; i++)
		cr_expect_eq(death_of(&f, i), SIGTERM);
	snprintf(said, sizeof said, "SIGTERM was sent to victim %d and 2 more.", (int)f.task[0].pid);
	expect_shown(&f.x, said);
	cr_expect(f.x.fx & FX_RESAMPLE);
	cr_expect_lt(ui_interval_ns(f.x.ui), NS_PER_SEC, "it does not hurry");
	/* Then the socket is gone. */
	snapshot_clear(&f.x.snap);
	made_ui_take(&f.x);
	snprintf(said, sizeof said, "Port 3000 is free: victim %d and 2 more ended after 1.0 s.",
	         (int)f.task[0].pid);
	expect_shown(&f.x, said);
	cr_expect_eq(ui_interval_ns(f.x.ui), NS_PER_SEC);
	f.n = 0;
	tear_down(&f);
}

/* Frozen: the list stays, and the outcome is told all the same. */
Test(signal_menu, tells_the_outcome_of_a_snapshot_that_is_not_shown)
{
	struct snapshot other;
	struct fixture f;

	made_snapshot(&other);
	set_up(&f, 1);
	show_listener(&f);
	made_ui_keys(&f.x, "Z");
	open_menu(&f);
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, 0), SIGTERM);
	made_ui_apply(&f.x, ui_look(f.x.ui, &other, f.x.now_ns));
	expect_shown(&f.x, "Port 3000 is free");
	expect_shown(&f.x, "3000 127.0.0.1");
	f.n = 0;
	tear_down(&f);
	snapshot_done(&other);
}

Test(signal_menu, sends_the_signal_that_is_chosen)
{
	struct fixture f;

	set_up(&f, 1);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "Down Down Down Down");
	expect_shown(&f.x, " > SIGKILL");
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, 0), SIGKILL);
	f.n = 0;
	tear_down(&f);
}

Test(signal_menu, does_not_wait_for_what_ends_nobody)
{
	struct fixture f;
	char said[64];

	set_up(&f, 1);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "End Enter");
	snprintf(said, sizeof said, "SIGCONT was sent to victim %d.", (int)f.task[0].pid);
	expect_shown(&f.x, said);
	cr_expect_eq(ui_interval_ns(f.x.ui), NS_PER_SEC);
	cr_expect(lives(&f, 0));
	tear_down(&f);
}

/* ---- the guard ---- */

Test(signal_menu, is_answered_by_nothing_that_was_typed_before)
{
	struct fixture f;

	set_up(&f, 1);
	show_listener(&f);
	made_ui_keys(&f.x, "k Enter Enter Enter");
	expect_shown(&f.x, "> SIGTERM");
	for (int i = 0; i < 50; i++) {	/* somebody holds Enter down */
		f.x.now_ns += 30 * NS_PER_MS;
		ui_quiet(f.x.ui, f.x.now_ns);
		made_ui_keys(&f.x, "Enter");
	}
	expect_shown(&f.x, "> SIGTERM");
	made_ui_pause(&f.x);
	made_ui_input(&f.x, (struct input){ .key = K_ENTER, .pasted = true });
	expect_shown(&f.x, "> SIGTERM");
	cr_expect(lives(&f, 0));
	tear_down(&f);
}

Test(signal_menu, can_be_left_at_once)
{
	struct fixture f;

	set_up(&f, 1);
	show_listener(&f);
	made_ui_keys(&f.x, "k Esc");
	expect_not_shown(&f.x, "SIGTERM");
	tear_down(&f);
}

/* ---- who is spared ---- */

Test(signal_menu, is_fixed_when_it_opens)
{
	struct fixture f;
	char said[64];

	set_up(&f, 1);
	show_listener(&f);
	open_menu(&f);
	kill(f.task[0].pid, SIGKILL);
	cr_expect_eq(death_of(&f, 0), SIGKILL);
	made_ui_keys(&f.x, "Enter");
	snprintf(said, sizeof said, "victim %d was not signalled: it has ended already.",
	         (int)f.task[0].pid);
	expect_shown(&f.x, said);
	cr_expect_eq(ui_interval_ns(f.x.ui), NS_PER_SEC, "there is nothing to wait for");
	f.n = 0;
	tear_down(&f);
}

Test(signal_menu, spares_lotop_itself_and_what_it_runs_under)
{
	struct fixture f;

	set_up(&f, 0);
	add_task(&f, getpid(), "lotop");
	show_listener(&f);
	made_ui_keys(&f.x, "k");
	expect_not_shown(&f.x, "SIGTERM");
	expect_shown(&f.x, "was not signalled: it is lotop itself; q quits.");
	tear_down(&f);

	set_up(&f, 0);
	add_task(&f, getppid(), "bash");
	show_listener(&f);
	made_ui_keys(&f.x, "k");
	expect_not_shown(&f.x, "SIGTERM");
	expect_shown(&f.x, "lotop runs under it");
	tear_down(&f);
}

Test(signal_menu, signals_the_others_and_says_whom_not)
{
	struct fixture f;

	set_up(&f, 1);
	add_task(&f, getpid(), "lotop");
	show_listener(&f);
	open_menu(&f);
	expect_shown(&f.x, "it is lotop itself");
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, 0), SIGTERM);
	expect_shown(&f.x, "was not signalled: it is lotop itself; q quits. SIGTERM was");
	f.n = 0;
	tear_down(&f);
}

/* ---- room ---- */

Test(signal_menu, shows_many_holders_and_all_signals)
{
	struct fixture f;
	char line[64];

	set_up(&f, VICTIMS);
	show_listener(&f);
	open_menu(&f);
	expect_shown(&f.x, "1 to 8 of 12: PgUp, PgDn");
	expect_shown(&f.x, "> SIGTERM");
	expect_shown(&f.x, "SIGCONT");
	made_ui_keys(&f.x, "PgDn");
	snprintf(line, sizeof line, "victim %d", (int)f.task[VICTIMS - 1].pid);
	expect_shown(&f.x, line);
	expect_shown(&f.x, "> SIGTERM");
	cells_resize(&f.x.cells, 8, 80);
	made_ui_keys(&f.x, "End");
	expect_shown(&f.x, "> SIGCONT");
	tear_down(&f);
}

/* ---- rows without a process ---- */

Test(signal_menu, says_why_there_is_nobody)
{
	static const struct { enum sock_holder holder; bool root; const char *want; } cases[] = {
		{ HOLDER_UNKNOWN, false, "127.0.0.1:3000: its holder is still being read" },
		{ HOLDER_HIDDEN, false, "127.0.0.1:3000: a process of another user holds it" },
		{ HOLDER_HIDDEN, true, "127.0.0.1:3000: its holder cannot be seen, not even by root" },
		{ HOLDER_QUEUE, false, "127.0.0.1:3000: no process has it yet" },
		{ HOLDER_NONE, false, "127.0.0.1:3000: no process has it any more" },
		{ HOLDER_UNSEEN, false, "127.0.0.1:3000: its holder cannot be seen from here" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
		struct made_ui x;

		made_ui_open(&x, &(struct ui_options){ .delay = 1, .root = cases[i].root });
		s.holder = cases[i].holder;
		made_add(&x.snap, s);
		made_ui_take(&x);
		made_ui_keys(&x, "F9");
		expect_shown(&x, cases[i].want);
		expect_not_shown(&x, "SIGTERM");
		made_ui_close(&x);
	}
}

/* Nobody has it, but whoever is to accept it can be named. */
Test(signal_menu, says_who_lets_a_connection_wait)
{
	static const char want[] = "127.0.0.1:3000: no process has it yet; it waits until "
				   "next dev 4211 accepts it.";
	struct task task = made_task(4211, "node", NULL, 0, 0);
	struct owner owner = { &task, 3 };
	struct sock listener = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40000);
	struct made_ui x;

	made_ui_open(&x, &(struct ui_options){ .delay = 1 });
	task.app = "next dev";
	listener.holder = HOLDER_KNOWN;
	listener.owners = &owner;
	listener.nowners = 1;
	s.holder = HOLDER_QUEUE;
	made_add(&x.snap, listener);
	made_add(&x.snap, s);
	join_ends(&x.snap);
	made_ui_take(&x);
	made_ui_keys(&x, "1 End F9");
	expect_shown(&x, want);
	made_ui_close(&x);
}

/* It is only there to be seen: the processes that held it may have its port no more. */
Test(signal_menu, does_not_open_on_what_is_closed)
{
	struct fixture f;
	struct sock gone;

	set_up(&f, 1);
	show_listener(&f);
	gone = f.x.snap.socks[0];
	snapshot_cut(&f.x.snap, 0);
	snapshot_add_gone(&f.x.snap, &gone);
	made_ui_take(&f.x);
	expect_selected(&f.x, " -  3000");
	open_menu(&f);
	expect_not_shown(&f.x, "SIGTERM");
	expect_shown(&f.x, "It is closed already: nobody holds it any more.");
	made_ui_keys(&f.x, "Enter");
	cr_expect(lives(&f, 0));
	tear_down(&f);
}
