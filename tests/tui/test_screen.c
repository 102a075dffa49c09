/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the live screen shows, and that it follows what happens. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/netns.h"
#include "stage.h"

TestSuite(screen, .init = stage_enter, .timeout = 60);

Test(screen, opens_with_listeners_only_sorted_by_port)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:9000", "listener4:3000", "wildcard4:5432", "pair:7000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 3000, 5432, 7000, 9000);
	cr_expect_not(pty_has(p, "ESTABLISHED"), "%s", pty_dump(p));
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, has_the_counts_above_and_the_keys_below)
{
	char host[65], header[256];
	struct mksock m;
	struct pty *p;

	gethostname(host, sizeof host);
	mksock_start(&m, MKSOCK_KINDS("listener4:9000", "wildcard4:5432", "pair:7000"));
	p = stage_lotop(NULL, "");
	snprintf(header, sizeof header, "^ ?lotop · %.30s.* +3 listening, 1 exposed · [12] connections? +"
	    "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$", host);
	pty_expect_row(p, header);
	cr_expect_eq(pty_find_row(p, header), 0, "%s", pty_dump(p));
	cr_expect_eq(pty_find_row(p, "F1.*Help.*Quit"), 23, "%s", pty_dump(p));
	cr_expect_not(pty_cursor_visible(p), "%s", pty_dump(p));
	cr_expect(pty_alternate(p) && pty_mouse(p) && pty_paste_mode(p), "%s", pty_dump(p));
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, names_the_holder)
{
	struct mksock m;
	struct pty *p;
	char row[64];

	mksock_start(&m, MKSOCK_KINDS("listener4:8080"));
	p = stage_lotop(NULL, "");
	snprintf(row, sizeof row, "8080 .*( |^)%d( |$)", (int)m.facts[0].held[0].pid);
	pty_expect_row(p, row);
	cr_expect(strstr(pty_row(p, look_port_row(p, 8080)), "listener4") != NULL, "%s", pty_dump(p));
	pty_free(p);
	mksock_stop(&m);
}

/* Marked by a sign before it, and gone from all that counts. */
Test(screen, marks_what_is_new_and_keeps_what_closed_for_three_seconds)
{
	struct pty *p;
	int64_t closed;
	int old = stage_listen(8000), fd;

	p = stage_lotop(NULL, "-c lport,laddr,age");
	pty_expect_row(p, "^    8000 127.0.0.1 ");
	fd = stage_listen(8001);
	pty_expect_row(p, "^ [+]  8001 127.0.0.1 ");
	pty_expect_row(p, "2 listening");
	close(fd);
	closed = run_now_ms();
	pty_expect_row(p, "^ -  8001 127.0.0.1 ");
	pty_expect_row(p, "1 listening");
	pty_expect_row(p, "^ 1 of 1");
	cr_expect(pty_find_row(p, "^    8000 127.0.0.1 ") >= 0, "%s", pty_dump(p));
	expect_no_port(p, 8001);
	cr_expect_geq(run_now_ms() - closed, 2800, "it went after %d ms", (int)(run_now_ms() - closed));
	pty_free(p);
	close(old);
}

