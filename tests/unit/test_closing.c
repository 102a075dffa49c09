/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is said before a socket is closed is what happens then (tests/cli/test_close.c). */

#include "made.h"
#include "ui/closing.h"

struct fixture {
	struct snapshot snap;
	struct task     server, client;
	struct owner    owners[2];
	struct text     t;
};

/* 1: next-dev 4211 listens, 2 is its end and 3 that of chrome 3302. */
static void
set_up(struct fixture *f)
{
	made_snapshot(&f->snap);
	f->server = made_task(4211, "next-dev", "", 0, 0);
	f->client = made_task(3302, "chrome", "", 0, 0);
	f->owners[0] = (struct owner){ .task = &f->server };
	f->owners[1] = (struct owner){ .task = &f->client };
	made_add(&f->snap, made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0));
	made_add(&f->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 51322));
	made_add(&f->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 51322, "127.0.0.1", 3000));
	for (size_t i = 0; i < 3; i++) {
		struct sock *s = &f->snap.socks[i];

		s->inode = 100 + i;
		s->holder = HOLDER_KNOWN;
		s->owners = &f->owners[i == 2];
		s->nowners = 1;
	}
	f->snap.socks[1].peer = 3;
	f->snap.socks[1].listener = 1;
	f->snap.socks[2].peer = 2;
	text_init(&f->t);
}

static void
tear_down(struct fixture *f)
{
	text_done(&f->t);
	snapshot_done(&f->snap);
}

static const char *
effect(struct fixture *f, const struct sock *s)
{
	text_clear(&f->t);
	closing_add_effect(&f->t, &f->snap, s, TEXT_UTF8);
	return text_str(&f->t);
}

Test(closing, says_of_a_connection_what_either_end_gets)
{
	struct fixture f;

	set_up(&f);
	cr_expect_str_eq(effect(&f, &f.snap.socks[1]),
	                 "next-dev 4211 gets an error (ECONNABORTED), chrome 3302 a reset (ECONNRESET).");
	cr_expect_str_eq(effect(&f, &f.snap.socks[2]),
	                 "chrome 3302 gets an error (ECONNABORTED), next-dev 4211 a reset (ECONNRESET).");
	f.snap.socks[2].nowners = 0;
	cr_expect_str_eq(effect(&f, &f.snap.socks[1]), "next-dev 4211 gets an error (ECONNABORTED), "
	                 "the process at 127.0.0.1:51322 a reset (ECONNRESET).");
	tear_down(&f);
}

Test(closing, says_of_what_waits_for_accept_that_it_comes_broken)
{
	struct fixture f;
	struct sock *s;

	set_up(&f);
	s = &f.snap.socks[1];
	s->nowners = 0;
	s->inode = 0;
	s->holder = HOLDER_QUEUE;
	cr_expect_str_eq(effect(&f, s), "No process has accepted it yet: next-dev 4211 may still be given "
	                 "it, and finds it broken (ECONNABORTED). chrome 3302 gets a reset (ECONNRESET).");
	text_clear(&f.t);
	closing_add_ends(&f.t, &f.snap, &f.snap.socks[2], TEXT_ASCII);
	cr_expect_str_eq(text_str(&f.t), "chrome 3302 :51322 -> next-dev 4211 :3000 (in accept queue)");
	tear_down(&f);
}

Test(closing, says_of_a_listener_that_its_port_stays)
{
	struct fixture f;
	struct sock *s;

	set_up(&f);
	s = &f.snap.socks[0];
	cr_expect_str_eq(effect(&f, s), "No new connection is accepted; those that are open stay open. "
	                 "Its port stays bound until next-dev 4211 closes it, which may also listen again.");
	s->has |= SOCK_HAS_QUEUE;
	s->rqueue = 2;
	cr_expect(strstr(effect(&f, s), "again. 2 that wait to be accepted are reset."));
	tear_down(&f);
}

Test(closing, knows_what_there_is_to_close)
{
	static const struct {
		enum sock_proto proto;
		enum sock_state state;
		bool            peer;
		uint64_t        inode;
		enum closing_kind want;
	} cases[] = {
		{ PROTO_TCP, STATE_ESTABLISHED, true, 7, CLOSING_CONNECTION },
		{ PROTO_TCP, STATE_CLOSE_WAIT, true, 7, CLOSING_CONNECTION },
		{ PROTO_TCP, STATE_FIN_WAIT2, true, 7, CLOSING_CONNECTION },
		{ PROTO_TCP, STATE_SYN_SENT, true, 7, CLOSING_CONNECTING },
		{ PROTO_TCP, STATE_TIME_WAIT, true, 0, CLOSING_KERNEL },
		{ PROTO_TCP, STATE_LAST_ACK, true, 0, CLOSING_KERNEL },
		{ PROTO_TCP, STATE_SYN_RECV, true, 0, CLOSING_KERNEL },
		{ PROTO_TCP, STATE_FIN_WAIT1, true, 0, CLOSING_ORPHAN },
		{ PROTO_TCP, STATE_FIN_WAIT2, true, 0, CLOSING_ORPHAN },
		{ PROTO_TCP, STATE_LISTEN, false, 7, CLOSING_LISTENER },
		{ PROTO_TCP, STATE_BOUND, false, 7, CLOSING_BOUND },
		{ PROTO_UDP, STATE_UNCONN, false, 7, CLOSING_UDP },
		{ PROTO_UDP, STATE_ESTABLISHED, true, 7, CLOSING_UDP_PEER },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sock s = made_sock(cases[i].proto, cases[i].state, "127.0.0.1", 3000,
		                          cases[i].peer ? "127.0.0.2" : NULL, cases[i].peer ? 4000 : 0);

		s.inode = cases[i].inode;
		cr_expect_eq(closing_kind(&s), cases[i].want, "case %zu: %d", i, closing_kind(&s));
		cr_expect_eq(closing_can(&s), cases[i].want != CLOSING_BOUND);
		s.life = LIFE_GONE;
		cr_expect_eq(closing_kind(&s), CLOSING_GONE);
		cr_expect_not(closing_can(&s));
	}
}

/* Holds for every kind there is. */
Test(closing, has_a_sentence_for_every_kind)
{
	struct fixture f;

	set_up(&f);
	for (int state = STATE_ESTABLISHED; state < STATE_COUNT; state++)
		for (int proto = 0; proto < PROTO_COUNT; proto++) {
			struct sock s = f.snap.socks[2];

			s.state = (uint8_t)state;
			s.proto = (uint8_t)proto;
			cr_expect_gt(strlen(effect(&f, &s)), 20);
			s.inode = 0;
			s.nowners = 0;
			cr_expect_gt(strlen(effect(&f, &s)), 20);
			cr_expect_null(strstr(effect(&f, &s), "null"));
		}
	tear_down(&f);
}

Test(closing, knows_a_socket_that_is_connected_to_itself)
{
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 3000);

	s.inode = 1;
	cr_expect_eq(closing_kind(&s), CLOSING_SELF);
}
