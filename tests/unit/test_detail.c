/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The page of details, over snapshots and answers that are made: what it says, and when it changes. */

#include <errno.h>
#include <stdlib.h>

#include "model/findings.h"
#include "ui_made.h"

TestSuite(detail, .init = made_ui_use_utf8);

#define LISTENER 7u
#define CLIENT   8u
#define SERVER   9u

static const char server_line[] = "/usr/bin/node\0server.js\0--port\0003000";

struct fixture {
	struct made_ui x;
	struct task    bash, npm, node, psql;
	struct owner   held[2];
	struct owner   psql_held;
};

static struct sock
with(struct sock s, uint64_t cookie, const struct owner *owners, uint32_t n)
{
	s.cookie = cookie;
	s.has |= SOCK_HAS_COOKIE | SOCK_HAS_QUEUE;
	s.inode = 1000 + cookie;
	s.owners = owners;
	s.nowners = n;
	s.holder = n > 0 ? HOLDER_KNOWN : HOLDER_NONE;
	return s;
}

static void
make_tasks(struct fixture *f)
{
	f->bash = made_task(90, "bash", "", 0, 0);
	f->npm = made_task(98, "npm", "", 0, 0);
	f->npm.parent = &f->bash;
	f->node = made_task(100, "node", server_line, sizeof server_line, 4);
	f->node.start = 500;
	f->node.cwd = "/home/ann/shop";
	f->node.exe = "/usr/bin/node20";
	f->node.parent = &f->npm;
	f->psql = made_task(200, "psql", "", 0, 0);
	f->held[0] = (struct owner){ &f->node, 5 };
	f->psql_held = (struct owner){ &f->psql, 3 };
}

/* A listener on port 3000, a client of it with both ends, and another port of its process. */
static void
add_socks(struct fixture *f)
{
	struct snapshot *snap = &f->x.snap;
	struct sock s = with(made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0), LISTENER, f->held, 1);

	s.rqueue = 2;
	s.wqueue = 511;
	s.role = SOCK_LISTENER;
	made_add(snap, s);
	made_add(snap, with(made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 9229, NULL, 0), 20, f->held, 1));
	s = with(made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 40112), SERVER,
	         f->held, 1);
	s.listener = 1;
	s.peer = 4;
	s.role = SOCK_SERVER;
	made_add(snap, s);
	s = with(made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40112, "127.0.0.1", 3000), CLIENT,
	         &f->psql_held, 1);
	s.peer = 3;
	s.role = SOCK_CLIENT;
	made_add(snap, s);
}

static void
open_made(struct fixture *f, size_t rows)
{
	*f = (struct fixture){ .held = { { NULL, 0 } } };
	made_ui_open(&f->x, NULL);
	cells_resize(&f->x.cells, rows, 80);
	make_tasks(f);
	add_socks(f);
	made_ui_take(&f->x);
}

static void
close_made(struct fixture *f)
{
	made_ui_close(&f->x);
}

/* The snapshot after the first `keep` sockets, as the next refresh has it. */
static void
refresh(struct fixture *f, size_t keep)
{
	snapshot_cut(&f->x.snap, keep);
	made_ui_take(&f->x);
}

/* An answer to what is wanted now; all that is asked for is there, and nothing in it. */
static struct detail *
answer_now(struct fixture *f)
{
	struct detail *d = calloc(1, sizeof *d);
	struct detail_want want;

	cr_assert(ui_wants(f->x.ui, &want));
	d->turn = want.turn;
	for (size_t i = 0; i < want.nsocks; i++)
		d->socks[i].sock = want.socks[i];
	for (size_t i = 0; i < DETAIL_ENDS; i++) {
		if (want.tasks[i].pid == 0)
			continue;
		d->tasks[i] = calloc(1, sizeof *d->tasks[i]);
		d->tasks[i]->pid = want.tasks[i].pid;
		d->tasks[i]->start = want.tasks[i].start;
	}
	return d;
}

static void
tell(struct fixture *f, struct detail *d)
{
	made_ui_apply(&f->x, ui_told(f->x.ui, d, f->x.now_ns));
}

