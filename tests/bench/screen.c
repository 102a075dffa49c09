/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the live screen takes: lotop on a pseudo-terminal of 80 by 24, in its default view.
 * Not one of `make check`: tests/bench/bench starts it, with
 *
 *	SCREEN_ARGS     words for lotop
 *	SCREEN_SECONDS  how long its refreshes are watched in all
 *	SCREEN_TURNS    in so many parts
 *	SCREEN_BESIDE   a command that is run after each part, by sh(1)
 *	SCREEN_KEYS     how many keys are pressed, one by one (0: none)
 *
 * and reads one line: milliseconds of processor a refresh, refreshes that were seen, per mille
 * of a processor, milliseconds from one refresh to the next, KiB it had in memory at most,
 * milliseconds of processor of the command, and of the keys the median and the 99th percentile of
 * the milliseconds until the screen had changed; 0 of what was not asked for. What is of
 * a part is the median of all.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tui/stage.h"

#define FIRST_MS 60000	/* until the first screen with owners */
#define MAX_KEYS 2000
#define MAX_TURNS 100

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

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof *values, by_size);
	return values[n / 2];
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

/* What came of the parts. */
struct watched {
	double cpu_ms[MAX_TURNS];	/* a refresh */
	double permille[MAX_TURNS];
	double every_ms[MAX_TURNS];
	double beside_ms[MAX_TURNS];
	int    refreshes;
};

/* From refresh to refresh, so that all of each is counted. */
static void
watch(struct pty *p, double ms, int turn, struct watched *ret)
{
	double begin, cpu, took;
	int n = 0;

	wait_for_refresh(p);
	wait_for_refresh(p);
	begin = now_ms();
	cpu = pty_cpu(p);
	for (; now_ms() - begin < ms; n++)
		wait_for_refresh(p);
	cpu = (pty_cpu(p) - cpu) * 1e3;
	took = now_ms() - begin;
	ret->cpu_ms[turn]   = cpu / n;
	ret->permille[turn] = cpu / took * 1e3;
	ret->every_ms[turn] = took / n;
	ret->refreshes     += n;
}

/* Of the children that ended: lotop has not. */
static double
children_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static double
run_beside(const char *command)
{
	double before = children_ms();

	if (!command || !*command)
		return 0;
	cr_assert_eq(system(command), 0, "%s fails", command);
	return children_ms() - before;
}

static void
watch_all(struct pty *p, double ms, int turns, struct watched *ret)
{
	cr_assert(turns > 0 && turns <= MAX_TURNS);
	for (int i = 0; i < turns; i++) {
		watch(p, ms / turns, i, ret);
		ret->beside_ms[i] = run_beside(getenv("SCREEN_BESIDE"));
	}
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
	int seconds = number_of("SCREEN_SECONDS", 10), keys = number_of("SCREEN_KEYS", 0);
	int turns = number_of("SCREEN_TURNS", 1);
	const char *args = getenv("SCREEN_ARGS");
	double ms[MAX_KEYS] = { 0 };
	struct watched w = { .refreshes = 0 };
	struct pty *p = stage_lotop_plain(NULL, args ? args : "");

	cr_assert_leq(keys, MAX_KEYS);
	pty_check(p, pty_wait_row(p, "[0-9]:[0-9][0-9]$", FIRST_MS), "nothing comes");
	watch_all(p, seconds * 1e3, turns, &w);
	if (keys > 0)
		press(p, keys, ms);
	printf("screen %.2f %d %.1f %.0f %ld %.1f %.1f %.1f\n", median(w.cpu_ms, turns), w.refreshes,
	    median(w.permille, turns), median(w.every_ms, turns), peak_kib(pty_pid(p)),
	    median(w.beside_ms, turns), ms[keys / 2], ms[keys * 99 / 100]);
	fflush(stdout);
	pty_key(p, "q");
	pty_free(p);
}
