/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which sockets are drawn together. */

#include "made_view.h"
#include "view/links.h"

struct want {
	uint32_t mates[6], takers[6];
};

static void
expect_links(struct made_view *x, const struct want *want)
{
	struct links l;

	links_init(&l);
	for (int again = 0; again < 2; again++) {
		links_find(&l, &x->snap);
		for (size_t i = 0; i < x->snap.count + x->snap.ngone; i++) {
			cr_expect_eq(l.mates[i], want->mates[i], "mate of %zu: %u", i + 1, l.mates[i]);
			cr_expect_eq(l.takers[i], want->takers[i], "taker of %zu: %u", i + 1, l.takers[i]);
		}
	}
	links_done(&l);
}

Test(links, ends_find_each_other_and_lead_to_who_listens)
{
	struct made_view x;

	made_view_init(&x, VIEW_PAIRS);
	made_listener(&x, "127.0.0.1", 80, NULL);
	made_pair(&x, 40000, NULL, 80, NULL);
	made_end(&x, STATE_TIME_WAIT, "127.0.0.1", 40001, "127.0.0.1", 80, NULL);
	made_end(&x, STATE_TIME_WAIT, "127.0.0.1", 80, "127.0.0.1", 40002, NULL);
	made_end(&x, STATE_ESTABLISHED, "127.0.0.1", 40003, "127.0.0.1", 81, NULL);
	made_join(&x);
	expect_links(&x, &(struct want){ { 0, 3, 2, 0, 0, 0 }, { 0, 0, 1, 1, 1, 0 } });
	made_view_done(&x);
}

Test(links, a_wildcard_takes_what_comes_to_this_machine_alone)
{
	uint8_t host[1][16];
	struct made_view x;

	made_view_init(&x, VIEW_PAIRS);
	made_listener(&x, "0.0.0.0", 80, NULL);
	made_end(&x, STATE_ESTABLISHED, "192.0.2.2", 40000, "192.0.2.9", 80, NULL);
	made_end(&x, STATE_ESTABLISHED, "192.0.2.2", 40000, "192.0.2.2", 80, NULL);
	made_end(&x, STATE_ESTABLISHED, "192.0.2.2", 40000, "127.0.0.7", 80, NULL);
	made_end(&x, STATE_ESTABLISHED, "192.0.2.2", 40000, "192.0.2.3", 80, NULL);
	made_join(&x);
	memcpy(host[0], made_endpoint("192.0.2.3", 0).addr, sizeof host[0]);
	x.snap.host_addrs = host;
	x.snap.nhost_addrs = 1;
	expect_links(&x, &(struct want){ { 0 }, { 0, 0, 1, 1, 1 } });
	made_view_done(&x);
}

/* An end that stays has been told of no other; one that has found another one keeps that. */
Test(links, what_has_gone_is_with_what_it_left)
{
	struct made_view x;

	made_view_init(&x, VIEW_PAIRS);
	made_end(&x, STATE_CLOSE_WAIT, "127.0.0.1", 80, "127.0.0.1", 40000, NULL);
	made_end(&x, STATE_ESTABLISHED, "127.0.0.1", 81, "127.0.0.1", 40001, NULL);
	made_end(&x, STATE_ESTABLISHED, "127.0.0.1", 40001, "127.0.0.1", 81, NULL);
	made_join(&x);
	made_end(&x, STATE_FIN_WAIT2, "127.0.0.1", 40000, "127.0.0.1", 80, NULL);
	made_end(&x, STATE_ESTABLISHED, "127.0.0.1", 40001, "127.0.0.1", 81, NULL);
	made_at(&x, 4)->peer = 1;
	made_at(&x, 5)->peer = 2;
	made_gone(&x, 2);
	expect_links(&x, &(struct want){ { 4, 3, 2, 1, 0 }, { 0 } });
	made_view_done(&x);
}
