/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Three servers and five clients that talk to each other in several ways: every
 * view has each of them, each connection once, with what is true at both ends.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/actor.h"
#include "stage.h"

TestSuite(both_ends, .init = stage_enter, .timeout = 120);

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define NSERVERS	3
#define NCLIENTS	5
#define NLINKS		11

enum { WEB, DB, CACHE };
enum { CHROME, PSQL, WORKER, ADMIN, PROBE };

/* One takes IPv4 clients with an IPv6 socket, one has no IPv4. */
static const struct {
	const char *name, *addr, *shown;
	uint16_t    port;
	size_t      clients;
} servers[NSERVERS] = {
	[WEB]   = { "web", "127.0.0.1", "127.0.0.1", 3000, 4 },
	[DB]    = { "db", "::", "[*]", 5432, 4 },
	[CACHE] = { "cache", "::1", "::1", 6379, 3 },
};

static const struct {
	const char *name;
	size_t      connections;
} clients[NCLIENTS] = {
	[CHROME] = { "chrome", 3 }, [PSQL] = { "psql", 1 }, [WORKER] = { "worker", 4 },
	[ADMIN]  = { "admin", 1 }, [PROBE] = { "probe", 2 },
};

static const struct {
	int         client, server;
	const char *addr;
} plan[NLINKS] = {
	{ CHROME, WEB, "127.0.0.1" }, { CHROME, WEB, "127.0.0.1" }, { CHROME, WEB, "127.0.0.1" },
	{ PSQL, DB, "127.0.0.1" }, { WORKER, DB, "127.0.0.1" }, { WORKER, DB, "::1" },
	{ WORKER, WEB, "127.0.0.1" }, { WORKER, CACHE, "::1" }, { ADMIN, DB, "127.0.0.1" },
	{ PROBE, CACHE, "::1" }, { PROBE, CACHE, "::1" },
};

/* All that there is, and what is true of it. */
static struct {
	struct actor server[NSERVERS], client[NCLIENTS];
	int          listener[NSERVERS];
	struct link {
		struct actor *client, *server;
		int           client_fd, server_fd;
		int           port;	/* the client's */
		int           server_port;
		size_t        up, down;	/* bytes that went from the client and to it */
	} link[NLINKS];
} town;

static void
make_town(void)
{
	for (size_t i = 0; i < NSERVERS; i++) {
		actor_start(&town.server[i], servers[i].name);
		town.listener[i] = actor_listen(&town.server[i], servers[i].addr, servers[i].port, 128);
	}
	for (size_t i = 0; i < NCLIENTS; i++)
		actor_start(&town.client[i], clients[i].name);
	for (size_t i = 0; i < NLINKS; i++) {
		struct link *l = &town.link[i];

		l->client = &town.client[plan[i].client];
		l->server = &town.server[plan[i].server];
		l->server_port = servers[plan[i].server].port;
		l->client_fd = actor_connect(l->client, plan[i].addr, (uint16_t)l->server_port);
		l->server_fd = actor_accept(l->server, town.listener[plan[i].server]);
		l->port = actor_port(l->client, l->client_fd);
	}
}

static void
end_town(void)
{
	for (size_t i = 0; i < NCLIENTS; i++)
		actor_stop(&town.client[i]);
	for (size_t i = 0; i < NSERVERS; i++)
		actor_stop(&town.server[i]);
}

/* No more at once than the kernel keeps for who does not read yet. */
static void
move(struct actor *from, int from_fd, struct actor *to, int to_fd, size_t bytes)
{
	while (bytes > 0) {
		size_t n = bytes < 16000 ? bytes : 16000;

		actor_send(from, from_fd, n);
		actor_take(to, to_fd, n);
		bytes -= n;
	}
}

static void
talk(struct link *l, size_t up, size_t down)
{
	l->up = up;
	l->down = down;
	move(l->client, l->client_fd, l->server, l->server_fd, up);
	move(l->server, l->server_fd, l->client, l->client_fd, down);
}

#define expect_line(p, ...) \
	do { \
		char line_[256]; \
		snprintf(line_, sizeof line_, __VA_ARGS__); \
		pty_expect_row(p, line_); \
	} while (0)

static size_t
count_rows(struct pty *p, const char *regex)
{
	size_t n = 0;

	for (int y = -1; (y = pty_find_row_from(p, y + 1, regex)) >= 0;)
		n++;
	return n;
}

