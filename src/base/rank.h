/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Things in the order of a number of theirs: without comparing two of them, and in place. */

#ifndef LOTOP_BASE_RANK_H
#define LOTOP_BASE_RANK_H

#include <stddef.h>
#include <stdint.h>

struct ranked {
	uint64_t rank;
	uint32_t class;	/* counts more than the rank */
	uint32_t at;	/* whose it is; says nothing here */
};

/* Lowest first. Where two are equal in both numbers either may come first. n fits 32 bits, as `at` does. */
void rank_sort(struct ranked *r, size_t n);

/* How many at the start are equal in both numbers; 0 only for none. */
size_t rank_run(const struct ranked *r, size_t n);

#endif
