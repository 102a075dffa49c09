/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The question before sockets are closed, and which are meant. No socket here is real: the
 * kernel knows none of their cookies, and closes nothing.
 */

#include <errno.h>

#include "ui_made.h"

TestSuite(close_menu, .init = made_ui_use_utf8);

/* Cookies that no socket of this machine has for a long time. */
#define COOKIE UINT64_C(0x7fff000000000000)

static void
add(struct made_ui *x, struct sock s)
{
	s.cookie = COOKIE + x->snap.count;
	s.has = SOCK_HAS_COOKIE;
	s.inode = 1;
	s.holder = HOLDER_HIDDEN;
	made_add(&x->snap, s);
}

/* A listener, a bound socket, and both ends of two connections to the listener. */
static void
set_up_with(struct made_ui *x, const struct ui_options *o)
{
	made_ui_open(x, o);
	add(x, made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0));
	add(x, made_sock(PROTO_TCP, STATE_BOUND, "127.0.0.1", 3001, NULL, 0));
	for (uint16_t i = 0; i < 2; i++) {
		uint32_t n = (uint32_t)x->snap.count;

		add(x, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 50000 + i, "127.0.0.1", 3000));
		add(x, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 50000 + i));
		x->snap.socks[n].peer = n + 2;
		x->snap.socks[n + 1].peer = n + 1;
	}
	made_ui_take(x);
	made_ui_keys(x, "l");
}

static void
set_up(struct made_ui *x)
{
	set_up_with(x, NULL);
}

/* In the order of ports: 3000 LISTEN, 3000 -> 50000, 3000 -> 50001, 3001, 50000, 50001. */
static void
select_row(struct made_ui *x, int n)
{
	made_ui_keys(x, "Home");
	while (n-- > 0)
		made_ui_keys(x, "Down");
}

Test(close_menu, asks_with_what_each_side_will_see)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 4);
	expect_selected(&x, "50000");
	made_ui_keys(&x, "x");
	expect_row(&x, 2, " Close 127.0.0.1:50000 → 127.0.0.1:3000 in the kernel ?");
	expect_row(&x, 3, "   127.0.0.1:50000 → 127.0.0.1:3000  ESTABLISHED");
	expect_shown(&x, "gets an error (ECONNABORTED), the process at");
	expect_shown(&x, "No process is ended.");
	expect_row(&x, 23, " Enter Close  Esc Leave");
	made_ui_keys(&x, "Esc");
	expect_not_shown(&x, "in the kernel ?");
	made_ui_close(&x);
}

Test(close_menu, is_answered_by_nothing_that_was_typed_or_pasted_before)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 4);
	made_ui_keys(&x, "x Enter Enter");
	expect_shown(&x, "in the kernel ?");
	made_ui_pause(&x);
	made_ui_input(&x, (struct input){ .key = K_ENTER, .pasted = true });
	expect_shown(&x, "in the kernel ?");
	made_ui_keys(&x, "Enter");
	expect_not_shown(&x, "in the kernel ?");
	cr_expect(x.fx & FX_RESAMPLE);
	cr_expect_lt(ui_interval_ns(x.ui), NS_PER_SEC, "it does not hurry");
	snapshot_clear(&x.snap);
	made_ui_take(&x);
	expect_shown(&x, "127.0.0.1:50000 → 127.0.0.1:3000 was closed already.");
	cr_expect_eq(ui_interval_ns(x.ui), NS_PER_SEC);
	made_ui_close(&x);
}

Test(close_menu, shuts_a_listener_only_alone)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 0);
	made_ui_keys(&x, "x");
	expect_row(&x, 2, " Shut 127.0.0.1:3000 in the kernel ?");
	made_ui_keys(&x, "Esc Space Space x");
	expect_shown(&x, " Close 127.0.0.1:3000 → 127.0.0.1:50000 in the kernel ?");
	expect_shown(&x, " 1 more is no");
	made_ui_keys(&x, "Esc U");
	select_row(&x, 0);
	made_ui_keys(&x, "Space");
	select_row(&x, 3);
	made_ui_keys(&x, "Space x");
	expect_shown(&x, "There is no connection among what is chosen: x shuts a listener alone.");
	made_ui_close(&x);
}

