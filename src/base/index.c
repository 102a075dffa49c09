/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the slots of an index: open addressing as in map.c, whose comments on homes and holes
 * hold here, too. A slot knows its home by its hash, so that growing looks at no element.
 */

#include "base/index.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CAP_MIN 16

struct index_slot {
	uint32_t hash;
	uint32_t at;	/* position + 1; 0: it is free */
};

static uint32_t
hash_of(uint64_t key)
{
	key ^= key >> 32;
	return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);
}

static bool
is_free(const struct index *x, size_t i)
{
	return x->slots[i].at == 0;
}

static void
put(struct index *x, struct index_slot slot)
{
	size_t i = slot.hash & (x->cap - 1);

	while (!is_free(x, i))
		i = (i + 1) & (x->cap - 1);
	x->slots[i] = slot;
}

static void
resize(struct index *x, size_t cap)
{
	struct index old = *x;

	x->cap = cap;
	x->slots = mem_new(cap * sizeof *x->slots);
	for (size_t i = 0; i < old.cap; i++)
		if (!is_free(&old, i))
			put(x, old.slots[i]);
	free(old.slots);
}

/* One slot in five stays free. */
static size_t
room_in(size_t cap)
{
	return cap - cap / 5;
}

void
index_init(struct index *x)
{
	*x = (struct index){ .slots = NULL };
}

void
index_done(struct index *x)
{
	free(x->slots);
	index_init(x);
}

void
index_clear(struct index *x)
{
	if (x->count > 0)
		memset(x->slots, 0, x->cap * sizeof *x->slots);
	x->count = 0;
}

void
index_reserve(struct index *x, size_t count)
{
	size_t cap = CAP_MIN;

	while (room_in(cap) < count)
		cap *= 2;
	if (cap > x->cap)
		resize(x, cap);
}

void
index_add(struct index *x, uint64_t key, size_t position)
{
	if (x->count >= room_in(x->cap))
		resize(x, x->cap ? x->cap * 2 : CAP_MIN);
	put(x, (struct index_slot){ hash_of(key), (uint32_t)position + 1 });
	x->count++;
}

size_t
index_find(const struct index *x, uint64_t key, size_t *turn)
{
	uint32_t hash = hash_of(key);

	while (x->count > 0) {
		size_t i = (hash + (*turn)++) & (x->cap - 1);

		if (is_free(x, i) || x->slots[i].hash == hash)
			return x->slots[i].at;
	}
	return 0;
}

static void
close_hole(struct index *x, size_t hole)
{
	size_t mask = x->cap - 1;

	for (size_t i = (hole + 1) & mask; !is_free(x, i); i = (i + 1) & mask) {
		size_t from_home = (i - x->slots[i].hash) & mask;

		if (from_home >= ((i - hole) & mask)) {
			x->slots[hole] = x->slots[i];
			hole = i;
		}
	}
	x->slots[hole].at = 0;
}

void
index_remove(struct index *x, uint64_t key, size_t position)
{
	size_t turn = 0, at;

	while ((at = index_find(x, key, &turn)) && at != position + 1)
		;
	if (at == 0)
		return;
	close_hole(x, (hash_of(key) + turn - 1) & (x->cap - 1));
	x->count--;
}

void
index_prefetch(const struct index *x, uint64_t key)
{
	if (x->count > 0)
		__builtin_prefetch(&x->slots[hash_of(key) & (x->cap - 1)]);
}