static void
add_log(struct task_detail *td, const char *path, const char *tail)
{
	struct task_log *log = &td->logs[td->nlogs++];

	*log = (struct task_log){ .fd = 1, .path = strdup(path) };
	if (!tail)
		return;
	log->tail = strdup(tail);
	log->tail_len = strlen(tail);
}

Test(detail, tells_the_socket_its_process_and_its_clients)
{
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	expect_row(&f.x, 2, " 127.0.0.1:3000  LISTEN  tcp  loopback");
	expect_shown(&f.x, " Socket     queue 2 of 511 · 1 client");
	expect_shown(&f.x, " Process    node 100");
	expect_shown(&f.x, "            /usr/bin/node server.js --port 3000");
	expect_shown(&f.x, "            in /home/ann/shop");
	expect_shown(&f.x, "            runs /usr/bin/node20");
	expect_shown(&f.x, " Started by bash 90 → npm 98");
	expect_shown(&f.x, " Also holds udp 127.0.0.1:9229 · 1 connection");
	expect_shown(&f.x, " Clients    psql 200 :40112");
	expect_not_shown(&f.x, "Answer");
	expect_not_shown(&f.x, "Other end");
	expect_row(&f.x, 23, " k Kill  x Close  y Copy  Y Copy JSON  o Does it answer?  L Log lines  Esc Back");
	close_made(&f);
}