Test(close_menu, says_what_cannot_be_closed)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 3);
	made_ui_keys(&x, "x");
	expect_not_shown(&x, "in the kernel ?");
	expect_shown(&x, "127.0.0.1:3001 is bound, and neither listens nor is connected");
	made_ui_close(&x);
}

/* Both ends of one, and one of the other: that is two connections. */
Test(close_menu, takes_a_connection_once_whichever_ends_are_tagged)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 1);
	made_ui_keys(&x, "Space Space");
	select_row(&x, 4);
	made_ui_keys(&x, "Space");
	expect_shown(&x, "3 tagged");
	made_ui_keys(&x, "x");
	expect_row(&x, 2, " Close 2 connections in the kernel ?");
	expect_shown(&x, "   127.0.0.1:3000 → 127.0.0.1:50001  ESTABLISHED");
	expect_shown(&x, "a reset");
	made_ui_pause(&x);
	made_ui_keys(&x, "Enter");
	snapshot_clear(&x.snap);
	made_ui_take(&x);
	expect_shown(&x, "2 closed already.");
	made_ui_take(&x);
	made_ui_take(&x);
	expect_not_shown(&x, "tagged");
	made_ui_close(&x);
}

Test(close_menu, marks_what_is_tagged_and_moves_on)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 0);
	made_ui_keys(&x, "Space Space");
	expect_selected(&x, "50001");
	expect_shown(&x, "*   3000 127.0.0.1");
	made_ui_keys(&x, "U");
	expect_not_shown(&x, "*   3000");
	expect_not_shown(&x, "tagged");
	made_ui_close(&x);
}

/* Tags act though no row shows them. */
Test(close_menu, acts_on_tags_that_a_filter_hides)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 4);
	made_ui_keys(&x, "Space /");
	made_ui_type(&x, "9999");
	made_ui_keys(&x, "Enter");
	expect_shown(&x, "No socket matches.");
	made_ui_keys(&x, "x");
	expect_shown(&x, " Close 127.0.0.1:50000 → 127.0.0.1:3000 in the kernel ?");
	made_ui_close(&x);
}

static int
forbidden(void)
{
	return -EPERM;
}

static int
unknown(void)
{
	return -ENOTTY;
}

Test(close_menu, asks_nothing_that_the_kernel_forbids)
{
	static const struct { int (*may_close)(void); bool root; const char *want; } cases[] = {
		{ forbidden, false, " lotop is not permitted to close sockets in the kernel. It takes CAP_NET_ADMIN:" },
		{ forbidden, true, "in the user namespace that owns this network." },
		{ unknown, false, "in the kernel ?" },
		{ NULL, false, "in the kernel ?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_ui x;

		set_up_with(&x, &(struct ui_options){ .delay = 1, .charset = TEXT_UTF8,
		                                      .may_close = cases[i].may_close, .root = cases[i].root });
		select_row(&x, 4);
		made_ui_keys(&x, "x");
		expect_shown(&x, cases[i].want);
		cr_expect_eq(made_ui_shows(&x, "Enter Close"), cases[i].may_close != forbidden, "case %zu", i);
		made_ui_close(&x);
	}
}

Test(close_menu, is_refused_by_readonly)
{
	struct made_ui x;

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .readonly = true });
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	made_ui_keys(&x, "x");
	expect_not_shown(&x, "in the kernel ?");
	expect_shown(&x, "lotop was started with --readonly: it ends and closes nothing.");
	made_ui_close(&x);
}

Test(close_menu, fits_into_a_small_window)
{
	struct made_ui x;

	set_up(&x);
	select_row(&x, 1);
	made_ui_keys(&x, "Space Space Space Space Space x");
	for (size_t rows = 1; rows < 12; rows++)
		for (size_t cols = 1; cols < 40; cols += 13) {
			cells_resize(&x.cells, rows, cols);
			made_ui_keys(&x, "Down");
		}
	cells_resize(&x.cells, 24, 80);
	made_ui_keys(&x, "Down");
	expect_shown(&x, "in the kernel ?");
	made_ui_close(&x);
}
