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

/* A listener on 127.0.0.1 that n tasks hold, from that one on. */
static void
add_listener(struct fixture *f, uint16_t port, uint32_t from, uint32_t n)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", port, NULL, 0);
	struct owner *owners = arena_alloc(&f->x.snap.arena, VICTIMS * sizeof *owners);
	struct stat st;

	cr_assert_eq(fstat(f->pair[0], &st), 0);
	for (uint32_t i = 0; i < n; i++)
		owners[i] = (struct owner){ .task = &f->task[from + i], .fd = f->pair[0] };
	s.inode = st.st_ino;
	s.owners = owners;
	s.nowners = n;
	s.holder = HOLDER_KNOWN;
	s.cookie = port;
	s.has = SOCK_HAS_COOKIE;
	made_add(&f->x.snap, s);
}

/* On port 3000, of all tasks and nobody else. */
static void
show_listener(struct fixture *f)
{
	add_listener(f, 3000, 0, f->n);
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
		snprintf(line, sizeof line, "   [x] victim %d", (int)f.task[i].pid);
		expect_row(&f.x, 3 + i, line);
	}
	expect_row(&f.x, 6, " > SIGTERM   15  ask it to end");
	expect_shown(&f.x, "   SIGKILL    9  end it at once; it cannot clean up");
	expect_row(&f.x, 23, " Enter Send  Up Down Signal  Space Choose holders  Esc Leave");
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

Test(signal_menu, does_not_wait_for_what_cannot_be_seen)
{
	struct fixture f;
	char said[64];

	set_up(&f, 1);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "End Up Up Enter");
	snprintf(said, sizeof said, "SIGUSR2 was sent to victim %d.", (int)f.task[0].pid);
	expect_shown(&f.x, said);
	cr_expect_eq(ui_interval_ns(f.x.ui), NS_PER_SEC);
	cr_expect_eq(death_of(&f, 0), SIGUSR2);
	f.n = 0;
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

/* ---- who is chosen ---- */

Test(signal_menu, spares_who_is_not_chosen)
{
	struct fixture f;
	char line[64];

	set_up(&f, 3);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "Space Down Space");
	snprintf(line, sizeof line, "   [ ] victim %d", (int)f.task[1].pid);
	expect_row(&f.x, 4, line);
	expect_shown(&f.x, "Space Choose  Up Down Move  Enter To the signals  Esc Leave");
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, "Enter Send");
	made_ui_pause(&f.x);
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, 0), SIGTERM);
	cr_expect_eq(death_of(&f, 2), SIGTERM);
	cr_expect(lives(&f, 1));
	expect_shown(&f.x, "and 1 more.");
	f.task[0] = f.task[1];
	f.n = 1;
	tear_down(&f);
}

/* Back at the signals Enter means another thing: that is not the second beat of the same key. */
Test(signal_menu, is_guarded_anew_after_the_choice)
{
	struct fixture f;

	set_up(&f, 2);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "Space Enter Enter Enter");
	expect_shown(&f.x, "> SIGTERM");
	cr_expect(lives(&f, 0) && lives(&f, 1));
	tear_down(&f);
}

Test(signal_menu, sends_nothing_where_nobody_is_chosen)
{
	struct fixture f;

	set_up(&f, 1);
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "Space Space Enter");
	made_ui_pause(&f.x);
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, "No process is chosen: press Space to choose.");
	expect_shown(&f.x, "[ ] victim");
	cr_expect(lives(&f, 0));
	tear_down(&f);
}

Test(signal_menu, does_not_let_choose_who_is_refused)
{
	struct fixture f;

	set_up(&f, 1);
	add_task(&f, getpid(), "lotop");
	show_listener(&f);
	open_menu(&f);
	made_ui_keys(&f.x, "Space Down Space");
	expect_shown(&f.x, "[-] lotop");
	expect_shown(&f.x, "is not signalled: it is lotop itself; q quits.");
	tear_down(&f);
}

/* Two listeners by two processes, and a third that is not tagged. */
Test(signal_menu, is_for_all_that_is_tagged)
{
	struct fixture f;

	set_up(&f, 3);
	for (uint32_t i = 0; i < 3; i++)
		add_listener(&f, (uint16_t)(3000 + i), i, 1);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Space Space");
	open_menu(&f);
	expect_row(&f.x, 2, " End the 2 processes that hold 127.0.0.1:3000 and 1 more socket ?");
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, 0), SIGTERM);
	cr_expect_eq(death_of(&f, 1), SIGTERM);
	cr_expect(lives(&f, 2));
	snapshot_clear(&f.x.snap);
	add_listener(&f, 3002, 2, 1);
	made_ui_take(&f.x);
	expect_shown(&f.x, "Free: 127.0.0.1:3000, 127.0.0.1:3001; victim");
	f.task[0] = f.task[2];
	f.n = 1;
	tear_down(&f);
}

