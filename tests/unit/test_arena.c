/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* An arena: alignment, zeroes, and that clearing keeps the memory. */

#include <criterion/criterion.h>

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/util.h"

/* Takes a varied load, marks every byte of it, and checks that no two pieces overlap. */
static void
fill(struct arena *a)
{
	static const size_t sizes[] = { 1, 7, 8, 15, 16, 17, 100, 4096, 20000, 3 };
	unsigned char *piece[400];

	for (size_t i = 0; i < ARRAY_SIZE(piece); i++) {
		size_t size = sizes[i % ARRAY_SIZE(sizes)];

		piece[i] = arena_alloc(a, size);
		cr_assert_eq((uintptr_t)piece[i] % alignof(max_align_t), 0, "piece %zu", i);
		for (size_t b = 0; b < size; b++)
			cr_assert_eq(piece[i][b], 0, "piece %zu byte %zu is not zero", i, b);
		memset(piece[i], (int)(i % 255 + 1), size);
	}
	for (size_t i = 0; i < ARRAY_SIZE(piece); i++) {
		size_t size = sizes[i % ARRAY_SIZE(sizes)];

		for (size_t b = 0; b < size; b++)
			cr_assert_eq(piece[i][b], i % 255 + 1, "piece %zu byte %zu overwritten", i, b);
	}
}

Test(arena, pieces_are_aligned_zeroed_and_apart)
{
	struct arena a;

	arena_init(&a);
	fill(&a);
	arena_clear(&a);
	fill(&a);	/* used memory is zeroed again */
	arena_done(&a);
}

Test(arena, a_second_filling_takes_no_new_memory)
{
	struct arena a;
	struct arena_block *kept;

	arena_init(&a);
	fill(&a);
	arena_clear(&a);
	kept = a.blocks;
	cr_assert_not_null(kept);
	for (int i = 0; i < 3; i++) {
		fill(&a);
		cr_expect_eq(a.blocks, kept, "filling %d took another block", i);
		arena_clear(&a);
	}
	arena_done(&a);
	cr_expect_null(a.blocks);
}

Test(arena, pieces_of_no_size_are_not_null)
{
	struct arena a;

	arena_init(&a);
	cr_expect_not_null(arena_alloc(&a, 0));
	arena_done(&a);
}

Test(arena, an_empty_one_can_be_cleared_and_ended)
{
	struct arena a;

	arena_init(&a);
	arena_clear(&a);
	cr_expect_null(a.blocks);
	arena_done(&a);
	arena_done(&a);
}

Test(arena, copy_ends_in_a_nul)
{
	static const char raw[] = "a\0b\xff";
	struct arena a;

	arena_init(&a);
	cr_expect_str_eq(arena_copy(&a, "abcdef", 3), "abc");
	cr_expect_str_eq(arena_copy(&a, NULL, 0), "");
	cr_expect_arr_eq(arena_copy(&a, raw, 4), raw, sizeof raw);
	/* The NUL does not fall into the next piece. */
	for (size_t len = 0; len < 64; len++) {
		char *copy = arena_copy(&a, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
					len);

		memset(arena_alloc(&a, 1), 'x', 1);
		cr_expect_eq(strlen(copy), len);
	}
	arena_done(&a);
}

Test(arena, more_than_there_is_is_refused, .exit_code = 3)
{
	struct arena a;

	arena_init(&a);
	arena_alloc(&a, SIZE_MAX - 8);
}
