/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Allocation that does not fail. Where memory is out there is nothing that a
 * terminal program can do but leave in order: one sentence on standard error,
 * then exit(3), whose handlers give the terminal back.
 */

#ifndef LOTOP_BASE_MEM_H
#define LOTOP_BASE_MEM_H

#include <stddef.h>

/* Zeroed memory; free() it. */
void *mem_new(size_t size);

/* Grows or shrinks an array of count elements of size bytes; the product is checked. */
void *mem_resize(void *old, size_t count, size_t size);

/*
 * Makes room for one more element in an array that holds count of *cap, by
 * doubling. Returns the array, moved or not.
 */
void *mem_room(void *array, size_t count, size_t *cap, size_t size);

/* A copy of the first len bytes, with a NUL behind them; free() it. */
char *mem_copy(const char *s, size_t len);

#endif
