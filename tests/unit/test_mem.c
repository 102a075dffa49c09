/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Allocation that does not fail, and the one way out where it must. */

#include <criterion/criterion.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

Test(mem, new_memory_is_zero)
{
	static const unsigned char zero[4096];
	unsigned char *p = mem_new(sizeof zero);

	cr_expect_arr_eq(p, zero, sizeof zero);
	free(p);
}

Test(mem, nothing_is_still_something_to_free)
{
	free(mem_new(0));
	free(mem_resize(NULL, 0, 8));
	free(mem_resize(mem_new(8), 0, 8));
}

Test(mem, room_keeps_what_is_there)
{
	uint32_t *array = NULL;
	size_t cap = 0, grown = 0;

	for (uint32_t i = 0; i < 10000; i++) {
		size_t before = cap;

		array = mem_room(array, i, &cap, sizeof *array);
		cr_assert_gt(cap, i);
		grown += cap != before;
		array[i] = i;
	}
	for (uint32_t i = 0; i < 10000; i++)
		cr_assert_eq(array[i], i, "element %u is %u", i, array[i]);
	cr_expect_lt(grown, 20, "10000 elements made it grow %zu times", grown);
	free(array);
}

Test(mem, copy_ends_in_a_nul)
{
	char *copy = mem_copy("abcdef", 3);
	char *empty = mem_copy(NULL, 0);

	cr_expect_str_eq(copy, "abc");
	cr_expect_str_eq(empty, "");
	free(copy);
	free(empty);
}

Test(mem, a_product_that_overflows_is_refused, .exit_code = 3)
{
	mem_resize(NULL, SIZE_MAX / 2, 4);
}

Test(mem, a_capacity_that_overflows_is_refused, .exit_code = 3)
{
	size_t cap = SIZE_MAX / 2 + 1;

	mem_room(NULL, cap, &cap, 1);
}
