/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The terminal is as it was when lotop ends, however it ends; every size and
 * every kind of terminal is survived.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

TestSuite(terminal, .init = stage_enter, .timeout = 60);

/* A second, and what a busy machine and a sanitizer build take besides. */
#define SECOND		1300

static struct mksock made;

static struct pty *
lotop_with_one_row(const struct pty_options *o)
{
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080"));
	p = stage_lotop(o, STAGE_STEADY);
	expect_selected(p, 8080);
	stage_wait_holder(p);
	return p;
}

static void
end(struct pty *p)
{
	pty_free(p);
	mksock_stop(&made);
}

static int
status_of(struct pty *p)
{
	int status = -1;

	pty_check(p, pty_wait_exit(p, &status, PTY_MS), "it does not end");
	return status;
}

#define expect_exit(p, want) do { \
	int s_ = status_of(p); \
	pty_check((p), WIFEXITED(s_) && WEXITSTATUS(s_) == (want), "status %#x, not exit %d", \
	    (unsigned)s_, (want)); \
} while (0)

#define expect_death(p, sig) do { \
	int s_ = status_of(p); \
	pty_check((p), WIFSIGNALED(s_) && WTERMSIG(s_) == (sig), "status %#x, not signal %d", \
	    (unsigned)s_, (sig)); \
} while (0)

#define expect_restored(p) do { \
	pty_check((p), pty_termios_restored(p), "the settings of the line are not restored"); \
	pty_check((p), !pty_alternate(p), "the alternate screen stays"); \
	pty_check((p), pty_cursor_visible(p), "the cursor stays hidden"); \
	pty_check((p), !pty_mouse(p), "the mouse stays on"); \
	pty_check((p), !pty_paste_mode(p), "bracketed paste stays on"); \
	pty_check((p), !pty_mode(p, 1), "the cursor keys stay in application mode"); \
} while (0)

/* ---- leaving ---- */

Test(terminal, is_restored_by_each_key_that_quits)
{
	static const char *const keys[] = { "q", "F10", "C-c" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct pty *p = lotop_with_one_row(NULL);

		cr_expect(pty_alternate(p) && pty_mouse(p) && pty_paste_mode(p));
		cr_expect_not(pty_termios_restored(p));
		pty_key(p, keys[i]);
		expect_exit(p, 0);
		expect_restored(p);
		end(p);
	}
}

/* Ctrl-C quits from everywhere, F10 too. */
Test(terminal, is_restored_when_it_quits_from_a_menu_or_prompt)
{
	static const struct { const char *open, *text, *quit; } cases[] = {
		{ "k", "SIGTERM", "C-c" }, { "/", "Filter:", "C-c" }, { "?", "Esc Back", "C-c" },
		{ "s", "Sort by", "C-c" }, { "?", "Esc Back", "F10" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pty *p = lotop_with_one_row(NULL);

		pty_key(p, cases[i].open);
		pty_expect_text(p, cases[i].text);
		pty_key(p, cases[i].quit);
		expect_exit(p, 0);
		expect_restored(p);
		end(p);
	}
}

Test(terminal, is_restored_when_a_signal_ends_it)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT };
	static const struct { const char *open, *text; } states[] = {
		{ "Home", "8080" }, { "k", "SIGTERM" }, { "?", "Esc Back" }, { "/", "Filter:" },
	};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		for (size_t k = 0; k < sizeof states / sizeof *states; k++) {
			struct pty *p = lotop_with_one_row(NULL);

			pty_key(p, states[k].open);
			pty_expect_text(p, states[k].text);
			pty_signal(p, signals[i]);
			expect_death(p, signals[i]);
			expect_restored(p);
			end(p);
		}
	}
}

Test(terminal, is_restored_when_lotop_crashes)
{
	static const int signals[] = {
		SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
		SIGPIPE, SIGXCPU, SIGSYS, SIGTRAP,
	};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct pty *p = lotop_with_one_row(NULL);

		pty_signal(p, signals[i]);
		/* What a program may ignore (a pipe, say), it need not die of. */
		if (signals[i] == SIGPIPE || signals[i] == SIGALRM || signals[i] == SIGUSR1 ||
		    signals[i] == SIGUSR2) {
			stage_pass(p, 50);
			if (pty_running(p)) {
				stage_round_trip(p);
				end(p);
				continue;
			}
		}
		expect_death(p, signals[i]);
		expect_restored(p);
		end(p);
	}
}

