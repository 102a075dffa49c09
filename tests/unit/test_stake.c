/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the kill menu tells of a process besides its name. */

#include "made.h"
#include "ui/stake.h"

struct fixture {
	struct snapshot snap;
	struct map      chosen;
	struct task     server, worker, client[4];
	struct owner    owners[2], by_client[4], by_worker;
	struct text     t;
};

static void
set_up(struct fixture *f)
{
	made_snapshot(&f->snap);
	map_init(&f->chosen);
	text_init(&f->t);
	f->server = made_task(100, "gunicorn", "", 0, 0);
	f->worker = made_task(101, "gunicorn", "", 0, 0);
	f->owners[0] = (struct owner){ .task = &f->server };
	f->owners[1] = f->by_worker = (struct owner){ .task = &f->worker };
	for (int i = 0; i < 4; i++) {
		f->client[i] = made_task(200 + i, "curl", "", 0, 0);
		f->by_client[i] = (struct owner){ .task = &f->client[i] };
	}
}

static void
tear_down(struct fixture *f)
{
	text_done(&f->t);
	map_done(&f->chosen);
	snapshot_done(&f->snap);
}

static struct sock *
add(struct fixture *f, struct sock s, const struct owner *owners, uint32_t n)
{
	s.owners = owners;
	s.nowners = n;
	made_add(&f->snap, s);
	return &f->snap.socks[f->snap.count - 1];
}

static struct sock *
listen_on(struct fixture *f, uint16_t port, uint32_t holders)
{
	return add(f, made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", port, NULL, 0), f->owners, holders);
}

/* A connection of the client to the listener with that index, accepted by the worker. */
static void
connect_to(struct fixture *f, uint32_t listener, uint16_t port, int client)
{
	struct sock *s;

	s = add(f, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", port,
	                     "127.0.0.1", (uint16_t)(50000 + f->snap.count)), &f->by_worker, 1);
	s->listener = listener + 1;
	s->peer = (uint32_t)f->snap.count + 1;
	add(f, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", s->remote.port, "127.0.0.1", port),
	    &f->by_client[client], 1);
	f->snap.socks[f->snap.count - 1].peer = (uint32_t)f->snap.count - 1;
}

static const char *
told(struct fixture *f, struct task *task)
{
	struct stake s = { .task = task };

	stakes_find(&s, 1, &f->snap, &f->chosen);
	text_clear(&f->t);
	stake_add_text(&f->t, &s, TEXT_UTF8);
	stakes_done(&s, 1);
	return text_str(&f->t);
}

Test(stake, is_nothing_for_who_holds_only_what_was_chosen)
{
	struct fixture f;

	set_up(&f);
	map_put(&f.chosen, sock_id(listen_on(&f, 3000, 1)), &f);
	cr_expect_str_eq(told(&f, &f.server), "");
	tear_down(&f);
}

Test(stake, names_other_ports_and_clients)
{
	struct fixture f;

	set_up(&f);
	map_put(&f.chosen, sock_id(listen_on(&f, 3000, 1)), &f);
	listen_on(&f, 9230, 1);
	listen_on(&f, 9229, 1);
	add(&f, made_sock(PROTO_TCP, STATE_LISTEN, "::1", 9229, NULL, 0), f.owners, 1);
	cr_expect_str_eq(told(&f, &f.server), "also holds 9229 9230");
	connect_to(&f, 0, 3000, 0);
	cr_expect_str_eq(told(&f, &f.server),
	                 "also holds 9229 9230 · 1 client loses its connection: curl 200");
	connect_to(&f, 2, 9229, 0);
	connect_to(&f, 0, 3000, 1);
	cr_expect_str_eq(told(&f, &f.server),
	                 "also holds 9229 9230 · 3 clients lose their connection: curl 200, curl 201");
	tear_down(&f);
}

/* The same number of another protocol is another port. */
Test(stake, tells_protocols_apart)
{
	struct fixture f;

	set_up(&f);
	map_put(&f.chosen, sock_id(listen_on(&f, 3200, 1)), &f);
	add(&f, made_sock(PROTO_UDP, STATE_UNCONN, "127.0.0.1", 3200, NULL, 0), f.owners, 1);
	add(&f, made_sock(PROTO_UDP, STATE_UNCONN, "::1", 3200, NULL, 0), f.owners, 1);
	listen_on(&f, 9229, 1);
	cr_expect_str_eq(told(&f, &f.server), "also holds 9229 udp 3200");
	add(&f, made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 41112, "127.0.0.1", 41112),
	    f.owners, 1);
	add(&f, made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 41113, "127.0.0.1", 53), f.owners, 1);
	cr_expect_str_eq(told(&f, &f.server),
	                 "also holds 9229 udp 3200 udp 127.0.0.1:41112 (to itself)");
	tear_down(&f);
}

/* The worker accepted it and holds the listener as well: that is one connection. */
Test(stake, counts_a_connection_once)
{
	struct fixture f;

	set_up(&f);
	map_put(&f.chosen, sock_id(listen_on(&f, 3000, 2)), &f);
	for (int i = 0; i < 4; i++)
		connect_to(&f, 0, 3000, i);
	cr_expect_str_eq(told(&f, &f.worker),
	                 "4 clients lose their connection: curl 200, curl 201, curl 202");
	cr_expect_str_eq(told(&f, &f.client[0]), "", "a client has none");
	tear_down(&f);
}

Test(stake, does_not_list_ports_without_end)
{
	struct fixture f;

	set_up(&f);
	for (uint16_t i = 0; i < 9; i++)
		listen_on(&f, 4000 + i, 1);
	cr_expect_str_eq(told(&f, &f.server), "also holds 4000 4001 4002 4003 4004 4005 and 3 more");
	tear_down(&f);
}
