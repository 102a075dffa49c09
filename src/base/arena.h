/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * An arena: memory that is taken piece by piece and given back whole. A snapshot
 * owns one; nothing in it is freed one by one.
 */

#ifndef LOTOP_BASE_ARENA_H
#define LOTOP_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;	/* newest first */
};

void arena_init(struct arena *a);

/* Frees all memory; the arena is as after arena_init. */
void arena_done(struct arena *a);

/*
 * Forgets all that was taken, and keeps the memory for what comes next: after
 * the first few refreshes an arena calls malloc no more.
 */
void arena_clear(struct arena *a);

/* Zeroed, aligned for any type; never NULL (base/mem.h). Valid until arena_clear. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of len bytes with a NUL behind them. */
char *arena_copy(struct arena *a, const char *s, size_t len);

#endif
