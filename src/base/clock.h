/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Time. Intervals are taken from the monotonic clock, in nanoseconds; the wall
 * clock is only ever printed. A process's start is in clock ticks since boot.
 */

#ifndef LOTOP_BASE_CLOCK_H
#define LOTOP_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SEC 1000000000ull
#define NS_PER_MS  1000000ull

uint64_t        clock_mono_ns(void);
uint64_t        clock_cpu_ns(void);	/* that this process has used, all its threads */
struct timespec clock_wall(void);

#define CLOCK_RFC3339_SIZE 32

/* "2026-11-23T18:52:13.042Z": UTC, with milliseconds. Returns buf. */
char *clock_rfc3339(struct timespec t, char buf[CLOCK_RFC3339_SIZE]);

/*
 * The wall time of a moment given in clock ticks since boot (/proc/PID/stat,
 * field 22). Goes through CLOCK_BOOTTIME, since /proc/uptime may be absent
 * (proc(5), subset=pid) and the two clocks share a time namespace's offset.
 */
struct timespec clock_of_start(uint64_t ticks);

#endif
