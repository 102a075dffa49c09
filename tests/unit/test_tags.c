/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Tags are of sockets: rows of every kind tag and show what they stand for, and what is gone is forgotten. */

#include "made.h"
#include "ui/tags.h"

struct fixture {
	struct snapshot snap;
	struct view_env env;
	struct tags     tags;
};

/* A listener 1, and the ends 2 (client) and 3 (server) of a connection to it. */
static void
fill(struct fixture *f)
{
	snapshot_clear(&f->snap);
	made_add(&f->snap, made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0));
	made_add(&f->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 50000, "127.0.0.1", 3000));
	made_add(&f->snap, made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 3000, "127.0.0.1", 50000));
	f->snap.socks[1].peer = 3;
	f->snap.socks[2].peer = 2;
}

static void
set_up(struct fixture *f)
{
	made_snapshot(&f->snap);
	tags_init(&f->tags);
	f->env = (struct view_env){ .snap = &f->snap };
	fill(f);
}

static void
tear_down(struct fixture *f)
{
	tags_done(&f->tags);
	snapshot_done(&f->snap);
}

static struct row
row_of(const struct fixture *f, size_t i, enum row_kind kind)
{
	return (struct row){ .sock = &f->snap.socks[i], .env = &f->env, .kind = (uint8_t)kind };
}

Test(tags, come_and_go_with_the_key)
{
	struct fixture f;
	struct row a, b;

	set_up(&f);
	a = row_of(&f, 0, ROW_SOCK);
	b = row_of(&f, 1, ROW_SOCK);
	cr_expect_not(tags_has(&f.tags, &a));
	tags_turn(&f.tags, &a);
	cr_expect(tags_has(&f.tags, &a));
	cr_expect_not(tags_has(&f.tags, &b));
	cr_expect_not(tags_means_both(&f.tags, a.sock));
	tags_turn(&f.tags, &b);
	cr_expect_eq(tags_count(&f.tags), 2);
	tags_turn(&f.tags, &a);
	cr_expect_not(tags_has(&f.tags, &a));
	tags_clear(&f.tags);
	cr_expect_eq(tags_count(&f.tags), 0);
	tear_down(&f);
}

Test(tags, of_a_pair_are_one_whichever_end_is_shown)
{
	struct fixture f;
	struct row client, server;

	set_up(&f);
	client = row_of(&f, 1, ROW_PAIR);
	server = row_of(&f, 2, ROW_PAIR);
	tags_turn(&f.tags, &client);
	cr_expect_eq(tags_count(&f.tags), 1);
	cr_expect(tags_means_both(&f.tags, client.sock));
	cr_expect(tags_has(&f.tags, &server));
	tags_turn(&f.tags, &server);
	cr_expect_eq(tags_count(&f.tags), 0);
	tear_down(&f);
}

/* Below its listener a row tells of the client, and its socket is the server's. */
Test(tags, of_a_row_of_the_tree_are_of_the_client)
{
	struct fixture f;
	struct row server, client;

	set_up(&f);
	server = row_of(&f, 2, ROW_SOCK);
	server.far = true;
	client = row_of(&f, 1, ROW_SOCK);
	f.snap.socks[2].role = SOCK_SERVER;
	tags_turn(&f.tags, &server);
	cr_expect(tags_has(&f.tags, &server));
	cr_expect(tags_has(&f.tags, &client));
	cr_expect_not(tags_means_both(&f.tags, client.sock));
	tags_turn(&f.tags, &server);
	cr_expect_eq(tags_count(&f.tags), 0);
	/* Where the client is not in sight, the server's end is all there is, and is not what the row names. */
	f.snap.socks[2].peer = 0;
	tags_turn(&f.tags, &server);
	cr_expect(tags_means_both(&f.tags, server.sock));
	tear_down(&f);
}

Test(tags, of_a_process_are_those_of_all_its_sockets)
{
	struct fixture f;
	const struct sock *socks[2];
	struct row_sum sum = { .socks = socks, .count = 2 };
	struct row process, one;

	set_up(&f);
	socks[0] = &f.snap.socks[0];
	socks[1] = &f.snap.socks[2];
	one = row_of(&f, 2, ROW_SOCK);
	process = row_of(&f, 0, ROW_PROCESS);
	process.sum = &sum;
	tags_turn(&f.tags, &one);
	cr_expect_not(tags_has(&f.tags, &process), "one of two is not all");
	tags_turn(&f.tags, &process);
	cr_expect_eq(tags_count(&f.tags), 2);
	cr_expect(tags_has(&f.tags, &process));
	tags_turn(&f.tags, &process);
	cr_expect_eq(tags_count(&f.tags), 0);
	tear_down(&f);
}

Test(tags, are_not_for_what_has_closed)
{
	struct fixture f;
	struct row r;

	set_up(&f);
	f.snap.socks[0].life = LIFE_GONE;
	r = row_of(&f, 0, ROW_SOCK);
	tags_turn(&f.tags, &r);
	cr_expect_eq(tags_count(&f.tags), 0);
	tear_down(&f);
}

/* One dump may pass over a socket that lives. */
Test(tags, outlive_a_snapshot_or_two_without_their_socket)
{
	struct fixture f;
	struct row r;

	set_up(&f);
	r = row_of(&f, 1, ROW_PAIR);
	tags_turn(&f.tags, &r);
	snapshot_clear(&f.snap);
	tags_clean(&f.tags, &f.snap);
	tags_clean(&f.tags, &f.snap);
	cr_expect_eq(tags_count(&f.tags), 1);
	fill(&f);
	tags_clean(&f.tags, &f.snap);
	cr_expect(tags_means_both(&f.tags, &f.snap.socks[1]), "it keeps what it meant");
	snapshot_clear(&f.snap);
	tags_clean(&f.tags, &f.snap);
	tags_clean(&f.tags, &f.snap);
	cr_expect_eq(tags_count(&f.tags), 1, "it was there in between");
	tags_clean(&f.tags, &f.snap);
	cr_expect_eq(tags_count(&f.tags), 0);
	tear_down(&f);
}
