/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The terminal of the screen tests, tried on a shell: a harness that sees less
 * than there is makes every other test here pass.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pty.h"

/* A shell that runs one line. */
static struct pty *
shell(const struct pty_options *o, const char *script)
{
	const char *argv[] = { "sh", "-c", script, NULL };

	return pty_start(o, argv);
}

static int
exit_status(struct pty *p)
{
	int status;

	cr_assert(pty_wait_exit(p, &status, PTY_MS), "it does not end\n%s", pty_dump(p));
	return status;
}

Test(pty, shows_text_attributes_and_modes)
{
	struct pty *p = shell(NULL, "printf '\\033[?1049h\\033[?25l\\033[?1006;1000h\\033[?2004h'; "
	    "printf 'plain \\033[7mturned\\033[0m \\033[1;31mred\\033[0m \\303\\244\\342\\202\\254 end\\n'; "
	    "read x; printf '\\033[?1049l\\033[?25h\\033[?1006;1000l\\033[?2004l'; exit 3");
	int y, x;

	pty_expect_text(p, "plain turned red ä€ end");
	cr_expect(pty_alternate(p) && pty_mouse(p) && pty_paste_mode(p));
	cr_expect_not(pty_cursor_visible(p));
	cr_assert(pty_find(p, "turned", &y, &x));
	cr_expect(pty_cell_at(p, y, x).reverse);
	cr_expect_not(pty_cell_at(p, y, x).coloured);
	cr_assert(pty_find(p, "red", &y, &x));
	cr_expect(pty_cell_at(p, y, x).bold);
	cr_expect_eq(pty_cell_at(p, y, x).fg, 1);
	cr_assert(pty_find(p, "end", &y, &x));
	cr_expect_eq(x, 20, "columns are cells, not bytes: %d", x);
	cr_expect(pty_sent_colour(p));
	pty_key(p, "Enter");
	cr_expect_eq(WEXITSTATUS(exit_status(p)), 3);
	cr_expect_not(pty_alternate(p) || pty_mouse(p) || pty_paste_mode(p));
	cr_expect(pty_cursor_visible(p));
	pty_free(p);
}

Test(pty, compares_lines_with_a_joker)
{
	struct pty *p = shell(NULL, "echo one 1234 two; echo '[x]'; read x");

	pty_expect_screen(p, 0, "one * two", "[x]");
	cr_expect_not(pty_wait_lines(p, 0, (const char *const[]){ "one * three", NULL }, 0));
	cr_expect_not(pty_wait_lines(p, 0, (const char *const[]){ "one", NULL }, 0));
	cr_expect(pty_line_matches("*", ""));
	cr_expect(pty_line_matches("a*b*c", "aXbYbZc"));
	pty_free(p);
}

Test(pty, tells_a_new_size)
{
	const struct pty_options o = { .rows = 7, .cols = 33 };
	struct pty *p = shell(&o, "trap 'stty size' WINCH; stty size; while :; do read x; done");

	pty_expect_row(p, "^7 33$");
	pty_resize(p, 50, 120);
	pty_expect_row(p, "^50 120$");
	pty_free(p);
}

Test(pty, sends_keys_pastes_and_clicks)
{
	struct pty *p = shell(NULL, "stty raw -echo; printf '\\033[?2004h\\033[?1000;1006hready'; "
	    "dd bs=1 count=33 2>/dev/null | od -An -c -w40; stty sane; printf '\\033[?2004l'; read x");

	pty_expect_text(p, "ready");
	pty_key(p, "Down F9 C-l");
	pty_paste(p, "k");
	pty_click(p, 2, 4);
	pty_expect_row(p, "033 +\\[ +B +033 +\\[ +2 +0 +~ +\\\\f +033 +\\[ +2 +0 +0 +~ +k +033");
	pty_free(p);
}

Test(pty, sees_that_a_terminal_is_not_restored)
{
	struct pty *p = shell(NULL, "stty raw; exit 0");

	cr_expect_eq(exit_status(p), 0);
	cr_expect_not(pty_termios_restored(p));
	pty_free(p);
	p = shell(NULL, "old=$(stty -g); stty raw; stty $old; exit 0");
	cr_expect_eq(exit_status(p), 0);
	cr_expect(pty_termios_restored(p));
	pty_free(p);
	p = shell(NULL, "stty raw; stty sane");
	cr_expect_eq(exit_status(p), 0);
	cr_expect_not(pty_termios_restored(p), "reset is not restored");
	pty_free(p);
}

