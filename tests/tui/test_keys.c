/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The keys that move, sort and filter. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stage.h"

TestSuite(keys, .init = stage_enter, .timeout = 60);

#define MANY		40
#define FIRST_PORT	2000

static struct mksock made;
static char words[MANY][24];

/* MANY listeners from FIRST_PORT on: more than fit on 24 lines. */
static void
make_many(void)
{
	const char *kinds[MANY + 1] = { NULL };

	for (int i = 0; i < MANY; i++) {
		snprintf(words[i], sizeof words[i], "listener4:%d", FIRST_PORT + i);
		kinds[i] = words[i];
	}
	mksock_start(&made, kinds);
}

static bool
sorted_by(struct pty *p, const void *arg)
{
	int y = look_header_row(p);

	return y >= 0 && strstr(pty_row(p, y), arg) != NULL;
}

#define expect_sorted_by(p, mark) \
	pty_check(p, pty_wait(p, sorted_by, (mark), PTY_MS), \
	    "the mark of the sort is not at %s", (mark))

/* ---- movement ---- */

Test(keys, move_the_cursor_through_the_list)
{
	struct pty *p;
	int shown[64], n;

	make_many();
	p = stage_lotop(NULL, "");
	expect_port(p, FIRST_PORT);
	expect_selected(p, FIRST_PORT);
	n = look_ports(p, shown, 64);
	cr_expect_geq(n, 18, "only %d rows on 24 lines\n%s", n, pty_dump(p));
	pty_key(p, "Down");
	expect_selected(p, FIRST_PORT + 1);
	pty_key(p, "Up");
	expect_selected(p, FIRST_PORT);
	pty_key(p, "Up");
	expect_selected(p, FIRST_PORT);
	pty_key(p, "End");
	expect_selected(p, FIRST_PORT + MANY - 1);
	pty_key(p, "Down");
	expect_selected(p, FIRST_PORT + MANY - 1);
	pty_key(p, "PgUp");
	pty_check(p, pty_wait_row(p, "20[0-9][0-9]", PTY_MS), "empty");
	pty_key(p, "Home");
	expect_selected(p, FIRST_PORT);
	pty_free(p);
	mksock_stop(&made);
}

static bool
selected_is_not(struct pty *p, const void *arg)
{
	int port = look_selected_port(p);

	return port != 0 && port != *(const int *)arg;
}

static void
see_ports(struct pty *p, bool seen[MANY])
{
	int shown[64], n = look_ports(p, shown, 64);

	for (int i = 0; i < n; i++)
		seen[shown[i] - FIRST_PORT] = true;
}

Test(keys, turn_pages_without_losing_a_row)
{
	bool seen[MANY] = { false };
	struct pty *p;

	make_many();
	p = stage_lotop(NULL, "");
	expect_selected(p, FIRST_PORT);
	see_ports(p, seen);
	while (look_selected_port(p) != FIRST_PORT + MANY - 1) {
		int before = look_selected_port(p);

		pty_key(p, "PgDn");
		pty_check(p, pty_wait(p, selected_is_not, &before, PTY_MS), "PgDn does nothing");
		see_ports(p, seen);
	}
	for (int i = 0; i < MANY; i++)
		cr_expect(seen[i], "port %d was never shown", FIRST_PORT + i);
	pty_free(p);
	mksock_stop(&made);
}

Test(keys, wheel_and_click_move_too)
{
	const int first = FIRST_PORT;
	struct pty *p;
	int y;

	make_many();
	p = stage_lotop(NULL, "");
	expect_selected(p, first);
	y = look_port_row(p, FIRST_PORT + 5);
	pty_wheel(p, y, 10, true);
	pty_check(p, pty_wait(p, selected_is_not, &first, PTY_MS), "the wheel does nothing");
	pty_wheel(p, y, 10, false);
	expect_selected(p, FIRST_PORT);
	expect_selected(p, FIRST_PORT);
	y = look_port_row(p, FIRST_PORT + 5);
	pty_click(p, y, 10);
	expect_selected(p, FIRST_PORT + 5);
	pty_free(p);
	mksock_stop(&made);
}

