/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the set of tags. Each has a number for its value: bits below, and above them a count. */

#include "ui/tags.h"

#define TAG_THERE  0x1u		/* always: a map holds no NULL */
#define TAG_BOTH   0x2u		/* the row showed both ends */
#define TAG_MISSED 0x4u		/* one of it for each snapshot without the socket */
#define MISSES_MAX 3

static uintptr_t
value_of(const struct tags *t, uint64_t id)
{
	return (uintptr_t)map_get(&t->ids, id);
}

static void
put(struct tags *t, uint64_t id, uintptr_t value)
{
	map_put(&t->ids, id, (void *)value);
}

void
tags_init(struct tags *t)
{
	map_init(&t->ids);
	map_init(&t->spare);
}

void
tags_done(struct tags *t)
{
	map_done(&t->ids);
	map_done(&t->spare);
}

size_t
tags_count(const struct tags *t)
{
	return t->ids.count;
}

void
tags_clear(struct tags *t)
{
	map_clear(&t->ids);
}

bool
tags_has_sock(const struct tags *t, const struct sock *s)
{
	return value_of(t, sock_id(s)) != 0;
}

bool
tags_means_both(const struct tags *t, const struct sock *s)
{
	return value_of(t, sock_id(s)) & TAG_BOTH;
}

/* ---- rows ---- */

struct tag_target
tags_target(const struct row *r)
{
	const struct sock *peer = r->far && !row_is_client(r) ? row_peer(r) : NULL;
	bool blind = r->far && !row_is_client(r) && !peer;

	return (struct tag_target){ peer ? peer : r->sock, r->kind == ROW_PAIR || blind };
}

/* The end that is not the target; NULL: it is not in sight, or not told of. */
static const struct sock *
other_end(const struct row *r, const struct sock *target)
{
	const struct sock *peer = r->kind == ROW_PAIR || r->far ? row_peer(r) : NULL;

	return peer == target && peer != r->sock ? r->sock : peer;
}

bool
tags_has(const struct tags *t, const struct row *r)
{
	const struct sock *target = tags_target(r).sock, *other = other_end(r, target);

	if (tags_count(t) == 0)
		return false;
	if (!r->sum)
		return tags_has_sock(t, target) || (other && tags_has_sock(t, other));
	for (uint32_t i = 0; i < r->sum->count; i++)
		if (!tags_has_sock(t, r->sum->socks[i]))
			return false;
	return true;
}

static void
turn_sock(struct tags *t, const struct sock *s, bool on, bool both)
{
	if (!on)
		map_remove(&t->ids, sock_id(s));
	else if (s->life != LIFE_GONE)
		put(t, sock_id(s), TAG_THERE | (both ? TAG_BOTH : 0));
}

void
tags_turn(struct tags *t, const struct row *r)
{
	struct tag_target target = tags_target(r);
	const struct sock *other = other_end(r, target.sock);
	bool on = !tags_has(t, r);

	for (uint32_t i = 0; r->sum && i < r->sum->count; i++)
		turn_sock(t, r->sum->socks[i], on, false);
	if (r->sum)
		return;
	turn_sock(t, target.sock, on, target.both);
	if (other && other != target.sock)
		turn_sock(t, other, false, false);	/* it may have been tagged by itself */
}

/* ---- what is gone ---- */

/* A map may not change under a walk: those that stay go into the other one. */
void
tags_clean(struct tags *t, const struct snapshot *snap)
{
	struct map walked = t->ids;
	uint64_t id;
	size_t at = 0;
	void *value;

	if (walked.count == 0)
		return;
	t->ids = t->spare;
	while (map_next(&walked, &at, &id, &value)) {
		uintptr_t v = (uintptr_t)value;

		v = snapshot_find(snap, id) ? v & (TAG_THERE | TAG_BOTH) : v + TAG_MISSED;
		if (v < MISSES_MAX * TAG_MISSED)
			put(t, id, v);
	}
	map_clear(&walked);
	t->spare = walked;
}