#define expect_rows(p, n, ...) \
	do { \
		char rows_[256]; \
		snprintf(rows_, sizeof rows_, __VA_ARGS__); \
		cr_expect_eq(count_rows(p, rows_), (size_t)(n), "not %zu rows like /%s/ but %zu\n%s", \
		    (size_t)(n), rows_, count_rows(p, rows_), pty_dump(p)); \
	} while (0)

/* ---- who talks to whom ---- */

Test(both_ends, each_connection_is_one_row_with_both_processes)
{
	struct pty *p;

	make_town();
	p = stage_lotop(NULL, "");
	pty_key(p, "3");
	expect_line(p, "^ %d of %d$", NLINKS, NLINKS);
	for (size_t i = 0; i < NLINKS; i++) {
		const struct link *l = &town.link[i];

		expect_line(p, "^   %s %d :%d +→ %s %d :%d +ESTABLISHED +0 +0", l->client->name,
		    (int)l->client->pid, l->port, l->server->name, (int)l->server->pid, l->server_port);
		expect_rows(p, 1, "[: ]%d +→ |→ .*:%d +[A-Z]", l->port, l->port);
	}
	expect_rows(p, NLINKS, "→ .* ESTABLISHED");
	pty_free(p);
	end_town();
}

Test(both_ends, listeners_count_their_clients)
{
	struct pty *p;

	make_town();
	p = stage_lotop(NULL, "");
	for (size_t i = 0; i < NSERVERS; i++)
		expect_line(p, "^ [ !]  %d %s +%s .*%d +%zu +0/128 ", servers[i].port,
		    servers[i].shown, servers[i].name, (int)town.server[i].pid, servers[i].clients);
	pty_expect_row(p, "^ 3 of 3");
	pty_free(p);
	end_town();
}

/* The header counts a connection once, the first view each of its ends. */
Test(both_ends, counts_above_are_those_of_all_views)
{
	static const char *const views[] = { "2", "1", "3", "4" };
	struct pty *p;

	make_town();
	p = stage_lotop(NULL, "");
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		pty_key(p, views[i]);
		expect_line(p, "\\[%s ", views[i]);
		expect_line(p, "^ ?lotop.* 3 listening, 1 exposed · %d connections  ", NLINKS);
	}
	pty_key(p, "1");
	expect_line(p, "^ %d of %d$", NSERVERS + 2 * NLINKS, NSERVERS + 2 * NLINKS);
	pty_free(p);
	end_town();
}

Test(both_ends, processes_have_their_ports_and_connections)
{
	struct pty *p;

	make_town();
	p = stage_lotop(NULL, "");
	pty_key(p, "4");
	pty_expect_row(p, "^ 8 of 8$");
	for (size_t i = 0; i < NSERVERS; i++)
		expect_line(p, "^ [ !]▸ +%d root +%s .* %d +%zu +0 +0$", (int)town.server[i].pid,
		    servers[i].name, servers[i].port, servers[i].clients);
	for (size_t i = 0; i < NCLIENTS; i++)
		expect_line(p, "^  ▸ +%d root +%s .* %zu +0 +0$", (int)town.client[i].pid,
		    clients[i].name, clients[i].connections);
	expect_rows(p, NSERVERS + NCLIENTS, "▸");
	pty_free(p);
	end_town();
}

/* Between its listener and the next one, wherever that is. */
static void
expect_below(struct pty *p, const struct link *l)
{
	char below[128], listener[64];
	int y, at;

	snprintf(below, sizeof below, "^ .*(├|└) %d +%s .* %d ESTABLISHED", l->port, l->client->name,
	    (int)l->client->pid);
	snprintf(listener, sizeof listener, "▾ +%d ", l->server_port);
	pty_expect_row(p, below);
	y = pty_find_row(p, below);
	for (at = y; at > 0 && !strstr(pty_row(p, at), "▾"); at--)
		;
	pty_check(p, pty_find_row(p, listener) == at, "%d is not below %d", l->port, l->server_port);
	expect_rows(p, 1, "(├|└) %d ", l->port);
}

Test(both_ends, tree_has_each_client_below_its_server)
{
	struct pty *p;

	make_town();
	p = stage_lotop(NULL, "");
	pty_expect_row(p, "^ 3 of 3");
	pty_key(p, "t");
	for (size_t i = 0; i < NLINKS; i++)
		expect_below(p, &town.link[i]);
	expect_rows(p, NLINKS, "(├|└)");
	expect_rows(p, NSERVERS, "▾");
	pty_free(p);
	end_town();
}

