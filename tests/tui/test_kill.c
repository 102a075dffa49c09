/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What k ends, and above all what it does not. A test that expects nobody to be
 * signalled gives the program the time to do it wrong: a round trip of a key
 * after the last input.
 */

#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

TestSuite(kill, .init = stage_enter, .timeout = 60);

/* mksock with one kind, and lotop with its row selected. */
static pid_t
one_holder(struct mksock *m, struct pty **p, const char *kind, const char *lotop_words)
{
	mksock_start(m, MKSOCK_KINDS(kind));
	*p = stage_lotop(NULL, lotop_words);
	expect_selected(*p, (int)m->facts[0].lport);
	stage_wait_holder(*p);
	return m->facts[0].held[0].pid;
}

static void
end(struct mksock *m, struct pty *p)
{
	pty_free(p);
	mksock_stop(m);
}

/* Whatever was sent is worked off, and it was no signal. */
#define expect_spared(p, pid) do { \
	cr_assert(pty_wait_input_read((p), PTY_MS)); \
	if (look_menu(p)) { \
		stage_pass((p), GUARD_MS + 20);	/* its guard drops Esc, too */ \
		stage_close_menu((p), "Esc"); \
	} \
	stage_round_trip(p); \
	pty_check((p), process_lives(pid), "process %d was signalled", (int)(pid)); \
} while (0)

/* ---- what it says and does ---- */

Test(kill, menu_names_the_holder_and_has_sigterm_chosen)
{
	static const char *const keys[] = { "k", "F9" };
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");
	char row[64];

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		pty_key(p, keys[i]);
		pty_expect_text(p, "127.0.0.1:8080");
		snprintf(row, sizeof row, "listener4 +%d +root", (int)pid);
		pty_expect_row(p, row);
		pty_expect_row(p, "> SIGTERM +15");
		pty_expect_row(p, "^ +SIGKILL +9");
		pty_expect_row(p, "Enter.*Esc");
		stage_pass(p, GUARD_MS + 20);
		stage_close_menu(p, "Esc");
		expect_port(p, 8080);
		cr_expect_not(look_menu(p), "%s", pty_dump(p));
	}
	expect_spared(p, pid);
	end(&m, p);
}

Test(kill, enter_ends_the_holder_and_says_that_the_port_is_free)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");
	char row[64];

	stage_open_menu(p);
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(pid, PTY_MS));
	snprintf(row, sizeof row, "Port 8080 is free: listener4 %d ended", (int)pid);
	pty_expect_text(p, row);
	expect_no_port(p, 8080);
	end(&m, p);
}

Test(kill, the_port_can_be_bound_once_it_is_said_to_be_free)
{
	struct mksock m;
	struct pty *p;

	one_holder(&m, &p, "listener4:8080", "8000-8999");
	stage_open_menu(p);
	stage_close_menu(p, "Enter");
	pty_expect_text(p, "Port 8080 is free");
	close(stage_listen(8080));
	end(&m, p);
}

Test(kill, another_signal_can_be_chosen)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "stubborn:8080", "");

	stage_open_menu(p);
	for (int i = 0; i < 64 && pty_find_row(p, "> SIGKILL") < 0; i++) {
		pty_key(p, "Down");
		cr_assert(pty_wait_input_read(p, PTY_MS));
		pty_settle(p, 20);
	}
	pty_expect_row(p, "> SIGKILL +9");
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(pid, PTY_MS));
	pty_expect_text(p, "Port 8080 is free");
	end(&m, p);
}

Test(kill, esc_and_q_leave_and_signal_nobody)
{
	static const char *const keys[] = { "Esc", "q" };
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_open_menu(p);
		stage_close_menu(p, keys[i]);
		expect_port(p, 8080);
		expect_spared(p, pid);
	}
	end(&m, p);
}

Test(kill, one_that_ignores_sigterm_is_said_to_hold_still)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "stubborn:8080", "");
	long long start;
	char row[96];

	stage_open_menu(p);
	start = pty_now_ms();
	stage_close_menu(p, "Enter");
	snprintf(row, sizeof row, "Port 8080 is still held by stubborn %d", (int)pid);
	pty_expect_text(p, row);
	cr_expect_leq(pty_now_ms() - start, 6500);
	cr_expect(process_lives(pid), "SIGKILL was not asked for");
	cr_expect_geq(look_port_row(p, 8080), 0, "%s", pty_dump(p));
	end(&m, p);
}

Test(kill, keys_work_while_it_waits_for_a_stubborn_one)
{
	struct mksock m;
	struct pty *p;

	one_holder(&m, &p, "stubborn:8080", "");
	stage_open_menu(p);
	stage_close_menu(p, "Enter");
	stage_round_trip(p);
	end(&m, p);
}

