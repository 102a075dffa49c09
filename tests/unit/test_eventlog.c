/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/eventlog: one entry for each thing that happened, with all that it tells. */

#include "made.h"
#include "model/cgroup.h"
#include "model/eventlog.h"

#include "base/util.h"

#define SECOND 1000000000ull

static struct task web, shell;
static struct owner web_owner, shell_owner;

/* The ends of connections to port 80: cookies are the port of the client, and 1000 more. */
static struct sock
end_of(uint16_t port, bool server)
{
	struct sock s = server ? made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", port)
	                       : made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", port, "127.0.0.1", 80);

	s.cookie = server ? port + 1000u : port;
	s.inode = s.cookie;
	s.has = SOCK_HAS_COOKIE;
	s.role = server ? SOCK_SERVER : SOCK_CLIENT;
	s.owners = server ? &web_owner : &shell_owner;
	s.nowners = 1;
	s.holder = HOLDER_KNOWN;
	return s;
}

static struct sock
listener(void)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0);

	s.cookie = s.inode = 1;
	s.has = SOCK_HAS_COOKIE;
	s.role = SOCK_LISTENER;
	s.owners = &web_owner;
	s.nowners = 1;
	return s;
}

static enum track_word
gone(const struct sock *s, struct sock_alone *now, void *arg)
{
	(void)s;
	(void)now;
	(void)arg;
	return TRACK_GONE;
}

struct fixture {
	struct eventlog *log;
	struct track     track;
	struct snapshot  snaps[8];
	size_t           count;
};

static void
set_up(struct fixture *x)
{
	static const char argv[] = "web\0--port\0""80";

	web = made_task(100, "web", argv, sizeof argv, 3);
	web.app = "flask run";
	web.project = "shop";
	web.cgroup = "/lxc/box/web.service";
	web.unit = "web.service";
	web.container = "box";
	shell = made_task(200, "shell", "shell", sizeof "shell", 1);
	web_owner = (struct owner){ &web, 3 };
	shell_owner = (struct owner){ &shell, 4 };
	*x = (struct fixture){ .log = eventlog_new() };
	track_init(&x->track);
}

static void
tear_down(struct fixture *x)
{
	for (size_t i = 0; i < x->count; i++)
		snapshot_done(&x->snaps[i]);
	track_done(&x->track);
	eventlog_free(x->log);
}

/* What an end has moved in snapshot n, as far as it is told: of the client's own. */
static void
moved(struct sock *s, size_t n)
{
	s->has |= SOCK_HAS_BYTES;
	info_of(s)->rx_bytes = 10 * n;
	info_of(s)->tx_bytes = 100 * n;
}

/* A snapshot a second, with the listener if there is an L, and of client 4000N what its letter tells:
   c and s one end, b both, w both of which the server's is in CLOSE_WAIT, o both of which the client's
   has been closed and not all of it is sent. */
static void
look(struct fixture *x, const char *what)
{
	struct snapshot *now = &x->snaps[x->count], *before = x->count > 0 ? now - 1 : NULL;

	made_snapshot(now);
	now->mono_ns = (x->count + 1) * SECOND;
	now->wall.tv_sec = (time_t)x->count + 1;
	for (uint16_t i = 0; what[i]; i++) {
		uint32_t at = (uint32_t)now->count;
		struct sock client = end_of(40000 + i, false), server = end_of(40000 + i, true);

		bool both = what[i] == 'b' || what[i] == 'w' || what[i] == 'o';

		client.peer = both ? at + 2 : 0;
		server.peer = both ? at + 1 : 0;
		if (what[i] == 'w')
			server.state = STATE_CLOSE_WAIT;
		moved(&client, x->count + 1);
		if (what[i] == 'o') {
			client.state = STATE_FIN_WAIT1;
			client.inode = client.nowners = 0;
			client.owners = NULL;
		}
		if (what[i] == 'L')
			made_add(now, listener());
		if (what[i] == 'c' || both)
			made_add(now, client);
		if (what[i] == 's' || both)
			made_add(now, server);
	}
	track_next(&x->track, before, now, gone, NULL);
	eventlog_changes(x->log, &x->track, before, now);
	x->count++;
}

