/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns a radix sort, byte by byte from the first one in which any two differ (P. M. McIlroy,
 * K. Bostic, M. D. McIlroy: Engineering Radix Sort, 1993; theirs is of strings). Its time does
 * not depend on the order that the numbers come in, and is never quadratic.
 */

#include "base/rank.h"

#include <stdbool.h>
#include <string.h>

#define FEW   24	/* so many are sorted faster by moving each to its place */
#define BYTES 256	/* values of a byte */
#define RANK_BYTES 8

static bool
is_below(const struct ranked *a, const struct ranked *b)
{
	return a->class != b->class ? a->class < b->class : a->rank < b->rank;
}

static void
sort_few(struct ranked *r, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct ranked one = r[i];
		size_t to = i;

		for (; to > 0 && is_below(&one, &r[to - 1]); to--)
			r[to] = r[to - 1];
		r[to] = one;
	}
}

/* Byte 0 is the last of the rank, RANK_BYTES the last of the class. */
static unsigned
byte_of(const struct ranked *r, unsigned byte)
{
	if (byte < RANK_BYTES)
		return r->rank >> 8 * byte & 0xff;
	return r->class >> 8 * (byte - RANK_BYTES) & 0xff;
}

/* The first byte in which any two differ; false where all are equal. */
static bool
find_byte(const struct ranked *r, size_t n, unsigned *byte)
{
	uint64_t rank = 0;
	uint32_t class = 0;

	for (size_t i = 1; i < n; i++) {
		rank |= r[i].rank ^ r[0].rank;
		class |= r[i].class ^ r[0].class;
	}
	if (class)
		*byte = RANK_BYTES + (unsigned)(31 - __builtin_clz(class)) / 8;
	else if (rank)
		*byte = (unsigned)(63 - __builtin_clzll(rank)) / 8;
	return class || rank;
}

/* Where those of each byte end. */
static void
find_ends(const struct ranked *r, size_t n, unsigned byte, uint32_t ends[BYTES])
{
	for (size_t i = 0; i < n; i++)
		ends[byte_of(&r[i], byte)]++;
	for (size_t b = 1; b < BYTES; b++)
		ends[b] += ends[b - 1];
}

/* Puts each where those of its byte belong: whatever stands there is the next to be put. */
static void
place(struct ranked *r, unsigned byte, const uint32_t ends[BYTES])
{
	uint32_t next[BYTES];

	next[0] = 0;
	memcpy(next + 1, ends, (BYTES - 1) * sizeof *ends);
	for (size_t b = 0; b < BYTES; b++) {
		while (next[b] < ends[b]) {
			struct ranked one = r[next[b]];
			unsigned to = byte_of(&one, byte);

			for (; to != b; to = byte_of(&one, byte)) {
				struct ranked other = r[next[to]];

				r[next[to]++] = one;
				one = other;
			}
			r[next[b]++] = one;
		}
	}
}

static void
sort_by_byte(struct ranked *r, size_t n, unsigned byte)
{
	uint32_t ends[BYTES] = { 0 };

	find_ends(r, n, byte, ends);
	place(r, byte, ends);
	for (size_t b = 0, first = 0; b < BYTES; first = ends[b++])
		if (ends[b] - first > 1)
			rank_sort(r + first, ends[b] - first);
}

/* Few are far more often asked for than many, and need no memory. */
void
rank_sort(struct ranked *r, size_t n)
{
	unsigned byte;

	if (n <= FEW)
		sort_few(r, n);
	else if (find_byte(r, n, &byte))
		sort_by_byte(r, n, byte);
}

size_t
rank_run(const struct ranked *r, size_t n)
{
	size_t i = 0;

	while (i < n && r[i].rank == r[0].rank && r[i].class == r[0].class)
		i++;
	return i;
}
