/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * /proc/PID, read once into a record that owns all its bytes. Everything is
 * opened relative to a descriptor of /proc/PID, or of a folder in it, so that all of a record belongs
 * to one process even if its pid is reused meanwhile. Any call here may block
 * for ever (a locked memory map, a dead mount): only the worker makes it.
 */

#ifndef LOTOP_SOURCE_PROC_H
#define LOTOP_SOURCE_PROC_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "model/detail.h"
#include "model/task.h"

/* How a process is to be read. */
struct proc_request {
	pid_t    pid;
	uint8_t  depth;		/* PROC_FDS … */
	bool     brief;		/* its stat will do as long as it is known */
	bool     plain;		/* of its facts name and arguments will do */
	bool     kin;		/* its facts are wanted even if it has no socket */
	/* The process as it is known, so that its facts are not read again; start 0: not known. */
	uint64_t start;
	uint64_t arg_start;
	char     comm[TASK_COMM_SIZE];
};

#define PROC_FDS     0	/* /proc/PID/fd */
#define PROC_THREADS 1	/* /proc/PID/task/TID/fd: threads with tables of their own, dead leaders */
/*
 * One process for a page about it: its `detail`, and no sockets. Only if it is that of
 * `start`, where that is known.
 */
#define PROC_INSPECT 2
#define PROC_INSPECT_LINES 3	/* with the last lines of its log files */

/* A socket among the descriptors of a process. */
struct proc_fd {
	uint64_t inode;
	int      fd;
};

struct proc_record {
	struct proc_record *next;	/* for the list of whoever has it */
	pid_t               pid;
	uint64_t            began;	/* clock_mono_ns() before anything was read; 0: nothing was */
	int                 err;	/* 0; ESRCH: gone; ETIMEDOUT: it does not answer; … */
	int                 fd_err;	/* 0, or why its descriptors cannot be seen (EACCES) */
	uint8_t             depth;
	bool                brief;	/* its descriptors were not looked at */
	bool                cut_short;	/* it did not answer about its facts: the rest is good */
	struct task_stat    stat;
	struct task        *task;	/* NULL: as known before, no socket, cut short */
	struct proc_fd     *fds;	/* sockets alone, each by its lowest descriptor; by inode */
	size_t              nfds;
	size_t              total;	/* descriptors of any kind; of PROC_FDS */
	struct task_detail *detail;	/* of PROC_INSPECT */
};

/*
 * Reads one process but for its facts. proc_fd is a directory descriptor of
 * /proc. Always gives a record, with err set where the process could not be
 * read; proc_record_free() it. *beat counts up as long as the process answers.
 * *dir is a descriptor of /proc/PID for proc_read_task() where its facts are
 * wanted, which are those of an unknown process with a socket, and for proc_detail_finish()
 * where it is inspected; of a folder in it for proc_read_plain_task() where plain ones are; else -1.
 */
struct proc_record *proc_read(int proc_fd, const struct proc_request *req, atomic_uint *beat,
			      int *dir);
void                proc_record_free(struct proc_record *r);

/*
 * The process behind dir, with its facts. What cannot be read is left out. The
 * command line is read from the memory of the process, so this is the call that
 * may hang (a lock on its memory map). Its project is that of the folder's name: a
 * work tree is sought by source/project.h.
 */
struct task *proc_read_task(int dir, pid_t pid, const struct task_stat *st, atomic_uint *beat);

/* Of that its arguments alone, which may hang all the same. dir: a folder in its /proc/PID. */
struct task *proc_read_plain_task(int dir, pid_t pid, const struct task_stat *st);

/* A process whose facts are not known, from its stat alone. */
struct task *proc_task_of_stat(pid_t pid, const struct task_stat *st);

/* Frees a task whose strings are its own. NULL is allowed. */
void proc_task_free(struct task *t);

/*
 * The pids in /proc, ascending, in *pids (free() it). Returns how many, or
 * -errno. Does not block: a directory of procfs is made from kernel tables.
 */
int proc_list(int proc_fd, pid_t **pids);

#endif
