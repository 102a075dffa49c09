/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/track.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/task.h"

/*
 * The kernel tells of a destroyed socket from a work queue, and of a listener or a UDP
 * socket behind a grace period (sock_diag_broadcast_destroy, SOCK_RCU_FREE): a dump
 * may miss it before that. An id is kept for this long, at most twice.
 */
#define ENDED_NS (5 * NS_PER_SEC)

struct seen {
	uint64_t first_ns;
	uint8_t  state;
	bool     over;	/* its end was told, or it had none when it was seen first */
	bool     told;	/* its opening was told, or was before the first snapshot */
};

void
track_init(struct track *t)
{
	*t = (struct track){ .started = false };
	map_init(&t->seen);
	map_init(&t->ended[0]);
	map_init(&t->ended[1]);
}

void
track_done(struct track *t)
{
	uint64_t id;
	size_t at = 0;
	void *seen;

	while (map_next(&t->seen, &at, &id, &seen))
		free(seen);
	map_done(&t->seen);
	map_done(&t->ended[0]);
	map_done(&t->ended[1]);
	free(t->events);
}

/* The inode is that of the struct socket, which a process has; it goes with close(2). */
bool
track_lives(const struct sock *s)
{
	if (s->state == STATE_TIME_WAIT)
		return false;
	return s->inode != 0 || s->state == STATE_SYN_RECV || s->state == STATE_ESTABLISHED ||
	       s->state == STATE_CLOSE_WAIT;
}

static void
add_event(struct track *t, enum track_change change, const struct sock *s, uint64_t age_ns)
{
	t->events = mem_room(t->events, t->count, &t->cap, sizeof *t->events);
	t->events[t->count++] = (struct track_event){ change, s, age_ns };
}

static struct seen *
remember(struct track *t, uint64_t id, uint64_t now_ns)
{
	struct seen *seen = mem_new(sizeof *seen);

	seen->first_ns = now_ns;
	map_put(&t->seen, id, seen);
	return seen;
}

/* ---- ids of what is gone ---- */

static void
note_ended(struct track *t, uint64_t id, uint64_t now_ns)
{
	if (now_ns - t->turned_ns >= ENDED_NS) {
		struct map old = t->ended[1];

		map_clear(&old);
		t->ended[1] = t->ended[0];
		t->ended[0] = old;
		t->turned_ns = now_ns;
	}
	map_put(&t->ended[0], id, t);
}

static bool
has_ended(const struct track *t, uint64_t id)
{
	return map_get(&t->ended[0], id) || map_get(&t->ended[1], id);
}

/* ---- what is gone ---- */

/* Owners belong to the snapshot that they came with: the copy has its own. */
static void
adopt(struct snapshot *now, const struct sock *s, const struct sock *old)
{
	struct sock copy = *s;
	struct owner *owners = arena_alloc(&now->arena, (old->nowners + 1) * sizeof *owners);

	for (uint32_t i = 0; i < old->nowners; i++) {
		owners[i].task = task_copy(&now->arena, old->owners[i].task);
		owners[i].fd = old->owners[i].fd;
	}
	copy.peer = copy.listener = 0;	/* indices of the old one */
	copy.owners = owners;
	copy.nowners = old->nowners;
	copy.holder = old->holder;
	snapshot_add(now, &copy);
}

static void
note_gone(struct track *t, const struct sock *old, struct snapshot *now,
          track_confirm_fn confirm, void *arg)
{
	struct seen *seen = map_get(&t->seen, sock_id(old));
	const struct sock *s = snapshot_find(now, sock_id(old));
	struct sock found;

	if (!seen || seen->over)
		return;
	if (!s && confirm(old, &found, arg)) {
		adopt(now, &found, old);
		s = &found;
	}
	if (s && track_lives(s))
		return;
	seen->over = true;
	add_event(t, TRACK_CLOSE, old, now->mono_ns - seen->first_ns);
}

/* ---- what is there ---- */

/* Without a cookie a new connection has the id of an older one on the same ports. */
static bool
begins_anew(const struct seen *seen, const struct sock *s)
{
	return seen->over && !(s->has & SOCK_HAS_COOKIE) && track_lives(s);
}

static void
note_there(struct track *t, const struct sock *s, uint64_t now_ns)
{
	uint64_t id = sock_id(s);
	struct seen *seen = map_get(&t->seen, id);

	if (!seen || begins_anew(seen, s)) {
		bool ended = s->has & SOCK_HAS_COOKIE && has_ended(t, id);

		free(seen);
		seen = remember(t, id, now_ns);
		seen->over = ended || !track_lives(s);
		seen->told = ended || !seen->over || !t->started;
		if (t->started && !seen->over)
			add_event(t, TRACK_OPEN, s, 0);
	} else if (!seen->over && seen->state != s->state) {
		add_event(t, TRACK_STATE, s, now_ns - seen->first_ns);
	}
	seen->state = s->state;
}

static void
forget_gone(struct track *t, const struct snapshot *now)
{
	uint64_t *gone = NULL;
	size_t n = 0, cap = 0, at = 0;
	uint64_t id;
	void *seen;

	while (map_next(&t->seen, &at, &id, &seen)) {
		if (snapshot_find(now, id))
			continue;
		gone = mem_room(gone, n, &cap, sizeof *gone);
		gone[n++] = id;
	}
	while (n > 0) {
		struct seen *last = map_remove(&t->seen, gone[--n]);

		if (last->told)
			note_ended(t, gone[n], now->mono_ns);
		free(last);
	}
	free(gone);
}

void
track_next(struct track *t, const struct snapshot *before, struct snapshot *now,
           track_confirm_fn confirm, void *arg)
{
	t->count = 0;
	for (size_t i = 0; t->started && i < before->count; i++)
		note_gone(t, &before->socks[i], now, confirm, arg);
	for (size_t i = 0; i < now->count; i++)
		note_there(t, &now->socks[i], now->mono_ns);
	forget_gone(t, now);
	t->started = true;
}

void
track_restart(struct track *t)
{
	t->started = false;
	t->count = 0;
}

/* ---- */

enum track_end
track_destroyed(struct track *t, uint64_t id, uint64_t now_ns, uint64_t *age_ns)
{
	struct seen *seen = map_get(&t->seen, id);

	if (!seen && has_ended(t, id))
		return TRACK_OVER;
	if (!seen)
		seen = remember(t, id, now_ns);
	if (!seen->told) {	/* not even what is left of it was said */
		seen->over = seen->told = true;
		return TRACK_UNSEEN;
	}
	if (seen->over)
		return TRACK_OVER;
	seen->over = true;
	*age_ns = now_ns - seen->first_ns;
	return TRACK_KNOWN;
}