static bool
is_told_otherwise(const char *id)
{
	static const char *const ids[] = { "local", "peer", "command", "exe", "cwd" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

/* A table walk: a field that comes tomorrow is on the page tomorrow. */
Test(detail, has_every_field_that_is_known)
{
	struct names *names = names_new(false);
	struct fixture f;
	size_t n = 0;

	open_made(&f, 60);
	made_ui_keys(&f.x, "Enter");
	for (size_t i = 0; i < nfields; i++) {
		const struct view_env env = { .snap = &f.x.snap, .names = names };
		const struct row row = { .sock = &f.x.snap.socks[0], .env = &env };
		char name[40];

		if (field_get(&fields[i], &row).kind == VAL_NONE || is_told_otherwise(fields[i].id))
			continue;
		snprintf(name, sizeof name, " %s ", fields[i].id);
		expect_shown(&f.x, name);
		n++;
	}
	cr_expect_gt(n, 10);
	names_free(names);
	expect_shown(&f.x, "inode 1007");
	expect_shown(&f.x, "cookie 0000000000000007");
	close_made(&f);
}

Test(detail, tells_both_ends_of_a_connection)
{
	struct fixture f;

	open_made(&f, 70);
	made_ui_keys(&f.x, "l End Enter");
	expect_row(&f.x, 2, " 127.0.0.1:40112 → 127.0.0.1:3000  ESTABLISHED  tcp  client");
	expect_shown(&f.x, " Process    psql 200");
	expect_shown(&f.x, " Other end  127.0.0.1:3000  ESTABLISHED");
	expect_shown(&f.x, " Process    node 100");
	expect_shown(&f.x, "cookie 0000000000000008");
	expect_shown(&f.x, "cookie 0000000000000009");
	close_made(&f);
}

Test(detail, says_why_the_other_end_is_not_in_sight)
{
	static const struct {
		enum sock_proto proto;
		enum sock_state state;
		const char *raddr, *said;
		bool itself;
	} cases[] = {
		{ PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1:3000  gone: no socket has that end", false },
		{ PROTO_TCP, STATE_ESTABLISHED, "10.0.0.9", "10.0.0.9:3000  not in sight: on another machine, or gone", false },
		{ PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1:3000  closed", false },
		{ PROTO_TCP, STATE_SYN_SENT, "127.0.0.1", "127.0.0.1:3000  no answer yet", false },
		{ PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1:3000  this socket itself", true },
		{ PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1:3000  gone: no socket has that end", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;
		struct sock *s;

		open_made(&f, 24);
		s = &f.x.snap.socks[3];
		*s = with(made_sock(cases[i].proto, cases[i].state, "127.0.0.1", 50000, cases[i].raddr, 3000),
		          CLIENT, &f.psql_held, 1);
		s->peer = cases[i].itself ? 4 : 0;
		made_ui_keys(&f.x, "a a 1");
		made_ui_take(&f.x);
		made_ui_keys(&f.x, "End Enter");
		expect_shown(&f.x, cases[i].said);
		close_made(&f);
	}
}

Test(detail, names_who_takes_what_is_sent_by_udp)
{
	struct fixture f;

	open_made(&f, 24);
	f.x.snap.socks[3] = with(made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 50000, "127.0.0.1", 9229),
	                         CLIENT, &f.psql_held, 1);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "1 End Enter");
	expect_shown(&f.x, " Other end  127.0.0.1:9229  node 100, which takes what anyone sends");
	close_made(&f);
}

Test(detail, names_the_unit_that_a_process_is_of)
{
	struct fixture f;

	open_made(&f, 24);
	f.node.unit = "made.service";
	f.node.cgroup = "/system.slice/made.service";
	f.node.project = "shop";
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, " Started by bash 90 → npm 98 → made.service");
	expect_shown(&f.x, "            in /home/ann/shop · project shop");
	close_made(&f);
}

Test(detail, tells_a_process_with_all_that_it_holds)
{
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "4");
	expect_selected(&f.x, "100");
	made_ui_keys(&f.x, "Enter");
	expect_row(&f.x, 2, " node 100");
	expect_shown(&f.x, " Process    node 100");
	expect_shown(&f.x, " Holds      127.0.0.1:3000 · udp 127.0.0.1:9229 · 1 connection");
	made_add(&f.x.snap, with(made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0), 30, f.held, 1));
	made_ui_take(&f.x);
	expect_shown(&f.x, " Holds      127.0.0.1:80 · 127.0.0.1:3000 · udp 127.0.0.1:9229");
	expect_shown(&f.x, " Connected  127.0.0.1:3000 → psql 200 :40112");
	expect_not_shown(&f.x, "Fields");
	refresh(&f, 1);
	expect_shown(&f.x, " Holds      127.0.0.1:3000");
	expect_not_shown(&f.x, "9229");
	refresh(&f, 0);
	refresh(&f, 0);
	expect_row(&f.x, 2, " node 100  closed; below is how it was last seen");
	close_made(&f);
}

Test(detail, wraps_a_field_that_is_longer_than_the_screen)
{
	struct fixture f;
	char path[121];

	open_made(&f, 40);
	memset(path, 'x', 120);
	path[0] = '/';
	path[119] = '$';
	path[120] = '\0';
	f.node.cgroup = path;
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, " cgroup");
	expect_shown(&f.x, "xxx$");
	close_made(&f);
}

Test(detail, tells_a_connection_of_a_process_to_itself_once)
{
	struct fixture f;

	open_made(&f, 24);
	f.x.snap.socks[3].owners = f.held;
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "4 Enter");
	expect_shown(&f.x, " Holds      127.0.0.1:3000 · udp 127.0.0.1:9229 · 1 connection");
	expect_not_shown(&f.x, "connections");
	expect_shown(&f.x, " Connected  127.0.0.1:3000 → node 100 :40112");
	expect_not_shown(&f.x, "127.0.0.1:40112 →");
	made_ui_keys(&f.x, "Esc 1 End Enter");
	expect_row(&f.x, 2, " 127.0.0.1:40112 → 127.0.0.1:3000  ESTABLISHED  tcp  client");
	expect_shown(&f.x, " Also holds 127.0.0.1:3000 · udp 127.0.0.1:9229");
	expect_not_shown(&f.x, "udp 127.0.0.1:9229 ·");
	close_made(&f);
}

