/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The index, against a plain array as the truth. */

#include <criterion/criterion.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/index.h"

#define COUNT 20000

static uint64_t keys[COUNT];

/* The first position whose element has the key; COUNT: none. */
static size_t
find(const struct index *x, uint64_t key)
{
	size_t turn = 0, at;

	while ((at = index_find(x, key, &turn)) && keys[at - 1] != key)
		;
	return at ? at - 1 : COUNT;
}

static void
add_all(struct index *x, uint64_t step)
{
	index_init(x);
	for (size_t i = 0; i < COUNT; i++) {
		keys[i] = i * step;
		index_add(x, keys[i], i);
	}
}

Test(index, of_nothing_finds_nothing)
{
	struct index x;
	size_t turn = 0;

	index_init(&x);
	index_prefetch(&x, 1);
	index_clear(&x);
	index_remove(&x, 1, 0);
	cr_expect_eq(index_find(&x, 1, &turn), 0);
	index_add(&x, 1, 5);
	index_done(&x);
	cr_expect_eq(index_find(&x, 1, &turn), 0);
}

Test(index, grows_and_loses_nothing)
{
	static const uint64_t steps[] = { 1, 1 << 12, UINT64_C(1) << 32, UINT64_C(0x100000001) };

	for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
		struct index x;

		add_all(&x, steps[s]);
		cr_expect_eq(x.count, COUNT);
		for (size_t i = 0; i < COUNT; i++)
			cr_assert_eq(find(&x, keys[i]), i, "step %zu, key %zu", s, i);
		cr_expect_eq(find(&x, steps[s] * COUNT), COUNT);
		index_clear(&x);
		cr_expect_eq(find(&x, keys[1]), COUNT);
		index_done(&x);
	}
}

Test(index, remove_takes_one_position_of_a_key)
{
	struct index x;
	size_t turn = 0;

	index_init(&x);
	index_add(&x, 7, 1);
	index_add(&x, 7, 2);
	index_remove(&x, 7, 3);
	cr_expect_eq(x.count, 2, "it was never there");
	index_remove(&x, 7, 1);
	cr_expect_eq(index_find(&x, 7, &turn), 3);
	cr_expect_eq(index_find(&x, 7, &turn), 0);
	index_done(&x);
}

Test(index, remove_leaves_all_others_to_be_found)
{
	struct index x;
	bool there[COUNT];

	srand(1);
	add_all(&x, 3);
	for (size_t i = 0; i < COUNT; i++) {
		there[i] = rand() % 3 > 0;
		if (!there[i])
			index_remove(&x, keys[i], i);
	}
	for (size_t i = 0; i < COUNT; i++)
		cr_assert_eq(find(&x, keys[i]), there[i] ? i : COUNT, "key %zu", i);
	index_done(&x);
}

Test(index, room_made_at_once_changes_nothing_that_is_found)
{
	struct index x;
	size_t cap;

	index_init(&x);
	index_add(&x, 7, 3);
	index_reserve(&x, COUNT);
	cap = x.cap;
	for (size_t i = 0; i < COUNT - 1; i++) {
		keys[i] = i + 1000;
		index_add(&x, keys[i], i);
	}
	cr_expect_eq(x.cap, cap, "it did not grow");
	cr_expect_eq(index_find(&x, 7, &(size_t){ 0 }), 4);
	for (size_t i = 0; i < COUNT - 1; i++)
		cr_expect_eq(find(&x, keys[i]), i);
	index_reserve(&x, 1);
	cr_expect_eq(x.cap, cap, "nor did it shrink");
	index_done(&x);
}