Test(screen, shows_what_opens_and_drops_what_closes)
{
	struct mksock first, second;
	struct pty *p;

	mksock_start(&first, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	mksock_start(&second, MKSOCK_KINDS("listener4:7000", "wildcard4:9000"));
	expect_ports(p, 7000, 8000, 9000);
	mksock_stop(&second);
	expect_ports(p, 8000);
	mksock_stop(&first);
	expect_no_port(p, 8000);
	pty_free(p);
}

Test(screen, says_that_there_is_nothing)
{
	struct pty *p = stage_lotop(NULL, "");

	pty_expect_row(p, "0 listening");
	stage_round_trip(p);
	pty_key(p, "Down Up PgDn PgUp Home End k s");
	pty_key(p, "Esc");
	stage_round_trip(p);
	pty_free(p);
}

Test(screen, shows_all_sockets_and_listeners_again)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "pair:7000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 7000, 8000);
	pty_key(p, "l");
	pty_expect_row(p, "ESTABLISHED");
	cr_expect(look_port_row(p, 8000) >= 0, "%s", pty_dump(p));
	pty_key(p, "l");
	expect_ports(p, 7000, 8000);
	pty_expect_gone(p, "ESTABLISHED");
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, widens_the_scope)
{
	struct mksock m;
	struct pty *p;

	cr_assert_eq(netns_add_host(), 0);
	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "away"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	pty_key(p, "l");
	expect_ports(p, 8000);
	pty_key(p, "a");
	pty_expect_text(p, "scope: host");
	pty_key(p, "a");
	pty_expect_text(p, "scope: all");
	pty_expect_text(p, "192.0.2.1");
	pty_key(p, "a");
	pty_expect_gone(p, "scope:");
	pty_expect_gone(p, "192.0.2.1");
	expect_ports(p, 8000);
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, stands_still_while_frozen)
{
	struct mksock first, second;
	struct pty *p;

	mksock_start(&first, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	pty_key(p, "Z");
	pty_expect_row(p, "[Ff]rozen");
	mksock_start(&second, MKSOCK_KINDS("listener4:9000"));
	stage_pass(p, 350);	/* three refreshes, had it not been frozen */
	stage_round_trip(p);
	cr_expect_lt(look_port_row(p, 9000), 0, "%s", pty_dump(p));
	pty_key(p, "Z");
	pty_expect_no_row(p, "[Ff]rozen");
	expect_ports(p, 8000, 9000);
	pty_free(p);
	mksock_stop(&first);
	mksock_stop(&second);
}

Test(screen, samples_at_once_on_ctrl_l)
{
	struct mksock first, second;
	struct pty *p;

	mksock_start(&first, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop_plain(NULL, "-d 3600");
	expect_ports(p, 8000);
	mksock_start(&second, MKSOCK_KINDS("listener4:9000"));
	pty_key(p, "C-l");
	expect_ports(p, 8000, 9000);
	pty_free(p);
	mksock_stop(&first);
	mksock_stop(&second);
}

/* What another program left on the screen is gone: every cell is painted. */
Test(screen, paints_every_cell_on_ctrl_l)
{
	struct mksock m;
	struct pty *p;
	char *before, *after;
	size_t from;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop_plain(NULL, "-d 3600 " STAGE_STEADY);
	expect_ports(p, 8000);
	stage_wait_holder(p);
	before = pty_screen(p);
	pty_raw(p, &from);
	pty_key(p, "C-l");
	pty_check(p, pty_wait_raw(p, from, "8000", 4, PTY_MS), "nothing is painted");
	after = pty_screen(p);
	cr_expect_str_eq(stage_below_head(before), stage_below_head(after), "%s", pty_dump(p));
	free(before);
	free(after);
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, obeys_a_new_delay)
{
	struct mksock first, second;
	struct pty *p;

	mksock_start(&first, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop_plain(NULL, "-d 3600");
	expect_ports(p, 8000);
	pty_key(p, "d");
	pty_expect_row(p, "[Ss]econds.*: 3600$");
	pty_key(p, "Esc");
	pty_expect_no_row(p, "[Ss]econds.*: 3600$");
	pty_key(p, "d");
	pty_expect_row(p, "[Ss]econds.*: 3600$");
	pty_key(p, "C-u");
	pty_type(p, "0.1");
	pty_expect_row(p, "[Ss]econds.*: 0\\.1$");
	pty_key(p, "Enter");
	mksock_start(&second, MKSOCK_KINDS("listener4:9000"));
	expect_ports(p, 8000, 9000);
	pty_free(p);
	mksock_stop(&first);
	mksock_stop(&second);
}

Test(screen, refuses_a_delay_out_of_range)
{
	static const char *const wrong[] = { "0", "0.01", "4000", "x", "1,5", "nan", "-1" };
	struct pty *p = stage_lotop_plain(NULL, "-d 2");

	pty_expect_row(p, "0 listening");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		pty_key(p, "d");
		pty_expect_row(p, "[Ss]econds.*: 2$");
		pty_key(p, "C-u");
		pty_type(p, wrong[i]);
		pty_key(p, "Enter");
		pty_expect_row(p, "0\\.1.*3600");
		pty_key(p, "Esc");
		pty_expect_no_row(p, "0\\.1.*3600");
	}
	pty_free(p);
}

Test(screen, switches_between_names_and_numbers)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("wildcard4:5432"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 5432);
	pty_expect_row(p, "postgresql|root");
	pty_key(p, "i");
	pty_expect_no_row(p, "5432.*(postgresql|root)");
	cr_expect(look_port_row(p, 5432) >= 0, "%s", pty_dump(p));
	pty_key(p, "i");
	pty_expect_row(p, "5432.*(postgresql|root)");
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, helps_and_goes_back)
{
	static const char *const open[] = { "?", "h", "F1" };
	static const char *const back[] = { "Esc", "q" };
	struct pty *p = stage_lotop(NULL, "");

	pty_expect_row(p, "PORT");
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		for (size_t k = 0; k < sizeof back / sizeof *back; k++) {
			pty_key(p, open[i]);
			pty_expect_text(p, "Esc Back");
			cr_expect_lt(look_header_row(p), 0, "%s", pty_dump(p));
			pty_key(p, back[k]);
			pty_expect_row(p, "PORT");
		}
	}
	pty_free(p);
}