Test(keys, cursor_stays_with_its_socket)
{
	struct mksock low, mid, high, above;
	struct pty *p;
	int y;

	mksock_start(&low, MKSOCK_KINDS("listener4:5000"));
	mksock_start(&mid, MKSOCK_KINDS("listener4:5001"));
	mksock_start(&high, MKSOCK_KINDS("listener4:5002", "listener4:5003"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 5000, 5001, 5002, 5003);
	pty_key(p, "Down");
	expect_selected(p, 5001);
	y = look_selected_row(p);

	mksock_start(&above, MKSOCK_KINDS("listener4:4000", "listener4:4001"));
	expect_ports(p, 4000, 4001, 5000, 5001, 5002, 5003);
	cr_expect_eq(look_selected_port(p), 5001, "%s", pty_dump(p));
	mksock_stop(&above);
	expect_ports(p, 5000, 5001, 5002, 5003);
	cr_expect_eq(look_selected_port(p), 5001, "%s", pty_dump(p));

	/* The socket goes: the cursor stays at its place. */
	mksock_stop(&mid);
	expect_ports(p, 5000, 5002, 5003);
	cr_expect_eq(look_selected_row(p), y, "%s", pty_dump(p));
	cr_expect_eq(look_selected_port(p), 5002, "%s", pty_dump(p));
	/* And stays with the one that is there now. */
	mksock_stop(&low);
	expect_ports(p, 5002, 5003);
	cr_expect_eq(look_selected_port(p), 5002, "%s", pty_dump(p));
	pty_key(p, "End");
	expect_selected(p, 5003);
	mksock_stop(&high);
	expect_no_port(p, 5003);
	stage_round_trip(p);
	pty_free(p);
}

Test(keys, cursor_stays_with_its_socket_in_another_order)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:5000", "listener4:5001", "listener4:5002"));
	p = stage_lotop(NULL, "");
	expect_selected(p, 5000);
	pty_key(p, "R");
	expect_ports(p, 5002, 5001, 5000);
	expect_selected(p, 5000);
	/* A filter hides it; where the filter goes, it is selected again. */
	pty_key(p, "/");
	pty_type(p, "5002");
	expect_ports(p, 5002);
	expect_selected(p, 5002);
	pty_key(p, "Esc");
	expect_ports(p, 5002, 5001, 5000);
	expect_selected(p, 5000);
	pty_free(p);
	mksock_stop(&m);
}

/* ---- sorting ---- */

Test(keys, reverse_the_order)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000", "listener4:7000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 7000, 8000, 9000);
	expect_sorted_by(p, "PORT▲");
	pty_key(p, "R");
	expect_ports(p, 9000, 8000, 7000);
	expect_sorted_by(p, "PORT▼");
	pty_key(p, "R");
	expect_ports(p, 7000, 8000, 9000);
	expect_sorted_by(p, "PORT▲");
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, choose_the_column_to_the_left_and_right)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener9:9000", "listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_sorted_by(p, "PORT▲");
	pty_key(p, ">");
	expect_sorted_by(p, "ADDRESS▲");
	expect_ports(p, 8000, 9000);
	pty_key(p, "<");
	expect_sorted_by(p, "PORT▲");
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, click_on_a_header_sorts_by_it)
{
	struct mksock m;
	struct pty *p;
	int y, x;

	mksock_start(&m, MKSOCK_KINDS("listener9:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 9000);
	cr_assert(pty_find(p, "ADDRESS", &y, &x), "%s", pty_dump(p));
	pty_click(p, y, x + 2);
	expect_sorted_by(p, "ADDRESS▲");
	expect_ports(p, 9000, 8000);
	pty_click(p, y, x + 2);
	expect_sorted_by(p, "ADDRESS▼");
	expect_ports(p, 8000, 9000);
	cr_assert(pty_find(p, "PORT", &y, &x));
	pty_click(p, y, x);
	expect_sorted_by(p, "PORT▲");
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, choose_the_column_from_a_menu)
{
	static const char *const open[] = { "s", "F6" };
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener9:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		expect_ports(p, 8000, 9000);
		pty_key(p, open[i]);
		pty_expect_row(p, "> lport ");
		pty_key(p, "Up");
		pty_expect_row(p, "> laddr ");
		pty_key(p, "Esc");
		expect_sorted_by(p, "PORT▲");
		pty_key(p, open[i]);
		pty_expect_row(p, "> lport ");
		pty_key(p, "Up Enter");
		expect_sorted_by(p, "ADDRESS▲");
		expect_ports(p, 9000, 8000);
		pty_key(p, ">");
		expect_sorted_by(p, "APP▲");
		pty_key(p, "< <");
		expect_sorted_by(p, "PORT▲");
	}
	pty_free(p);
	mksock_stop(&m);
}

/* CONTRACT: where the list is sorted, the screen says so. */
Test(keys, order_by_a_column_that_does_not_show_is_said)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "-s -inode");
	expect_port(p, 9000);
	pty_expect_row(p, "inode▼|INODE▼");
	pty_key(p, "s");
	pty_expect_row(p, "> inode ");
	pty_key(p, "Down Enter");
	pty_expect_row(p, "cookie|COOKIE");
	pty_free(p);
	mksock_stop(&m);
}

/* As many as there is room for on 24 lines. */
static bool
is_full(struct pty *p, const void *arg)
{
	int shown[64];

	(void)arg;
	return look_ports(p, shown, 64) == 18;
}