Test(terminal, is_restored_when_a_signal_comes_amid_resizes)
{
	struct pty *p = lotop_with_one_row(NULL);

	for (int i = 0; i < 20; i++)
		pty_resize(p, 10 + i, 40 + 2 * i);
	pty_signal(p, SIGTERM);
	expect_death(p, SIGTERM);
	expect_restored(p);
	end(p);
}

/* ---- hanging up ---- */

Test(terminal, that_hangs_up_ends_it_within_a_second)
{
	static const bool ignored[] = { false, true };

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
		struct pty *p = lotop_with_one_row(&(struct pty_options){ .ignore_hup = ignored[i] });
		double before = pty_cpu(p);
		int status;

		pty_hangup(p);
		cr_assert(pty_wait_exit(p, &status, SECOND), "it lives on a dead terminal%s",
		    ignored[i] ? ", SIGHUP ignored" : "");
		cr_expect_leq(pty_cpu(p) - before, 0.2, "%.2f s of CPU", pty_cpu(p) - before);
		end(p);
	}
}

Test(terminal, that_hangs_up_ends_it_in_a_menu_too)
{
	struct pty *p = lotop_with_one_row(&(struct pty_options){ .ignore_hup = true });
	int status;

	stage_open_menu(p);
	pty_hangup(p);
	cr_assert(pty_wait_exit(p, &status, SECOND));
	cr_expect(process_lives(made.facts[0].held[0].pid));
	end(p);
}

/* ---- terminals of no use ---- */

Test(terminal, of_no_use_gets_one_sentence_and_exit_3)
{
	static const char *const terms[] = {
		"TERM", "TERM=", "TERM=no-such-terminal", "TERM=dumb", "TERM=../../etc/passwd",
	};

	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		const char *const env[] = { terms[i], NULL };
		struct pty *p = stage_lotop(&(struct pty_options){ .env = env, .split_stderr = true }, "");
		const char *err, *line_end;
		size_t len;

		expect_exit(p, 3);
		err = pty_stderr(p);
		line_end = strchr(err, '\n');
		cr_expect(strncmp(err, "lotop: ", 7) == 0 && strlen(err) > 20 && line_end && !line_end[1],
		    "%s: no one sentence: \"%s\"", terms[i], err);
		pty_raw(p, &len);
		pty_check(p, len == 0, "%s: %zu bytes on the screen", terms[i], len);
		expect_restored(p);
		pty_free(p);
	}
}

Test(terminal, name_of_any_length_is_survived)
{
	char term[5006] = "TERM=";
	const char *const env[] = { term, NULL };
	struct pty *p;

	memset(term + 5, 'x', sizeof term - 6);
	p = stage_lotop(&(struct pty_options){ .env = env, .split_stderr = true }, "");
	expect_exit(p, 3);
	cr_expect_leq(strlen(pty_stderr(p)), 400, "%s", pty_stderr(p));
	pty_free(p);
}

/* ---- where keys come from ---- */

Test(terminal, gives_keys_where_standard_input_is_no_terminal)
{
	struct pty *p = lotop_with_one_row(&(struct pty_options){ .input = "/dev/null" });

	stage_round_trip(p);
	pty_key(p, "q");
	expect_exit(p, 0);
	expect_restored(p);
	end(p);
}

/* ---- sizes ---- */

static const struct { int rows, cols; } odd_sizes[] = {
	{ 1, 1 }, { 2, 2 }, { 1, 200 }, { 500, 1 }, { 200, 1 }, { 1, 500 }, { 3, 10 }, { 5, 80 }, { 24, 3 },
};

static bool
same_below_the_head(struct pty *p, const void *arg)
{
	char *now = pty_screen(p);
	const char *want = arg;
	bool same = strcmp(stage_below_head(now), stage_below_head(want)) == 0;

	free(now);
	return same;
}

#define expect_same_screen(p, want) \
	pty_check((p), pty_wait((p), same_below_the_head, (want), PTY_MS), \
	    "not the screen of a fresh start:\n%s", (want))

/* A row with a pid cannot be compared between two runs of mksock. */
Test(terminal, of_any_size_is_survived_and_a_resize_paints_all)
{
	char *fresh;
	struct pty *p = lotop_with_one_row(NULL);

	fresh = pty_screen(p);
	pty_free(p);
	for (size_t i = 0; i < sizeof odd_sizes / sizeof *odd_sizes; i++) {
		p = stage_lotop(&(struct pty_options){ .rows = odd_sizes[i].rows,
		    .cols = odd_sizes[i].cols }, STAGE_STEADY);
		pty_key(p, "Down ?");
		cr_assert(pty_wait_input_read(p, PTY_MS), "%s", pty_dump(p));
		pty_key(p, "Esc");
		stage_pass(p, 30);
		pty_check(p, pty_running(p), "%dx%d ended it", odd_sizes[i].cols, odd_sizes[i].rows);
		pty_resize(p, 24, 80);
		expect_same_screen(p, fresh);
		pty_key(p, "q");
		expect_exit(p, 0);
		expect_restored(p);
		pty_free(p);
	}
	free(fresh);
	mksock_stop(&made);
}