/* As timeline_hear() tells it, at second `at`. */
static void
hear(struct fixture *x, struct sock end, int at)
{
	const struct snapshot *last = &x->snaps[x->count - 1];
	const struct sock *was = snapshot_find(last, sock_id(&end));
	struct timespec wall = { .tv_sec = at };
	struct sock s = was ? *was : end;
	uint64_t age = 0;
	enum track_end known = track_destroyed(&x->track, &end, NULL, (uint64_t)at * SECOND, &age);

	info_of(&s)->rx_bytes = sock_info(&end)->rx_bytes;
	info_of(&s)->tx_bytes = sock_info(&end)->tx_bytes;
	s.has |= end.has & SOCK_HAS_BYTES;
	if (known == TRACK_OVER)
		eventlog_totals(x->log, &s, wall);
	else
		eventlog_end(x->log, &s, last, known == TRACK_KNOWN, age, wall);
}

/* What the kernel tells of an end. */
static struct sock
dead(uint16_t port, bool server, uint64_t rx, uint64_t tx)
{
	struct sock s = end_of(port, server);

	s.state = STATE_UNKNOWN;
	s.role = SOCK_NEITHER;
	s.inode = 0;
	s.nowners = 0;
	s.owners = NULL;
	s.has |= SOCK_HAS_BYTES;
	info_of(&s)->rx_bytes = rx;
	info_of(&s)->tx_bytes = tx;
	return s;
}

Test(eventlog, what_is_there_at_first_is_no_event)
{
	struct fixture x;

	set_up(&x);
	look(&x, "Lb");
	look(&x, "Lb");
	cr_expect_eq(x.log->count, 0);
	tear_down(&x);
}

Test(eventlog, a_listener_is_an_entry_of_its_own)
{
	struct fixture x;
	const struct logged *e;

	set_up(&x);
	look(&x, "");
	look(&x, "L");
	look(&x, "");
	cr_assert_eq(x.log->count, 2);
	e = eventlog_at(x.log, 0);
	cr_expect_eq(e->what, LOGGED_OPEN);
	cr_expect_eq(e->wall.tv_sec, 2);
	cr_expect_eq(e->nends, 1);
	cr_expect_eq(e->ends[0].state, STATE_LISTEN);
	cr_expect_str_eq(e->ends[0].owners[0].task->comm, "web");
	cr_expect_eq(eventlog_at(x.log, 1)->what, LOGGED_CLOSE);
	cr_expect_eq(sock_info(&eventlog_at(x.log, 1)->ends[0])->age_ns, SECOND);
	tear_down(&x);
}

Test(eventlog, two_ends_are_one_entry_the_client_first)
{
	static const struct { const char *steps[4]; size_t opens, closes; } cases[] = {
		{ { "L.", "Lb", "L." }, 1, 1 },	/* both at once */
		{ { "L.", "Lc", "Lb", "L." }, 1, 1 },	/* a dump passed over the server's end */
		{ { "L.", "Ls", "Lb", "L." }, 1, 1 },
		{ { "Lc", "Lb", "L." }, 0, 1 },	/* it had been there before */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t opens = 0, closes = 0;
		struct fixture x;

		set_up(&x);
		for (size_t k = 0; k < 4 && cases[i].steps[k]; k++)
			look(&x, cases[i].steps[k]);
		for (size_t k = 0; k < x.log->count; k++) {
			const struct logged *e = eventlog_at(x.log, k);

			opens += e->what == LOGGED_OPEN;
			closes += e->what == LOGGED_CLOSE;
			cr_expect_eq(e->nends, 2, "case %zu", i);
			cr_expect_eq(e->ends[0].role, SOCK_CLIENT, "case %zu", i);
			cr_expect_eq(e->ends[0].local.port, 40001, "case %zu", i);
			cr_expect_str_eq(e->ends[1].owners[0].task->comm, "web");
		}
		cr_expect_eq(opens, cases[i].opens, "case %zu: %zu", i, opens);
		cr_expect_eq(closes, cases[i].closes, "case %zu: %zu", i, closes);
		tear_down(&x);
	}
}

Test(eventlog, a_close_that_was_heard_has_the_totals_of_both_ends)
{
	const struct logged *e;
	struct fixture x;

	set_up(&x);
	look(&x, "Lb");
	hear(&x, dead(40001, true, 20, 1000), 3);
	hear(&x, dead(40001, false, 1000, 20), 3);
	look(&x, "L.");
	cr_assert_eq(x.log->count, 1);
	e = eventlog_at(x.log, 0);
	cr_assert_eq(e->nends, 2);
	cr_expect_eq(e->ends[0].cookie, 40001);
	cr_expect_eq(sock_info(&e->ends[0])->rx_bytes, 1000);
	cr_expect_eq(sock_info(&e->ends[0])->tx_bytes, 20);
	cr_expect_eq(sock_info(&e->ends[1])->rx_bytes, 20);
	cr_expect_eq(sock_info(&e->ends[1])->tx_bytes, 1000);
	cr_expect_eq(sock_info(&e->ends[0])->age_ns, 2 * SECOND);
	tear_down(&x);
}

