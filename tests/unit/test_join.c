/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Whose a socket is when no descriptor was found for it. */

#include <criterion/criterion.h>

#include <string.h>

#include "base/util.h"
#include "model/join.h"
#include "model/task.h"

static struct snapshot snap;

static void
begin(void)
{
	snapshot_init(&snap);
}

static void
end(void)
{
	snapshot_done(&snap);
}

TestSuite(join, .init = begin, .fini = end);

static struct endpoint
at(const char *addr, uint16_t port)
{
	struct endpoint e = { .port = port };

	cr_assert_eq(addr_parse(addr, strlen(addr), e.addr), 0, "%s", addr);
	return e;
}

static const char *
name_of(uint8_t holder)
{
	return sock_holder_names[holder] ? sock_holder_names[holder] : "unknown";
}

/* The holder of a connection without an inode, beside a listener that has one. */
static enum sock_holder
beside(const struct sock *listener, const struct sock *conn)
{
	snapshot_clear(&snap);
	snapshot_add(&snap, conn);
	snapshot_add(&snap, listener);
	join_holders(&snap);
	return snap.socks[0].holder;
}

static struct sock
listener_on(const char *addr)
{
	return (struct sock){ .proto = PROTO_TCP, .state = STATE_LISTEN, .inode = 7,
			      .family = strchr(addr, ':') ? 6 : 4, .local = at(addr, 8080) };
}

static struct sock
waiting_on(const char *addr)
{
	return (struct sock){ .proto = PROTO_TCP, .state = STATE_ESTABLISHED,
			      .family = strchr(addr, ':') ? 6 : 4, .local = at(addr, 8080),
			      .remote = at(addr, 50000) };
}

Test(join, a_listener_has_in_its_queue_what_its_address_covers)
{
	static const struct { const char *listener, *conn; enum sock_holder want; } cases[] = {
		{ "127.0.0.1", "127.0.0.1", HOLDER_QUEUE },
		{ "127.0.0.1", "127.0.0.2", HOLDER_NONE },
		{ "127.0.0.1", "::1", HOLDER_NONE },
		{ "0.0.0.0", "127.0.0.1", HOLDER_QUEUE },
		{ "0.0.0.0", "192.0.2.1", HOLDER_QUEUE },
		{ "0.0.0.0", "::1", HOLDER_NONE },
		{ "::1", "::1", HOLDER_QUEUE },
		{ "::1", "127.0.0.1", HOLDER_NONE },
		{ "::", "::1", HOLDER_QUEUE },
		{ "::", "::ffff:127.0.0.1", HOLDER_QUEUE },
		{ "::ffff:127.0.0.1", "::ffff:127.0.0.1", HOLDER_QUEUE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock l = listener_on(cases[i].listener), c = waiting_on(cases[i].conn);
		enum sock_holder got = beside(&l, &c);

		cr_expect_eq(got, cases[i].want, "%s beside a listener on %s: %s", cases[i].conn,
			     cases[i].listener, name_of((uint8_t)got));
	}
}

Test(join, only_what_accept_would_give_is_in_a_queue)
{
	for (uint8_t state = STATE_ESTABLISHED; state < STATE_BOUND; state++) {
		struct sock l = listener_on("127.0.0.1"), c = waiting_on("127.0.0.1");
		enum sock_holder want = state == STATE_ESTABLISHED || state == STATE_CLOSE_WAIT
						? HOLDER_QUEUE : HOLDER_NONE;

		c.state = state;
		cr_expect_eq(beside(&l, &c), want, "state %u", state);
	}
}

Test(join, another_port_protocol_or_device_is_another_queue)
{
	struct sock l = listener_on("127.0.0.1"), c = waiting_on("127.0.0.1");

	l.local.port++;
	cr_expect_eq(beside(&l, &c), HOLDER_NONE);

	l = listener_on("127.0.0.1");
	c.proto = PROTO_UDP;
	cr_expect_eq(beside(&l, &c), HOLDER_NONE);

	c = waiting_on("127.0.0.1");
	l.state = STATE_BOUND;
	cr_expect_eq(beside(&l, &c), HOLDER_NONE);

	l = listener_on("0.0.0.0");
	l.ifindex = 2;
	cr_expect_eq(beside(&l, &c), HOLDER_NONE);
	c.ifindex = 2;
	cr_expect_eq(beside(&l, &c), HOLDER_QUEUE);
	l.ifindex = 0;
	cr_expect_eq(beside(&l, &c), HOLDER_QUEUE);
}

/* Of several listeners of one port any may cover it, wherever in the dump they stand. */
Test(join, every_listener_of_the_port_is_asked)
{
	static const char *const addrs[] = { "127.0.0.9", "127.0.0.1", "127.0.0.1", "::1", "10.0.0.1" };

	for (size_t first = 0; first < ARRAY_SIZE(addrs); first++) {
		struct sock here = waiting_on("127.0.0.1"), nowhere = waiting_on("127.0.0.2");

		snapshot_clear(&snap);
		snapshot_add(&snap, &here);
		snapshot_add(&snap, &nowhere);
		for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
			struct sock l = listener_on(addrs[(first + i) % ARRAY_SIZE(addrs)]);

			l.inode = i + 1;	/* two share an address: SO_REUSEPORT */
			snapshot_add(&snap, &l);
		}
		join_holders(&snap);
		cr_expect_eq(snap.socks[0].holder, HOLDER_QUEUE, "order %zu", first);
		cr_expect_eq(snap.socks[1].holder, HOLDER_NONE, "order %zu", first);
	}
}

