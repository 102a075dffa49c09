/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The radix sort, beside what a comparison says. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/rank.h"
#include "base/util.h"

#define MOST 3000

/* A generator that is the same everywhere (xorshift64). */
static uint64_t
next_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

struct shape {
	const char *what;
	uint64_t    rank_mask;
	uint32_t    class_mask;
};

static const struct shape shapes[] = {
	{ "all equal", 0, 0 },
	{ "two classes", 0, 1 },
	{ "a byte", 0xff, 0 },
	{ "ports in the first bytes", UINT64_C(0xffff) << 48, 3 },
	{ "bytes far from each other", UINT64_C(0x0f000000000000f0), 0 },
	{ "many equal", UINT64_C(0x0100000100000001), 1 },
	{ "anything", UINT64_MAX, UINT32_MAX },
};

static int
compare(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	return (a->rank > b->rank) - (a->rank < b->rank);
}

static void
expect_sorted(const struct shape *shape, size_t n)
{
	static struct ranked given[MOST], want[MOST], got[MOST];
	uint64_t state = 88172645463325252u + n;
	bool seen[MOST] = { false };

	for (size_t i = 0; i < n; i++)
		given[i] = (struct ranked){
			.rank = next_number(&state) & shape->rank_mask,
			.class = (uint32_t)next_number(&state) & shape->class_mask,
			.at = (uint32_t)i,
		};
	memcpy(want, given, sizeof given);
	memcpy(got, given, sizeof given);
	qsort(want, n, sizeof *want, compare);
	rank_sort(got, n);
	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(compare(&got[i], &want[i]), 0, "%s: %zu of %zu", shape->what, i, n);
		cr_assert_eq(compare(&got[i], &given[got[i].at]), 0, "%s: %zu of %zu", shape->what, i, n);
		cr_assert_not(seen[got[i].at], "%s: %zu of %zu", shape->what, i, n);
		seen[got[i].at] = true;
	}
}

Test(rank, sorts_as_a_comparison_does)
{
	static const size_t counts[] = { 0, 1, 2, 3, 23, 24, 25, 26, 100, 257, MOST };

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		for (size_t k = 0; k < ARRAY_SIZE(counts); k++)
			expect_sorted(&shapes[i], counts[k]);
}

Test(rank, a_run_ends_where_either_number_differs)
{
	static const struct ranked r[] = {
		{ 1, 0, 0 }, { 1, 0, 1 }, { 1, 1, 2 }, { 2, 1, 3 }, { 2, 1, 4 },
	};

	cr_expect_eq(rank_run(r, 0), 0);
	cr_expect_eq(rank_run(r, 1), 1);
	cr_expect_eq(rank_run(r, ARRAY_SIZE(r)), 2);
	cr_expect_eq(rank_run(r + 2, ARRAY_SIZE(r) - 2), 1);
	cr_expect_eq(rank_run(r + 3, ARRAY_SIZE(r) - 3), 2);
}