/* As the statistics of PostgreSQL are told. */
Test(detail, tells_a_socket_that_is_connected_to_itself)
{
	struct sock s = made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 41112, "127.0.0.1", 41112);
	struct fixture f;

	open_made(&f, 24);
	s.owners = f.held;
	s.nowners = 1;
	s.cookie = 41112;
	s.has = SOCK_HAS_COOKIE;
	made_add(&f.x.snap, s);
	f.x.snap.socks[f.x.snap.count - 1].peer = (uint32_t)f.x.snap.count;
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, "Also holds udp 127.0.0.1:9229 · udp 127.0.0.1:41112 (to itself)");
	close_made(&f);
}

/* As in UTF-8, where the dot is another one. */
Test(detail, keeps_facts_whole_in_ascii)
{
	const struct ui_options o = { .delay = 1, .charset = TEXT_ASCII };
	struct fixture f = { .held = { { NULL, 0 } } };

	made_ui_open(&f.x, &o);
	cells_resize(&f.x.cells, 40, 40);
	make_tasks(&f);
	add_socks(&f);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "2 Enter");
	expect_shown(&f.x, " Socket     queue 2 of 511 -");
	expect_shown(&f.x, "            1 client - inode 1007");
	close_made(&f);
}

Test(detail, explains_each_warning)
{
	struct fixture f;

	open_made(&f, 24);
	f.x.snap.socks[0].warn = 1u << FINDING_BACKLOG | 1u << FINDING_ONE_FAMILY;
	f.x.snap.socks[0].has |= SOCK_HAS_WARN;
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(strncmp(made_ui_row(&f.x, 3), " ! ", 3), 0, "%s", made_ui_dump(&f.x));
	cr_expect_eq(cells_at(&f.x.cells, 3, 3)->role, ROLE_WARNING);
	expect_shown(&f.x, "(2 of 511)");
	expect_shown(&f.x, "::1");
	close_made(&f);
}

Test(detail, says_why_no_process_is_named)
{
	struct fixture f;

	open_made(&f, 24);
	f.x.snap.socks[0].nowners = 0;
	f.x.snap.socks[0].holder = HOLDER_HIDDEN;
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, " Process    (another user)");
	expect_shown(&f.x, "sudo lotop");
	close_made(&f);
}

/* ---- live ---- */

/* A deadline in the past lets the loop run without a pause. */
Test(detail, waits_for_nothing_that_was_not_asked_for)
{
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	cr_expect_eq(ui_deadline(f.x.ui), 0);
	refresh(&f, 0);
	refresh(&f, 0);
	cr_expect_eq(ui_deadline(f.x.ui), 0);
	close_made(&f);
}

Test(detail, follows_each_refresh)
{
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	f.x.snap.socks[0].rqueue = 33;
	made_ui_take(&f.x);
	expect_shown(&f.x, "queue 33 of 511");
	refresh(&f, 2);
	expect_not_shown(&f.x, "psql");
	close_made(&f);
}

/* One dump may pass over it; two hardly do. */
Test(detail, says_when_it_is_closed_and_keeps_the_last_facts)
{
	struct fixture f;
	struct detail_want want;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	refresh(&f, 0);
	expect_not_shown(&f.x, "closed");
	made_ui_keys(&f.x, "i i");
	expect_not_shown(&f.x, "closed");
	refresh(&f, 0);
	expect_row(&f.x, 2, " 127.0.0.1:3000  tcp  loopback  closed; below is how it was last seen");
	expect_shown(&f.x, " Process    node 100");
	expect_shown(&f.x, " Clients    psql 200 :40112");
	cr_expect_not(ui_wants(f.x.ui, &want), "nothing is to be found out any more");
	made_ui_keys(&f.x, "k");
	expect_shown(&f.x, "It is closed; Esc goes back to the list.");
	made_ui_keys(&f.x, "L o Esc");
	expect_shown(&f.x, "PORT");
	close_made(&f);
}

