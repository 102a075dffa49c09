/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the live screen takes: lotop on a pseudo-terminal of 80 by 24, in its default view.
 * Not one of `make check`: tests/bench/bench starts it, with
 *
 *	SCREEN_ARGS     words for lotop
 *	SCREEN_SECONDS  how long its refreshes are watched
 *	SCREEN_KEYS     how many keys are pressed, one by one (0: none)
 *
 * and reads one line: milliseconds of processor a refresh, refreshes that were seen, per mille
 * of a processor, KiB it had in memory at most, and of the keys the median and the 99th
 * percentile of the milliseconds until the screen had changed; 0 of what was not asked for.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tui/stage.h"

#define FIRST_MS 60000	/* until the first screen with owners */
#define MAX_KEYS 2000

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
number_of(const char *name, int otherwise)
{
	const char *s = getenv(name);

	return s && *s ? atoi(s) : otherwise;
}

static long
peak_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

/* ---- refreshes ---- */

/* The second of the sample that is shown is the last word of the header. */
static const char *
shown_time(struct pty *p)
{
	const char *header = pty_row(p, 0), *blank = strrchr(header, ' ');

	return blank ? blank + 1 : header;
}

static bool
time_changed(struct pty *p, const void *arg)
{
	return strcmp(shown_time(p), arg) != 0;
}

static void
wait_for_refresh(struct pty *p)
{
	char *before = strdup(shown_time(p));

	pty_check(p, pty_wait(p, time_changed, before, PTY_MS), "no refresh comes");
	free(before);
}

/* From refresh to refresh, so that all of each is counted. Returns how many. */
static int
watch(struct pty *p, double ms, double *cpu_ms, double *took_ms)
{
	double begin, cpu;
	int n = 0;

	wait_for_refresh(p);
	wait_for_refresh(p);
	begin = now_ms();
	cpu = pty_cpu(p);
	for (; now_ms() - begin < ms; n++)
		wait_for_refresh(p);
	*cpu_ms = (pty_cpu(p) - cpu) * 1e3;
	*took_ms = now_ms() - begin;
	return n;
}

/* ---- keys ---- */

struct move {
	int     row;	/* where the cursor is to be */
	double *at;	/* when it was first seen there */
};

static bool
has_moved(struct pty *p, const void *arg)
{
	const struct move *m = arg;
	bool there = look_selected_row(p) == m->row;

	if (there && *m->at == 0)
		*m->at = now_ms();
	return there;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Down and up by turns, with the keys spread over all of the interval. */
static void
press(struct pty *p, int n, double ms[])
{
	int row;

	pty_key(p, "Home");
	pty_settle(p, 100);
	row = look_selected_row(p);
	pty_check(p, row >= 0, "no row is selected");
	for (int i = 0; i < n; i++) {
		double begin = now_ms(), at = 0;
		struct move m = { i % 2 ? row : row + 1, &at };

		pty_key(p, i % 2 ? "Up" : "Down");
		pty_check(p, pty_wait(p, has_moved, &m, PTY_MS), "a key is not answered");
		ms[i] = at - begin;
		pty_settle(p, i % 37);
	}
	qsort(ms, (size_t)n, sizeof *ms, by_size);
}

TestSuite(bench, .timeout = 900);

Test(bench, screen)
{
	int seconds = number_of("SCREEN_SECONDS", 10), keys = number_of("SCREEN_KEYS", 0), n;
	const char *args = getenv("SCREEN_ARGS");
	double cpu_ms, took_ms, ms[MAX_KEYS] = { 0 };
	struct pty *p = stage_lotop_plain(NULL, args ? args : "");

	cr_assert_leq(keys, MAX_KEYS);
	pty_check(p, pty_wait_row(p, "[0-9]:[0-9][0-9]$", FIRST_MS), "nothing comes");
	n = watch(p, seconds * 1e3, &cpu_ms, &took_ms);
	if (keys > 0)
		press(p, keys, ms);
	printf("screen %.2f %d %.1f %ld %.1f %.1f\n", n > 0 ? cpu_ms / n : 0, n,
	    cpu_ms / took_ms * 1e3, peak_kib(pty_pid(p)), ms[keys / 2], ms[keys * 99 / 100]);
	fflush(stdout);
	pty_key(p, "q");
	pty_free(p);
}