Test(signal_menu, names_a_process_once_that_holds_several)
{
	struct fixture f;

	set_up(&f, 1);
	for (uint32_t i = 0; i < 3; i++)
		add_listener(&f, (uint16_t)(3000 + i), 0, 1);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Space Space");
	open_menu(&f);
	expect_row(&f.x, 2, " End the 1 process that holds 127.0.0.1:3000 and 1 more socket ?");
	expect_shown(&f.x, "also holds 3002");
	cr_expect_eq(made_ui_find(&f.x, "victim"), 3);
	cr_expect_null(strstr(made_ui_row(&f.x, 4), "victim"));
	tear_down(&f);
}

/* Both ends of a connection, each of another victim, as one row. */
static void
show_pair(struct fixture *f)
{
	static const struct { uint16_t lport, rport; enum sock_role role; } ends[] = {
		{ 50000, 3000, SOCK_CLIENT }, { 3000, 50000, SOCK_SERVER },
	};

	for (uint32_t i = 0; i < 2; i++) {
		struct sock *s;

		add_listener(f, ends[i].lport, i, 1);
		s = &f->x.snap.socks[i];
		s->state = STATE_ESTABLISHED;
		s->remote = made_endpoint("127.0.0.1", ends[i].rport);
		s->role = (uint8_t)ends[i].role;
		s->peer = 2 - i;
	}
	made_ui_take(&f->x);
}

/* A row of both ends does not say which process is meant. */
Test(signal_menu, chooses_neither_end_of_a_pair)
{
	struct fixture f;
	char line[64];

	set_up(&f, 2);
	show_pair(&f);
	made_ui_keys(&f.x, "3");
	open_menu(&f);
	expect_row(&f.x, 2, " End which side of 127.0.0.1:50000 → 127.0.0.1:3000 ?");
	snprintf(line, sizeof line, "   [ ] victim %d    client", (int)f.task[0].pid);
	expect_row(&f.x, 3, line);
	snprintf(line, sizeof line, "   [ ] victim %d    server", (int)f.task[1].pid);
	expect_row(&f.x, 4, line);
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, "No process is chosen: press Space to choose.");
	made_ui_keys(&f.x, "Space Down Space Enter");
	made_ui_pause(&f.x);
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, 1), SIGTERM);
	cr_expect(lives(&f, 0));
	f.n = 1;
	tear_down(&f);
}

Test(signal_menu, asks_the_same_of_a_tagged_pair)
{
	struct fixture f;

	set_up(&f, 2);
	show_pair(&f);
	made_ui_keys(&f.x, "3");
	made_ui_keys(&f.x, "Space");
	expect_shown(&f.x, "1 tagged");
	open_menu(&f);
	expect_shown(&f.x, "[ ] victim");
	expect_not_shown(&f.x, "[x]");
	tear_down(&f);
}

Test(signal_menu, of_a_process_is_for_it_alone)
{
	struct fixture f;
	uint32_t meant;
	char line[64];

	set_up(&f, 2);
	add_listener(&f, 3000, 0, 2);
	add_listener(&f, 3001, 0, 1);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "4 Home");
	open_menu(&f);
	snprintf(line, sizeof line, " End victim %d, and all that it holds ?", (int)f.task[0].pid);
	meant = strcmp(made_ui_row(&f.x, 2), line) == 0 ? 0 : 1;	/* which row is first is not for here */
	snprintf(line, sizeof line, " End victim %d, and all that it holds ?",
	         (int)f.task[meant].pid);
	expect_row(&f.x, 2, line);
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(death_of(&f, meant), SIGTERM);
	cr_expect(lives(&f, 1 - meant));
	f.task[0] = f.task[1 - meant];
	f.n = 1;
	tear_down(&f);
}

/* ---- what is told ---- */

Test(signal_menu, names_the_parent_that_may_start_it_again)
{
	struct task npm = made_task(4198, "npm run dev", "", 0, 0);
	struct fixture f;

	set_up(&f, 1);
	f.task[0].parent = &npm;
	show_listener(&f);
	open_menu(&f);
	expect_row(&f.x, 4, "   npm run dev 4198 is its parent and may start it again");
	tear_down(&f);
}

Test(signal_menu, says_that_a_holder_is_stopped)
{
	struct fixture f;

	set_up(&f, 1);
	f.task[0].state = 'T';
	show_listener(&f);
	open_menu(&f);
	expect_shown(&f.x, "is stopped: only SIGKILL and SIGCONT act at once");
	tear_down(&f);
}

/* As that of nginx: while it is to end as well, it starts nothing. */
Test(signal_menu, names_a_parent_that_is_spared)
{
	struct fixture f;
	char line[96];

	set_up(&f, 3);
	f.task[1].parent = f.task[2].parent = &f.task[0];
	show_listener(&f);
	open_menu(&f);
	expect_not_shown(&f.x, "may start");
	made_ui_keys(&f.x, "Space Space");
	snprintf(line, sizeof line, "   victim %d may start victim %d and 1 more again: it is their parent",
	         (int)f.task[0].pid, (int)f.task[1].pid);
	expect_row(&f.x, 6, line);
	made_ui_keys(&f.x, "Space");
	snprintf(line, sizeof line, "   victim %d is the parent of victim %d and may start it again",
	         (int)f.task[0].pid, (int)f.task[2].pid);
	expect_row(&f.x, 6, line);
	made_ui_keys(&f.x, "Space");
	expect_not_shown(&f.x, "may start");
	tear_down(&f);
}

