/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What x closes, and what it leaves alone; what is tagged; what y and Y copy. The connection
 * that is closed has both its ends here, so that the test sees what each gets.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stage.h"

TestSuite(close, .init = stage_enter, .timeout = 60);
TestSuite(tags, .init = stage_enter, .timeout = 60);
TestSuite(copy, .init = stage_enter, .timeout = 60);

#define PORT 8080
#define QUESTION "in the kernel ?"

/* A connection; both ends are in this process. */
struct both {
	int listener, client, server;
};

static void
open_both(struct both *b)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	b->listener = stage_listen(PORT);
	b->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(connect(b->client, (struct sockaddr *)&sin, sizeof sin), 0);
	b->server = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC);
	cr_assert_geq(b->server, 0);
}

/* What a program gets that reads; 0: data, or the end. */
static int
read_error(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) < 0 ? errno : 0;
}

static void
close_both(struct both *b)
{
	close(b->client);
	close(b->server);
	close(b->listener);
}

static bool
question_is_gone(struct pty *p, const void *arg)
{
	(void)arg;
	return !pty_has(p, QUESTION);
}

static void
open_question(struct pty *p)
{
	pty_key(p, "x");
	pty_expect_text(p, QUESTION);
	stage_pass(p, GUARD_MS + 20);
}

/* When the guard ends is lotop's to say: as a person would, press again. */
static void
answer(struct pty *p, const char *key)
{
	for (int i = 0; i < 10 && pty_has(p, QUESTION); i++) {
		pty_key(p, key);
		pty_wait(p, question_is_gone, NULL, 2 * GUARD_MS);
	}
	pty_check(p, !pty_has(p, QUESTION), "the question stays");
}

/* lotop on everything, with the row of the server's end alone. */
static struct pty *
with_server_end(const struct pty_options *o)
{
	struct pty *p = stage_lotop(o, "state:ESTABLISHED lport:8080");

	pty_expect_text(p, "No socket matches.");
	pty_key(p, "l");
	expect_selected(p, PORT);
	return p;
}

/* ---- x ---- */

Test(close, of_a_connection_is_seen_by_both_ends)
{
	struct both b;
	struct pty *p;

	open_both(&b);
	p = with_server_end(NULL);
	open_question(p);
	pty_expect_text(p, "gets an error (ECONNABORTED)");
	cr_expect_eq(read_error(b.client), EAGAIN, "it was closed before it was asked");
	answer(p, "Enter");
	pty_expect_text(p, "is closed.");
	cr_expect_eq(read_error(b.server), ECONNABORTED);
	cr_expect_eq(read_error(b.client), ECONNRESET);
	pty_free(p);
	close_both(&b);
}

Test(close, leaves_it_alone_on_esc_and_on_what_was_not_typed_at_the_question)
{
	struct both b;
	struct pty *p;

	open_both(&b);
	p = with_server_end(NULL);
	open_question(p);
	answer(p, "Esc");
	for (int i = 0; i < 3; i++) {
		pty_send(p, "x\r\r", 3);
		pty_expect_text(p, QUESTION);
		pty_paste(p, "\r\r");
		stage_pass(p, GUARD_MS + 100);
		pty_paste(p, "\r\n");
		cr_assert(pty_wait_input_read(p, PTY_MS));
		stage_pass(p, 50);
		pty_check(p, pty_has(p, QUESTION), "the question was answered");
		answer(p, "Esc");
	}
	pty_paste(p, "x\r");
	stage_pass(p, GUARD_MS + 100);
	stage_round_trip(p);
	cr_expect_eq(read_error(b.server), EAGAIN);
	cr_expect_eq(read_error(b.client), EAGAIN);
	pty_free(p);
	close_both(&b);
}

Test(close, of_a_listener_says_that_its_port_stays_bound)
{
	struct mksock m;
	struct pty *p;
	char said[96];

	mksock_start(&m, MKSOCK_KINDS("listener4:8080"));
	p = stage_lotop(NULL, "");
	expect_selected(p, PORT);
	stage_wait_holder(p);
	open_question(p);
	pty_expect_text(p, "No new connection is accepted");
	answer(p, "Enter");
	snprintf(said, sizeof said, "127.0.0.1:8080 is shut, and still bound by listener4 %d",
	    (int)m.facts[0].held[0].pid);
	pty_expect_text(p, said);
	expect_port(p, PORT);
	cr_expect(process_lives(m.facts[0].held[0].pid));
	pty_free(p);
	mksock_stop(&m);
}

Test(close, of_time_wait_frees_the_port_at_once)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("timewait:8080"));
	p = stage_lotop(NULL, "state:TIME_WAIT");
	pty_expect_text(p, "No socket matches.");
	pty_key(p, "l");
	pty_expect_row(p, "TIME_WAIT");
	open_question(p);
	pty_expect_text(p, "Only the kernel has it.");
	answer(p, "Enter");
	pty_expect_text(p, "is closed.");
	pty_free(p);
	mksock_stop(&m);
}

