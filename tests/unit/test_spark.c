/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* A minute of numbers as bars. */

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ui/spark.h"

static void
expect_bars(const struct spark *s, size_t cells, enum text_charset cs, const char *want)
{
	struct text t;

	text_init(&t);
	spark_add_text(&t, s, cells, cs);
	cr_expect_str_eq(text_str(&t), want);
	cr_expect_eq(text_width(text_str(&t)), cells);
	text_done(&t);
}

/* One a second, from second 100 on. */
static void
add(struct spark *s, const uint64_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		spark_add(s, (100 + i) * NS_PER_SEC, NS_PER_SEC, values[i]);
}

Test(spark, is_blank_where_nothing_is_known)
{
	struct spark s = { .count = 0 };

	expect_bars(&s, 8, TEXT_UTF8, "        ");
	expect_bars(&s, 0, TEXT_UTF8, "");
	add(&s, (const uint64_t []){ 0, 0 }, 2);
	expect_bars(&s, 60, TEXT_ASCII, "                                                          __");
	spark_clear(&s);
	expect_bars(&s, 2, TEXT_ASCII, "  ");
}

Test(spark, is_scaled_to_the_largest)
{
	struct spark s = { .count = 0 };

	add(&s, (const uint64_t []){ 0, 1, 100, 500, 1000, 500, 0 }, 7);
	expect_bars(&s, 60, TEXT_ASCII, "                                                     _.:=#=_");
	spark_clear(&s);
	add(&s, (const uint64_t []){ 0, UINT64_MAX, UINT64_MAX / 2, 1 }, 4);
	expect_bars(&s, 60, TEXT_UTF8, "                                                        ▁█▅▂");
}

Test(spark, has_the_largest_of_the_seconds_of_a_bar)
{
	struct spark s = { .count = 0 };
	uint64_t values[60] = { [0] = 8, [59] = 4, [30] = 2 };

	add(&s, values, 60);
	expect_bars(&s, 6, TEXT_ASCII, "#__-_=");
	expect_bars(&s, 1, TEXT_ASCII, "#");
}

Test(spark, is_a_minute_whatever_the_delay)
{
	struct spark s = { .count = 0 };

	/* Ten a second: the largest. */
	for (uint64_t i = 0; i < 10; i++)
		spark_add(&s, 100 * NS_PER_SEC + i * 100 * NS_PER_MS, NS_PER_SEC, i == 3 ? 9 : 1);
	expect_bars(&s, 60, TEXT_ASCII, "                                                           #");
	/* One in five seconds: it held all the time. */
	spark_add(&s, 105 * NS_PER_SEC, 5 * NS_PER_SEC, 3);
	cr_expect_eq(s.count, 6);
	expect_bars(&s, 60, TEXT_ASCII, "                                                      #-----");
	/* What is older than a minute is gone. */
	spark_add(&s, 1000 * NS_PER_SEC, 1000 * NS_PER_SEC, 0);
	cr_expect_eq(s.count, SPARK_SECONDS);
	expect_bars(&s, 3, TEXT_ASCII, "___");
	/* A clock that goes back does no harm. */
	spark_add(&s, 50 * NS_PER_SEC, NS_PER_SEC, 1);
	expect_bars(&s, 3, TEXT_ASCII, "__#");
}

/* What came of ten seconds says nothing about each of them. */
Test(spark, has_a_gap_where_nobody_looked)
{
	struct spark s = { .count = 0 };

	add(&s, (const uint64_t []){ 5, 5, 5 }, 3);
	spark_add(&s, 112 * NS_PER_SEC, 3 * NS_PER_SEC, 9);
	spark_add(&s, 113 * NS_PER_SEC, 3 * NS_PER_SEC, 0);
	expect_bars(&s, 60, TEXT_ASCII, "                                              ===         #_");
	/* Three seconds are no pause where one looks every second and a half. */
	spark_add(&s, 116 * NS_PER_SEC, 3 * NS_PER_SEC, 0);
	expect_bars(&s, 60, TEXT_ASCII, "                                           ===         #____");
	/* What is behind a gap of more than a minute is gone. */
	spark_add(&s, 1000 * NS_PER_SEC, NS_PER_SEC, 1);
	expect_bars(&s, 60, TEXT_ASCII, "                                                           #");
}

Test(spark, may_have_more_cells_than_seconds)
{
	struct spark s = { .count = 0 };
	struct text t;

	add(&s, (const uint64_t []){ 1 }, 1);
	text_init(&t);
	spark_add_text(&t, &s, 120, TEXT_ASCII);
	cr_expect_str_eq(text_str(&t) + 118, "##");
	text_done(&t);
}
