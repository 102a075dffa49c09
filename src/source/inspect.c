/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The order of a look: one socket after the other is asked for, while the processes are
 * being read. It is over when nothing is awaited any more, which is soon: each of
 * them has a deadline.
 */

#include "source/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/util.h"
#include "source/ask.h"
#include "source/host.h"
#include "source/worker.h"

struct inspect {
	struct ask        *ask;		/* NULL: the kernel gives none */
	int                ask_err;
	struct worker     *worker;	/* NULL: there is none */
	int                worker_err;
	struct detail_want want;
	struct detail     *found;	/* NULL: no look is under way */
	size_t             sock;	/* the one that is asked for; want.nsocks: all are answered */
};

struct inspect *
inspect_new(const char *proc_root)
{
	struct inspect *i = mem_new(sizeof *i);
	int proc_fd = open(proc_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	i->ask_err = ask_open(&i->ask);
	i->worker_err = proc_fd < 0 ? -errno : worker_new(&i->worker, proc_fd);
	if (proc_fd >= 0)
		close(proc_fd);	/* the worker has its own */
	return i;
}

void
inspect_free(struct inspect *i)
{
	if (!i)
		return;
	detail_free(i->found);
	worker_free(i->worker);
	ask_close(i->ask);
	free(i);
}

/* ---- sockets ---- */

/* Asks for the next socket that can be asked for. */
static void
ask_next(struct inspect *i)
{
	for (; i->sock < i->want.nsocks; i->sock++) {
		int r = i->ask ? ask_start(i->ask, &i->want.socks[i->sock]) : i->ask_err;

		if (r == 0)
			return;
		i->found->sock_err[i->sock] = -r;
	}
}

static void
turn_ask(struct inspect *i)
{
	while (i->sock < i->want.nsocks) {
		int r = ask_turn(i->ask, &i->found->socks[i->sock]);

		if (r == ASK_MORE)
			return;
		i->found->sock_err[i->sock] = r < 0 ? -r : 0;
		i->sock++;
		ask_next(i);
	}
}

/* ---- processes ---- */

static void
submit_tasks(struct inspect *i)
{
	struct proc_request reqs[DETAIL_ENDS];
	size_t n = 0;

	for (size_t k = 0; k < DETAIL_ENDS; k++) {
		if (i->want.tasks[k].pid == 0)
			continue;
		i->found->task_err[k] = i->worker ? ETIMEDOUT : -i->worker_err;
		reqs[n] = (struct proc_request){
			.pid = i->want.tasks[k].pid, .start = i->want.tasks[k].start,
			.depth = i->want.lines ? PROC_INSPECT_LINES : PROC_INSPECT };
		n++;
	}
	if (i->worker)
		worker_submit(i->worker, reqs, n);
}

static void
take_record(struct inspect *i, struct proc_record *r)
{
	for (size_t k = 0; k < DETAIL_ENDS; k++) {
		if (i->want.tasks[k].pid != r->pid)
			continue;
		i->found->task_err[k] = r->err;
		i->found->task_cut[k] = r->cut_short;
		i->found->tasks[k] = r->detail;
		r->detail = NULL;
	}
	proc_record_free(r);
}

static size_t
tasks_pending(const struct inspect *i)
{
	return i->worker ? worker_pending(i->worker) : 0;
}

static void
turn_worker(struct inspect *i)
{
	struct proc_record *r;

	while (tasks_pending(i) > 0 && (r = worker_take(i->worker)))
		take_record(i, r);
}

/* ---- the look ---- */

void
inspect_cancel(struct inspect *i)
{
	detail_free(i->found);
	i->found = NULL;
	if (i->worker)
		worker_cancel(i->worker);
}

/* A process that is at both ends is read once, and told once. */
static void
drop_second_task(struct detail_want *want)
{
	if (want->tasks[1].pid == want->tasks[0].pid)
		want->tasks[1].pid = 0;
}

void
inspect_start(struct inspect *i, const struct detail_want *want)
{
	inspect_cancel(i);
	i->want = *want;
	i->found = mem_new(sizeof *i->found);
	i->found->turn = want->turn;
	i->sock = 0;
	drop_second_task(&i->want);
	if (want->addrs)
		i->found->naddrs = host_list_addrs(i->found->addrs, DETAIL_ADDRS);
	ask_next(i);
	submit_tasks(i);
}

bool
inspect_busy(const struct inspect *i)
{
	return i->found != NULL;
}

static int
sooner(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

int
inspect_fds(const struct inspect *i, struct pollfd fds[INSPECT_MAX_FDS], int *timeout_ms)
{
	int n = 0;

	*timeout_ms = i->found ? 0 : -1;
	if (!i->found)
		return 0;
	if (i->sock < i->want.nsocks || tasks_pending(i) > 0)
		*timeout_ms = -1;
	if (i->sock < i->want.nsocks) {
		fds[n++] = (struct pollfd){ .fd = ask_fd(i->ask), .events = POLLIN };
		*timeout_ms = ask_timeout(i->ask);
	}
	if (tasks_pending(i) > 0) {
		fds[n++] = (struct pollfd){ .fd = worker_fd(i->worker), .events = POLLIN };
		*timeout_ms = sooner(*timeout_ms, worker_timeout(i->worker));
	}
	return n;
}

struct detail *
inspect_turn(struct inspect *i)
{
	struct detail *found = i->found;

	if (!found)
		return NULL;
	turn_ask(i);
	turn_worker(i);
	if (i->sock < i->want.nsocks || tasks_pending(i) > 0)
		return NULL;
	i->found = NULL;
	return found;
}