/* The page of a connection has both processes, and what each end has of the bytes. */
Test(both_ends, details_name_the_process_at_the_other_end)
{
	struct link *l = &town.link[3];
	char filter[32];
	struct pty *p;

	make_town();
	talk(l, 101, 502);
	snprintf(filter, sizeof filter, "lport:%d", l->port);
	p = stage_lotop(&(struct pty_options){ .rows = 120 }, filter);
	pty_key(p, "1");
	pty_expect_row(p, "^ 1 of ");
	pty_key(p, "Enter");
	expect_line(p, "^ 127.0.0.1:%d → 127.0.0.1:5432  ESTABLISHED  tcp  client", l->port);
	expect_line(p, "^ Process +psql %d · ", (int)l->client->pid);
	expect_line(p, "^ Other end +127.0.0.1:5432  ESTABLISHED");
	expect_line(p, "^ Process +db %d · ", (int)l->server->pid);
	pty_expect_row(p, " rx_total 502 +tx_total 101( |$)");
	pty_expect_row(p, " rx_total 101 +tx_total 502( |$)");
	pty_free(p);
	end_town();
}

Test(both_ends, one_that_waits_to_be_accepted_names_who_should)
{
	struct actor web, chrome;
	struct pty *p;

	actor_start(&web, "web");
	actor_start(&chrome, "chrome");
	actor_listen(&web, "127.0.0.1", 3000, 8);
	actor_connect(&chrome, "127.0.0.1", 3000);
	p = stage_lotop(&(struct pty_options){ .rows = 40, .cols = 160 }, "");
	pty_key(p, "3");
	expect_line(p, "^   chrome %d :[0-9]+ +→ \\(in accept queue\\) :3000 +ESTABLISHED",
	    (int)chrome.pid);
	pty_key(p, "Enter");
	expect_line(p, "waits until web %d accepts it", (int)web.pid);
	pty_free(p);
	actor_stop(&chrome);
	actor_stop(&web);
}

Test(both_ends, one_connected_to_itself_is_one_row)
{
	const struct fact *self;
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("self"));
	self = mksock_fact(&m, "self", NULL);
	p = stage_lotop(NULL, "");
	pty_key(p, "3");
	expect_line(p, "^   self %d :%d +→ .*:%d +ESTABLISHED", (int)self->held[0].pid,
	    (int)self->lport, (int)self->lport);
	pty_expect_row(p, "^ 1 of 1$");
	pty_expect_row(p, "^ ?lotop.* 1 connection  ");
	pty_free(p);
	mksock_stop(&m);
}

/* Of an end that no process has the kernel forgets FIN_WAIT2 after so many seconds. */
static bool
set_fin_timeout(int seconds)
{
	FILE *f = fopen("/proc/sys/net/ipv4/tcp_fin_timeout", "we");
	bool set = f && fprintf(f, "%d", seconds) > 0;

	return f && fclose(f) == 0 && set;
}

Test(both_ends, one_whose_client_is_gone_says_so)
{
	struct actor web, chrome;
	struct pty *p;
	int listener, client, port;

	if (!set_fin_timeout(1))
		cr_skip_test("the time of FIN_WAIT2 cannot be set here");
	actor_start(&web, "web");
	actor_start(&chrome, "chrome");
	listener = actor_listen(&web, "127.0.0.1", 3000, 8);
	client = actor_connect(&chrome, "127.0.0.1", 3000);
	actor_accept(&web, listener);
	port = actor_port(&chrome, client);
	p = stage_lotop(NULL, "");
	pty_key(p, "3");
	expect_line(p, "^   chrome %d :%d → web %d :3000 +ESTABLISHED", (int)chrome.pid, port, (int)web.pid);
	actor_close(&chrome, client);
	expect_line(p, "^   \\(gone\\) :%d +→ web %d :3000 +CLOSE_WAIT", port, (int)web.pid);
	pty_expect_row(p, "^ 1 of 1$");
	pty_key(p, "2 t");
	expect_line(p, "└ %d +\\(gone\\) +CLOSE_WAIT", port);
	pty_free(p);
	actor_stop(&chrome);
	actor_stop(&web);
}

