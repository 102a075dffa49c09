/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The views, on real sockets. */

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stage.h"

TestSuite(views, .init = stage_enter, .timeout = 60);

static struct mksock made;

/* That of a kind and role. */
static const struct fact *
fact_of(const char *kind, const char *role)
{
	const struct fact *f = mksock_fact(&made, kind, role);

	cr_assert(f, "mksock made no %s of a %s", role, kind);
	return f;
}

static void
expect_tab(struct pty *p, const char *tab)
{
	char pattern[64];

	snprintf(pattern, sizeof pattern, "\\[%s\\]", tab);
	pty_expect_row(p, pattern);
}

#define expect_line(p, ...) \
	do { \
		char line_[256]; \
		snprintf(line_, sizeof line_, __VA_ARGS__); \
		pty_expect_row(p, line_); \
	} while (0)

#define expect_no_line(p, ...) \
	do { \
		char line_[256]; \
		snprintf(line_, sizeof line_, __VA_ARGS__); \
		pty_expect_no_row(p, line_); \
	} while (0)

Test(views, are_reached_by_digits_tab_shift_tab_and_click)
{
	static const struct { const char *key, *tab; } steps[] = {
		{ "1", "1 All" }, { "3", "3 Connections" }, { "4", "4 Processes" }, { "5", "5 Events" }, { "2", "2 Listeners" },
		{ "Tab", "3 Connections" }, { "Tab", "4 Processes" }, { "S-Tab", "3 Connections" },
		{ "S-Tab", "2 Listeners" }, { "l", "1 All" }, { "l", "2 Listeners" }, { "3 l", "2 Listeners" },
	};
	struct pty *p = stage_lotop(NULL, "");
	int y, x;

	expect_tab(p, "2 Listeners");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (strcmp(steps[i].key, "S-Tab") == 0)
			pty_send(p, "\033[Z", 3);
		else
			pty_key(p, steps[i].key);
		expect_tab(p, steps[i].tab);
	}
	cr_assert(pty_find(p, "4 Processes", &y, &x));
	pty_click(p, y, x);
	expect_tab(p, "4 Processes");
	pty_free(p);
}

/* What opens and closes while one looks, the latest at the bottom. */
Test(views, events_tell_what_opened_and_closed)
{
	struct mksock m;
	struct pty *p = stage_lotop(NULL, "");
	int y[2], x;

	pty_key(p, "5");
	expect_tab(p, "5 Events");
	pty_expect_row(p, "Nothing has opened or closed yet");
	mksock_start(&m, MKSOCK_KINDS("wildcard4:5432", "pair:7000"));
	pty_expect_row(p, "[0-9]:[0-9]{2} [+] listen +[*]:5432 +wildcard4 [0-9]+.* exposed$");
	pty_expect_row(p, "[0-9]:[0-9]{2}   connect +pair [0-9]+ :[0-9]+ → pair [0-9]+ :7000$");
	mksock_stop(&m);
	pty_expect_row(p, "[0-9]:[0-9]{2} - closed +[*]:5432 +wildcard4 [0-9]+.* after [0-9.]+s$");
	pty_expect_row(p, "[0-9]:[0-9]{2} - closed +pair [0-9]+( :[0-9]+)? → pair [0-9]+ :7000 .* in, .* out +after [0-9.]+s$");
	cr_assert(pty_find(p, "+ listen   *:5432", &y[0], &x) && pty_find(p, "- closed   *:5432", &y[1], &x));
	cr_expect_lt(y[0], y[1], "%s", pty_dump(p));
	pty_free(p);
}

/* Of what is there its details, of what is gone what the event told. */
Test(views, events_have_details)
{
	struct mksock m;
	struct pty *p = stage_lotop(NULL, "lport:5432");

	pty_key(p, "5");
	expect_tab(p, "5 Events");
	mksock_start(&m, MKSOCK_KINDS("wildcard4:5432"));
	pty_expect_row(p, "[+] listen +[*]:5432 +wildcard4 [0-9]+");
	pty_key(p, "Home Enter");
	pty_expect_row(p, "^ 0.0.0.0:5432  LISTEN  tcp  exposed");
	pty_expect_row(p, "^ Process    wildcard4 [0-9]+ .* since ");
	pty_key(p, "Esc");
	mksock_stop(&m);
	pty_expect_row(p, "- closed +[*]:5432 +wildcard4 [0-9]+");
	pty_key(p, "Home Enter");
	pty_expect_row(p, "^ 0.0.0.0:5432  tcp  exposed  closed; below is how it was then");
	pty_expect_row(p, "^ Event      [0-9:]{8} · listen · exposed$");
	pty_expect_row(p, "^ Process    wildcard4 [0-9]+ .* since ");
	pty_key(p, "Enter End Enter");
	pty_expect_row(p, "^ Event      [0-9:]{8} · closed · after [0-9.]+s$");
	pty_free(p);
}