Test(kill, all_holders_of_a_prefork_server_are_named)
{
	struct mksock m;
	struct pty *p;
	const struct fact *f;
	char row[64];

	one_holder(&m, &p, "prefork:8080", "");
	f = &m.facts[0];
	cr_assert_geq(f->owners, 2);
	stage_open_menu(p);
	for (int64_t i = 0; i < f->owners; i++) {
		snprintf(row, sizeof row, "prefork +%d ", (int)f->held[i].pid);
		pty_expect_row(p, row);
	}
	stage_close_menu(p, "Enter");
	for (int64_t i = 0; i < f->owners; i++)
		cr_expect(process_ends(f->held[i].pid, PTY_MS), "holder %d lives\n%s",
		    (int)f->held[i].pid, pty_dump(p));
	pty_expect_text(p, "Port 8080 is free");
	end(&m, p);
}

Test(kill, one_that_is_started_again_is_said_to_hold_again)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "respawner:8080", "");
	char row[64];

	stage_open_menu(p);
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(pid, PTY_MS));
	cr_assert(mksock_next(&m, PTY_MS), "mksock did not start it again");
	pty_expect_text(p, "Port 8080 is held again");
	snprintf(row, sizeof row, "held again.*respawner %d", (int)m.facts[m.n - 1].held[0].pid);
	pty_expect_row(p, row);
	end(&m, p);
}

/* Three sockets, three programs, one port: only the selected one is meant. */
Test(kill, only_holders_of_the_selected_socket_are_signalled)
{
	struct mksock one, other;
	struct pty *p;

	mksock_start(&one, MKSOCK_KINDS("listener4:8080"));
	mksock_start(&other, MKSOCK_KINDS("listener9:8080", "listener6:8080"));
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "8080 +127\\.0\\.0\\.1");
	pty_expect_row(p, "8080 +127\\.9\\.9\\.9");
	pty_key(p, "Home");
	while (!strstr(pty_row(p, look_selected_row(p)), "127.0.0.1 ")) {
		int y = look_selected_row(p);

		pty_key(p, "Down");
		while (look_selected_row(p) == y)
			stage_pass(p, 5);
	}
	stage_open_menu(p);
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(one.facts[0].held[0].pid, PTY_MS));
	pty_expect_no_row(p, "8080 +127\\.0\\.0\\.1");
	stage_round_trip(p);
	cr_expect(process_lives(other.facts[0].held[0].pid), "%s", pty_dump(p));
	mksock_stop(&one);
	end(&other, p);
}

/* The clients of a server are not its holders. */
Test(kill, client_of_the_port_is_spared)
{
	struct mksock m;
	struct pty *p;
	const struct fact *client;

	mksock_start(&m, MKSOCK_KINDS("pair:8080"));
	client = mksock_fact(&m, "pair", "client");
	p = stage_lotop(NULL, "");
	expect_selected(p, 8080);
	stage_open_menu(p);
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(mksock_fact(&m, "pair", "listener")->held[0].pid, PTY_MS));
	pty_expect_text(p, "8080");
	stage_round_trip(p);
	cr_expect(process_lives(client->held[0].pid), "%s", pty_dump(p));
	end(&m, p);
}

/* ---- what is gone is said, never signalled ---- */

Test(kill, one_that_ended_while_the_menu_was_open_is_said_to_be_gone)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	stage_open_menu(p);
	kill(pid, SIGKILL);
	cr_assert(process_ends(pid, PTY_MS));
	if (look_menu(p))
		stage_close_menu(p, "Enter");
	pty_expect_row(p, "gone|ended|no longer|already");
	pty_check(p, pty_running(p), "lotop ended");
	end(&m, p);
}

Test(kill, successor_on_the_same_port_is_not_signalled)
{
	struct mksock old, young;
	struct pty *p;
	pid_t pid = one_holder(&old, &p, "listener4:8080", "");

	stage_open_menu(p);
	kill(pid, SIGKILL);
	cr_assert(process_ends(pid, PTY_MS));
	mksock_start(&young, MKSOCK_KINDS("listener4:8080"));
	stage_pass(p, 250);	/* it is in the list by now */
	if (look_menu(p))
		stage_close_menu(p, "Enter");
	pty_expect_row(p, "gone|ended|no longer|already|held again|held by");
	expect_spared(p, young.facts[0].held[0].pid);
	mksock_stop(&old);
	end(&young, p);
}

