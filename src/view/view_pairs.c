/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the view in which each connection is one row, whichever of its ends are in sight. */

#include "view/view_priv.h"

/* Does the one with that role come first: the client, or whoever does not serve? */
static int
rank_of_role(const struct sock *s)
{
	static const int ranks[SOCK_ROLES] = { [SOCK_CLIENT] = -1, [SOCK_SERVER] = 1 };

	return ranks[s->role];
}

/* Of two ends of which neither or each is a server, the one with the lower cookie comes first. */
static bool
is_first(const struct sock *s, const struct sock *mate)
{
	int own = rank_of_role(s), other = rank_of_role(mate);

	if (own != other)
		return own < other;
	if (sock_id(s) != sock_id(mate))
		return sock_id(s) < sock_id(mate);
	return s <= mate;
}

static bool
has_row(const struct build *b, size_t i)
{
	const struct sock *socks = b->snap->socks;

	return sock_has_peer(&socks[i]) && !view_is_replaced(b, i) &&
	       is_first(&socks[i], &socks[view_mate(b, i)]);
}

/* Both sides of one server: who closed first is not what the view is about. */
static uint64_t
fold_key(const struct build *b, size_t i)
{
	const struct row row = { .sock = &b->snap->socks[i], .env = &b->v->env, .kind = ROW_PAIR };

	return fold_key_of(row.sock, row_is_client(&row), 0);
}

const struct view_ops view_pairs = {
	.kind = ROW_PAIR,
	.links = true,
	.sort = "client",
	.fields = pair_fields,
	.nfields = &npair_fields,
	.has_row = has_row,
	.marks = view_marks_of_both,
	.fold_key = fold_key,
	.arrange = view_arrange,
};
