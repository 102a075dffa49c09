/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* View 5: a line for each thing that happened, and a cursor that goes on with them. */

#include <stdlib.h>

#include "info.h"
#include "model/eventlog.h"
#include "ui_made.h"

static void
begin(void)
{
	made_ui_use_utf8();
	setenv("TZ", "UTC0", 1);
}

TestSuite(events_view, .init = begin);

#define BODY 3	/* its first line */

struct fixture {
	struct made_ui  x;
	struct eventlog *log;
	struct track    track;
	struct task     web, shell;
	struct owner    web_owner, shell_owner;
	time_t          now;
};

static void
set_up(struct fixture *f, const struct ui_options *given)
{
	struct ui_options o = { .delay = 1, .charset = TEXT_UTF8 };

	*f = (struct fixture){ .log = eventlog_new(), .now = 18 * 3600 };
	if (given)
		o = *given;
	o.log = f->log;
	made_ui_open(&f->x, &o);
	f->web = made_task(4211, "web", "web", 4, 1);
	f->web.project = "shop";
	f->shell = made_task(77, "psql", "psql", 5, 1);
	f->web_owner = (struct owner){ &f->web, 3 };
	f->shell_owner = (struct owner){ &f->shell, 4 };
}

static void
tear_down(struct fixture *f)
{
	made_ui_close(&f->x);
	free(f->track.events);
	eventlog_free(f->log);
}

/* A snapshot with one event, of its first socket. */
static void
happens(struct fixture *f, enum track_change change, uint64_t age_ns)
{
	struct track_event e = { change, &f->x.snap.socks[0], age_ns };

	f->track.events = &e;
	f->track.count = 1;
	f->x.snap.wall.tv_sec = f->now++;
	eventlog_changes(f->log, &f->track, &f->x.snap, &f->x.snap);
	f->track.events = NULL;
	made_ui_take(&f->x);
}

static void
listens(struct fixture *f, const char *addr, uint16_t port)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, addr, port, NULL, 0);

	s.cookie = port;
	s.has = SOCK_HAS_COOKIE;
	s.owners = &f->web_owner;
	s.nowners = 1;
	s.holder = HOLDER_KNOWN;
	snapshot_clear(&f->x.snap);
	made_add(&f->x.snap, s);
	f->x.snap.lo_ifindex = MADE_LO;
}

static void
connects(struct fixture *f, uint16_t port)
{
	struct sock c = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", port, "127.0.0.1", 3000);
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", port);

	c.cookie = port;
	s.cookie = port + 1000u;
	c.has = s.has = SOCK_HAS_COOKIE | SOCK_HAS_BYTES | SOCK_HAS_AGE;
	c.inode = s.inode = 1;
	c.role = SOCK_CLIENT;
	s.role = SOCK_SERVER;
	c.owners = &f->shell_owner;
	s.owners = &f->web_owner;
	c.nowners = s.nowners = 1;
	info_of(&c)->rx_bytes = 1258291;
	info_of(&c)->tx_bytes = 20480;
	c.peer = 2;
	s.peer = 1;
	snapshot_clear(&f->x.snap);
	made_add(&f->x.snap, c);
	made_add(&f->x.snap, s);
	f->x.snap.lo_ifindex = MADE_LO;
}

Test(events_view, draws_what_happened_the_latest_at_the_bottom)
{
	struct fixture f;

	set_up(&f, NULL);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "5");
	expect_shown(&f.x, "[5 Events]");
	expect_row(&f.x, BODY, " Nothing has opened or closed yet since lotop was started.");
	listens(&f, "0.0.0.0", 3000);
	happens(&f, TRACK_OPEN, 0);
	listens(&f, "127.0.0.1", 5173);
	happens(&f, TRACK_CLOSE, 7440 * NS_PER_SEC);
	connects(&f, 40000);
	happens(&f, TRACK_OPEN, 0);
	happens(&f, TRACK_CLOSE, 12 * NS_PER_SEC);
	f.x.snap.socks[0].state = STATE_CLOSE_WAIT;
	happens(&f, TRACK_STATE, NS_PER_SEC);
	eventlog_lost(f.log, (struct timespec){ .tv_sec = f.now });
	made_ui_take(&f.x);
	expect_row(&f.x, BODY,
	           " 18:00:00 + listen   *:3000              web 4211 (shop)                exposed");
	expect_row(&f.x, BODY + 1,
	           " 18:00:01 - closed   127.0.0.1:5173      web 4211 (shop)            after 2h 4m");
	expect_row(&f.x, BODY + 2, " 18:00:02   connect  psql 77 :40000 → web 4211 :3000");
	expect_row(&f.x, BODY + 3,
	           " 18:00:03 - closed   psql 77 → web 4211 :3000    1.2M in, 20K out     after 12s");
	expect_row(&f.x, BODY + 4,
	           " 18:00:04   state    psql 77 :40000 → web 4211 :3000  client CLOSE_WAIT");
	expect_row(&f.x, BODY + 5,
	           " 18:00:05 ! lost     More happened here than the kernel could tell.");
	expect_selected(&f.x, "lost");
	expect_shown(&f.x, " 6 of 6");
	tear_down(&f);
}

