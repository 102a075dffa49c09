/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the answers to what the command line of a process is in full, which of its files are logs,
 * and how a log ends. A log file is opened through the descriptor of the process,
 * /proc/PID/fd/N, which leads to the file itself: also when it was renamed or
 * deleted, or is in another mount namespace.
 */

#include "source/proc_detail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/util.h"
#include "source/proc_priv.h"

#define ARGV_SIZE  65536
#define STATM_SIZE 256
#define INFO_SIZE  512		/* "flags:" is the second line of fdinfo */
#define TAIL_SIZE  16384
#define NAME_SIZE  24		/* "fdinfo/" and a number */

static void
beat_once(atomic_uint *beat)
{
	atomic_fetch_add_explicit(beat, 1, memory_order_relaxed);
}

/* The second number of statm, in pages (proc(5)). */
static void
read_rss(int dir, struct task_detail *d)
{
	char buf[STATM_SIZE];
	ssize_t n = proc_read_file(dir, "statm", buf, sizeof buf - 1);
	unsigned long long pages;

	if (n <= 0)
		return;
	buf[n] = '\0';
	if (sscanf(buf, "%*u %llu", &pages) != 1)
		return;
	d->rss = pages * (uint64_t)sysconf(_SC_PAGESIZE);
	d->has |= DETAIL_HAS_RSS;
}

/* ---- which files are logs ---- */

/* The flags of open(2) that a descriptor has, octal in fdinfo; -1: not known. */
static int
read_flags(int dir, int fd)
{
	static const char key[] = "flags:";
	char name[NAME_SIZE], buf[INFO_SIZE];
	const char *line;
	ssize_t n;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	n = proc_read_file(dir, name, buf, sizeof buf - 1);
	if (n <= 0)
		return -1;
	buf[n] = '\0';
	line = strstr(buf, key);
	return line ? (int)strtoul(line + sizeof key - 1, NULL, 8) : -1;
}

/* Names of what is no file on a disk: devices, and what the kernel makes up. */
static bool
is_file_name(const char *path)
{
	static const char *const others[] = { "/dev/", "/proc/", "/sys/", "/memfd:" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strncmp(path, others[i], strlen(others[i])) == 0)
			return false;
	return path[0] == '/';
}

static bool
ends_in_log(const char *path)
{
	static const char tail[] = ".log";
	size_t len = strlen(path), n = sizeof tail - 1;

	return len > n && strcmp(path + len - n, tail) == 0;
}

/* Whatever the standard streams write to is a log; elsewhere it is what is only added to. */
static bool
looks_like_log(int fd, int flags, const char *path)
{
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return false;
	if (fd == STDOUT_FILENO || fd == STDERR_FILENO || ends_in_log(path))
		return true;
	return (flags & O_ACCMODE) == O_WRONLY && flags & O_APPEND;
}

static bool
has_log(const struct task_detail *d, const char *path, bool deleted)
{
	for (size_t i = 0; i < d->nlogs; i++)
		if (d->logs[i].deleted == deleted && strcmp(d->logs[i].path, path) == 0)
			return true;
	return false;
}

static void
try_log(int dir, int fd, struct task_detail *d)
{
	char name[NAME_SIZE], *path;
	bool deleted;

	snprintf(name, sizeof name, "fd/%d", fd);
	path = proc_read_link(dir, name, &deleted);
	if (path && is_file_name(path) && looks_like_log(fd, read_flags(dir, fd), path) &&
	    !has_log(d, path, deleted)) {
		d->logs[d->nlogs++] = (struct task_log){ .fd = fd, .path = path, .deleted = deleted };
		return;
	}
	free(path);
}

static void
find_logs(int dir, struct task_detail *d, atomic_uint *beat)
{
	int *fds, n = proc_list_numbers(dir, "fd", &fds);

	if (n < 0)
		return;
	for (int i = 0; i < n && d->nlogs < DETAIL_LOGS; i++) {
		try_log(dir, fds[i], d);
		beat_once(beat);
	}
	free(fds);
}

struct task_detail *
proc_detail_begin(int dir, pid_t pid, const struct task_stat *st, atomic_uint *beat)
{
	struct task_detail *d = mem_new(sizeof *d);

	d->pid     = pid;
	d->start   = st->start;
	d->state   = st->state;
	d->threads = st->threads;
	read_rss(dir, d);
	beat_once(beat);
	find_logs(dir, d, beat);
	return d;
}

/* ---- what may hang ---- */

static void
read_argv(int dir, struct task_detail *d)
{
	char *buf = mem_new(ARGV_SIZE + 1);
	ssize_t n = proc_read_file(dir, "cmdline", buf, ARGV_SIZE);
	size_t len = n > 0 ? proc_argv_length(buf, (size_t)n) : 0;

	if (len == 0) {
		free(buf);
		return;
	}
	buf[len] = '\0';
	d->argv = buf;
	d->argv_len = buf[len - 1] == '\0' ? len : len + 1;
	for (size_t i = 0; i < d->argv_len; i++)
		d->argc += buf[i] == '\0';
}

/*
 * A path that names no device may still be one, or a pipe, and to open those does things:
 * so what it is is looked at by a descriptor that opens nothing (O_PATH).
 */
static int
open_regular(int dir, const char *name)
{
	int fd = openat(dir, name, O_PATH | O_CLOEXEC), err = 0;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -ESPIPE;
	close(fd);
	if (err < 0)
		return err;
	fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The file may grow meanwhile: what is behind the end that it had is not read. */
static int
read_end(int fd, struct task_log *log)
{
	struct stat st;
	char *buf;
	ssize_t n;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	buf = mem_new(TAIL_SIZE);
	n = pread(fd, buf, TAIL_SIZE, MAX(st.st_size - TAIL_SIZE, 0));
	if (n < 0) {
		r = -errno;
		free(buf);
		return r;
	}
	log->tail = buf;
	log->tail_len = (size_t)n;
	return 0;
}

static void
read_tail(int dir, struct task_log *log)
{
	char name[NAME_SIZE];
	int fd, r;

	snprintf(name, sizeof name, "fd/%d", log->fd);
	fd = open_regular(dir, name);
	r = fd < 0 ? fd : read_end(fd, log);
	if (r < 0)
		log->err = -r;
	if (fd >= 0)
		close(fd);
}

void
proc_detail_finish(int dir, struct task_detail *d, bool lines, atomic_uint *beat)
{
	read_argv(dir, d);
	beat_once(beat);
	for (size_t i = 0; lines && i < d->nlogs; i++) {
		read_tail(dir, &d->logs[i]);
		beat_once(beat);
	}
}