/* What it was opened on leaves its place in the snapshot to another socket. */
Test(detail, of_what_is_closed_stays_as_it_was)
{
	struct fixture f;
	struct sock gone;

	open_made(&f, 24);
	gone = f.x.snap.socks[0];
	gone.life = LIFE_GONE;
	snapshot_cut(&f.x.snap, 0);
	snapshot_add_gone(&f.x.snap, &gone);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Enter");
	expect_row(&f.x, 2, " 127.0.0.1:3000  tcp  loopback  closed; below is how it was last seen");
	snapshot_clear(&f.x.snap);
	made_add(&f.x.snap, with(made_sock(PROTO_UDP, STATE_UNCONN, "0.0.0.0", 99, NULL, 0), 70, f.held, 1));
	made_ui_take(&f.x);
	expect_row(&f.x, 2, " 127.0.0.1:3000  tcp  loopback  closed; below is how it was last seen");
	expect_shown(&f.x, " Process    node 100");
	made_ui_keys(&f.x, "L o");
	expect_shown(&f.x, " Process    node 100");
	close_made(&f);
}

/* Of a process that ends while the sample is taken only the socket is seen. */
Test(detail, remembers_a_holder_that_one_refresh_has_not)
{
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	f.x.snap.socks[0].nowners = 0;
	f.x.snap.socks[0].holder = HOLDER_UNSEEN;
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "i");
	expect_shown(&f.x, " Process    node 100");
	made_ui_take(&f.x);
	expect_shown(&f.x, " Process    (not visible)");
	close_made(&f);
}

Test(detail, believes_the_kernel_about_a_socket_that_a_dump_missed)
{
	static const struct { int err; bool closed; } cases[] = { { 0, false }, { ENOENT, true } };

	for (size_t i = 0; i < 2; i++) {
		struct detail *d;
		struct fixture f;

		open_made(&f, 24);
		made_ui_keys(&f.x, "Enter");
		refresh(&f, 0);
		d = answer_now(&f);
		d->sock_err[0] = cases[i].err;
		tell(&f, d);
		cr_expect_eq(made_ui_shows(&f.x, "closed"), cases[i].closed, "case %zu", i);
		close_made(&f);
	}
}

Test(detail, wants_both_ends_and_their_processes)
{
	struct detail_want want;
	struct fixture f;
	uint32_t turn;

	open_made(&f, 24);
	cr_expect_not(ui_wants(f.x.ui, &want), "nothing while no page is open");
	made_ui_keys(&f.x, "l End Enter");
	cr_assert(ui_wants(f.x.ui, &want));
	cr_expect_eq(ui_needs(f.x.ui) & FIELD_NEEDS, FIELD_NEEDS);
	cr_expect_eq(want.nsocks, 2);
	cr_expect_eq(want.socks[0].cookie, CLIENT);
	cr_expect_eq(want.socks[1].cookie, SERVER);
	cr_expect_eq(want.tasks[0].pid, 200);
	cr_expect_eq(want.tasks[1].pid, 100);
	cr_expect_eq(want.tasks[1].start, 500);
	cr_expect_not(want.lines);
	cr_expect_not(want.addrs);
	turn = want.turn;
	made_ui_take(&f.x);
	cr_assert(ui_wants(f.x.ui, &want));
	cr_expect_gt(want.turn, turn, "again at each refresh");
	made_ui_keys(&f.x, "Esc");
	cr_expect_not(ui_wants(f.x.ui, &want));
	close_made(&f);
}

/* ---- what was found out ---- */

Test(detail, tells_figures_in_groups)
{
	struct fixture f;
	struct detail *d;

	open_made(&f, 50);
	made_ui_keys(&f.x, "Enter");
	d = answer_now(&f);
	strcpy(d->socks[0].congestion, "cubic");
	d->socks[0].figure[FIG_RTO] = 204000;
	d->socks[0].known[FIG_RTO] = true;
	d->socks[0].figure[FIG_CWND] = 10;
	d->socks[0].known[FIG_CWND] = true;
	tell(&f, d);
	expect_shown(&f.x, " Times      rto 204ms");
	expect_shown(&f.x, " Window     congestion cubic");
	expect_shown(&f.x, "cwnd 10");
	expect_not_shown(&f.x, "ssthresh");
	close_made(&f);
}

