/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The one door through which a signal leaves. A target is fixed once - pidfd,
 * start time, the socket it holds - and looked at again at the last moment: a pid
 * may have been reused, a socket passed on, meanwhile.
 */

#ifndef LOTOP_ACT_SIGNAL_H
#define LOTOP_ACT_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/task.h"

struct target {
	pid_t    pid;
	uint64_t start;
	uint64_t inode;		/* of the socket it must still hold */
	int      pidfd;		/* -1: none */
};

/* Why a process may not be ended, besides a negative errno. */
enum target_refusal {
	TARGET_OK,
	TARGET_INIT,		/* process 1 */
	TARGET_KTHREAD,
	TARGET_SELF,
	TARGET_ANCESTOR,	/* of lotop: its shell, terminal, sudo, sshd */
	TARGET_GONE,		/* ended, or the pid is another process by now */
	TARGET_LET_GO,		/* lives, but holds the socket no more */
	TARGET_REFUSALS
};

/*
 * Fixes a target: opens a pidfd and makes sure that behind it is the process
 * that started at `start` and holds the socket. proc_root is "/proc". Returns
 * TARGET_OK (then target_close() it), another enum target_refusal, or -errno
 * (-ENOSYS: a kernel before 5.3 has no pidfd; there is no unsafe way instead).
 */
int  target_open(struct target *t, const char *proc_root, const struct task *task, uint64_t inode);
void target_close(struct target *t);

/*
 * Checks all that target_open() did once more, then sends sig. Returns TARGET_OK
 * when it was sent, a refusal or -errno when nothing was.
 */
int target_signal(struct target *t, const char *proc_root, int sig);

/* Has the process ended? Its pidfd is readable then; poll() may watch it. */
bool target_ended(const struct target *t);

/* "SIGTERM"; NULL for a number without a name. */
const char *signal_name(int sig);

/* The number of "TERM", "SIGTERM" (case ignored) or "15"; 0 where there is no such signal. */
int signal_parse(const char *word);

#endif
