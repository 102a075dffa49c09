/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A map from a 64-bit number (cookie, inode, pid) to a pointer that it does not
 * own. Open addressing with linear probing; any key is allowed, 0 too.
 */

#ifndef LOTOP_BASE_MAP_H
#define LOTOP_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot;

struct map {
	struct map_slot *slots;
	size_t           count;		/* keys in it */
	size_t           cap;		/* slots: 0 or a power of two */
};

void map_init(struct map *m);
void map_done(struct map *m);

/* Forgets all keys and keeps the memory. */
void map_clear(struct map *m);

/* Makes room for count keys at once, where so many are to come. */
void map_reserve(struct map *m, size_t count);

/* The value of key, or NULL. */
void *map_get(const struct map *m, uint64_t key);

/*
 * Tells the processor that key is looked for soon. In a walk over many keys it pays to
 * do so for the one MAP_AHEAD places on: what is not in its cache takes as long as ten others.
 */
void map_prefetch(const struct map *m, uint64_t key);

#define MAP_AHEAD 8

/* Sets key to value (not NULL). Returns the value it replaced, or NULL. */
void *map_put(struct map *m, uint64_t key, void *value);

/* Takes key out. Returns its value, or NULL. */
void *map_remove(struct map *m, uint64_t key);

/*
 * Walks the map in no order: start with *at = 0, each call gives the next key
 * and value and returns true, until it returns false. The map must not be
 * changed during the walk.
 */
bool map_next(const struct map *m, size_t *at, uint64_t *key, void **value);

#endif