/* The kernel goes on sending for a process that has closed its end. */
Test(eventlog, totals_of_a_close_are_the_latest_there_are)
{
	const struct sock *client;
	struct fixture x;

	set_up(&x);
	look(&x, "Lb");
	look(&x, "Lo");
	cr_assert_eq(x.log->count, 1);
	client = &eventlog_at(x.log, 0)->ends[0];
	cr_expect_eq(sock_info(client)->tx_bytes, 200);
	cr_expect_eq(sock_info(client)->rx_bytes, 20);
	hear(&x, dead(40001, false, 30, 350), 3);
	cr_assert_eq(x.log->count, 1);
	cr_expect_eq(sock_info(client)->tx_bytes, 350);
	cr_expect_eq(sock_info(client)->rx_bytes, 30);
	look(&x, "Lo");	/* a dump that was before that */
	cr_expect_eq(sock_info(client)->tx_bytes, 350);
	tear_down(&x);
}

/* A server that does not close what its client has left is an entry when it does. */
Test(eventlog, an_end_that_closes_long_after_the_other_is_an_entry_alone)
{
	struct fixture x;

	set_up(&x);
	look(&x, "Lb");
	hear(&x, dead(40001, false, 0, 0), 3);
	look(&x, "Ls");
	hear(&x, dead(40001, true, 0, 0), 300);
	cr_assert_eq(x.log->count, 2);
	cr_expect_eq(eventlog_at(x.log, 0)->nends, 2);
	cr_expect_eq(eventlog_at(x.log, 1)->nends, 1);
	cr_expect_eq(eventlog_at(x.log, 1)->ends[0].role, SOCK_SERVER);
	tear_down(&x);
}

Test(eventlog, what_no_snapshot_saw_is_one_entry_whose_ends_know_each_other_by_their_ports)
{
	for (int server_first = 0; server_first < 2; server_first++) {
		const struct logged *e;
		struct fixture x;

		set_up(&x);
		look(&x, "L");
		hear(&x, dead(40007, server_first, 1, 2), 3);
		hear(&x, dead(40007, !server_first, 2, 1), 3);
		cr_assert_eq(x.log->count, 1);
		e = eventlog_at(x.log, 0);
		cr_expect(e->unseen);
		cr_assert_eq(e->nends, 2);
		cr_expect_eq(e->ends[0].role, SOCK_CLIENT);
		cr_expect_eq(e->ends[1].role, SOCK_SERVER);
		cr_expect_eq(e->ends[0].has & SOCK_HAS_AGE, 0);
		cr_expect_eq(e->ends[0].nowners, 0, "nobody knows who that was");
		cr_assert_eq(e->ends[1].nowners, 1, "it came through that listener");
		cr_expect_str_eq(e->ends[1].owners[0].task->comm, "web");
		tear_down(&x);
	}
}

/* Its own port is all that the kernel leaves of such an end. */
Test(eventlog, of_two_ends_that_were_reset_the_one_that_knows_both_ports_tells)
{
	struct sock wiped = dead(40007, true, 0, 0);
	struct fixture x;

	wiped.remote.port = 0;
	set_up(&x);
	look(&x, "L");
	hear(&x, wiped, 3);
	hear(&x, dead(40007, false, 0, 2), 3);
	cr_assert_eq(x.log->count, 1);
	cr_expect_eq(eventlog_at(x.log, 0)->ends[0].local.port, 40007);
	tear_down(&x);
}

Test(eventlog, a_change_of_state_is_of_the_end_that_changed)
{
	const struct logged *e;
	struct fixture x;

	set_up(&x);
	look(&x, "Lb");
	look(&x, "Lw");
	cr_assert_eq(x.log->count, 1);
	e = eventlog_at(x.log, 0);
	cr_expect_eq(e->what, LOGGED_STATE);
	cr_expect_eq(e->ends[0].state, STATE_CLOSE_WAIT);
	cr_expect_eq(e->ends[0].role, SOCK_SERVER);
	cr_expect_eq(e->ends[1].role, SOCK_CLIENT);
	tear_down(&x);
}

