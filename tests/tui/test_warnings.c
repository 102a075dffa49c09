/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is wrong is on the screen in three places: a mark before the row, a count
 * above, and a sentence on the page of the row. All of them come with the cause,
 * and go with it.
 */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "helpers/actor.h"
#include "stage.h"

TestSuite(warnings, .init = stage_enter, .timeout = 120);

#define PORT	8080

static struct actor web, client;

static void
start_both(void)
{
	actor_start(&web, "web");
	actor_start(&client, "client");
}

static void
stop_both(void)
{
	actor_stop(&client);
	actor_stop(&web);
}

/* The first or second line has the words. */
static void
expect_counted(struct pty *p, const char *words)
{
	int y, x;

	pty_expect_text(p, words);
	pty_check(p, pty_find(p, words, &y, &x) && y < 2, "\"%s\" is not above", words);
}

/* All three; the page of the selected row stays open. */
static void
expect_raised(struct pty *p, const char *marked, const char *words, const char *why)
{
	pty_expect_row(p, marked);
	expect_counted(p, words);
	pty_key(p, "Enter");
	pty_expect_row(p, why);
	expect_counted(p, words);
}

/* The page first, on which it goes while one looks. */
static void
expect_cleared(struct pty *p, const char *unmarked, const char *words, const char *why)
{
	pty_expect_no_row(p, why);
	pty_expect_gone(p, words);
	pty_key(p, "Esc");
	pty_expect_row(p, unmarked);
	pty_check(p, pty_find_row(p, "^ !") < 0, "a row is marked");
	pty_check(p, !pty_has(p, words), "\"%s\" stays", words);
}

Test(warnings, a_full_accept_queue_until_somebody_accepts)
{
	static const char words[] = "! 1 queue full", why[] = "^ ! Its accept queue is full \\(2 of 1\\)";
	struct pty *p;
	int listener;

	start_both();
	listener = actor_listen(&web, "127.0.0.1", PORT, 1);
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "^    8080 127.0.0.1 +web .* 0 +0/1 ");
	cr_expect_not(pty_has(p, words), "%s", pty_dump(p));
	actor_connect(&client, "127.0.0.1", PORT);
	actor_connect(&client, "127.0.0.1", PORT);
	expect_raised(p, "^ !  8080 127.0.0.1 +web .* 2 +▇▇▇▇2/1 ", words, why);
	actor_accept(&web, listener);
	actor_accept(&web, listener);
	expect_cleared(p, "^    8080 127.0.0.1 +web .* 2 +0/1 ", words, why);
	pty_free(p);
	stop_both();
}

/* One that binds to every address, and then to the loopback alone. */
Test(warnings, an_exposed_bind_until_it_is_bound_to_the_loopback)
{
	static const char why[] = "^ ! Anyone who can reach this machine can connect: it is bound to every";
	struct pty *p;
	int listener;

	start_both();
	p = stage_lotop(NULL, "");
	expect_counted(p, "0 listening, 0 exposed");
	listener = actor_listen(&web, "0.0.0.0", PORT, 8);
	expect_raised(p, "^ !  8080 [*] +web ", "1 listening, 1 exposed", why);
	actor_close(&web, listener);
	actor_listen(&web, "127.0.0.1", PORT, 8);
	pty_expect_text(p, "closed; below is how it was last seen");
	pty_key(p, "Esc");
	pty_expect_row(p, "^    8080 127.0.0.1 +web ");
	pty_expect_no_row(p, "^ !");
	pty_expect_gone(p, "1 exposed");
	expect_counted(p, "1 listening, 0 exposed");
	pty_free(p);
	stop_both();
}

/* Two programs; the same one on both addresses is no split. */
Test(warnings, a_split_port_until_one_of_the_programs_ends)
{
	static const char words[] = "! 1 split port";
	static const char why[] = "^ ! Another program has port 8080 on another address";
	struct mksock other;
	struct pty *p;

	start_both();
	actor_listen(&web, "127.0.0.1", PORT, 8);
	actor_listen(&web, "127.0.0.1", PORT + 1, 8);
	actor_listen(&web, "::1", PORT + 1, 8);
	p = stage_lotop(NULL, "");
	expect_ports(p, PORT, PORT + 1, PORT + 1);
	mksock_start(&other, MKSOCK_KINDS("listener6:8080"));
	pty_expect_row(p, "^ !  8080 ::1 +listener6 ");
	pty_key(p, "Home");
	expect_raised(p, "^ !  8080 127.0.0.1 +web ", words, why);
	cr_expect_lt(pty_find_row(p, "^ ! +8081 "), 0, "%s", pty_dump(p));
	mksock_stop(&other);
	expect_cleared(p, "^    8080 127.0.0.1 +web ", words, why);
	pty_free(p);
	stop_both();
}

