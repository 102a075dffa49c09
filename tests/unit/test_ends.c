/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* cmd/ends: what a connection received, told from the FIN by what its peer has sent. */

#include "made.h"

#include "source/ends.h"

static struct sock
end_of(uint16_t local, uint16_t remote, uint64_t rx, uint64_t tx)
{
	struct sock s = made_sock(PROTO_TCP, STATE_UNKNOWN, "127.0.0.1", local, "127.0.0.1", remote);

	s.has = SOCK_HAS_BYTES;
	info_of(&s)->rx_bytes = rx;
	s.info->tx_bytes = tx;
	return s;
}

Test(ends, a_fin_is_no_byte)
{
	static const struct {
		const char *what;
		uint64_t    raw;	/* of the client, as the kernel counts */
		uint64_t    sent;	/* by the server */
		uint64_t    received;
	} cases[] = {
		{ "with a FIN",          501, 500, 500 },
		{ "without one",         500, 500, 500 },
		{ "a FIN alone",         1,   0,   0 },
		{ "not all that came",   300, 500, 300 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sock client = end_of(4000, 80, cases[i].raw, 100);
		struct sock server = end_of(80, 4000, 101, cases[i].sent);
		struct ends e;

		ends_init(&e);
		ends_add(&e, &client, 0);
		cr_expect_not(ends_settle(&e, NULL), "%s: its peer is not known", cases[i].what);
		ends_add(&e, &server, 0);
		cr_expect(ends_settle(&e, NULL), "%s", cases[i].what);
		cr_expect_eq(e.all[0].rx_bytes, cases[i].received, "%s", cases[i].what);
		cr_expect_eq(e.all[1].rx_bytes, 100, "%s: the server", cases[i].what);
		ends_done(&e);
	}
}

Test(ends, a_peer_that_ended_earlier_is_remembered)
{
	struct sock client = end_of(4000, 80, 501, 100), server = end_of(80, 4000, 101, 500);
	struct ends e;

	ends_init(&e);
	ends_add(&e, &client, 0);
	ends_give_up(&e);
	cr_expect_eq(e.all[0].sock.has, 0u, "unknown is not nearly");
	ends_clear(&e);
	ends_add(&e, &server, 4000000000);
	cr_expect(ends_settle(&e, NULL));
	cr_expect_eq(e.all[0].rx_bytes, 100);
	cr_expect_eq(e.all[0].sock.has, SOCK_HAS_BYTES);
	ends_done(&e);
}

Test(ends, what_received_nothing_needs_no_peer)
{
	struct sock s = end_of(4000, 80, 0, 100);
	struct ends e;

	ends_init(&e);
	ends_add(&e, &s, 0);
	cr_expect(ends_settle(&e, NULL));
	ends_give_up(&e);
	cr_expect_eq(e.all[0].sock.has, SOCK_HAS_BYTES);
	ends_done(&e);
}