/* CONTRACT: each keeps its own columns, order and cursor. */
Test(views, are_found_as_they_were_left)
{
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("listener4:3000", "listener4:3001", "listener4:3002"));
	p = stage_lotop(NULL, "");
	expect_selected(p, 3000);
	pty_key(p, "Down R");
	expect_ports(p, 3002, 3001, 3000);
	pty_key(p, "1");
	expect_tab(p, "1 All");
	expect_ports(p, 3000, 3001, 3002);
	expect_selected(p, 3000);
	pty_key(p, "End 2");
	expect_ports(p, 3002, 3001, 3000);
	expect_selected(p, 3001);
	pty_key(p, "1");
	expect_ports(p, 3000, 3001, 3002);
	expect_selected(p, 3002);
	pty_free(p);
	mksock_stop(&made);
}

/* On 80 columns, and with more of them on 200. */
Test(views, connections_have_both_ends_in_one_row)
{
	static const int widths[] = { 80, 200 };
	const struct fact *server, *client;

	mksock_start(&made, MKSOCK_KINDS("pair", "udp-pair", "unaccepted"));
	server = fact_of("pair", "server");
	client = fact_of("pair", "client");
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct pty *p = stage_lotop(&(struct pty_options){ .cols = widths[i] }, "");

		pty_key(p, "3");
		expect_line(p, "^ +CLIENT +→ SERVER▲ +STATE +RX/s +TX/s");
		expect_line(p, "^.. %s %d :%d +→ %s %d :%d +ESTABLISHED", client->comm,
		            (int)client->held[0].pid, (int)client->lport, server->comm,
		            (int)server->held[0].pid, (int)server->lport);
		expect_line(p, "→ \\(in accept queue\\) :[0-9]+ +ESTABLISHED");
		/* Two UDP sockets, two that wait and the pair: each is there once. */
		expect_line(p, "^ 4 of 4");
		expect_line(p, "lotop.* 4 connections");
		cr_expect_eq(pty_has(p, "RXTOTAL"), widths[i] == 200, "%s", pty_dump(p));
		pty_free(p);
	}
	mksock_stop(&made);
}

Test(views, tree_has_clients_below_their_listener)
{
	const struct fact *listener, *client;
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("pair", "listener4:9999"));
	listener = fact_of("pair", "listener");
	client = fact_of("pair", "client");
	p = stage_lotop(NULL, "");
	expect_port(p, 9999);
	pty_key(p, "t");
	expect_line(p, "▾ +%d 127", (int)listener->lport);
	expect_line(p, "└ +%d +%s .* %d ESTABLISHED", (int)client->lport, client->comm,
	            (int)client->held[0].pid);
	expect_line(p, "^ 2 of 2");
	/* The client passes, and keeps its listener; with the cursor on it, what it is below folds. */
	pty_type(p, "/");
	pty_type(p, "state:established");
	pty_key(p, "Enter");
	expect_line(p, "└ +%d", (int)client->lport);
	expect_line(p, "▾ +%d 127", (int)listener->lport);
	expect_no_line(p, " 9999 127");
	pty_key(p, "End Left");
	expect_line(p, "▸ +%d 127", (int)listener->lport);
	expect_no_line(p, "└");
	pty_key(p, "+");
	expect_line(p, "└ +%d", (int)client->lport);
	pty_key(p, "F5");
	expect_no_line(p, "└");
	pty_free(p);
	mksock_stop(&made);
}

/* What a row below a listener names is the client, and so is whom k asks about. */
Test(views, tree_kills_whom_the_row_names)
{
	const struct fact *client;
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("pair"));
	client = fact_of("pair", "client");
	p = stage_lotop(NULL, "");
	pty_key(p, "t");
	expect_line(p, "└ +%d +%s .* %d ", (int)client->lport, client->comm, (int)client->held[0].pid);
	pty_key(p, "End k");
	pty_check(p, pty_wait_text(p, "SIGTERM", PTY_MS), "the kill menu does not open");
	expect_line(p, "127.0.0.1:%d", (int)client->lport);
	stage_pass(p, GUARD_MS + 20);
	stage_close_menu(p, "Esc");
	pty_free(p);
	mksock_stop(&made);
}