/* Ended, it would come back, or take more with it than the port. */
Test(signal_menu, does_not_choose_who_holds_the_port_for_something_else)
{
	struct fixture f;

	set_up(&f, 1);
	f.task[0].comm = "docker-proxy";
	show_listener(&f);
	open_menu(&f);
	expect_shown(&f.x, "[ ] docker-proxy");
	expect_shown(&f.x, "holds port 3000 for something else; to find it: docker ps");
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, "No process is chosen");
	cr_expect(lives(&f, 0));
	f.task[0].comm = "victim";
	tear_down(&f);
}

Test(signal_menu, says_what_to_stop_instead_of_process_1)
{
	struct fixture f;

	set_up(&f, 0);
	f.task[f.n] = made_task(1, "systemd", "", 0, 0);
	f.n++;
	show_listener(&f);
	made_ui_keys(&f.x, "k");
	expect_not_shown(&f.x, "SIGTERM");
	expect_shown(&f.x, "systemd 1 was not signalled: it is process 1");
	expect_shown(&f.x, "systemctl list-sockets");
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

/* It ended while the menu was open, and another one took its port. */
Test(signal_menu, says_who_has_the_port_of_what_ended_before)
{
	struct fixture f;
	char said[80];

	set_up(&f, 2);
	add_listener(&f, 3000, 0, 1);
	made_ui_take(&f.x);
	open_menu(&f);
	kill(f.task[0].pid, SIGKILL);
	cr_expect_eq(death_of(&f, 0), SIGKILL);
	snapshot_clear(&f.x.snap);
	add_listener(&f, 3000, 1, 1);
	f.x.snap.socks[0].cookie = 7;
	cells_resize(&f.x.cells, 24, 120);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Enter");
	snprintf(said, sizeof said, "it has ended already. Port 3000 is held by victim %d now.",
	         (int)f.task[1].pid);
	expect_shown(&f.x, said);
	f.task[0] = f.task[1];
	f.n = 1;
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

Test(signal_menu, tells_all_of_one_alone_where_there_is_room)
{
	struct fixture f;

	set_up(&f, 1);
	for (uint16_t i = 0; i < 9; i++)
		add_listener(&f, (uint16_t)(30000 + i), 0, 1);
	made_ui_take(&f.x);
	open_menu(&f);
	cells_resize(&f.x.cells, 24, 60);
	made_ui_apply(&f.x, 0);
	cr_expect_not_null(strstr(made_ui_row(&f.x, 3), "also holds 30001"), "%s", made_ui_dump(&f.x));
	cr_expect_not_null(strstr(made_ui_row(&f.x, 4), "and 2 more"), "%s", made_ui_dump(&f.x));
	expect_row(&f.x, 6, " > SIGTERM   15  ask it to end");
	/* Where there is not, all signals come first. */
	cells_resize(&f.x.cells, 15, 60);
	made_ui_apply(&f.x, 0);
	expect_not_shown(&f.x, "and 2 more");
	expect_shown(&f.x, "SIGSTOP");
	tear_down(&f);
}

/* With boxes, too: a line that is cut hides whom it hits. */
Test(signal_menu, tells_all_of_several_where_there_is_room)
{
	struct fixture f;

	set_up(&f, 2);
	show_listener(&f);
	for (uint16_t i = 0; i < 6; i++)
		add_listener(&f, (uint16_t)(30000 + i), 0, 1);
	made_ui_take(&f.x);
	open_menu(&f);
	cells_resize(&f.x.cells, 24, 60);
	made_ui_apply(&f.x, 0);
	cr_expect_not_null(strstr(made_ui_row(&f.x, 3), "also holds 30000"), "%s", made_ui_dump(&f.x));
	cr_expect_not_null(strstr(made_ui_row(&f.x, 4), "30005"), "%s", made_ui_dump(&f.x));
	cr_expect_not_null(strstr(made_ui_row(&f.x, 5), "[x] victim"), "%s", made_ui_dump(&f.x));
	expect_shown(&f.x, "SIGCONT");
	/* Where there is not, each has its line. */
	cells_resize(&f.x.cells, 15, 60);
	made_ui_apply(&f.x, 0);
	cr_expect_not_null(strstr(made_ui_row(&f.x, 4), "[x] victim"), "%s", made_ui_dump(&f.x));
	tear_down(&f);
}

Test(signal_menu, says_what_each_signal_is_in_80_columns)
{
	struct fixture f;

	set_up(&f, 1);
	show_listener(&f);
	open_menu(&f);
	expect_not_shown(&f.x, "…");
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
	expect_shown(&f.x, "127.0.0.1:3000 is closed already.");
	made_ui_keys(&f.x, "Enter");
	cr_expect(lives(&f, 0));
	tear_down(&f);
}
