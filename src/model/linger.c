/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/linger.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/cgroup.h"
#include "model/task.h"

void
linger_init(struct linger *l)
{
	*l = (struct linger){ .count = 0 };
	map_init(&l->copies);
}

void
linger_done(struct linger *l)
{
	free(l->since);
	free(l->leavers);
	map_done(&l->copies);
}

void
linger_leave(struct linger *l, const struct leaver *gone)
{
	l->leavers = mem_room(l->leavers, l->nleavers, &l->leavers_cap, sizeof *l->leavers);
	l->leavers[l->nleavers++] = *gone;
}

/* ---- owners ---- */

/* Thousands of connections may have one process, and thousands of processes one parent. */
static const struct task *
copy_task(struct linger *l, struct snapshot *to, const struct task *task)
{
	struct task *copy = map_get(&l->copies, (uintptr_t)task);

	if (!task || copy)
		return copy;
	copy = task_copy(&to->arena, task);
	map_put(&l->copies, (uintptr_t)task, copy);
	copy->parent = copy_task(l, to, task->parent);
	return copy;
}

static const struct cgroup *
copy_cgroup(struct linger *l, struct snapshot *to, const struct cgroup *cgroup)
{
	const struct cgroup *copy = map_get(&l->copies, (uintptr_t)cgroup);

	if (cgroup && !copy) {
		copy = cgroup_copy(&to->arena, cgroup);
		map_put(&l->copies, (uintptr_t)cgroup, (void *)(uintptr_t)copy);
	}
	return copy;
}

void
linger_copy_owners(struct linger *l, struct snapshot *to, struct sock *s)
{
	struct owner *owners;

	if (s->has & SOCK_HAS_CGROUP)
		sock_set_cgroup(s, copy_cgroup(l, to, sock_cgroup(s)));
	if (s->nowners == 0)
		return;
	owners = arena_alloc(&to->arena, s->nowners * sizeof *owners);
	for (uint32_t i = 0; i < s->nowners; i++)
		owners[i] = (struct owner){ copy_task(l, to, s->owners[i].task), s->owners[i].fd };
	s->owners = owners;
}

/* ---- rows ---- */

/* `peer` and `listener` stay indices of the snapshot before, until relink(). */
static void
carry(struct linger *l, struct snapshot *now, const struct sock *was, uint64_t since)
{
	struct sock_alone s;

	sock_copy(&s, was);
	linger_copy_owners(l, now, &s.sock);
	s.sock.has &= ~SOCK_HAS_RATE;
	s.info.rx_rate = s.info.tx_rate = 0;
	snapshot_add_gone(now, &s.sock);
	l->since = mem_room(l->since, l->count, &l->cap, sizeof *l->since);
	l->since[l->count++] = since;
}

static void
carry_leaver(struct linger *l, struct snapshot *now, const struct leaver *gone)
{
	struct sock_alone s;

	sock_copy(&s, gone->was);
	s.info.age_ns = gone->age_ns;
	s.sock.has |= SOCK_HAS_AGE;
	if (gone->has_bytes) {
		s.info.rx_bytes = gone->rx_bytes;
		s.info.tx_bytes = gone->tx_bytes;
		s.sock.has |= SOCK_HAS_BYTES;
	}
	carry(l, now, &s.sock, now->mono_ns);
}

/*
 * Those that lingered already. Their number does not grow, so that `since` is read
 * before it is written.
 */
static void
carry_old(struct linger *l, const struct snapshot *before, struct snapshot *now, size_t skip)
{
	size_t had = before ? MIN(l->count, before->ngone) : 0;

	l->count = 0;
	for (size_t i = skip; i < had; i++) {
		const struct sock *s = &before->socks[before->count + i];
		uint64_t since = l->since[i];

		if (now->mono_ns - since < LINGER_NS && !snapshot_find(now, sock_id(s)))
			carry(l, now, s, since);
	}
}

/* ---- ends ---- */

/* sock_id() of each gone row -> its index + 1. */
static void
index_gone(const struct snapshot *now, struct map *ret)
{
	for (size_t i = now->count; i < now->count + now->ngone; i++)
		map_put(ret, sock_id(&now->socks[i]), (void *)(uintptr_t)(i + 1));
}

/* An index + 1 of the snapshot before as one of this; 0 where it is in neither. */
static uint32_t
find_again(const struct snapshot *before, const struct snapshot *now, const struct map *gone,
           uint32_t was)
{
	uint64_t id;
	const struct sock *found;

	if (was == 0 || was > before->count + before->ngone)
		return 0;
	id = sock_id(&before->socks[was - 1]);
	found = snapshot_find(now, id);
	if (found)
		return (uint32_t)(found - now->socks) + 1;
	return (uint32_t)(uintptr_t)map_get(gone, id);
}

/* The other end of one that the dump passed over did not find it. */
static void
link_back(struct snapshot *now, size_t i)
{
	uint32_t peer = now->socks[i].peer;

	if (i < now->count && peer != 0 && peer <= now->count && now->socks[peer - 1].peer == 0)
		now->socks[peer - 1].peer = (uint32_t)i + 1;
}

static void
relink(const struct snapshot *before, struct snapshot *now, size_t first)
{
	struct map gone;

	map_init(&gone);
	index_gone(now, &gone);
	for (size_t i = first; i < now->count + now->ngone; i++) {
		struct sock *s = &now->socks[i];

		s->peer = find_again(before, now, &gone, s->peer);
		s->listener = find_again(before, now, &gone, s->listener);
		link_back(now, i);
	}
	map_done(&gone);
}

void
linger_carry(struct linger *l, const struct snapshot *before, struct snapshot *now, size_t adopted)
{
	size_t had = before ? MIN(l->count, before->ngone) : 0;
	size_t all = had + l->nleavers;
	size_t skip = all > LINGER_MAX ? all - LINGER_MAX : 0;

	carry_old(l, before, now, MIN(skip, had));
	for (size_t i = skip > had ? skip - had : 0; i < l->nleavers; i++)
		carry_leaver(l, now, &l->leavers[i]);
	l->nleavers = 0;
	map_clear(&l->copies);
	if (before && adopted < now->count + now->ngone)
		relink(before, now, adopted);
}