/* The snapshot is long gone, the process has another name. */
Test(eventlog, an_entry_outlives_what_it_is_of)
{
	const struct snapshot *look_at;
	const struct task *task;
	struct fixture x;

	set_up(&x);
	look(&x, "L.");
	look(&x, "Lb");
	snapshot_clear(&x.snaps[1]);
	web = made_task(100, "another", NULL, 0, 0);
	look_at = eventlog_look(x.log, 0);
	cr_assert_eq(look_at->count, 2);
	cr_expect_eq(look_at->socks[0].peer, 2);
	cr_expect_eq(look_at->socks[1].peer, 1);
	cr_expect_eq(look_at->lo_ifindex, MADE_LO);
	cr_expect(snapshot_ephemeral(look_at, 40000));
	task = look_at->socks[1].owners[0].task;
	cr_expect_eq(task->pid, 100);
	cr_expect_str_eq(task->comm, "web");
	cr_expect_str_eq(task->app, "flask run");
	cr_expect_str_eq(task->project, "shop");
	cr_expect_str_eq(task->cgroup, "/lxc/box/web.service");
	cr_expect_str_eq(task->unit, "web.service");
	cr_expect_str_eq(task->container, "box");
	cr_expect_eq(task->argc, 3);
	cr_expect_str_eq(task->argv + 4, "--port");
	tear_down(&x);
}

Test(eventlog, long_arguments_and_many_owners_are_cut_whole)
{
	static char argv[3000];
	struct cgroup cgroup = { "/system.slice/a.service", "a.service", NULL };
	struct owner owners[6];
	struct task tasks[6];
	struct fixture x;
	struct sock s;
	const struct logged *e;

	memset(argv, 'x', sizeof argv);
	for (size_t i = 99; i < sizeof argv; i += 100)
		argv[i] = '\0';
	set_up(&x);
	look(&x, "");
	s = listener();
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		tasks[i] = made_task((pid_t)i + 1, "many", argv, sizeof argv, 30);
		owners[i] = (struct owner){ &tasks[i], 3 };
	}
	s.owners = owners;
	s.nowners = ARRAY_SIZE(owners);
	info_of(&s);
	sock_set_cgroup(&s, &cgroup);
	x.count++;
	made_snapshot(&x.snaps[1]);
	made_add(&x.snaps[1], s);
	track_next(&x.track, &x.snaps[0], &x.snaps[1], gone, NULL);
	eventlog_changes(x.log, &x.track, &x.snaps[0], &x.snaps[1]);
	cr_assert_eq(x.log->count, 1);
	e = eventlog_at(x.log, 0);
	cr_expect_eq(e->ends[0].nowners, 4);
	cr_expect_eq(e->ends[0].owners[3].task->pid, 4);
	cr_expect_eq(e->ends[0].owners[3].task->argc, 5);
	cr_expect_eq(e->ends[0].owners[3].task->argv_len, 500);
	cgroup.unit = NULL;
	cr_assert_not_null(sock_cgroup(&e->ends[0]));
	cr_expect_str_eq(sock_cgroup(&e->ends[0])->path, "/system.slice/a.service");
	cr_expect_str_eq(sock_cgroup(&e->ends[0])->unit, "a.service");
	cr_expect_null(sock_cgroup(&e->ends[0])->container);
	tear_down(&x);
}

Test(eventlog, ten_thousand_are_kept_the_latest)
{
	struct fixture x;

	set_up(&x);
	look(&x, "L");
	for (uint32_t i = 0; i < EVENTLOG_MAX + 2500; i++) {
		struct sock s = dead((uint16_t)(2000 + i), false, i, 0);

		s.cookie = 100000 + i;
		eventlog_end(x.log, &s, &x.snaps[0], false, 0, (struct timespec){ .tv_sec = i });
	}
	eventlog_lost(x.log, (struct timespec){ .tv_sec = 1000000 });
	cr_assert_eq(x.log->count, EVENTLOG_MAX);
	cr_expect_eq(x.log->dropped, 2501);
	cr_expect_eq(eventlog_at(x.log, 0)->number, 2501);
	cr_expect_eq(sock_info(&eventlog_at(x.log, 0)->ends[0])->rx_bytes, 2501);
	cr_expect_eq(eventlog_at(x.log, EVENTLOG_MAX - 1)->what, LOGGED_LOST);
	cr_expect_eq(eventlog_at(x.log, EVENTLOG_MAX - 1)->nends, 0);
	cr_expect_leq(x.log->said[0].count + x.log->said[1].count, 40000);
	tear_down(&x);
}
