/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/listeners: through which listener a connection came. */

#include "made.h"
#include "model/listeners.h"

#include "base/util.h"

static struct sock
listener(const char *addr, int v6only, uint32_t ifindex)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, addr, 80, NULL, 0);

	s.ifindex = ifindex;
	if (v6only >= 0) {
		s.has |= SOCK_HAS_V6ONLY;
		s.v6only = v6only > 0;
	}
	return s;
}

/* Index of the listener that takes a connection to addr:80; -1: none. */
static int
find(struct snapshot *snap, const char *addr, uint32_t ifindex)
{
	struct sock c = made_sock(PROTO_TCP, STATE_ESTABLISHED, addr, 80, addr, 4000);
	struct listeners l;
	const struct sock *found;

	c.ifindex = ifindex;
	listeners_init(&l, snap, &snap->arena);
	found = listeners_find(&l, &c);
	listeners_done(&l);
	return found ? (int)(found - snap->socks) : -1;
}

/* Those of TCP take connections, those of UDP what comes from sockets with a peer. */
Test(listeners, the_two_protocols_are_apart)
{
	struct sock c = made_sock(PROTO_UDP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 4000);
	struct snapshot snap;
	struct listeners tcp, udp;

	made_snapshot(&snap);
	made_add(&snap, listener("127.0.0.1", -1, 0));
	made_add(&snap, made_sock(PROTO_UDP, STATE_UNCONN, "0.0.0.0", 80, NULL, 0));
	listeners_init(&tcp, &snap, &snap.arena);
	listeners_init_udp(&udp, &snap, &snap.arena);
	cr_expect_eq(listeners_find(&tcp, &c), &snap.socks[0]);
	cr_expect_eq(listeners_find(&udp, &c), &snap.socks[1]);
	listeners_done(&tcp);
	listeners_done(&udp);
	snapshot_done(&snap);
}

Test(listeners, the_best_fit_is_found)
{
	static const struct {
		const char *addrs[3];	/* of listeners */
		int         v6only;	/* of those on :: */
		const char *to;
		int         want;
	} cases[] = {
		{ { "127.0.0.1" }, -1, "127.0.0.1", 0 },
		{ { "127.0.0.1" }, -1, "127.0.0.2", -1 },
		{ { "0.0.0.0", "127.0.0.1" }, -1, "127.0.0.1", 1 },
		{ { "127.0.0.1", "0.0.0.0" }, -1, "127.0.0.1", 0 },
		{ { "127.0.0.1", "0.0.0.0" }, -1, "127.0.0.9", 1 },
		{ { "0.0.0.0" }, -1, "::1", -1 },
		{ { "::", "0.0.0.0" }, 0, "127.0.0.1", 1 },	/* as the kernel: its own family first */
		{ { "0.0.0.0", "::" }, 0, "127.0.0.1", 0 },
		{ { "0.0.0.0", "::" }, 0, "::1", 1 },
		{ { "::" }, 0, "127.0.0.1", 0 },
		{ { "::" }, -1, "127.0.0.1", 0 },
		{ { "::" }, 1, "127.0.0.1", -1 },
		{ { "::" }, 1, "::1", 0 },
		{ { NULL }, -1, "127.0.0.1", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot snap;

		made_snapshot(&snap);
		for (size_t k = 0; k < 3 && cases[i].addrs[k]; k++)
			made_add(&snap, listener(cases[i].addrs[k],
			                         strcmp(cases[i].addrs[k], "::") == 0
			                             ? cases[i].v6only : -1, 0));
		cr_expect_eq(find(&snap, cases[i].to, 0), cases[i].want, "case %zu", i);
		snapshot_done(&snap);
	}
}

Test(listeners, a_device_must_be_the_same)
{
	struct snapshot snap;

	made_snapshot(&snap);
	made_add(&snap, listener("0.0.0.0", -1, MADE_ETH0));
	cr_expect_eq(find(&snap, "127.0.0.1", MADE_LO), -1);
	cr_expect_eq(find(&snap, "127.0.0.1", 0), -1);
	cr_expect_eq(find(&snap, "10.0.0.1", MADE_ETH0), 0);
	snapshot_done(&snap);
}

Test(listeners, of_equals_the_one_of_the_same_process)
{
	struct task a = made_task(10, "a", "a", 2, 1), b = made_task(20, "b", "b", 2, 1);
	struct owner owners[] = { { &a, 3 }, { &b, 4 } };

	for (size_t mine = 0; mine < 2; mine++) {
		struct sock c = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80,
		                          "127.0.0.1", 4000);
		struct snapshot snap;
		struct listeners l;

		made_snapshot(&snap);
		for (size_t i = 0; i < 2; i++) {
			struct sock s = listener("127.0.0.1", -1, 0);

			s.owners = &owners[i];
			s.nowners = 1;
			made_add(&snap, s);
		}
		c.owners = &owners[mine];
		c.nowners = 1;
		listeners_init(&l, &snap, &snap.arena);
		cr_expect_eq(listeners_find(&l, &c), &snap.socks[mine]);
		listeners_done(&l);
		snapshot_done(&snap);
	}
}
