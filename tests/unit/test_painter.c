/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Cells that are more than a value. */

#include "model/join.h"
#include "ui/painter.h"
#include "ui_made.h"

TestSuite(painter, .init = made_ui_use_utf8);

static void
add_listener(struct made_ui *x, uint32_t waiting, uint32_t limit)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);

	s.rqueue = waiting;
	s.wqueue = limit;
	s.has = SOCK_HAS_QUEUE;
	made_add(&x->snap, s);
}

Test(painter, queue_has_a_bar_from_a_tenth_on)
{
	static const struct { uint32_t waiting, limit; const char *utf8, *ascii; bool full; } cases[] = {
		{ 0, 128, " 0/128", " 0/128", false },
		{ 12, 128, " 12/128", " 12/128", false },
		{ 13, 128, " ▇13/128", " #13/128", false },
		{ 40, 200, " ▇▇40/200", " ##40/200", false },
		{ 64, 128, " ▇▇▇64/128", " ###64/128", false },
		{ 115, 128, " ▇▇▇115/128", " ###115/128", false },
		{ 116, 128, " ▇▇▇▇116/128", " ####116/128", true },
		{ 129, 128, " ▇▇▇▇129/128", " ####129/128", true },
		{ 0, 0, " 0/0", " 0/0", false },
		{ 1, 0, " ▇▇▇▇1/0", " ####1/0", true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			const struct ui_options o = { .columns = "lport,backlog", .delay = 1,
			                              .charset = ascii ? TEXT_ASCII : TEXT_UTF8 };
			struct made_ui x;

			made_ui_open(&x, &o);
			add_listener(&x, cases[i].waiting, cases[i].limit);
			made_ui_take(&x);
			made_ui_keys(&x, "R");
			expect_shown(&x, " QUEUE");
			expect_shown(&x, ascii ? cases[i].ascii : cases[i].utf8);
			made_ui_close(&x);
		}
	}
}

static enum role
role_of_queue(uint32_t waiting)
{
	const struct ui_options o = { .columns = "backlog", .delay = 1, .charset = TEXT_ASCII };
	struct made_ui x;
	enum role role;

	made_ui_open(&x, &o);
	add_listener(&x, 0, 128);
	add_listener(&x, waiting, 128);
	made_ui_take(&x);
	/* The row that is not selected; both have the same port. */
	role = (enum role)cells_at(&x.cells, 5, 10)->role;
	made_ui_close(&x);
	return role;
}

Test(painter, full_queue_is_a_warning)
{
	cr_expect_eq(role_of_queue(116), ROLE_WARNING);
	cr_expect_eq(role_of_queue(115), ROLE_TEXT);
}

Test(painter, queue_of_what_has_none_is_blank)
{
	const struct ui_options o = { .columns = "lport,backlog", .delay = 1, .charset = TEXT_ASCII };
	struct made_ui x;

	made_ui_open(&x, &o);
	made_add(&x.snap, made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 53, NULL, 0));
	made_ui_take(&x);
	expect_row(&x, 4, "      53");
	made_ui_close(&x);
}

Test(painter, counts_time_wait)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	for (uint16_t i = 0; i < 3; i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_TIME_WAIT, "127.0.0.1", 3000, "127.0.0.1",
		                          (uint16_t)(40000 + i));

		s.holder = HOLDER_NONE;
		s.timer = TIMER_TIMEWAIT;
		s.timer_ms = 19000 + 1000u * i;
		s.has = SOCK_HAS_TIMER;
		made_add(&x.snap, s);
	}
	join_ends(&x.snap);
	made_ui_take(&x);
	made_ui_keys(&x, "1");
	expect_shown(&x, "TIME_WAIT (time-wait) 3");
	made_ui_keys(&x, "3");
	expect_shown(&x, "(time-wait) 3 → (none) :3000 TIME_WAIT oldest 41s");
	cells_resize(&x.cells, 24, 58);
	made_ui_keys(&x, "1");
	expect_shown(&x, "(time-wait) 3 oldest 41s");	/* over the column of the pid, which is blank */
	made_ui_close(&x);
}

/* Who has a port may be guessed; the port may not. */
Test(painter, a_port_is_seen_however_narrow_the_window)
{
	static const struct { size_t cols; const char *row; } cases[] = {
		{ 80, "   a-client-with-a-… 7 :40000 → a-server-with-a-… 9 :3000 ESTABLISHED" },
		{ 40, "   a-client… 7 :40000 → a-serve… 9 :3000" },
	};
	struct task client = made_task(7, "a-client-with-a-name", "", 0, 0);
	struct task server = made_task(9, "a-server-with-a-name", "", 0, 0);
	struct owner owners[2] = { { .task = &client }, { .task = &server } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;
		struct sock s;

		made_ui_open(&x, NULL);
		for (uint16_t end = 0; end < 2; end++) {
			s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", end ? 3000 : 40000,
			              "127.0.0.1", end ? 40000 : 3000);
			s.owners = &owners[end];
			s.nowners = 1;
			made_add(&x.snap, s);
		}
		join_ends(&x.snap);
		cells_resize(&x.cells, 24, cases[i].cols);
		made_ui_take(&x);
		made_ui_keys(&x, "3");
		expect_row(&x, 4, cases[i].row);
		made_ui_close(&x);
	}
}

/* Nothing that is worth less than its place is shown at the cost of the rest. */
Test(painter, columns_are_left_out_rather_than_cut)
{
	const struct ui_options o = { .columns = "lport,process,user,exe,cwd", .delay = 1,
	                              .charset = TEXT_UTF8, .numeric = true };
	static const struct { size_t cols; const char *shown, *left_out; } cases[] = {
		{ 110, "a-long-name-of-a-process", NULL }, { 60, "USER", "CWD" }, { 40, "a-long-name-of-a-pr", "EXE" },
	};
	struct task task = made_task(1, "a-long-name-of-a-process", "x", 2, 1);
	struct owner owner = { .task = &task };

	task.exe = "/a/path/that/takes/up/quite/some/room";
	task.cwd = "/another/path/that/takes/up/room";
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct made_ui x;

		made_ui_open(&x, &o);
		made_ui_listen(&x, "127.0.0.1", 3000, 1);
		x.snap.socks[0].owners = &owner;
		x.snap.socks[0].nowners = 1;
		cells_resize(&x.cells, 24, cases[i].cols);
		made_ui_take(&x);
		expect_shown(&x, cases[i].shown);
		if (cases[i].left_out)
			expect_not_shown(&x, cases[i].left_out);
		made_ui_close(&x);
	}
}