Test(views, processes_unfold_to_what_they_hold)
{
	const struct fact *f;
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("listener4:3000", "pair"));
	f = fact_of("listener4", "listener");
	p = stage_lotop(NULL, "");
	pty_key(p, "4");
	expect_line(p, "^ +PID +USER +APP +PROJECT +LISTENS▲ +CONNS");
	expect_line(p, "▸ +%d .*%s.* 3000 ", (int)f->held[0].pid, f->comm);
	expect_no_line(p, "3000 127.0.0.1 LISTEN");
	pty_key(p, "Home Right");
	expect_line(p, "▾ +%d ", (int)f->held[0].pid);
	expect_line(p, "^ +3000 127.0.0.1 LISTEN");
	pty_key(p, "Down -");
	expect_line(p, "▸ +%d ", (int)f->held[0].pid);
	expect_no_line(p, "3000 127.0.0.1 LISTEN");
	pty_free(p);
	mksock_stop(&made);
}

/* The server closes first, so TIME_WAIT stays on its port. */
static void
leave_time_wait(int listener, int port)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;
	char byte;

	cr_assert_eq(connect(client, (const struct sockaddr *)&to, sizeof to), 0);
	server = accept(listener, NULL, NULL);
	cr_assert_geq(server, 0);
	close(server);
	cr_assert_eq(read(client, &byte, 1), 0);
	close(client);
}

Test(views, time_wait_is_one_row_unless_it_is_asked_for)
{
	int listener = stage_listen(3000);
	struct pty *p;

	for (int i = 0; i < 3; i++)
		leave_time_wait(listener, 3000);
	p = stage_lotop(NULL, "");
	pty_key(p, "3");
	expect_line(p, "\\(time-wait\\) 3 +→ .* :3000 TIME_WAIT +oldest [0-9]+s");
	expect_line(p, "^ 1 of 1");
	pty_key(p, "/");
	pty_type(p, "state:time_wait");
	expect_no_line(p, "oldest");
	expect_line(p, "\\(gone\\) :[0-9]+ +→ .* :3000 +TIME_WAIT");
	pty_key(p, "Enter");
	expect_line(p, "^ 3 of");
	pty_free(p);
	close(listener);
}

Test(views, ephemeral_ports_fold_away)
{
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("listener4:3000", "listener4:40000"));
	p = stage_lotop(NULL, "");
	expect_ports(p, 3000, 40000);
	pty_expect_row(p, "^ 2 of 2 .*~ ephemeral port    e folds them$");
	pty_key(p, "e");
	expect_ports(p, 3000);
	pty_expect_row(p, "^ 1 of 2 .*1 on an ephemeral port    e unfolds it$");
	pty_key(p, "e");
	expect_ports(p, 3000, 40000);
	pty_free(p);
	mksock_stop(&made);
}

Test(views, full_queue_is_a_bar_and_a_warning_above)
{
	struct pty *p;

	mksock_start(&made, MKSOCK_KINDS("backlog-full"));
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "^ ! .* ▇▇▇▇[0-9]+/[0-9]+ ");
	pty_expect_row(p, "! 1 queue full.* every [0-9.]+ s$");
	pty_free(p);
	mksock_stop(&made);
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "every [0-9.]+ s$");
	pty_expect_no_row(p, "queue full");
	pty_free(p);
}

Test(views, are_ascii_in_the_c_locale)
{
	static const char *const keys[] = { "1", "2", "t", "3", "4 +" };
	const char *const env[] = { "LC_ALL=C", NULL };
	struct pty *p;
	const char *raw;
	size_t len;

	mksock_start(&made, MKSOCK_KINDS("pair", "backlog-full", "hostile:8001", "timewait"));
	p = stage_lotop(&(struct pty_options){ .env = env }, "");
	expect_tab(p, "2 Listeners");
	pty_expect_row(p, " ####[0-9]+/[0-9]+");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		pty_key(p, keys[i]);
		stage_pass(p, 200);
	}
	pty_expect_row(p, "^  v");
	pty_key(p, "3");
	pty_expect_row(p, " -> ");
	pty_key(p, "2");
	pty_expect_row(p, "(`|\\|)- [0-9]+");
	raw = pty_raw(p, &len);
	for (size_t i = 0; i < len; i++)
		cr_assert_eq(raw[i] & 0x80, 0, "byte %#x at %zu\n%s", (unsigned char)raw[i], i, pty_dump(p));
	pty_free(p);
	mksock_stop(&made);
}