static void
drop_net_admin(void *arg)
{
	(void)arg;
	prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN, 0, 0, 0);
}

Test(close, without_the_capability_is_not_permitted_and_says_so)
{
	const struct pty_options o = { .in_child = drop_net_admin };
	struct both b;
	struct pty *p;

	open_both(&b);
	p = with_server_end(&o);
	pty_key(p, "x");
	pty_expect_text(p, "not permitted");
	pty_expect_text(p, "CAP_NET_ADMIN");
	cr_expect_not(pty_has(p, QUESTION), "it is asked what cannot be done");
	cr_expect_eq(read_error(b.server), EAGAIN);
	cr_expect_eq(read_error(b.client), EAGAIN);
	pty_free(p);
	close_both(&b);
}

Test(close, is_refused_by_readonly)
{
	struct both b;
	struct pty *p;

	open_both(&b);
	p = stage_lotop(NULL, "-r");
	expect_selected(p, PORT);
	pty_key(p, "x");
	pty_expect_text(p, "--readonly");
	cr_expect_not(pty_has(p, QUESTION));
	pty_free(p);
	close_both(&b);
}

/* ---- tags ---- */

Test(close, of_all_that_is_tagged_counts_them)
{
	struct both b;
	struct pty *p;

	open_both(&b);
	p = stage_lotop(NULL, "state:ESTABLISHED");
	pty_expect_text(p, "No socket matches.");
	pty_key(p, "l");
	expect_port(p, PORT);
	pty_key(p, "Home Space Space");
	pty_expect_text(p, "2 tagged");
	open_question(p);
	answer(p, "Enter");
	pty_expect_text(p, "is closed.");
	/* One end is closed, whichever the kernel named first, and the other hears of it. */
	cr_expect_eq(read_error(b.server) + read_error(b.client), ECONNABORTED + ECONNRESET);
	pty_expect_gone(p, "2 tagged");
	pty_free(p);
	close_both(&b);
}

Test(tags, end_two_servers_and_not_a_third)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8080", "listener4:8081", "listener4:8082"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8080, 8081, 8082);
	pty_key(p, "Space Space");
	expect_selected(p, 8082);
	pty_expect_text(p, "2 tagged");
	pty_expect_row(p, "^\\* +8080");
	pty_expect_row(p, "^\\* +8081");
	stage_open_menu(p);
	pty_expect_text(p, "End the 2 processes that hold 127.0.0.1:8080 and 1 more socket ?");
	stage_close_menu(p, "Enter");
	cr_expect(process_ends(m.facts[0].held[0].pid, PTY_MS));
	cr_expect(process_ends(m.facts[1].held[0].pid, PTY_MS));
	pty_expect_text(p, "Free: 127.0.0.1:8080, 127.0.0.1:8081");
	pty_expect_gone(p, "tagged");
	expect_ports(p, 8082);
	cr_expect(process_lives(m.facts[2].held[0].pid));
	pty_free(p);
	mksock_stop(&m);
}

Test(tags, go_by_the_key_and_all_at_once)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:8080", "listener4:8081"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 8080, 8081);
	pty_key(p, "Space Space Home Space");
	pty_expect_text(p, "1 tagged");
	pty_expect_row(p, "^\\* +8081");
	pty_expect_no_row(p, "^\\* +8080");
	pty_key(p, "U");
	pty_expect_gone(p, "tagged");
	pty_expect_no_row(p, "^\\*");
	pty_free(p);
	mksock_stop(&m);
}

/* ---- copies ---- */

Test(copy, sends_the_address_and_the_row_to_the_clipboard)
{
	static const char address[] = "\033]52;c;MTI3LjAuMC4xOjgwODA=\033\\";
	static const char row[] = "\033]52;c;eyJwcm90byI6ICJ0Y3AiLCAi";	/* {"proto": "tcp", " */
	struct mksock m;
	struct pty *p;
	size_t from;

	mksock_start(&m, MKSOCK_KINDS("listener4:8080"));
	p = stage_lotop(NULL, "");
	expect_selected(p, PORT);
	pty_raw(p, &from);
	pty_key(p, "y");
	cr_expect(pty_wait_raw(p, from, address, sizeof address - 1, PTY_MS));
	pty_expect_text(p, "Copied 127.0.0.1:8080");
	pty_key(p, "Y");
	cr_expect(pty_wait_raw(p, from, row, sizeof row - 1, PTY_MS));
	pty_expect_text(p, "bytes of JSON");
	expect_port(p, PORT);
	pty_free(p);
	mksock_stop(&m);
}