Test(join, an_owner_is_always_known)
{
	static const struct owner owner;
	struct sock c = waiting_on("127.0.0.1"), l = listener_on("127.0.0.1");

	c.owners = &owner;
	c.nowners = 1;
	cr_expect_eq(beside(&l, &c), HOLDER_KNOWN);
	c.inode = 5;
	cr_expect_eq(beside(&l, &c), HOLDER_KNOWN);
}

Test(join, an_inode_without_an_owner_is_what_may_be_said_of_it)
{
	static const struct {
		const char *what;
		uint32_t hidden;
		bool invisible;
		uint8_t shortfall;
		enum sock_holder want;
	} cases[] = {
		{ "all was seen", 0, false, SHORT_COUNT, HOLDER_UNSEEN },
		{ "a process of another user", 1, false, SHORT_COUNT, HOLDER_HIDDEN },
		{ "hidepid", 0, true, SHORT_COUNT, HOLDER_HIDDEN },
		{ "not read yet", 0, false, SHORT_PENDING, HOLDER_UNKNOWN },
		{ "not read yet, and other users", 1, true, SHORT_PENDING, HOLDER_UNKNOWN },
		{ "no /proc", 0, false, SHORT_OWNERS, HOLDER_UNKNOWN },
		{ "one did not answer", 0, false, SHORT_UNREADABLE, HOLDER_UNKNOWN },
		{ "one did not answer, another may not", 1, false, SHORT_UNREADABLE, HOLDER_HIDDEN },
		{ "rows are missing", 0, false, SHORT_INTERRUPTED, HOLDER_UNSEEN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = listener_on("127.0.0.1");

		snapshot_clear(&snap);
		snap.hidden_tasks = cases[i].hidden;
		snap.tasks_invisible = cases[i].invisible;
		if (cases[i].shortfall < SHORT_COUNT)
			snapshot_short(&snap, &(struct shortfall){ .kind = cases[i].shortfall });
		snapshot_add(&snap, &s);
		join_holders(&snap);
		cr_expect_eq(snap.socks[0].holder, cases[i].want, "%s: %s", cases[i].what,
			     name_of(snap.socks[0].holder));
	}
}

Test(join, an_empty_snapshot_is_joined)
{
	join_holders(&snap);
	cr_expect_eq(snap.count, 0);
}
