/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/ends.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/util.h"

#define SENT_NS (5 * NS_PER_SEC)	/* kept for this long, at most twice */

void
ends_init(struct ends *e)
{
	*e = (struct ends){ .count = 0 };
	map_init(&e->sent[0]);
	map_init(&e->sent[1]);
}

void
ends_done(struct ends *e)
{
	map_done(&e->sent[0]);
	map_done(&e->sent[1]);
	free(e->all);
}

/* The id of a connection by its ends alone: sock_id() of one without cookie and inode. */
static uint64_t
tuple_id(const struct sock *s, const struct endpoint *local, const struct endpoint *remote)
{
	struct sock bare = { .proto = s->proto, .local = *local, .remote = *remote };

	return sock_id(&bare);
}

/* The map has pointers: a count is one more, and one that does not fit is left out. */
static void
note_sent(struct ends *e, const struct end *end, uint64_t now_ns)
{
	const struct sock *s = &end->sock;

	if (now_ns - e->turned_ns >= SENT_NS) {
		struct map old = e->sent[1];

		map_clear(&old);
		e->sent[1] = e->sent[0];
		e->sent[0] = old;
		e->turned_ns = now_ns;
	}
	if (end->tx_bytes < UINTPTR_MAX)
		map_put(&e->sent[0], tuple_id(s, &s->local, &s->remote),
		        (void *)(uintptr_t)(end->tx_bytes + 1));
}

static bool
recall_sent(const struct ends *e, const struct sock *peer_of, uint64_t *ret)
{
	uint64_t id = tuple_id(peer_of, &peer_of->remote, &peer_of->local);
	void *sent = map_get(&e->sent[0], id);

	if (!sent)
		sent = map_get(&e->sent[1], id);
	if (sent)
		*ret = (uintptr_t)sent - 1;
	return sent != NULL;
}

void
ends_add(struct ends *e, const struct sock *s, uint64_t now_ns)
{
	struct end end = { .sock = *s, .counted = s->has & SOCK_HAS_BYTES };

	end.sock.info = NULL;
	end.rx_bytes = sock_info(s)->rx_bytes;
	end.tx_bytes = sock_info(s)->tx_bytes;
	end.settled = !end.counted || end.rx_bytes == 0;
	e->all = mem_room(e->all, e->count, &e->cap, sizeof *e->all);
	e->all[e->count++] = end;
	if (end.counted)
		note_sent(e, &end, now_ns);
}

/* All ones is the cookie that matches any (INET_DIAG_NOCOOKIE). */
static bool
ask_peer(struct lookup *l, const struct sock *s, uint64_t *ret)
{
	struct sock peer = { .proto = s->proto, .family = s->family, .local = s->remote,
	                     .remote = s->local, .cookie = UINT64_MAX };
	struct sock_alone now;

	if (!l || lookup_sock(l, &peer, &now) < 0 || !(now.sock.has & SOCK_HAS_BYTES) ||
	    memcmp(&now.sock.remote, &s->local, sizeof s->local) != 0)
		return false;
	*ret = now.info.tx_bytes;
	return true;
}

bool
ends_settle(struct ends *e, struct lookup *l)
{
	bool all = true;

	for (size_t i = 0; i < e->count; i++) {
		struct end *end = &e->all[i];
		uint64_t sent;

		if (end->settled)
			continue;
		end->settled = ask_peer(l, &end->sock, &sent) || recall_sent(e, &end->sock, &sent);
		if (end->settled)
			end->rx_bytes = MIN(end->rx_bytes, sent);
		all &= end->settled;
	}
	return all;
}

void
ends_give_up(struct ends *e)
{
	for (size_t i = 0; i < e->count; i++)
		if (!e->all[i].settled)
			e->all[i].sock.has &= ~SOCK_HAS_BYTES;
}

void
ends_clear(struct ends *e)
{
	e->count = 0;
}