Test(events_view, tells_how_short_a_connection_was)
{
	static const struct { uint64_t ns; const char *end; } cases[] = {
		{ 0, "after 0.1s" }, { 320 * NS_PER_MS, "after 0.3s" }, { 999 * NS_PER_MS, "after 0.9s" },
		{ NS_PER_SEC, "after 1s" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f, NULL);
		connects(&f, 40000);
		happens(&f, TRACK_CLOSE, cases[i].ns);
		made_ui_keys(&f.x, "5");
		expect_shown(&f.x, cases[i].end);
		tear_down(&f);
	}
}

/* One that was shut has the same holder as when it listened. */
Test(events_view, a_state_of_what_has_no_peer_names_its_holder)
{
	struct fixture f;

	set_up(&f, NULL);
	listens(&f, "127.0.0.1", 4900);
	f.x.snap.socks[0].state = STATE_BOUND;
	happens(&f, TRACK_STATE, NS_PER_SEC);
	made_ui_keys(&f.x, "5");
	expect_row(&f.x, BODY, " 18:00:00   state    127.0.0.1:4900      BOUND  web 4211 (shop)");
	tear_down(&f);
}

Test(events_view, never_cuts_the_port)
{
	struct fixture f;

	set_up(&f, NULL);
	f.shell = made_task(123456, "a-client-with-a-name", "a-client-with-a-name", 21, 1);
	f.web = made_task(654321, "a-server-with-a-name", "a-server-with-a-name", 21, 1);
	connects(&f, 40000);
	happens(&f, TRACK_CLOSE, 12 * NS_PER_SEC);
	made_ui_keys(&f.x, "5");
	expect_row(&f.x, BODY,
	           " 18:00:00 - closed   a-client-with-a-name → … :3000  1.2M in, 20K out after 12s");
	cells_resize(&f.x.cells, 24, 130);
	made_ui_apply(&f.x, FX_REPAINT);
	expect_shown(&f.x, " a-client-with-a-name 123456 :40000 → a-server-with-a-name 654321 :3000  1.2M in, 20K out");
	cells_resize(&f.x.cells, 24, 118);
	made_ui_apply(&f.x, FX_REPAINT);
	expect_shown(&f.x, " a-client-with-a-name 123456 → a-server-with-a-name 654321 :3000  1.2M in, 20K out");
	for (size_t cols = 1; cols < 90; cols += 3) {
		cells_resize(&f.x.cells, 10, cols);
		made_ui_apply(&f.x, FX_REPAINT);
	}
	tear_down(&f);
}

/* Who it was says more than how long it was there. */
Test(events_view, names_who_it_was_in_a_narrow_window)
{
	struct fixture f;

	set_up(&f, NULL);
	cells_resize(&f.x.cells, 24, 40);
	connects(&f, 40000);
	happens(&f, TRACK_CLOSE, 12 * NS_PER_SEC);
	made_ui_keys(&f.x, "5");
	expect_row(&f.x, BODY, " 18:00:00 - closed   psql → web :3000");
	tear_down(&f);
}

Test(events_view, the_cursor_follows_the_end_unless_it_was_moved)
{
	struct fixture f;

	set_up(&f, NULL);
	for (uint16_t i = 0; i < 30; i++) {
		listens(&f, "127.0.0.1", (uint16_t)(3000 + i));
		happens(&f, TRACK_OPEN, 0);
	}
	made_ui_keys(&f.x, "5");
	expect_selected(&f.x, ":3029");
	listens(&f, "127.0.0.1", 4000);
	happens(&f, TRACK_OPEN, 0);
	expect_selected(&f.x, ":4000");
	made_ui_keys(&f.x, "Up Up");
	expect_selected(&f.x, ":3028");
	listens(&f, "127.0.0.1", 4001);
	happens(&f, TRACK_OPEN, 0);
	expect_selected(&f.x, ":3028");
	made_ui_keys(&f.x, "Home");
	expect_selected(&f.x, ":3000");
	made_ui_keys(&f.x, "End");
	listens(&f, "127.0.0.1", 4002);
	happens(&f, TRACK_OPEN, 0);
	expect_selected(&f.x, ":4002");
	made_ui_input(&f.x, (struct input){ .key = K_CLICK, .row = BODY, .col = 5 });
	cr_expect_eq(made_ui_selected(&f.x), BODY);
	tear_down(&f);
}