/* Rows that compare equal keep their places from refresh to refresh. */
Test(keys, equal_rows_do_not_change_places)
{
	int first[64] = { 0 };
	struct pty *p;
	size_t from;

	make_many();
	p = stage_lotop(NULL, "-s laddr");
	expect_sorted_by(p, "ADDRESS▲");
	pty_check(p, pty_wait(p, is_full, NULL, PTY_MS), "it is not full");
	look_ports(p, first, 63);
	for (int i = 0; i < 5; i++) {
		pty_raw(p, &from);
		pty_key(p, "C-l");
		pty_check(p, pty_wait_raw(p, from, "ADDRESS", 7, PTY_MS), "nothing is painted");
		pty_check(p, look_wait_ports(p, first), "the order is another");
	}
	pty_free(p);
	mksock_stop(&made);
}

/* ---- filters ---- */

Test(keys, filter_is_live_while_typing)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:8001", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 8001, 9000);
	pty_key(p, "/");
	pty_expect_row(p, "^ ?Filter: ?$");
	cr_expect(pty_cursor_visible(p), "%s", pty_dump(p));
	pty_type(p, "8000-8999");
	pty_expect_row(p, "^ ?Filter: 8000-8999$");
	expect_ports(p, 8000, 8001);
	/* Esc drops it. */
	pty_key(p, "Esc");
	expect_ports(p, 8000, 8001, 9000);
	pty_expect_no_row(p, "Filter:");
	cr_expect_not(pty_cursor_visible(p), "%s", pty_dump(p));
	/* Enter keeps it, and the screen says so. */
	pty_key(p, "F4");
	pty_expect_row(p, "^ ?Filter:");
	pty_type(p, "9000");
	expect_ports(p, 9000);
	pty_key(p, "Enter");
	pty_expect_row(p, "[Ff]ilter.*9000");
	expect_ports(p, 9000);
	/* Keys that were letters of the filter are keys again. */
	stage_round_trip(p);
	expect_ports(p, 9000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, filter_goes_when_its_text_does)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 9000);
	pty_key(p, "/");
	pty_expect_row(p, "Filter:");
	pty_type(p, "9000");
	expect_ports(p, 9000);
	pty_key(p, "Enter");
	pty_key(p, "/");
	pty_expect_row(p, "^ ?Filter: 9000$");
	pty_key(p, "Backspace Backspace Backspace Backspace");
	expect_ports(p, 8000, 9000);
	pty_key(p, "Enter");
	expect_ports(p, 8000, 9000);
	pty_expect_no_row(p, "Filter:");
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, filter_recalls_the_last_one)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 9000);
	pty_key(p, "/");
	pty_type(p, "9000");
	expect_ports(p, 9000);
	pty_key(p, "Enter /");
	pty_key(p, "C-u");
	pty_expect_row(p, "^ ?Filter: ?$");
	pty_key(p, "Enter");
	expect_ports(p, 8000, 9000);
	pty_key(p, "/ Up");
	pty_expect_row(p, "^ ?Filter: 9000$");
	expect_ports(p, 9000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, filter_shows_where_it_is_wrong)
{
	struct mksock m;
	struct pty *p;
	int y, x;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 9000);
	pty_key(p, "/");
	pty_type(p, "8000 proces:node");
	pty_expect_row(p, "\\^ .*no field \"proces\".*process");
	cr_assert(pty_find(p, "Filter: ", &y, &x));
	cr_expect_str_eq(pty_cell_at(p, y + 1, x + 8 + 5).text, "^", "%s", pty_dump(p));
	/* Corrected, it works at once. */
	for (int i = 0; i < 5; i++)
		pty_key(p, "Backspace");
	pty_type(p, "s:listener4");
	pty_expect_no_row(p, "no field");
	expect_ports(p, 8000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, filter_that_is_wrong_is_not_kept)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 9000);
	pty_key(p, "/");
	pty_type(p, "99999");
	pty_expect_row(p, "\\^");
	pty_key(p, "Enter");
	stage_pass(p, 50);
	cr_expect(pty_has(p, "Filter:") && pty_has(p, "^"), "%s", pty_dump(p));
	pty_key(p, "Esc");
	expect_ports(p, 8000, 9000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, prompt_takes_what_is_pasted)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000, 9000);
	pty_key(p, "/");
	pty_expect_row(p, "Filter:");
	pty_paste(p, "9000");
	expect_ports(p, 9000);
	/* A line end in it is not Enter. */
	pty_paste(p, "\nk");
	stage_pass(p, 50);
	cr_expect(pty_has(p, "Filter:"), "%s", pty_dump(p));
	cr_expect_not(look_menu(p), "%s", pty_dump(p));
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, ports_are_asked_for_by_p)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:7999", "listener4:8000", "listener4:8999",
	    "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 7999, 8000, 8999, 9000);
	pty_key(p, "p");
	pty_expect_row(p, "[Pp]orts?.*:");
	pty_type(p, "8000-8999");
	pty_key(p, "Enter");
	expect_ports(p, 8000, 8999);
	pty_expect_row(p, "8000-8999");
	/* It is only for ports. */
	pty_key(p, "p C-u");
	pty_type(p, "node");
	pty_expect_row(p, "\\^");
	pty_key(p, "Esc");
	expect_ports(p, 8000, 8999);
	pty_key(p, "p C-u Enter");
	expect_ports(p, 7999, 8000, 8999, 9000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, filter_of_the_command_line_is_on_the_screen)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "-s -lport 8000-8999");
	expect_ports(p, 8000);
	pty_expect_row(p, "[Ff]ilter.*8000-8999");
	expect_sorted_by(p, "PORT▼");
	pty_free(p);
	mksock_stop(&m);
}

