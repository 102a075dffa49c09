/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The map, against a plain array as the truth. */

#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>

#include "base/map.h"
#include "base/util.h"

/* Values that differ; a map never looks behind them. */
static char place[100000];

Test(map, any_key_is_allowed)
{
	static const uint64_t keys[] = { 0, 1, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX };
	struct map m;

	map_init(&m);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		cr_expect_null(map_get(&m, keys[i]));
		cr_expect_null(map_remove(&m, keys[i]));
		cr_expect_null(map_put(&m, keys[i], &place[i]));
		cr_expect_eq(m.count, i + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		cr_expect_eq(map_get(&m, keys[i]), &place[i]);
	map_done(&m);
	cr_expect_null(map_get(&m, 0));
}

Test(map, put_gives_back_what_it_replaced)
{
	struct map m;

	map_init(&m);
	cr_expect_null(map_put(&m, 7, &place[1]));
	cr_expect_eq(map_put(&m, 7, &place[2]), &place[1]);
	cr_expect_eq(m.count, 1);
	cr_expect_eq(map_remove(&m, 7), &place[2]);
	cr_expect_eq(m.count, 0);
	cr_expect_null(map_remove(&m, 7));
	map_done(&m);
}

Test(map, grows_and_loses_nothing)
{
	struct map m;

	map_init(&m);
	for (uint64_t i = 0; i < sizeof place; i++)
		map_put(&m, i << 12, &place[i]);
	cr_expect_eq(m.count, sizeof place);
	for (uint64_t i = 0; i < sizeof place; i++)
		cr_assert_eq(map_get(&m, i << 12), &place[i], "key %zu", (size_t)i);
	map_done(&m);
}

/* Keys of few values, so that chains are long, wrap around and are broken everywhere. */
Test(map, is_as_an_array_under_any_order_of_puts_and_removes)
{
	void *truth[24] = { NULL };
	struct map m;
	uint32_t seed = 1;
	size_t count = 0;

	map_init(&m);
	for (size_t turn = 0; turn < 200000; turn++) {
		size_t key;

		seed = seed * 1664525 + 1013904223;
		key = seed >> 8 & 31;
		if (key >= ARRAY_SIZE(truth)) {
			key -= ARRAY_SIZE(truth);
			cr_assert_eq(map_get(&m, key), truth[key], "turn %zu key %zu", turn, key);
		} else if (seed & 0x80000000) {
			count += !truth[key];
			cr_assert_eq(map_put(&m, key, &place[turn % 1000]), truth[key]);
			truth[key] = &place[turn % 1000];
		} else {
			count -= truth[key] != NULL;
			cr_assert_eq(map_remove(&m, key), truth[key]);
			truth[key] = NULL;
		}
		cr_assert_eq(m.count, count);
	}
	for (size_t key = 0; key < ARRAY_SIZE(truth); key++)
		cr_expect_eq(map_get(&m, key), truth[key], "key %zu", key);
	map_done(&m);
}

Test(map, walk_meets_every_key_once)
{
	unsigned char seen[1000] = { 0 };
	struct map m;
	size_t at = 0, met = 0;
	uint64_t key;
	void *value;

	map_init(&m);
	cr_expect_not(map_next(&m, &at, &key, &value));
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		map_put(&m, i * 3, &place[i]);
	while (map_next(&m, &at, &key, &value)) {
		cr_assert_lt(key / 3, ARRAY_SIZE(seen));
		cr_expect_eq(value, &place[key / 3]);
		cr_expect_eq(seen[key / 3]++, 0);
		met++;
	}
	cr_expect_eq(met, ARRAY_SIZE(seen));
	cr_expect_not(map_next(&m, &at, &key, &value), "it ended, and stays so");
	map_done(&m);
}

Test(map, clear_forgets_keys_and_keeps_memory)
{
	struct map m;
	size_t cap;

	map_init(&m);
	for (uint64_t i = 0; i < 100; i++)
		map_put(&m, i, &place[i]);
	cap = m.cap;
	map_clear(&m);
	cr_expect_eq(m.count, 0);
	cr_expect_eq(m.cap, cap);
	for (uint64_t i = 0; i < 100; i++)
		cr_expect_null(map_get(&m, i));
	map_done(&m);
}
