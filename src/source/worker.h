/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The thread that reads /proc: one for the owners of all sockets, and while a page about
 * one process is open another for that (inspect.h). A second one may take from the same list,
 * where somebody waits for the end of it. It takes a list of processes, gives back
 * records, in no order where there are two, and sees no snapshot, no table, no screen. A process that does not
 * answer within 200 ms is given back as ETIMEDOUT, or, when its descriptors were
 * read and only its facts are missing, as cut short. It is not read again for 60 s,
 * nor as long as the thread hangs on it, which is left behind: another one goes
 * on with the rest. Where only the way to a work tree hangs, its project is that of
 * the folder's name, and all else is as it should be.
 */

#ifndef LOTOP_SOURCE_WORKER_H
#define LOTOP_SOURCE_WORKER_H

#include <stddef.h>

#include "source/proc.h"

#define WORKER_DEADLINE_MS 200
#define WORKER_SKIP_S      60
#define WORKER_READERS     2

struct worker;

/* Starts the thread. It borrows proc_fd. Returns 0 and hands over *ret, or -errno. */
int  worker_new(struct worker **ret, int proc_fd);

/* Starts one more, of WORKER_READERS in all. Returns 0 or -errno: then those that there are do it. */
int  worker_add_reader(struct worker *w);

/* Ends the thread, or leaves it behind when it hangs. NULL is allowed. */
void worker_free(struct worker *w);

/* Adds processes to the list; the requests are copied. */
void worker_submit(struct worker *w, const struct proc_request *reqs, size_t count);

/* Forgets the list and all records that nobody took. */
void worker_cancel(struct worker *w);

/* Readable when many records are there, or the last ones. */
int worker_fd(const struct worker *w);

/* Milliseconds until worker_take() should be called to notice a hung thread; -1 when idle. */
int worker_timeout(const struct worker *w);

/*
 * The next record, or NULL when there is none now: take them all before polling
 * again. The caller frees it. Also replaces a hung thread, so call it at the
 * timeout as well.
 */
struct proc_record *worker_take(struct worker *w);

/* Processes submitted whose record has not been taken. */
size_t worker_pending(const struct worker *w);

#endif
