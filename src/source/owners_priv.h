/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What owners.c and suspects.c share: all processes, what they hold, and the sample under way. */

#ifndef LOTOP_SOURCE_OWNERS_PRIV_H
#define LOTOP_SOURCE_OWNERS_PRIV_H

#include "base/map.h"
#include "model/snapshot.h"
#include "source/owners.h"
#include "source/listing.h"
#include "source/proc.h"
#include "source/worker.h"

#define OWNERS_TURNS 3
#define OWNERS_UNITS 4096	/* for a search, at each sample: 14 ms (suspects.c) */

struct lookup;

/*
 * What is done in a sample, in this order. Each pass asks for processes, and the next
 * begins when all of them have answered.
 */
enum pass {
	PASS_NONE,
	PASS_COUNT,	/* how many descriptors has each process? */
	PASS_CHANGED,	/* those that may hold something else than before */
	PASS_SHARED,	/* those that let go of what others hold still */
	PASS_REST,	/* all others, where a socket is left that nobody has */
	PASS_THREADS,	/* the tables of single threads */
	PASSES
};

struct process;

/* One socket of one process. All that have its inode are a chain, in no order. */
struct holding {
	struct holding *next;
	struct process *process;
	uint32_t        inode;
	int             fd;
	uint32_t        seen;	/* the last round whose dump had it */
};

struct process {
	pid_t              pid;
	bool               read;	/* stat is good */
	bool               denied;	/* this user may not see its descriptors */
	bool               silent;	/* it did not answer, or not to everything */
	bool               deep;	/* single threads hold sockets: look there at once */
	bool               lost;	/* a socket that it held is gone */
	bool               kin;		/* a holder came from it: its facts are wanted, whatever it holds … */
	bool               mute;	/* … but it does not tell them */
	uint8_t            depth;	/* of the last reading */
	uint64_t           listed;	/* the last round that found it in /proc … */
	uint64_t           answered;	/* … that read its descriptors, or could not (the one before, if early) … */
	uint64_t           searched;	/* … and those of its threads */
	uint64_t           shared;	/* the last round in which others held a socket of its too, as far as known … */
	uint64_t           shown;	/* … and whose dump had one of its */
	uint64_t           asked;	/* the last submission that has it */
	uint64_t           fd_dir;	/* inode of /proc/PID/fd: another process has another */
	uint64_t           counted;	/* descriptors at the last look … */
	uint64_t           count;	/* … and when they were read */
	struct task_stat   stat;
	struct task       *task;	/* as long as it holds a socket, or is kin */
	bool               facts;	/* task has what proc_read_task() reads … */
	bool               plain;	/* … or proc_read_plain_task() */
	struct holding    *held;
	size_t             nheld;
	uint64_t           copied;	/* the last snapshot that took a copy of the task … */
	struct task       *copy;	/* … into its arena */
};

struct owners {
	int                    proc_fd;
	struct worker         *worker;
	bool                   counts;		/* the kernel says how many descriptors a process has */
	bool                   plain;		/* of processes names and arguments will do */
	bool                   hurry;		/* all in this sample, whatever it takes */
	struct map             processes;	/* pid -> struct process */
	struct map             holders;		/* inode -> the first struct holding of its chain */
	uint64_t               round;		/* counts owners_start() */
	uint64_t               copies;		/* counts owners_attach() */
	bool                   init_listed;	/* process 1 is in /proc */
	bool                   ahead;		/* all are read once, from before owners_start() on */

	/* The sample under way. */
	uint64_t               began;		/* when the sockets were known: what was read before is early */
	const struct snapshot *want;
	enum pass              pass;
	struct listing         listing;
	pid_t                 *pids;		/* in /proc, ascending */
	size_t                 npids;
	size_t                 at;		/* the next to be counted … */
	size_t                 uncounted;	/* … and how many are to be … */
	size_t                 unvisited;	/* … of so many that were not looked at yet */
	uint32_t              *orphans;		/* sockets that have no holder, by index; not what ended */
	bool                   let_go;		/* a process did, since they were found */
	size_t                 norphans;
	size_t                 orphans_cap;
	size_t                 units;		/* what may still be spent on a search */
	uint64_t               submissions;
	struct proc_request   *reqs;
	size_t                 nreqs;
	size_t                 reqs_cap;

	/* The search for what nobody has; it may take several samples. */
	struct map             missing;		/* inode that nobody has -> the first search that was made for it */
	uintptr_t              searches;
	bool                   searching;
	uint64_t               since;		/* the round in which it began */
	uint64_t               retry_at;	/* when one may be made for the same ones again */
	unsigned               pause_s;

	/* Sockets that ended after the dump, as they are now. */
	struct lookup         *lookup;		/* NULL: none was needed */
	struct map             ended;		/* inode -> index + 1 */
	struct sock_alone     *ends;		/* STATE_UNKNOWN: gone */
	size_t                 nends;
	size_t                 ends_cap;

	/* What is looked at without a reason, a few at each sample: the last one of each kind. */
	pid_t                  counted;
	pid_t                  verified;
	size_t                 verified_at;	/* the next of its sockets */
	pid_t                  turns[OWNERS_TURNS];
};

/* Asks for a process, once in a submission. brief: for its state alone, if it is the same program. */
void owners_ask(struct owners *o, struct process *p, uint8_t depth, bool brief);

/* Hands what was asked for to the worker. Returns whether there is anything to wait for. */
bool owners_submit(struct owners *o);

struct process *owners_process(struct owners *o, pid_t pid);

#endif