Test(terminal, resized_to_any_size_and_back_is_the_same)
{
	struct pty *p = lotop_with_one_row(NULL);
	char *fresh = pty_screen(p);

	for (size_t i = 0; i < sizeof odd_sizes / sizeof *odd_sizes; i++) {
		pty_resize(p, odd_sizes[i].rows, odd_sizes[i].cols);
		stage_pass(p, 30);
		pty_resize(p, 24, 80);
		expect_same_screen(p, fresh);
	}
	stage_open_menu(p);
	for (size_t i = 0; i < sizeof odd_sizes / sizeof *odd_sizes; i++) {
		pty_resize(p, odd_sizes[i].rows, odd_sizes[i].cols);
		stage_pass(p, 20);
	}
	pty_resize(p, 24, 80);
	pty_check(p, pty_wait_row(p, "> SIGTERM", PTY_MS), "the menu is lost");
	stage_close_menu(p, "Esc");
	expect_same_screen(p, fresh);
	free(fresh);
	end(p);
}

Test(terminal, in_a_storm_of_resizes_ends_with_the_right_screen)
{
	struct pty *p = lotop_with_one_row(NULL);
	char *fresh = pty_screen(p);
	unsigned state = 7;

	for (int i = 0; i < 500; i++) {
		state = state * 1103515245u + 12345u;
		pty_resize(p, 1 + (int)(state >> 16) % 60, 1 + (int)(state >> 20) % 220);
		if (i % 10 == 0)
			stage_pass(p, 2);
	}
	pty_resize(p, 24, 80);
	expect_same_screen(p, fresh);
	pty_check(p, pty_running(p), "it ended");
	free(fresh);
	end(p);
}

Test(terminal, that_is_bigger_shows_more)
{
	struct pty *p = lotop_with_one_row(&(struct pty_options){ .rows = 60, .cols = 200 });

	cr_expect_eq(pty_find_row(p, "F1.*Quit"), 59, "%s", pty_dump(p));
	cr_expect_eq(pty_find_row(p, "lotop · "), 0, "%s", pty_dump(p));
	end(p);
}

/* ---- stopping ---- */

Test(terminal, is_restored_while_stopped_and_painted_anew_after)
{
	struct pty *p = lotop_with_one_row(NULL);
	char *fresh = pty_screen(p);

	for (int i = 0; i < 2; i++) {
		size_t from;

		pty_key(p, "C-z");
		pty_check(p, pty_wait_stop(p, PTY_MS), "Ctrl-Z does not stop it");
		pty_settle(p, 0);
		expect_restored(p);
		pty_raw(p, &from);
		pty_foreground(p);
		pty_check(p, pty_wait_raw(p, from, "8080", 4, PTY_MS), "nothing is painted");
		expect_same_screen(p, fresh);
		cr_expect(pty_alternate(p) && pty_mouse(p) && pty_paste_mode(p), "%s", pty_dump(p));
		cr_expect_not(pty_termios_restored(p));
		stage_round_trip(p);
	}
	pty_key(p, "q");
	expect_exit(p, 0);
	expect_restored(p);
	free(fresh);
	end(p);
}

Test(terminal, resized_while_stopped_has_the_new_size_after)
{
	struct pty *p = lotop_with_one_row(NULL);

	pty_key(p, "C-z");
	pty_check(p, pty_wait_stop(p, PTY_MS), "Ctrl-Z does not stop it");
	pty_resize(p, 40, 120);
	pty_foreground(p);
	pty_expect_row(p, "F1.*Quit");
	cr_expect_eq(pty_find_row(p, "F1.*Quit"), 39, "%s", pty_dump(p));
	expect_port(p, 8080);
	end(p);
}

/* kill -STOP leaves no time to restore; the continue paints all the same. */
Test(terminal, is_painted_anew_after_a_stop_that_cannot_be_caught)
{
	struct pty *p = lotop_with_one_row(NULL);
	char *fresh = pty_screen(p);
	size_t from;

	pty_signal(p, SIGSTOP);
	cr_assert(pty_wait_stop(p, PTY_MS));
	pty_raw(p, &from);
	pty_foreground(p);
	pty_check(p, pty_wait_raw(p, from, "8080", 4, PTY_MS), "nothing is painted");
	expect_same_screen(p, fresh);
	stage_round_trip(p);
	free(fresh);
	end(p);
}