/* The client has left, and the server forgets to close: for ten seconds that is no leak. */
Test(warnings, a_close_wait_leak_until_it_is_closed)
{
	static const char words[] = "! 1 leak", why[] = "^ ! The other end closed [1-9][0-9]+ s ago, and this one";
	static const char waits[] = " 8080 127.0.0.1 127.0.0.1:[0-9]+ +CLOSE_WAIT +web ";
	int listener, end, server;
	char marked[96], plain[96];
	struct pty *p;

	start_both();
	listener = actor_listen(&web, "127.0.0.1", PORT, 8);
	end = actor_connect(&client, "127.0.0.1", PORT);
	server = actor_accept(&web, listener);
	p = stage_lotop(NULL, "lport:8080");
	pty_key(p, "1");
	pty_expect_row(p, " 8080 127.0.0.1 127.0.0.1:[0-9]+ +ESTABLISHED +web ");
	actor_finish(&client, end);
	snprintf(plain, sizeof plain, "^   %s", waits);
	pty_expect_row(p, plain);
	pty_check(p, !pty_has(p, words), "it is a leak at once");
	pty_key(p, "End");
	snprintf(marked, sizeof marked, "^ ! %s", waits);
	pty_check(p, pty_wait_row(p, marked, 30000), "it is never a leak");
	/* Whichever view one is in. */
	pty_key(p, "3");
	pty_expect_row(p, "^ ! client .*→ web .*CLOSE_WAIT");
	pty_key(p, "4");
	pty_expect_row(p, "^ !▸ .* web .* 8080 ");
	pty_key(p, "2 t");
	pty_expect_row(p, "^ ! +└ [0-9]+ .*CLOSE_WAIT");
	pty_key(p, "1");
	expect_raised(p, marked, words, why);
	actor_close(&web, server);
	pty_expect_text(p, "closed; below is how it was last seen");
	pty_expect_gone(p, words);
	pty_key(p, "Esc");
	pty_expect_row(p, "^    8080 127.0.0.1 +LISTEN ");
	pty_expect_no_row(p, "^ !");
	pty_expect_no_row(p, "CLOSE_WAIT");
	pty_free(p);
	stop_both();
}

Test(warnings, a_stopped_server_until_it_goes_on)
{
	static const char words[] = "! 1 stopped";
	struct pty *p;
	char why[64];

	start_both();
	actor_listen(&web, "127.0.0.1", PORT, 8);
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "^    8080 127.0.0.1 +web ");
	snprintf(why, sizeof why, "^ ! Process %d is stopped, so nobody is answered", (int)web.pid);
	kill(web.pid, SIGSTOP);
	pty_expect_row(p, "^ !  8080 127.0.0.1 +web ");
	pty_key(p, "4");
	pty_expect_row(p, "^ !▸ .* web .* 8080 ");
	pty_key(p, "2");
	expect_raised(p, "^ !  8080 127.0.0.1 +web ", words, why);
	kill(web.pid, SIGCONT);
	expect_cleared(p, "^    8080 127.0.0.1 +web ", words, why);
	pty_free(p);
	stop_both();
}

/* A note: it is told on the page, and neither marked nor counted. */
Test(warnings, a_listener_on_one_family_has_a_note_without_a_mark)
{
	static const char why[] = "^   It listens on ::1 alone: a client of 127.0.0.1:8080 finds nobody";
	struct pty *p;

	start_both();
	actor_listen(&web, "::1", PORT, 8);
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "^    8080 ::1 +web ");
	pty_key(p, "Enter");
	pty_expect_row(p, why);
	cr_expect_not(pty_has(p, "! "), "%s", pty_dump(p));
	actor_listen(&web, "127.0.0.1", PORT, 8);
	pty_expect_no_row(p, why);
	pty_free(p);
	stop_both();
}
