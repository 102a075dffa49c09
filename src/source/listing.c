/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * "0.08 0.03 0.01 2/1050 31337": proc(5) has all threads behind the stroke, and the pid that
 * was given last. A fork moves that on (alloc_pid), and an end takes from the threads. The pid is of
 * the namespace of who reads, so this is for the first one alone: in another /proc others
 * may be listed, or the ends of some be made up for by forks elsewhere.
 */

#include "source/listing.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FIRST_NAMESPACE "pid:[4026531836]"	/* PROC_PID_INIT_INO, <linux/proc_ns.h> */

/*
 * A process gets its pid a moment before it is one of the threads. Where another ends just
 * after that moment the two make up for each other.
 */
#define KEPT_MAX 4u

static bool
is_first_namespace(int proc_fd)
{
	char target[32];
	ssize_t n = readlinkat(proc_fd, "self/ns/pid", target, sizeof target);

	return n == (ssize_t)strlen(FIRST_NAMESPACE) && memcmp(target, FIRST_NAMESPACE, (size_t)n) == 0;
}

void
listing_init(struct listing *l, int proc_fd)
{
	*l = (struct listing){ .load = -1 };
	if (is_first_namespace(proc_fd))
		l->load = openat(proc_fd, "loadavg", O_RDONLY | O_CLOEXEC);
}

void
listing_done(struct listing *l)
{
	if (l->load >= 0)
		close(l->load);
	l->load = -1;
}

void
listing_forget(struct listing *l)
{
	l->len = 0;
}

/* Returns its length, or 0 where it does not tell. */
static size_t
read_mark(const struct listing *l, char ret[LISTING_MARK])
{
	char buf[LISTING_MARK];
	ssize_t n = l->load >= 0 ? pread(l->load, buf, sizeof buf, 0) : 0;
	const char *from = n > 0 ? memchr(buf, '/', (size_t)n) : NULL;
	size_t len = from ? (size_t)(buf + n - from) : 0;

	if (len > 0)
		memcpy(ret, from, len);
	return len;
}

bool
listing_holds(struct listing *l)
{
	char mark[LISTING_MARK];
	size_t len = read_mark(l, mark);
	bool same = len > 0 && len == l->len && memcmp(mark, l->mark, len) == 0;

	if (same && l->kept < KEPT_MAX) {
		l->kept++;
		return true;
	}
	memcpy(l->mark, mark, len);
	l->len = len;
	l->kept = 0;
	return false;
}