Test(events_view, has_the_filter_the_ports_and_the_scope)
{
	struct fixture f;

	set_up(&f, NULL);
	listens(&f, "127.0.0.1", 3000);
	happens(&f, TRACK_OPEN, 0);
	listens(&f, "192.0.2.2", 4000);
	happens(&f, TRACK_OPEN, 0);
	connects(&f, 40000);
	happens(&f, TRACK_OPEN, 0);
	made_ui_keys(&f.x, "5");
	expect_not_shown(&f.x, "192.0.2.2");
	expect_shown(&f.x, " 2 of 2");
	made_ui_keys(&f.x, "a a");
	expect_shown(&f.x, "192.0.2.2:4000");
	expect_shown(&f.x, " 3 of 3");
	made_ui_keys(&f.x, "/ p s q l Enter");
	expect_row(&f.x, BODY, " 18:00:02   connect  psql 77 :40000 → web 4211 :3000");
	expect_row(&f.x, BODY + 1, "");
	expect_shown(&f.x, " 1 of 3");
	made_ui_keys(&f.x, "/ x y z Enter");
	expect_shown(&f.x, "No event matches.");
	tear_down(&f);
}

Test(events_view, is_not_sorted_and_has_no_row_to_kill)
{
	static const char *const keys[] = { "s", "R", "<", ">" };
	struct fixture f;

	set_up(&f, NULL);
	listens(&f, "127.0.0.1", 3000);
	happens(&f, TRACK_OPEN, 0);
	made_ui_keys(&f.x, "5");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		made_ui_keys(&f.x, keys[i]);
		expect_shown(&f.x, "Events stand as they happened, the latest at the bottom.");
	}
	made_ui_keys(&f.x, "k");
	expect_not_shown(&f.x, "SIGTERM");
	expect_row(&f.x, 22, " Events are over: press 1 for the sockets that are there now.");
	made_ui_keys(&f.x, "t");
	expect_shown(&f.x, "press 2 first");
	made_ui_keys(&f.x, "Left Right - + e");
	expect_shown(&f.x, "[5 Events]");
	tear_down(&f);
}

Test(events_view, enter_shows_the_socket_while_it_is_there)
{
	struct fixture f;

	set_up(&f, NULL);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "5 Enter");
	expect_shown(&f.x, "No row is selected: there is none.");
	connects(&f, 40000);
	happens(&f, TRACK_OPEN, 0);
	made_ui_keys(&f.x, "Enter");
	expect_row(&f.x, 2, " 127.0.0.1:40000 → 127.0.0.1:3000  ESTABLISHED  tcp  client");
	expect_not_shown(&f.x, " Event ");
	made_ui_keys(&f.x, "Y");
	expect_not_shown(&f.x, "It is closed");
	snapshot_cut(&f.x.snap, 0);
	made_ui_take(&f.x);
	made_ui_take(&f.x);
	expect_shown(&f.x, "closed; below is how it was last seen");
	made_ui_keys(&f.x, "Esc");
	expect_shown(&f.x, "[5 Events]");
	tear_down(&f);
}

Test(events_view, enter_shows_what_the_log_knows_of_what_is_gone)
{
	struct fixture f;

	set_up(&f, NULL);
	connects(&f, 40000);
	happens(&f, TRACK_CLOSE, 12 * NS_PER_SEC);
	snapshot_clear(&f.x.snap);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "5 Enter");
	expect_row(&f.x, 2, " 127.0.0.1:40000 → 127.0.0.1:3000  tcp  client  closed; below is how it was then");
	expect_row(&f.x, 3, " Event      18:00:00 · closed · 1.2M in, 20K out · after 12s");
	expect_shown(&f.x, " Process    psql 77");
	expect_shown(&f.x, " Other end  127.0.0.1:3000  ESTABLISHED");
	expect_shown(&f.x, " Process    web 4211");
	expect_shown(&f.x, "in /srv · project shop");
	expect_shown(&f.x, "rx_total 1.2M");
	/* It stays whatever the log forgets, and there is nothing to act on. */
	for (uint32_t i = 0; i < EVENTLOG_MAX; i++)
		eventlog_lost(f.log, (struct timespec){ .tv_sec = 0 });
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "k");
	expect_shown(&f.x, "It is closed; Esc goes back to the list.");
	expect_shown(&f.x, " Process    psql 77");
	cells_resize(&f.x.cells, 24, 60);
	made_ui_keys(&f.x, "Home");
	expect_shown(&f.x, " Process    psql 77");
	made_ui_keys(&f.x, "Esc Enter");
	expect_shown(&f.x, "Of what the kernel could not tell nothing more is known.");
	tear_down(&f);
}

