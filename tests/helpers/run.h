/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Run lotop and mksock from a test, always under a deadline and in one fixed
 * environment, whatever the one of the person who runs the tests is.
 *
 *	struct run r;
 *	struct mksock m;
 *
 *	mksock_start(&m, MKSOCK_KINDS("listener4", "pair"));
 *	run_lotop(NULL, ARGS("list", "-o", "json"), &r);
 *	cr_assert_eq(r.status, 0);
 *	... r.out, mksock_fact(&m, "pair", "server")->inode ...
 *	run_done(&r);
 *	mksock_stop(&m);
 *
 * The programs are those that the environment variables LOTOP and MKSOCK name,
 * else those of the build tree that is the current directory. What a helper
 * cannot do (fork, exec of mksock, a deadline missed by mksock) ends the test
 * with a message and abort(3): no test could go on without it.
 */

#ifndef TESTS_HELPERS_RUN_H
#define TESTS_HELPERS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fact.h"

#define RUN_DEADLINE_MS	20000	/* where none is given: far above any run */
#define RUN_TIMED_OUT	(-1)	/* status: it had to be killed */
#define RUN_NOBODY	65534

/* A list of words that ends in NULL. */
#define ARGS(...)		((const char *const []){ __VA_ARGS__, NULL })
#define NO_ARGS			((const char *const []){ NULL })
#define MKSOCK_KINDS(...)	ARGS(__VA_ARGS__)

/* What came of it. out and err end in a NUL that their length leaves out. */
struct run {
	int	 status;	/* exit status, or 128 + signal, or RUN_TIMED_OUT */
	char	*out;
	size_t	 out_len;
	char	*err;
	size_t	 err_len;
};

/* How to run; all of it may stay zero, and the whole may be NULL. */
struct run_how {
	const char *const *env;	/* NAME=VALUE over the fixed ones; ends in NULL */
	uid_t	 uid;		/* become this user; 0: stay */
	int	 in_fd;		/* standard input; 0: /dev/null */
	int	 out_fd;	/* standard output; 0: captured */
	int	 timeout_ms;	/* 0: RUN_DEADLINE_MS */
};

/* Run argv[0] to its end. run_done() frees what is in ret. */
void	run_program(const struct run_how *how, const char *const argv[],
	    struct run *ret);

/* The same with lotop: args are the words after its name. */
void	run_lotop(const struct run_how *how, const char *const args[],
	    struct run *ret);
void	run_done(struct run *r);

/* Can this process run programs as that user? Not with one user mapped. */
bool	run_may_be(uid_t uid);

/* Where the programs are. */
const char *run_lotop_path(void);
const char *run_mksock_path(void);

/*
 * The environment that every program gets: locale, terminal, home, time zone,
 * what sanitizers need, and then the words of extra (NAME=VALUE; just NAME
 * takes one away). Free it with run_environment_free().
 */
char	**run_environment(const char *const extra[]);
void	run_environment_free(char **env);

/* Milliseconds of a clock that only goes forward, for deadlines. */
int64_t	run_now_ms(void);

/* A mksock that is running. */
struct mksock {
	pid_t		 pid;
	int		 in;		/* its standard input: its life */
	int		 out;
	struct fact	*facts;		/* what it made, in its order */
	size_t		 n;
	char		*skipped;	/* lines "KIND reason": not made here */
	char		*pending;	/* read, and no whole line yet */
	size_t		 pending_len;
};

/* Start it and wait until all is made. */
void	mksock_start(struct mksock *m, const char *const kinds[]);

/* Wait for one more line (a respawner prints them); false where none comes. */
bool	mksock_next(struct mksock *m, int timeout_ms);

/* End it and every holder, and free what it said. */
void	mksock_stop(struct mksock *m);

/*
 * What it said about a kind, the n-th of it; of that role, or NULL for any.
 * NULL where there is no such: the kind was skipped.
 */
const struct fact *mksock_nth(const struct mksock *m, const char *kind,
	    const char *role, size_t n);
const struct fact *mksock_fact(const struct mksock *m, const char *kind,
	    const char *role);

#endif
