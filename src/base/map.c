/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the slots of a map. A slot is free where its value is NULL; a key stands
 * in the first slot that was free at or after its home. No key leaves a
 * tombstone: those behind a removed one move up.
 */

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CAP_MIN 16

struct map_slot {
	uint64_t key;
	void    *value;
};

/*
 * Cookies and inodes count up, and the kernel hands cookies to its CPUs in
 * batches: the upper bits of a product with 2^64 / golden ratio spread both.
 */
static size_t
home_of(const struct map *m, uint64_t key)
{
	key ^= key >> 32;
	return (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (m->cap - 1);
}

/* The slot that holds key, or the free one where it would go. There is always one free. */
static struct map_slot *
slot_of(const struct map *m, uint64_t key)
{
	size_t i = home_of(m, key);

	while (m->slots[i].value && m->slots[i].key != key)
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

/*
 * The slots are written at once. Of fresh memory a look for a free one would only map the page of
 * zeros, and the key fault again for a page of its own; where other threads run that stops their
 * processors each time.
 */
static void
resize(struct map *m, size_t cap)
{
	struct map old = *m;

	m->cap = cap;
	m->slots = mem_resize(NULL, cap, sizeof *m->slots);
	memset(m->slots, 0, cap * sizeof *m->slots);
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].value)
			*slot_of(m, old.slots[i].key) = old.slots[i];
	}
	free(old.slots);
}

/* One slot in five stays free. */
static size_t
room_in(size_t cap)
{
	return cap - cap / 5;
}

void
map_init(struct map *m)
{
	*m = (struct map){ .slots = NULL };
}

void
map_done(struct map *m)
{
	free(m->slots);
	map_init(m);
}

void
map_clear(struct map *m)
{
	if (m->count > 0)
		memset(m->slots, 0, m->cap * sizeof *m->slots);
	m->count = 0;
}

void
map_reserve(struct map *m, size_t count)
{
	size_t cap = CAP_MIN;

	while (room_in(cap) < count)
		cap *= 2;
	if (cap > m->cap)
		resize(m, cap);
}

void *
map_get(const struct map *m, uint64_t key)
{
	return m->count > 0 ? slot_of(m, key)->value : NULL;
}

void
map_prefetch(const struct map *m, uint64_t key)
{
	if (m->count > 0)
		__builtin_prefetch(&m->slots[home_of(m, key)]);
}

void *
map_put(struct map *m, uint64_t key, void *value)
{
	struct map_slot *slot;
	void *old;

	if (m->count >= room_in(m->cap))
		resize(m, m->cap ? m->cap * 2 : CAP_MIN);
	slot = slot_of(m, key);
	old = slot->value;
	if (!old)
		m->count++;
	*slot = (struct map_slot){ .key = key, .value = value };
	return old;
}

/*
 * Fills the hole at `hole` with those behind it that may stand there: a key may
 * move up if its home is not between the hole and where it stands.
 */
static void
close_hole(struct map *m, size_t hole)
{
	size_t mask = m->cap - 1;

	for (size_t i = (hole + 1) & mask; m->slots[i].value; i = (i + 1) & mask) {
		size_t from_home = (i - home_of(m, m->slots[i].key)) & mask;

		if (from_home >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole].value = NULL;
}

void *
map_remove(struct map *m, uint64_t key)
{
	struct map_slot *slot;
	void *old;

	if (m->count == 0)
		return NULL;
	slot = slot_of(m, key);
	old = slot->value;
	if (old) {
		close_hole(m, (size_t)(slot - m->slots));
		m->count--;
	}
	return old;
}

bool
map_next(const struct map *m, size_t *at, uint64_t *key, void **value)
{
	for (; *at < m->cap; ++*at) {
		const struct map_slot *slot = &m->slots[*at];

		if (slot->value) {
			*key = slot->key;
			*value = slot->value;
			++*at;
			return true;
		}
	}
	return false;
}
