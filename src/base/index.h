/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Finds the elements of an array by a 64-bit number that each of them has. It keeps 32 bits
 * of that and a position, 8 bytes a slot where a map has 16: what it finds may be another's,
 * and whoever asks looks at the element.
 */

#ifndef LOTOP_BASE_INDEX_H
#define LOTOP_BASE_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct index_slot;

struct index {
	struct index_slot *slots;
	size_t             count;	/* positions in it */
	size_t             cap;		/* slots: 0 or a power of two */
};

void index_init(struct index *x);
void index_done(struct index *x);

/* Forgets all positions and keeps the memory. */
void index_clear(struct index *x);

/* Makes room for count positions at once, where so many are to come. */
void index_reserve(struct index *x, size_t count);

/* Notes that key is at this position, less than UINT32_MAX; it may be at others, too. */
void index_add(struct index *x, uint64_t key, size_t position);

/*
 * Walks the positions where key may be: start with *turn = 0, each call gives the next one,
 * + 1; 0: no more. The index must not be changed during the walk.
 */
size_t index_find(const struct index *x, uint64_t key, size_t *turn);

/* Takes one out that was added with this key and position, if it is there. */
void index_remove(struct index *x, uint64_t key, size_t position);

/* As map_prefetch(), for index_find(). */
void index_prefetch(const struct index *x, uint64_t key);

#endif
