/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Why a pidfd and /proc together: the pidfd names one process for ever but does
 * not say what it holds; /proc/PID says that but may have become another
 * process. So the pidfd is opened first, /proc is read, and then the pidfd is asked
 * whether its process still is: if so, its pid was not reused in between and all
 * that was read belongs to it. The start time alone would not do: it counts clock ticks,
 * and a pid can be given away twice within one.
 */

#include "act/signal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "base/util.h"

#define STAT_SIZE 1024	/* /proc/PID/stat: 52 numbers and a comm */
#define ANCESTORS 1024	/* more is a loop in what we read, not a family */

/* glibc has wrappers from 2.36 on, other libraries have none. */
static int
pidfd_open_call(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static int
pidfd_send_call(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

/* ---- /proc/PID ---- */

static int
open_task_dir(const char *proc_root, pid_t pid)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%d", proc_root, (int)pid);
	int fd;

	if (n < 0 || (size_t)n >= sizeof path)
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
read_stat(int dir, struct task_stat *ret)
{
	char buf[STAT_SIZE];
	int fd = openat(dir, "stat", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, sizeof buf);
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? (int)n : task_parse_stat(buf, (size_t)n, ret);
}

static int
stat_of_pid(const char *proc_root, pid_t pid, struct task_stat *ret)
{
	int dir = open_task_dir(proc_root, pid);
	int r;

	if (dir < 0)
		return dir;
	r = read_stat(dir, ret);
	close(dir);
	return r;
}

static DIR *
open_dir_at(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d;

	if (fd < 0)
		return NULL;
	d = fdopendir(fd);
	if (!d)
		close(fd);
	return d;
}

/* Is the socket among the links of dir/path? Returns 1, 0 or -errno. */
static int
fds_have(int dir, const char *path, uint64_t inode)
{
	DIR *d = open_dir_at(dir, path);
	const struct dirent *e;
	int found = 0;

	if (!d)
		return -errno;
	while (!found && (e = readdir(d))) {
		char target[64];
		ssize_t n = readlinkat(dirfd(d), e->d_name, target, sizeof target);
		uint64_t have;

		found = n > 0 && task_parse_link(target, (size_t)n, &have) && have == inode;
	}
	closedir(d);
	return found;
}

/* A thread may have a table of its own (unshare(CLONE_FILES)), or outlive its leader's. */
static int
threads_have(int dir, uint64_t inode)
{
	DIR *d = open_dir_at(dir, "task");
	const struct dirent *e;
	int found = 0;

	if (!d)
		return -errno;
	while (found <= 0 && (e = readdir(d))) {
		char path[sizeof "task//fd" + NAME_MAX];

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "task/%s/fd", e->d_name);
		found = fds_have(dir, path, inode);
	}
	closedir(d);
	return MAX(found, 0);
}

static int
task_holds(int dir, uint64_t inode)
{
	int r = fds_have(dir, "fd", inode);

	return r != 0 ? r : threads_have(dir, inode);
}

/* ---- who must not be ended ---- */

static bool
is_ancestor(const char *proc_root, pid_t pid)
{
	struct task_stat st;
	pid_t at = getpid();

	for (int i = 0; i < ANCESTORS && at > 1; i++) {
		if (stat_of_pid(proc_root, at, &st) < 0)
			return false;
		at = st.ppid;
		if (at == pid)
			return true;
	}
	return false;
}

static enum target_refusal
refusal_of(const char *proc_root, const struct task *task)
{
	if (task->pid <= 1)
		return TARGET_INIT;
	if (task->kthread)
		return TARGET_KTHREAD;
	if (task->pid == getpid())
		return TARGET_SELF;
	return is_ancestor(proc_root, task->pid) ? TARGET_ANCESTOR : TARGET_OK;
}

/* ---- identity ---- */

/* Does /proc say what the target was fixed by? */
static int
check_proc(const struct target *t, int dir)
{
	struct task_stat st;
	int r = read_stat(dir, &st);

	if (r < 0)
		return r == -ESRCH || r == -ENOENT ? TARGET_GONE : r;
	if (st.start != t->start)
		return TARGET_GONE;
	r = task_holds(dir, t->inode);
	if (r < 0)
		return r == -ESRCH || r == -ENOENT ? TARGET_GONE : r;
	if (r > 0)
		return TARGET_OK;
	return st.state == 'Z' || st.state == 'X' ? TARGET_GONE : TARGET_LET_GO;
}

/* Signal 0 is not sent, only looked at; a process that we may not signal is alive, too. */
static bool
pidfd_alive(int pidfd)
{
	return pidfd_send_call(pidfd, 0) == 0 || errno == EPERM;
}

static int
check_target(const struct target *t, const char *proc_root)
{
	int dir = open_task_dir(proc_root, t->pid);
	int r;

	if (dir < 0)
		return dir == -ENOENT || dir == -ESRCH ? TARGET_GONE : dir;
	r = check_proc(t, dir);
	close(dir);
	return pidfd_alive(t->pidfd) ? r : TARGET_GONE;
}

int
target_open(struct target *t, const char *proc_root, const struct task *task, uint64_t inode)
{
	struct target new = { .pid = task->pid, .start = task->start, .inode = inode };
	int r = refusal_of(proc_root, task);

	if (r != TARGET_OK)
		return r;
	new.pidfd = pidfd_open_call(task->pid);
	if (new.pidfd < 0)
		return errno == ESRCH ? TARGET_GONE : -errno;
	r = check_target(&new, proc_root);
	if (r == TARGET_OK)
		*t = new;
	else
		close(new.pidfd);
	return r;
}

void
target_close(struct target *t)
{
	if (t->pidfd >= 0)
		close(t->pidfd);
	t->pidfd = -1;
}

int
target_signal(struct target *t, const char *proc_root, int sig)
{
	int r = check_target(t, proc_root);

	if (r != TARGET_OK)
		return r;
	if (pidfd_send_call(t->pidfd, sig) == 0)
		return TARGET_OK;
	return errno == ESRCH ? TARGET_GONE : -errno;
}

bool
target_ended(const struct target *t)
{
	struct pollfd p = { .fd = t->pidfd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* ---- names ---- */

/* sigabbrev_np(3) would do, but only glibc has it. */
static const char *const names[] = {
	[SIGHUP] = "SIGHUP",     [SIGINT] = "SIGINT",       [SIGQUIT] = "SIGQUIT",
	[SIGILL] = "SIGILL",     [SIGTRAP] = "SIGTRAP",     [SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",     [SIGFPE] = "SIGFPE",       [SIGKILL] = "SIGKILL",
	[SIGUSR1] = "SIGUSR1",   [SIGSEGV] = "SIGSEGV",     [SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE",   [SIGALRM] = "SIGALRM",     [SIGTERM] = "SIGTERM",
	[SIGCHLD] = "SIGCHLD",   [SIGCONT] = "SIGCONT",     [SIGSTOP] = "SIGSTOP",
	[SIGTSTP] = "SIGTSTP",   [SIGTTIN] = "SIGTTIN",     [SIGTTOU] = "SIGTTOU",
	[SIGURG] = "SIGURG",     [SIGXCPU] = "SIGXCPU",     [SIGXFSZ] = "SIGXFSZ",
	[SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF",   [SIGWINCH] = "SIGWINCH",
	[SIGIO] = "SIGIO",       [SIGPWR] = "SIGPWR",       [SIGSYS] = "SIGSYS",
};

const char *
signal_name(int sig)
{
	return sig > 0 && (size_t)sig < ARRAY_SIZE(names) ? names[sig] : NULL;
}

int
signal_parse(const char *word)
{
	const char *name = strncasecmp(word, "SIG", 3) == 0 ? word + 3 : word;
	uint64_t n;

	if (text_to_uint(word, strlen(word), (uint64_t)SIGRTMAX, &n) == 0)
		return (int)n;
	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		if (names[i] && strcasecmp(names[i] + 3, name) == 0)
			return (int)i;
	return 0;
}