/* A long text does not write over the rest of the screen. */
Test(keys, prompt_survives_a_long_text)
{
	struct mksock m;
	struct pty *p;
	char text[3001];

	mksock_start(&m, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	pty_key(p, "/");
	pty_expect_row(p, "Filter:");
	pty_type(p, text);
	pty_expect_row(p, "xxxxxxxxxxxxxxx");
	expect_no_port(p, 8000);
	cr_expect(strstr(pty_row(p, 0), "lotop") != NULL, "%s", pty_dump(p));
	pty_key(p, "Esc");
	expect_ports(p, 8000);
	pty_free(p);
	mksock_stop(&m);
}

/* A wrong text that is wider than the window is taken away, piece by piece and at once. */
Test(keys, prompt_survives_that_a_long_text_goes)
{
	static const char text[] = "lport:3000 or lport:5173 or lport:5432 or lport:6379 or lport:8080 "
	                           "or proces:nod";
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	pty_key(p, "/");
	for (size_t i = 0; i < 2; i++) {
		pty_type(p, text);
		pty_expect_row(p, "no field \"proces\"");
		for (size_t j = 0; j < (i ? sizeof text - 1 : 0); j++)
			pty_key(p, "Backspace");
		pty_key(p, "C-u");
		pty_expect_row(p, "^ ?Filter: ?$");
		expect_ports(p, 8000);
	}
	pty_free(p);
	mksock_stop(&m);
}

/* ---- leaving, and what is not a key ---- */

Test(keys, lone_esc_acts_within_50_ms)
{
	struct pty *p = stage_lotop_plain(NULL, "");
	long long best = 1000;

	pty_expect_row(p, "PORT");
	for (int i = 0; i < 8 && best > 50; i++) {
		long long start, took;

		pty_key(p, "?");
		pty_expect_text(p, "Esc Back");
		start = pty_now_ms();
		pty_key(p, "Esc");
		/* 5 ms of this are the wait for a screen at rest. */
		pty_expect_row(p, "PORT");
		took = pty_now_ms() - start - 5;
		best = took < best ? took : best;
	}
	cr_expect_leq(best, 50, "the fastest Esc of eight took %lld ms", best);
	pty_free(p);
}

Test(keys, esc_does_nothing_in_the_list)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	pty_key(p, "Esc Esc");
	stage_round_trip(p);
	expect_ports(p, 8000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, keys_in_pieces_are_whole)
{
	struct mksock m;
	struct pty *p;
	char down[16];
	size_t n;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000", "listener4:9000"));
	p = stage_lotop(NULL, "");
	expect_selected(p, 8000);
	n = pty_key_bytes(p, "Down", down);
	for (size_t i = 0; i < n; i++) {
		pty_send(p, down + i, 1);
		cr_assert(pty_wait_input_read(p, PTY_MS));
	}
	expect_selected(p, 9000);
	pty_free(p);
	mksock_stop(&m);
}

Test(keys, keys_of_no_meaning_do_no_harm)
{
	static const char *const odd[] = {
		"\033[1;5A", "\033[99~", "\033[", "\033[200~\033[201~", "\033[<0;999;999M",
		"\033[<35;1;1M", "\033OZ", "\033]0;x\007", "\xc3", "\xff\xfe", "\xe2\x82\xac", "\x01\x02\x1e",
		"\033[M   ", "\033[I\033[O", "\033[?1;2c", "\033P+r\033\\",
	};
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8000);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		pty_type(p, odd[i]);
		cr_assert(pty_wait_input_read(p, PTY_MS));
		stage_pass(p, 60);	/* half a sequence is given up */
		pty_key(p, "Esc Esc");
		stage_pass(p, 60);
		stage_round_trip(p);
		expect_ports(p, 8000);
	}
	cr_expect(process_lives(m.facts[0].held[0].pid));
	pty_free(p);
	mksock_stop(&m);
}