Test(detail, tells_more_of_the_process)
{
	struct fixture f;
	struct detail *d;

	open_made(&f, 50);
	made_ui_keys(&f.x, "Enter");
	d = answer_now(&f);
	d->tasks[0]->state = 'T';
	d->tasks[0]->threads = 12;
	d->tasks[0]->has = DETAIL_HAS_RSS;
	d->tasks[0]->rss = 12 << 20;
	d->tasks[0]->argv = strdup("node --whole");
	d->tasks[0]->argv_len = sizeof "node --whole";
	d->tasks[0]->argc = 1;
	tell(&f, d);
	expect_shown(&f.x, "· stopped · 12 threads · memory 12M");
	expect_shown(&f.x, "            node --whole");
	close_made(&f);
}

Test(detail, says_that_a_process_does_not_answer)
{
	struct fixture f;
	struct detail *d;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	d = answer_now(&f);
	d->task_err[0] = ETIMEDOUT;
	tell(&f, d);
	expect_shown(&f.x, "It does not answer when its facts are read");
	d = answer_now(&f);
	d->task_cut[0] = true;
	tell(&f, d);
	expect_not_shown(&f.x, "It does not answer");
	expect_shown(&f.x, "that hangs");
	close_made(&f);
}

/* Answers to the page before come late. */
Test(detail, drops_what_is_about_another_page)
{
	struct fixture f;
	struct detail *late;

	open_made(&f, 24);
	made_ui_keys(&f.x, "Enter");
	late = answer_now(&f);
	late->task_err[0] = ETIMEDOUT;
	made_ui_keys(&f.x, "Esc");
	cr_expect_eq(ui_told(f.x.ui, late, f.x.now_ns), 0);
	made_ui_keys(&f.x, "Enter");
	late = answer_now(&f);
	made_ui_keys(&f.x, "Esc Down Enter");
	late->task_err[0] = ETIMEDOUT;
	tell(&f, late);
	expect_not_shown(&f.x, "It does not answer");
	close_made(&f);
}

Test(detail, names_the_addresses_that_reach_an_exposed_port)
{
	struct detail_want want;
	struct fixture f;
	struct detail *d;

	open_made(&f, 24);
	f.x.snap.socks[0].local = made_endpoint("0.0.0.0", 3000);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "Enter");
	cr_assert(ui_wants(f.x.ui, &want));
	cr_expect(want.addrs);
	d = answer_now(&f);
	d->naddrs = 2;
	strcpy(d->addrs[0].iface, "eth0");
	memcpy(d->addrs[0].addr, made_endpoint("192.0.2.2", 0).addr, 16);
	strcpy(d->addrs[1].iface, "eth1");
	memcpy(d->addrs[1].addr, made_endpoint("2001:db8::2", 0).addr, 16);
	tell(&f, d);
	expect_shown(&f.x, "eth0 192.0.2.2");
	expect_not_shown(&f.x, "2001:db8");
	close_made(&f);
}

/* ---- log files ---- */

Test(detail, shows_the_last_lines_of_logs_on_demand)
{
	struct detail_want want;
	struct fixture f;
	struct detail *d;

	open_made(&f, 50);
	made_ui_keys(&f.x, "Enter");
	d = answer_now(&f);
	add_log(d->tasks[0], "/var/log/app.log", NULL);
	tell(&f, d);
	expect_shown(&f.x, " Logs       /var/log/app.log   L shows its last lines");
	made_ui_keys(&f.x, "L");
	cr_assert(ui_wants(f.x.ui, &want));
	cr_expect(want.lines);
	d = answer_now(&f);
	add_log(d->tasks[0], "/var/log/app.log", "a\tb\r\n\033[31mred\nlast");
	tell(&f, d);
	expect_shown(&f.x, "   a       b");
	expect_shown(&f.x, "   �[31mred");
	expect_shown(&f.x, "   last");
	expect_not_shown(&f.x, "L shows");
	made_ui_keys(&f.x, "L");
	expect_not_shown(&f.x, "   last");
	close_made(&f);
}