Test(pty, sees_a_signal_end_it)
{
	struct pty *p = shell(NULL, "echo up; kill -TERM $$; read x");
	int status = exit_status(p);

	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "status %x", (unsigned)status);
	pty_free(p);
}

Test(pty, stops_and_goes_on_as_a_job_of_a_shell)
{
	struct pty *p = shell(NULL, "trap 'echo again' CONT; echo up; while :; do read x; done");

	pty_expect_text(p, "up");
	pty_key(p, "C-z");
	cr_assert(pty_wait_stop(p, PTY_MS), "%s", pty_dump(p));
	pty_foreground(p);
	pty_expect_text(p, "again");
	pty_key(p, "C-c");
	cr_expect_eq(WTERMSIG(exit_status(p)), SIGINT);
	pty_free(p);
}

Test(pty, hangs_up)
{
	const struct pty_options deaf = { .ignore_hup = true };
	const char *const cat[] = { "cat", NULL };
	struct pty *p = shell(NULL, "echo up; while :; do read x; done");
	int status;

	pty_expect_text(p, "up");
	pty_hangup(p);
	cr_assert(pty_wait_exit(p, &status, PTY_MS));
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP, "status %x", (unsigned)status);
	pty_free(p);

	p = pty_start(&deaf, cat);
	pty_type(p, "echo\n");
	pty_expect_row(p, "^echo$");
	pty_hangup(p);
	cr_assert(pty_wait_exit(p, &status, PTY_MS));
	cr_expect(WIFEXITED(status), "status %x", (unsigned)status);
	pty_free(p);
}

Test(pty, measures_the_time_of_the_processor)
{
	struct pty *p = shell(NULL, "echo up; while :; do :; done");

	pty_expect_text(p, "up");
	while (pty_cpu(p) < 0.02 && pty_running(p))
		;
	pty_signal(p, SIGKILL);
	cr_expect_eq(WTERMSIG(exit_status(p)), SIGKILL);
	cr_expect_geq(pty_cpu(p), 0.02);
	pty_free(p);
}

Test(pty, sets_and_removes_variables_and_splits_standard_error)
{
	const char *const env[] = { "TERM", "LC_ALL=C", "FRESH=1", NULL };
	const struct pty_options o = { .env = env, .split_stderr = true, .input = "/dev/null" };
	struct pty *p = shell(&o, "echo \"${TERM-none} $LC_ALL $FRESH ${USER-nobody}\"; echo woe >&2; "
	    "read x || echo no input");

	cr_expect_eq(exit_status(p), 0);
	pty_expect_row(p, "^none C 1 nobody$");
	cr_expect(pty_has(p, "no input"));
	cr_expect_str_eq(pty_stderr(p), "woe\n");
	cr_expect_not(pty_has(p, "woe"));
	pty_free(p);
}

Test(pty, fills_up_and_notices_an_end_behind_it)
{
	struct pty *p = shell(NULL, "echo up; read x; exit 4");
	int status;

	pty_expect_text(p, "up");
	pty_fill_output(p);
	pty_key(p, "Enter");
	cr_assert(pty_wait_exit_unread(p, &status, PTY_MS));
	cr_expect_eq(WEXITSTATUS(status), 4);
	pty_free(p);
}

/* Programs of the kind that is tested here, where they are. */
Test(pty, keeps_the_screen_of_full_screen_programs)
{
	const char *const top[] = { "top", NULL };
	struct pty *p;

	if (access("/usr/bin/top", X_OK) != 0)
		cr_skip_test("top is not installed");
	p = pty_start(NULL, top);
	pty_expect_row(p, "^top - .*load average");
	pty_expect_row(p, "PID USER");
	pty_resize(p, 40, 100);
	pty_expect_row(p, "PID USER");
	pty_key(p, "q");
	cr_expect_eq(exit_status(p), 0);
	cr_expect(pty_termios_restored(p));
	pty_free(p);
}