Test(kill, neighbour_that_moves_under_the_cursor_is_not_signalled)
{
	struct mksock above, target, below;
	struct pty *p;

	mksock_start(&above, MKSOCK_KINDS("listener4:8000"));
	mksock_start(&target, MKSOCK_KINDS("listener4:8001"));
	mksock_start(&below, MKSOCK_KINDS("listener4:8002"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 8001, 8002);
	pty_key(p, "Down");
	expect_selected(p, 8001);
	stage_open_menu(p);
	mksock_stop(&above);
	stage_pass(p, 250);
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(target.facts[0].held[0].pid, PTY_MS));
	pty_expect_text(p, "Port 8001 is free");
	cr_expect(process_lives(below.facts[0].held[0].pid));
	mksock_stop(&target);
	end(&below, p);
}

/* ---- what was typed blindly answers nothing ---- */

Test(kill, enter_in_the_same_write_as_k_does_not_answer)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	for (int i = 0; i < 3; i++) {
		pty_send(p, "k\r", 2);
		stage_pass(p, GUARD_MS + 100);
		expect_spared(p, pid);
		pty_send(p, "k\r\r\r\n\n\ny", 8);
		stage_pass(p, GUARD_MS + 100);
		expect_spared(p, pid);
	}
	end(&m, p);
}

Test(kill, enter_typed_before_the_first_screen_does_not_answer)
{
	struct mksock m;
	struct pty *p;
	pid_t pid;

	mksock_start(&m, MKSOCK_KINDS("listener4:8080"));
	pid = m.facts[0].held[0].pid;
	p = stage_lotop(NULL, "");
	pty_send(p, "k\rk\rk\r", 6);
	expect_port(p, 8080);
	stage_pass(p, GUARD_MS + 100);
	expect_spared(p, pid);
	end(&m, p);
}

Test(kill, enter_within_300_ms_of_the_menu_does_not_answer)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	for (int i = 0; i < 3; i++) {
		size_t from;

		pty_raw(p, &from);
		pty_key(p, "k");
		cr_assert(pty_wait_raw(p, from, "SIGTERM", 7, PTY_MS));
		pty_key(p, "Enter");
		stage_pass(p, 50);
		pty_key(p, "Enter");
		stage_pass(p, GUARD_MS);
		pty_check(p, look_menu(p), "the menu was answered");
		expect_spared(p, pid);
	}
	end(&m, p);
}

Test(kill, pasted_text_kills_nobody)
{
	static const char *const pastes[] = {
		"k\n", "k\r\r", "k\r\n\r\n\r\ny\r", "kkk\r\r\r",
		"\033[20~\r",
	};
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	for (size_t i = 0; i < sizeof pastes / sizeof *pastes; i++) {
		pty_paste(p, pastes[i]);
		stage_pass(p, GUARD_MS + 50);
		expect_spared(p, pid);
	}
	end(&m, p);
}

Test(kill, paste_into_the_open_menu_does_not_answer)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	stage_open_menu(p);
	pty_paste(p, "\r");
	pty_paste(p, "\n\n\r\r");
	/* The marks may come in pieces. */
	pty_send(p, "\033[200", 5);
	cr_assert(pty_wait_input_read(p, PTY_MS));
	pty_send(p, "~\r\r\033[201~", 9);
	stage_pass(p, 100);
	expect_spared(p, pid);
	end(&m, p);
}

/* A stream of keys that never pauses is not a person. */
Test(kill, held_down_enter_does_not_answer_the_menu_it_runs_into)
{
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");

	pty_key(p, "k");
	for (int i = 0; i < 12; i++) {	/* 240 ms of auto-repeat */
		pty_key(p, "Enter");
		stage_pass(p, 20);
	}
	expect_spared(p, pid);
	end(&m, p);
}

/* ---- what is refused ---- */

Test(kill, ancestor_of_lotop_is_refused)
{
	int fd = stage_listen(8080);
	struct pty *p = stage_lotop(NULL, "");

	expect_selected(p, 8080);
	stage_wait_holder(p);
	pty_key(p, "k");
	pty_expect_row(p, "lotop.*(started|runs|ancestor|parent)|(ancestor|parent|started|belongs|runs).*lotop");
	stage_pass(p, GUARD_MS + 20);
	pty_key(p, "Enter");	/* we would not come to say it */
	pty_key(p, "Esc");
	stage_round_trip(p);
	close(fd);
	pty_free(p);
}

