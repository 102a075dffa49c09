/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * measure: runs programs in turn, A B A B …, and says what each of them takes.
 *
 *	measure COUNT PROGRAM [ARGUMENT]... [-- PROGRAM [ARGUMENT]...]...
 *
 * What they print is thrown away. A line for each, in their order: median milliseconds on the
 * clock, median milliseconds of processor, the most KiB it had in memory, exit status.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COUNT    100
#define MAX_PROGRAMS 8

struct program {
	char  **argv;
	double  wall[MAX_COUNT];
	double  cpu[MAX_COUNT];
	long    rss;
	int     status;
};

static double
ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static _Noreturn void
become(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
		execvp(argv[0], argv);
	fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int
run(struct program *p, int turn)
{
	double begin = now_ms();
	pid_t pid = vfork();	/* so that ru_maxrss does not begin with our own */
	struct rusage u;

	if (pid == 0)
		become(p->argv);
	if (pid < 0 || wait4(pid, &p->status, 0, &u) < 0) {
		fprintf(stderr, "measure: %s: %s\n", p->argv[0], strerror(errno));
		return -1;
	}
	p->wall[turn] = now_ms() - begin;
	p->cpu[turn] = ms_of(u.ru_utime) + ms_of(u.ru_stime);
	if (u.ru_maxrss > p->rss)
		p->rss = u.ru_maxrss;
	return 0;
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
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Cuts the words at each "--". Returns how many programs there are, or -1. */
static int
split(char **words, struct program programs[MAX_PROGRAMS])
{
	int n = 0;

	while (*words) {
		if (n == MAX_PROGRAMS || strcmp(*words, "--") == 0)
			return -1;
		programs[n++].argv = words;
		while (*words && strcmp(*words, "--") != 0)
			words++;
		if (*words)
			*words++ = NULL;
	}
	return n;
}

int
main(int argc, char **argv)
{
	static struct program programs[MAX_PROGRAMS];
	int count = argc > 1 ? atoi(argv[1]) : 0;
	int n = argc > 2 ? split(argv + 2, programs) : -1;

	if (count < 1 || count > MAX_COUNT || n < 1) {
		fprintf(stderr, "usage: measure COUNT PROGRAM... [-- PROGRAM...]...\n");
		return 2;
	}
	for (int turn = 0; turn < count; turn++)
		for (int i = 0; i < n; i++)
			if (run(&programs[i], turn) < 0)
				return 1;
	for (int i = 0; i < n; i++) {
		struct program *p = &programs[i];

		printf("%.1f %.1f %ld %d\n", median(p->wall, count), median(p->cpu, count), p->rss,
		       WIFEXITED(p->status) ? WEXITSTATUS(p->status) : 128 + WTERMSIG(p->status));
	}
	return 0;
}
