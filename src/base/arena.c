/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the blocks of an arena. Only the newest block is filled; each one is as
 * large as all before it together, so that there are few. When the arena is
 * cleared they become a single one of their whole size, and the next filling
 * of the same size needs no further one.
 */

#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"

/* What memory is handed out in: aligned for any type. */
struct unit {
	alignas(max_align_t) unsigned char bytes[alignof(max_align_t)];
};

#define BLOCK_MIN (16384 / sizeof(struct unit))

struct arena_block {
	struct arena_block *older;
	size_t              size;	/* units */
	size_t              used;	/* units */
	struct unit         data[];
};

static struct arena_block *
block_new(size_t size, struct arena_block *older)
{
	size_t head = offsetof(struct arena_block, data) / sizeof(struct unit);
	struct arena_block *b = mem_resize(NULL, head + size, sizeof(struct unit));

	b->older = older;
	b->size = size;
	b->used = 0;
	return b;
}

static size_t
blocks_size(const struct arena_block *b)
{
	size_t sum = 0;

	for (; b; b = b->older)
		sum += b->size;
	return sum;
}

void
arena_init(struct arena *a)
{
	a->blocks = NULL;
}

void
arena_done(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *b = a->blocks;

		a->blocks = b->older;
		free(b);
	}
}

void
arena_clear(struct arena *a)
{
	size_t size = blocks_size(a->blocks);

	if (a->blocks && a->blocks->older) {
		arena_done(a);
		a->blocks = block_new(size, NULL);
	}
	if (a->blocks)
		a->blocks->used = 0;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t need = size / sizeof(struct unit) + (size % sizeof(struct unit) != 0);
	struct arena_block *b = a->blocks;
	struct unit *p;

	if (!b || b->size - b->used < need) {
		b = block_new(MAX(need, MAX(blocks_size(b), BLOCK_MIN)), b);
		a->blocks = b;
	}
	p = b->data + b->used;
	b->used += need;
	return memset(p, 0, need * sizeof *p);
}

char *
arena_copy(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}