Test(kill, readonly_refuses_with_a_sentence)
{
	static const char *const words[] = { "-r", "--readonly" };
	struct mksock m;

	mksock_start(&m, MKSOCK_KINDS("listener4:8080"));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct pty *p = stage_lotop(NULL, words[i]);

		expect_selected(p, 8080);
		pty_key(p, "k");
		pty_expect_row(p, "[Rr]ead-?only");
		cr_expect_not(look_menu(p), "%s", pty_dump(p));
		pty_key(p, "F9 Enter");
		pty_expect_row(p, "127.0.0.1:8080  LISTEN");	/* no menu takes the Enter: it is one for details */
		pty_key(p, "Esc");
		expect_spared(p, m.facts[0].held[0].pid);
		pty_free(p);
	}
	mksock_stop(&m);
}

Test(kill, row_without_a_holder_is_refused_with_a_sentence)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("in-flight:8080"));
	if (!mksock_fact(&m, "in-flight", NULL))
		cr_skip_test("mksock cannot make one here");
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "8080 .*\\((not visible|hidden)");
	pty_key(p, "k");
	/* In another container, or hidden where some process shows its descriptors to nobody. */
	pty_expect_row(p, "127\\.0\\.0\\.1:8080: its holder cannot be seen");
	cr_expect_not(look_menu(p), "%s", pty_dump(p));
	stage_round_trip(p);
	end(&m, p);
}

static void
drop_kill(void *arg)
{
	(void)arg;
	prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0);
}

Test(kill, what_is_not_permitted_is_said)
{
	const struct pty_options o = { .in_child = drop_kill };
	struct mksock m;
	struct pty *p;
	pid_t pid;

	if (!run_may_be(RUN_NOBODY))
		cr_skip_test("there is only one user here");
	mksock_start(&m, MKSOCK_KINDS("nobody:8080"));
	if (!mksock_fact(&m, "nobody", NULL))
		cr_skip_test("mksock cannot become nobody here");
	pid = m.facts[0].held[0].pid;
	p = stage_lotop(&o, "");
	expect_selected(p, 8080);
	stage_wait_holder(p);
	pty_key(p, "k");
	pty_check(p, pty_wait_row(p, "SIGTERM|[Nn]ot (permitted|allowed)|may not", PTY_MS), "nothing is said");
	if (look_menu(p)) {
		stage_pass(p, GUARD_MS + 20);
		stage_close_menu(p, "Enter");
	}
	pty_expect_row(p, "([Nn]ot (permitted|allowed)|may not|belongs to)");
	expect_spared(p, pid);
	end(&m, p);
}

static void
become_nobody(void *arg)
{
	(void)arg;
	if (setresgid(RUN_NOBODY, RUN_NOBODY, RUN_NOBODY) < 0 ||
	    setresuid(RUN_NOBODY, RUN_NOBODY, RUN_NOBODY) < 0)
		_exit(126);
}

Test(kill, holder_that_this_user_may_not_see_is_said_to_be_hidden)
{
	const struct pty_options o = { .in_child = become_nobody };
	struct mksock m;
	struct pty *p;

	if (!run_may_be(RUN_NOBODY))
		cr_skip_test("there is only one user here");
	mksock_start(&m, MKSOCK_KINDS("listener4:8080"));
	p = stage_lotop(&o, "");
	expect_selected(p, 8080);
	pty_expect_row(p, "8080 .*\\(another user");
	pty_expect_text(p, "1 owner hidden: sudo lotop");
	pty_key(p, "k");
	pty_expect_row(p, "^ .*(another user|root|hidden|not see|sudo)");
	cr_expect_not(look_menu(p), "%s", pty_dump(p));
	expect_spared(p, m.facts[0].held[0].pid);
	end(&m, p);
}

/* ---- a million bytes of anything ---- */

/* Not what quits, stops or dumps core, as a person may do. */
static unsigned char
random_byte(unsigned *state)
{
	unsigned char c;

	do {
		*state = *state * 1103515245u + 12345u;
		c = (unsigned char)(*state >> 16);
	} while (c == 'q' || c == 0x03 || c == 0x1a || c == 0x1c);
	return c;
}

Test(kill, random_input_kills_nobody_and_lotop_answers_still)
{
	static unsigned char junk[1 << 20];
	struct mksock m;
	struct pty *p;
	pid_t pid = one_holder(&m, &p, "listener4:8080", "");
	unsigned state = 42;

	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = random_byte(&state);
	pty_send(p, junk, sizeof junk);
	cr_assert(pty_wait_input_read(p, PTY_MS), "%s", pty_dump(p));
	pty_check(p, pty_running(p), "lotop ended");
	cr_expect(process_lives(pid), "the holder was signalled");
	/* An open paste is closed, an open prompt or menu left. */
	pty_type(p, "\033[201~");
	for (int i = 0; i < 6; i++)
		pty_key(p, "Esc");
	stage_round_trip(p);
	end(&m, p);
}