/* Names of other processes are bytes that somebody else chose. */
Test(screen, shows_no_control_of_a_hostile_name)
{
	static const char *const kinds[] = {
		"hostile:8001", "hostile-quote:8002", "hostile-width:8003", "hostile-argv:8004",
	};
	struct mksock m;
	struct pty *p;
	const char *raw;
	size_t len;

	mksock_start(&m, MKSOCK_KINDS(kinds[0], kinds[1], kinds[2], kinds[3]));
	p = stage_lotop(&(struct pty_options){ .cols = 200 }, "");
	expect_ports(p, 8001, 8002, 8003, 8004);
	stage_open_menu(p);
	stage_close_menu(p, "Esc");
	expect_ports(p, 8001, 8002, 8003, 8004);
	raw = pty_raw(p, &len);
	cr_expect_null(memmem(raw, len, "\x9b", 1) == NULL ? NULL :
	    memmem(raw, len, "S\x9b", 2), "a C1 control");
	cr_expect_null(memmem(raw, len, "\xe2\x80\xae", 3), "a bidi override");
	cr_expect_null(memmem(raw, len, "\xe2\x80\x8b", 3), "a zero width space");
	cr_expect_null(memmem(raw, len, "\033]0;owned", 9), "an operating system command");
	cr_expect_null(memmem(raw, len, "\xff", 1), "invalid UTF-8");
	for (int port = 8001; port <= 8004; port++)
		cr_expect(strstr(pty_row(p, look_port_row(p, port)), "127.0.0.1"), "%s", pty_dump(p));
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, is_ascii_in_the_c_locale)
{
	const char *const env[] = { "LC_ALL=C", NULL };
	struct mksock m;
	struct pty *p;
	const char *raw;
	size_t len;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "hostile:8001", "hostile-width:8002"));
	p = stage_lotop(&(struct pty_options){ .env = env }, "");
	expect_ports(p, 8000, 8001, 8002);
	pty_key(p, "l");
	stage_round_trip(p);
	stage_open_menu(p);
	stage_close_menu(p, "Esc");
	pty_expect_row(p, "PORT");
	raw = pty_raw(p, &len);
	for (size_t i = 0; i < len; i++)
		cr_assert_eq(raw[i] & 0x80, 0, "byte %#x at %zu\n%s", (unsigned char)raw[i], i, pty_dump(p));
	for (int y = 0; y < pty_rows(p); y++)
		for (const char *c = pty_row(p, y); *c; c++)
			cr_assert(*c >= 0x20 && *c < 0x7f, "%s", pty_dump(p));
	/* The direction of the sort has a mark of its own. */
	cr_expect(strpbrk(pty_row(p, look_header_row(p)), "^v") != NULL, "%s", pty_dump(p));
	pty_free(p);
	mksock_stop(&m);
}

Test(screen, sends_no_colour_where_none_is_wanted)
{
	static const char *const wanted[][2] = {
		{ "NO_COLOR=1", "" }, { "TERM=xterm-mono", "" }, { "TERM=vt100", "" },
		{ "NOTHING=1", "--color=never" },
	};
	struct mksock m;

	mksock_start(&m, MKSOCK_KINDS("wildcard4:8000", "listener4:8001"));
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const char *const env[] = { wanted[i][0], NULL };
		struct pty *p = stage_lotop(&(struct pty_options){ .env = env }, wanted[i][1]);

		expect_ports(p, 8000, 8001);
		expect_selected(p, 8000);
		stage_open_menu(p);
		stage_close_menu(p, "Esc");
		stage_round_trip(p);
		pty_check(p, !pty_sent_colour(p), "%s %s: there is colour", wanted[i][0], wanted[i][1]);
		pty_free(p);
	}
	mksock_stop(&m);
}

Test(screen, is_usable_on_other_terminals)
{
	static const char *const terms[] = {
		"TERM=vt100", "TERM=vt220", "TERM=linux", "TERM=xterm", "TERM=screen-256color",
		"TERM=tmux-256color", "TERM=rxvt-unicode-256color",
	};
	struct mksock m;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000"));
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		const char *const env[] = { terms[i], NULL };
		struct pty *p = stage_lotop(&(struct pty_options){ .env = env }, "");
		int status;

		expect_ports(p, 8000);
		stage_round_trip(p);
		pty_key(p, "q");
		pty_check(p, pty_wait_exit(p, &status, PTY_MS), "%s: q does not quit", terms[i]);
		cr_expect_eq(status, 0, "%s: status %x", terms[i], (unsigned)status);
		cr_expect(pty_termios_restored(p), "%s", terms[i]);
		pty_free(p);
	}
	mksock_stop(&m);
}
