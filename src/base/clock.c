/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the reading of the clocks and the one way in which a moment is written. */

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

#include "base/util.h"

#define RFC3339_LAST 253402300799	/* 9999-12-31T23:59:59Z: RFC 3339 has four digits for a year */

static struct timespec
read_clock(clockid_t id)
{
	struct timespec t = { 0 };

	clock_gettime(id, &t);
	return t;
}

uint64_t
clock_mono_ns(void)
{
	struct timespec t = read_clock(CLOCK_MONOTONIC);

	return (uint64_t)t.tv_sec * NS_PER_SEC + (uint64_t)t.tv_nsec;
}

uint64_t
clock_cpu_ns(void)
{
	struct timespec t = read_clock(CLOCK_PROCESS_CPUTIME_ID);

	return (uint64_t)t.tv_sec * NS_PER_SEC + (uint64_t)t.tv_nsec;
}

struct timespec
clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

char *
clock_rfc3339(struct timespec t, char buf[CLOCK_RFC3339_SIZE])
{
	time_t sec = MAX(0, MIN(t.tv_sec, RFC3339_LAST));
	struct tm tm;
	size_t len;

	gmtime_r(&sec, &tm);
	len = strftime(buf, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, CLOCK_RFC3339_SIZE - len, ".%03uZ",
		 (unsigned)((uint64_t)t.tv_nsec / NS_PER_MS % 1000));
	return buf;
}

/*
 * The wall time at boot, whole ticks: the two clocks are read one after the other,
 * and what passes between them must not give one process two starts.
 */
static int64_t
boot_ticks(int64_t hz)
{
	struct timespec wall = read_clock(CLOCK_REALTIME);
	struct timespec boot = read_clock(CLOCK_BOOTTIME);
	int64_t tick = (int64_t)NS_PER_SEC / hz;
	int64_t nsec = wall.tv_nsec - boot.tv_nsec + (int64_t)NS_PER_SEC;

	return (int64_t)(wall.tv_sec - boot.tv_sec - 1) * hz + (nsec + tick / 2) / tick;
}

struct timespec
clock_of_start(uint64_t ticks)
{
	int64_t hz = sysconf(_SC_CLK_TCK);
	int64_t at = boot_ticks(hz) + (int64_t)ticks;

	return (struct timespec){
		.tv_sec = (time_t)(at / hz),
		.tv_nsec = (long)(at % hz * ((int64_t)NS_PER_SEC / hz)),
	};
}
