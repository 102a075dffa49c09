/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Moments as they are printed, and the start of a process. */

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"

Test(clock, rfc3339_is_utc_with_milliseconds)
{
	static const struct { struct timespec t; const char *text; } cases[] = {
		{ { 0, 0 }, "1970-01-01T00:00:00.000Z" },
		{ { 1795459933, 42999999 }, "2026-11-23T18:52:13.042Z" },
		{ { 951782400, 999999999 }, "2000-02-29T00:00:00.999Z" },
		{ { 253402300799, 0 }, "9999-12-31T23:59:59.000Z" },
		{ { 253402300800, 0 }, "9999-12-31T23:59:59.000Z" },
		{ { -1, 0 }, "1970-01-01T00:00:00.000Z" },
	};
	char buf[CLOCK_RFC3339_SIZE];

	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(clock_rfc3339(cases[i].t, buf), cases[i].text, "%s: %s",
				 cases[i].text, buf);
}

Test(clock, monotonic_time_does_not_go_back)
{
	uint64_t last = clock_mono_ns();

	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_mono_ns();

		cr_assert_geq(now, last);
		last = now;
	}
}

static double
seconds(struct timespec t)
{
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
expect_normal(struct timespec t)
{
	cr_expect(t.tv_nsec >= 0 && t.tv_nsec < (long)NS_PER_SEC, "%ld ns", t.tv_nsec);
}

Test(clock, a_start_is_as_long_ago_as_its_ticks_say)
{
	long hz = sysconf(_SC_CLK_TCK);
	struct timespec boot = clock_of_start(0);
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	cr_expect_float_eq(seconds(clock_wall()) - seconds(boot), seconds(now), 0.5);
	/* Every share of a second, so that each carry is met. */
	for (long tick = 0; tick < hz; tick++) {
		struct timespec t = clock_of_start((uint64_t)tick);

		expect_normal(t);
		cr_expect_float_eq(seconds(t) - seconds(boot), (double)tick / (double)hz, 0.1);
	}
}

/* 30 years up: more nanoseconds than ticks * 1e9 could hold. */
Test(clock, a_long_uptime_does_not_overflow)
{
	uint64_t sec = UINT64_C(30) * 365 * 86400;
	uint64_t ticks = sec * (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec t = clock_of_start(ticks);

	expect_normal(t);
	cr_expect_float_eq(seconds(t) - seconds(clock_of_start(0)), (double)sec, 0.5);
}
