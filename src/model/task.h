/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A process as /proc tells it. Its identity is pid + start: a pid alone is
 * reused, sometimes within one clock tick. The strings are raw: bytes that the
 * process chose itself. They pass text_add_safe before anybody sees them.
 */

#ifndef LOTOP_MODEL_TASK_H
#define LOTOP_MODEL_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TASK_COMM_SIZE 64	/* kernel: 16; kernel threads of workqueues show more */

/* struct task.has: which facts were readable. */
#define TASK_HAS_UID 0x1u

struct task {
	pid_t       pid;
	pid_t       ppid;
	uint64_t    start;	/* clock ticks since boot */
	char        state;	/* 'R', 'S', 'T', 'Z', … of proc(5); 0: not known, see task_state() */
	bool        kthread;	/* PF_KTHREAD: cannot be ended */
	uint32_t    has;
	uint32_t    uid;	/* real user id; TASK_HAS_UID */
	const char *comm;
	const char *argv;	/* argc strings, one after the other, each NUL-terminated; 4 KiB at most */
	size_t      argc;
	size_t      argv_len;	/* bytes of all of them with their NULs */
	const char *exe;	/* NULL: not readable, or a kernel thread */
	const char *cwd;	/* NULL: not readable */
	/*
	 * Read with the rest, and as that again when the process execs or renames itself. What else
	 * changes them, as a change of directory, is found sooner or later (source/suspects.c).
	 */
	const char *app;	/* what a person calls it; NULL: its comm */
	const char *project;	/* name of the git work tree that cwd is in, else of cwd; NULL: none */
	const char *cgroup;	/* path of its control group; NULL: not readable */
	const char *unit;	/* of that control group; NULL: none */
	const char *container;	/* likewise */
	/*
	 * In a snapshot; NULL: not known. Of one that holds no socket pid, ppid, start, state and
	 * comm alone may be, at first. A chain of them ends.
	 */
	const struct task *parent;
};

/* One process that holds a socket, by the lowest of its descriptors for it. */
struct owner {
	const struct task *task;
	int                fd;
};

/* What /proc/PID/stat says. */
struct task_stat {
	char     comm[TASK_COMM_SIZE];	/* raw, cut to fit */
	char     state;
	pid_t    ppid;
	uint32_t flags;		/* PF_* of the kernel */
	uint32_t threads;
	uint64_t start;
	uint64_t arg_start;	/* 0 where this user may not know; changes at every exec */
};

#define TASK_PF_EXITING 0x00000004u	/* include/linux/sched.h */
#define TASK_PF_KTHREAD 0x00200000u

/*
 * Parses the text of /proc/PID/stat, which need not be NUL-terminated. comm is
 * between the first '(' and the LAST ')': a process may call itself "a) R 1".
 * Returns 0 or -EBADMSG; *ret is written only for 0.
 */
int task_parse_stat(const char *buf, size_t len, struct task_stat *ret);

/*
 * That of the process; 0: not known. A leader that ended before its other threads looks like a
 * zombie, and they go on serving.
 */
char task_state(const struct task_stat *st);

/* By a signal or a debugger: it takes no signal but SIGKILL and SIGCONT until it goes on. */
bool task_is_stopped(const struct task *t);

/*
 * The inode in the target of a /proc/PID/fd link, "socket:[16108]". Returns
 * false for anything else.
 */
bool task_parse_link(const char *target, size_t len, uint64_t *inode);

struct arena;

/* A copy with all its strings in the arena, and without its parent. */
struct task *task_copy(struct arena *a, const struct task *from);

/* What a person calls it: app, else comm. */
const char *task_app(const struct task *t);

/* Same process: same pid and same start. */
bool task_same(const struct task *a, const struct task *b);

#endif