Test(both_ends, kill_menu_tells_who_would_lose_a_connection)
{
	struct pty *p;

	make_town();
	actor_listen(&town.server[WEB], "127.0.0.1", 9229, 8);
	p = stage_lotop(&(struct pty_options){ .cols = 160 }, "");
	expect_selected(p, 3000);
	stage_open_menu(p);
	expect_line(p, "^ +web %d +root +also holds 9229 · 4 clients lose their connection: (chrome|worker) ",
	    (int)town.server[WEB].pid);
	stage_close_menu(p, "Esc");
	pty_free(p);
	end_town();
}

/* ---- how much ---- */

/* Those of one end, of what CSV says; a line each. */
static void
expect_totals(const char *csv, int lport, int rport, const struct actor *own,
    const struct actor *other, const char *role, size_t rx, size_t tx)
{
	char line[128];

	snprintf(line, sizeof line, "\n%d,%d,%d,%d,%s,%s,%zu,%zu\r", lport, rport, (int)own->pid,
	    (int)other->pid, other->name, role, rx, tx);
	cr_expect_not_null(strstr(csv, line), "no %s in\n%s", line, csv);
}

Test(both_ends, bytes_are_exact_at_both_ends)
{
	struct run r;

	make_town();
	for (size_t i = 0; i < NLINKS; i++)
		talk(&town.link[i], 1 + i * 100003, (NLINKS - i) * 7919);
	run_lotop(NULL, ARGS("list", "-o", "csv", "-c",
	    "lport,rport,pid,peer_pid,peer_app,role,rx_total,tx_total", "state:established"), &r);
	cr_assert_eq(r.status, 0);
	for (size_t i = 0; i < NLINKS; i++) {
		const struct link *l = &town.link[i];

		expect_totals(r.out, l->port, l->server_port, l->client, l->server, "client", l->down, l->up);
		expect_totals(r.out, l->server_port, l->port, l->server, l->client, "server", l->up, l->down);
	}
	run_done(&r);
	end_town();
}

/* Each way as the client has it; of fewer than a thousand no digit is left out. */
Test(both_ends, bytes_of_a_connection_are_on_the_screen)
{
	struct pty *p;

	make_town();
	for (size_t i = 0; i < NLINKS; i++)
		talk(&town.link[i], 101 + i, 501 + i);
	p = stage_lotop(&(struct pty_options){ .cols = 200 }, "");
	pty_key(p, "3");
	for (size_t i = 0; i < NLINKS; i++) {
		const struct link *l = &town.link[i];

		expect_line(p, "^   %s %d :%d +→ %s %d :%d +ESTABLISHED .* %zu +%zu$", l->client->name,
		    (int)l->client->pid, l->port, l->server->name, (int)l->server->pid, l->server_port,
		    l->down, l->up);
	}
	pty_free(p);
	end_town();
}

/* ---- what changes ---- */

Test(both_ends, a_new_connection_is_marked_for_three_seconds_and_so_is_a_closed_one)
{
	struct link *l = &town.link[0];
	char there[96], gone[96];
	int64_t closed;
	struct pty *p;

	make_town();
	p = stage_lotop(NULL, "");
	pty_key(p, "3");
	pty_expect_row(p, "^ 11 of 11$");
	expect_rows(p, 0, "^ [+]");
	l->client_fd = actor_connect(l->client, "127.0.0.1", 3000);
	l->server_fd = actor_accept(l->server, town.listener[WEB]);
	l->port = actor_port(l->client, l->client_fd);
	expect_line(p, "^ [+] chrome %d :%d +→ web ", (int)l->client->pid, l->port);
	pty_expect_row(p, "^ 12 of 12$");
	pty_expect_row(p, " 12 connections  ");
	snprintf(there, sizeof there, "^   chrome %d :%d +→ web ", (int)l->client->pid, l->port);
	pty_expect_row(p, there);
	actor_reset(l->client, l->client_fd);
	actor_close(l->server, l->server_fd);
	closed = run_now_ms();
	snprintf(gone, sizeof gone, "^ - chrome %d :%d +→ web %d :3000", (int)l->client->pid, l->port,
	    (int)l->server->pid);
	pty_expect_row(p, gone);
	pty_expect_row(p, "^ 11 of 11$");
	pty_expect_row(p, " 11 connections  ");
	pty_expect_no_row(p, gone);
	cr_expect_geq(run_now_ms() - closed, 2800, "after %d ms", (int)(run_now_ms() - closed));
	pty_free(p);
	end_town();
}