/* It is nobody's any more: who had it, and what it moved, the log knows. */
Test(events_view, enter_shows_what_the_log_knows_of_what_is_in_time_wait)
{
	struct fixture f;

	set_up(&f, NULL);
	connects(&f, 40000);
	happens(&f, TRACK_CLOSE, 12 * NS_PER_SEC);
	f.x.snap.socks[0].state = STATE_TIME_WAIT;
	f.x.snap.socks[0].nowners = 0;
	f.x.snap.socks[0].inode = 0;
	snapshot_cut(&f.x.snap, 1);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "5 Enter");
	expect_shown(&f.x, " Event      18:00:00 · closed · 1.2M in, 20K out · after 12s");
	expect_shown(&f.x, " Process    psql 77");
	tear_down(&f);
}

Test(events_view, enter_shows_a_listener_that_is_gone)
{
	struct fixture f;

	set_up(&f, NULL);
	listens(&f, "0.0.0.0", 3000);
	happens(&f, TRACK_OPEN, 0);
	snapshot_clear(&f.x.snap);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "5 Enter");
	expect_row(&f.x, 2, " 0.0.0.0:3000  tcp  exposed  closed; below is how it was then");
	expect_row(&f.x, 3, " Event      18:00:00 · listen · exposed");
	expect_shown(&f.x, " Process    web 4211");
	made_ui_keys(&f.x, "Esc Z");
	for (uint32_t i = 0; i < EVENTLOG_MAX; i++)
		eventlog_lost(f.log, (struct timespec){ .tv_sec = 0 });
	made_ui_keys(&f.x, "Enter");
	expect_shown(&f.x, "The log has dropped that event: it is too long ago.");
	tear_down(&f);
}

/* The log had one end: it does not know why. */
Test(events_view, says_of_an_end_that_was_not_in_sight_no_more_than_where_it_was)
{
	struct fixture f;

	set_up(&f, NULL);
	connects(&f, 40000);
	snapshot_cut(&f.x.snap, 1);
	f.x.snap.socks[0].peer = 0;
	happens(&f, TRACK_OPEN, 0);
	snapshot_clear(&f.x.snap);
	made_ui_take(&f.x);
	made_ui_keys(&f.x, "5 Enter");
	expect_row(&f.x, 3, " Event      18:00:00 · connect");
	expect_row(&f.x, (int)made_ui_find(&f.x, " Other end"), " Other end  127.0.0.1:3000");
	tear_down(&f);
}

Test(events_view, stands_still_while_it_is_frozen)
{
	struct fixture f;

	set_up(&f, NULL);
	listens(&f, "127.0.0.1", 3000);
	happens(&f, TRACK_OPEN, 0);
	made_ui_keys(&f.x, "5 Z");
	for (uint32_t i = 0; i < EVENTLOG_MAX + 5; i++)
		eventlog_lost(f.log, (struct timespec){ .tv_sec = 0 });
	made_ui_keys(&f.x, "/ : 3 0 Esc");
	expect_not_shown(&f.x, "lost");
	made_ui_keys(&f.x, "Up Down Home End");
	made_ui_keys(&f.x, "Z");
	made_ui_take(&f.x);
	expect_shown(&f.x, "lost");
	tear_down(&f);
}

Test(events_view, is_drawn_in_ascii_and_without_a_log)
{
	const struct ui_options o = { .delay = 1, .charset = TEXT_ASCII };
	struct made_ui x;
	struct fixture f;

	set_up(&f, &o);
	connects(&f, 40000);
	happens(&f, TRACK_OPEN, 0);
	made_ui_keys(&f.x, "5");
	expect_row(&f.x, BODY, " 18:00:00   connect  psql 77 :40000 -> web 4211 :3000");
	tear_down(&f);
	made_ui_open(&x, NULL);
	made_ui_take(&x);
	made_ui_keys(&x, "5 Up Down");
	expect_shown(&x, "Nothing has opened or closed yet");
	made_ui_close(&x);
}