Test(detail, shows_no_more_than_twenty_lines)
{
	char tail[1024] = "";
	struct fixture f;
	struct detail *d;

	open_made(&f, 60);
	made_ui_keys(&f.x, "Enter L");
	for (int i = 1; i <= 30; i++)
		sprintf(tail + strlen(tail), "line %d.\n", i);
	d = answer_now(&f);
	add_log(d->tasks[0], "/var/log/app.log", tail);
	tell(&f, d);
	expect_not_shown(&f.x, "line 10.");
	expect_shown(&f.x, "line 11.");
	expect_shown(&f.x, "line 30.");
	close_made(&f);
}

Test(detail, says_why_there_are_no_lines)
{
	struct fixture f;
	struct detail *d;

	open_made(&f, 50);
	made_ui_keys(&f.x, "Enter L");
	tell(&f, answer_now(&f));
	expect_shown(&f.x, "It has no log file open");
	d = answer_now(&f);
	add_log(d->tasks[0], "/a.log", NULL);
	d->tasks[0]->logs[0].err = EACCES;
	add_log(d->tasks[0], "/b.log", NULL);
	d->tasks[0]->logs[1].err = ESPIPE;
	add_log(d->tasks[0], "/c.log", "");
	d->tasks[0]->logs[2].deleted = true;
	tell(&f, d);
	expect_shown(&f.x, "It cannot be read: Permission denied.");
	expect_shown(&f.x, "It is no file on a disk");
	expect_shown(&f.x, "/c.log (deleted)");
	expect_shown(&f.x, "(empty)");
	close_made(&f);
}

/* ---- keys ---- */

Test(detail, scrolls_and_goes_back)
{
	static const char *const back[] = { "Esc", "q", "Enter" };

	for (size_t i = 0; i < 3; i++) {
		struct fixture f;

		open_made(&f, 12);
		made_ui_keys(&f.x, "Enter");
		expect_shown(&f.x, " 1 to 7 of ");
		made_ui_keys(&f.x, "Down");
		expect_shown(&f.x, " 2 to 8 of ");
		expect_row(&f.x, 2, " 127.0.0.1:3000  LISTEN  tcp  loopback");
		made_ui_keys(&f.x, "End");
		expect_shown(&f.x, "cookie");
		made_ui_keys(&f.x, "Home");
		expect_shown(&f.x, " Socket ");
		made_ui_keys(&f.x, back[i]);
		expect_selected(&f.x, "3000");
		close_made(&f);
	}
}

/* Keys that act on the selected row act on what is shown, wherever the cursor has gone. */
Test(detail, keys_act_on_what_is_shown)
{
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "End");
	expect_selected(&f.x, "9229");
	made_ui_keys(&f.x, "Enter");
	expect_row(&f.x, 2, " 127.0.0.1:9229  UNCONN  udp  loopback");
	made_ui_keys(&f.x, "o");
	expect_shown(&f.x, "Only what listens for TCP connections can be asked.");
	f.x.snap.socks[1].nowners = 0;
	f.x.snap.socks[1].holder = HOLDER_NONE;
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "k");
	expect_shown(&f.x, "127.0.0.1:9229: no process has it any more");
	made_ui_keys(&f.x, "?");
	expect_shown(&f.x, "Keys");
	made_ui_keys(&f.x, "Esc");
	expect_row(&f.x, 2, " 127.0.0.1:9229  UNCONN  udp  loopback");
	made_ui_keys(&f.x, "s / R l");
	expect_row(&f.x, 2, " 127.0.0.1:9229  UNCONN  udp  loopback");
	close_made(&f);
}

Test(detail, fits_any_window)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 2, 80 }, { 3, 10 }, { 5, 40 }, { 24, 20 }, { 200, 300 } };
	struct fixture f;

	open_made(&f, 24);
	made_ui_keys(&f.x, "l End Enter L");
	tell(&f, answer_now(&f));
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		cells_resize(&f.x.cells, sizes[i][0], sizes[i][1]);
		made_ui_apply(&f.x, FX_REFLOW | FX_REPAINT);
		made_ui_keys(&f.x, "End PgUp Home");
	}
	close_made(&f);
}