/* Bytes are the client's, and exact where there are few. */
Test(both_ends, events_tell_what_opened_changed_and_closed_with_its_bytes)
{
	struct link *l = &town.link[0];
	struct pty *p;

	make_town();
	p = stage_lotop(&(struct pty_options){ .cols = 120 }, "");
	expect_port(p, 3000);
	pty_key(p, "5");
	pty_expect_text(p, "Nothing has opened or closed yet");
	l->client_fd = actor_connect(l->client, "127.0.0.1", 3000);
	l->server_fd = actor_accept(l->server, town.listener[WEB]);
	l->port = actor_port(l->client, l->client_fd);
	expect_line(p, "^ [0-9:]{8}   connect +chrome %d :%d → web %d :3000", (int)l->client->pid,
	    l->port, (int)l->server->pid);
	talk(l, 101, 502);
	actor_finish(l->client, l->client_fd);
	expect_line(p, "^ [0-9:]{8}   state +chrome %d :%d → web %d :3000 +server CLOSE_WAIT",
	    (int)l->client->pid, l->port, (int)l->server->pid);
	actor_close(l->server, l->server_fd);
	actor_close(l->client, l->client_fd);
	expect_line(p, "^ [0-9:]{8} - closed +chrome %d :%d → web %d :3000 +502 in, 101 out +after ",
	    (int)l->client->pid, l->port, (int)l->server->pid);
	pty_free(p);
	end_town();
}

/* ---- a lotop that was stopped ---- */

#define POURED 2000	/* a hundredth of a second */

/* "12K": as a rate stands on the screen; -1: it is none. */
static double
rate_of(const char *text)
{
	static const char units[] = "KMGTPE";
	char *end;
	double rate = strtod(text, &end);
	const char *unit;

	if (end == text)
		return -1;
	unit = *end ? strchr(units, *end) : NULL;
	for (; unit && unit >= units; unit--)
		rate *= 1024;
	return rate;
}

struct watch {
	double  highest;	/* of the rates that were on the screen */
	int64_t until_ms;
};

static void
note_rate(struct watch *w, const char *text)
{
	double rate = rate_of(text + strspn(text, " "));

	if (rate > w->highest)
		w->highest = rate;
}

/* Of the connection's row and of the header. */
static bool
is_watched(struct pty *p, const void *arg)
{
	struct watch *w = *(struct watch *const *)arg;
	int y = pty_find_row(p, " → web [0-9]+ :3000 +ESTABLISHED");
	const char *header = pty_row(p, 1);

	if (y >= 0)
		note_rate(w, strstr(pty_row(p, y), "ESTABLISHED") + strlen("ESTABLISHED"));
	if (strncmp(header, "rx ", 3) == 0)
		note_rate(w, header + 3);
	return run_now_ms() > w->until_ms;
}

static void
watch_for(struct pty *p, struct watch *w, int ms)
{
	w->until_ms = run_now_ms() + ms;
	pty_wait(p, is_watched, &w, ms + 1000);
}

/* The client takes what the server pours: as much when lotop was stopped as before. */
Test(both_ends, rates_are_never_absurd_after_a_stop)
{
	struct watch before = { .highest = -1 }, after = { .highest = -1 };
	struct actor web, chrome;
	int listener, client, server;
	struct pty *p;

	actor_start(&web, "web");
	actor_start(&chrome, "chrome");
	listener = actor_listen(&web, "127.0.0.1", 3000, 8);
	client = actor_connect(&chrome, "127.0.0.1", 3000);
	server = actor_accept(&web, listener);
	actor_drain(&chrome, client);
	p = stage_lotop_plain(NULL, "-d 0.5");
	pty_key(p, "3");
	pty_expect_row(p, " → web [0-9]+ :3000 +ESTABLISHED +0 ");
	actor_pour(&web, server, POURED);
	pty_expect_row(p, " → web [0-9]+ :3000 +ESTABLISHED +[0-9]+K ");
	watch_for(p, &before, 2000);
	kill(pty_pid(p), SIGSTOP);
	cr_assert(pty_wait_stop(p, PTY_MS));
	stage_pass(p, 3000);
	pty_foreground(p);
	watch_for(p, &after, 2000);
	pty_check(p, before.highest > POURED && before.highest <= 100.0 * POURED * 2,
	    "%.0f before", before.highest);
	pty_check(p, after.highest > POURED && after.highest <= before.highest * 2,
	    "%.0f, and %.0f before", after.highest, before.highest);
	pty_free(p);
	actor_stop(&chrome);
	actor_stop(&web);
}