Test(terminal, is_restored_when_stopped_by_a_signal)
{
	struct pty *p = lotop_with_one_row(NULL);

	pty_signal(p, SIGTSTP);
	pty_check(p, pty_wait_stop(p, PTY_MS), "SIGTSTP does not stop it");
	pty_settle(p, 0);
	expect_restored(p);
	pty_foreground(p);
	pty_check(p, look_wait_port(p, 8080) && pty_alternate(p), "not painted again");
	stage_round_trip(p);
	end(p);
}

Test(terminal, sigterm_while_stopped_ends_it_once_it_goes_on)
{
	struct pty *p = lotop_with_one_row(NULL);

	pty_key(p, "C-z");
	cr_assert(pty_wait_stop(p, PTY_MS), "%s", pty_dump(p));
	pty_signal(p, SIGTERM);
	pty_foreground(p);
	expect_death(p, SIGTERM);
	expect_restored(p);
	end(p);
}

/* ---- flow control, and nobody who reads ---- */

Test(terminal, is_not_frozen_by_ctrl_s)
{
	struct pty *p = lotop_with_one_row(NULL);

	pty_key(p, "C-s");
	stage_round_trip(p);
	pty_key(p, "C-q");
	stage_round_trip(p);
	end(p);
}

Test(terminal, that_nobody_reads_does_not_keep_it_from_ending)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct pty *p = lotop_with_one_row(NULL);
		int status;

		pty_fill_output(p);
		pty_key(p, "C-l");
		cr_assert(pty_wait_input_read(p, PTY_MS), "it reads no key");
		pty_signal(p, signals[i]);
		cr_assert(pty_wait_exit_unread(p, &status, SECOND), "signal %d does not end it", signals[i]);
		cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == signals[i], "status %#x",
		    (unsigned)status);
		cr_expect(pty_termios_restored(p));
		end(p);
	}
}

Test(terminal, that_nobody_reads_does_not_keep_it_from_quitting)
{
	struct pty *p = lotop_with_one_row(NULL);
	int status;

	pty_fill_output(p);
	pty_key(p, "C-l");
	cr_assert(pty_wait_input_read(p, PTY_MS), "it reads no key");
	pty_key(p, "q");
	cr_assert(pty_wait_exit_unread(p, &status, SECOND), "q does not end it");
	cr_expect_eq(status, 0);
	end(p);
}

Test(terminal, that_is_held_does_not_keep_it_from_ending)
{
	struct pty *p = lotop_with_one_row(NULL);
	int status;

	pty_hold_output(p, true);
	pty_key(p, "C-l");
	cr_assert(pty_wait_input_read(p, PTY_MS), "it reads no key");
	pty_signal(p, SIGTERM);
	cr_assert(pty_wait_exit_unread(p, &status, SECOND));
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "status %#x", (unsigned)status);
	end(p);
}

Test(terminal, that_is_read_again_is_painted_right)
{
	struct pty *p = lotop_with_one_row(NULL);
	char *fresh = pty_screen(p);
	double before;

	pty_fill_output(p);
	pty_key(p, "C-l");
	cr_assert(pty_wait_input_read(p, PTY_MS), "it reads no key");
	before = pty_cpu(p);
	pty_wait_exit_unread(p, &(int){ 0 }, 500);	/* five refreshes, not read */
	cr_expect_leq(pty_cpu(p) - before, 0.25, "it burns CPU: %.2f s of 0.5", pty_cpu(p) - before);
	pty_settle(p, 20);
	pty_key(p, "C-l");
	expect_same_screen(p, fresh);
	stage_round_trip(p);
	free(fresh);
	end(p);
}

/* ---- rest ---- */

Test(terminal, at_rest_costs_next_to_nothing)
{
	struct pty *p;
	double before;
	size_t from, to;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080"));
	p = stage_lotop_plain(NULL, "-d 3600");
	expect_port(p, 8080);
	stage_round_trip(p);
	pty_settle(p, 100);
	pty_raw(p, &from);
	before = pty_cpu(p);
	stage_pass(p, 500);
	cr_expect_leq(pty_cpu(p) - before, 0.02, "%.3f s of 0.5", pty_cpu(p) - before);
	pty_raw(p, &to);
	/* At most the clock of the first line. */
	cr_expect_leq(to - from, 200, "%zu bytes at rest\n%s", to - from, pty_dump(p));
	end(p);
}
