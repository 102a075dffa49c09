/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Reading of /proc/PID. The targets of its links are never opened and not
 * even looked at with stat(2), which may block on a dead mount; the exceptions
 * are told at proc_read_link() and in proc_detail.c.
 */

#include "source/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/util.h"
#include "model/appname.h"
#include "model/cgroup.h"
#include "source/project.h"
#include "source/proc_detail.h"
#include "source/proc_priv.h"

#define STAT_SIZE    2048	/* 52 numbers and a name */
#define ENTRIES_SIZE 4096	/* names of 150 descriptors; compilers may clear it each time */
#define STATUS_SIZE  4096	/* "Uid:" is among the first lines */
#define CGROUP_SIZE  16384	/* a dozen paths */
#define CMDLINE_KEPT 4096	/* of the argument vector */
#define CMDLINE_SIZE 65536	/* but its name may stand behind a long class path */

#define DELETED " (deleted)"

/* The descriptors of a process while they are collected. */
struct fd_list {
	struct proc_fd *fds;
	size_t          count;
	size_t          cap;
	size_t          total;	/* descriptors of any kind */
	atomic_uint    *beat;
};

int
proc_open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

ssize_t
proc_read_file(int dir, const char *name, char *buf, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += (size_t)n;
	n = n < 0 ? -errno : (ssize_t)len;
	close(fd);
	return n;
}

/*
 * A file that the kernel makes in one piece (proc(5): stat, status, cmdline, cgroup): the
 * first read(2) has all of it, and a second one would only say so.
 */
static ssize_t
read_at_once(int dir, const char *name, char *buf, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size);
	n = n < 0 ? -errno : n;
	close(fd);
	return n;
}

/* An entry as getdents64(2) gives it. */
struct entry {
	uint64_t      inode;
	int64_t       offset;
	uint16_t      size;
	unsigned char type;
	char          name[];
};

/*
 * A walk over the numbered entries of a directory. readdir(3) would take 32 KiB for each
 * of a thousand of them, and ask what the directory is.
 */
struct numbers {
	int    dir;
	size_t at;
	size_t len;
	alignas(struct entry) char buf[ENTRIES_SIZE];
};

static void
numbers_init(struct numbers *n, int dir)
{
	n->dir = dir;
	n->at = n->len = 0;
}

/*
 * The end is where the kernel gives none: fewer than there was room for are no sign of it,
 * for a signal may cut them short.
 */
static const struct entry *
next_entry(struct numbers *n)
{
	const struct entry *e;

	if (n->at == n->len) {
		long len = syscall(SYS_getdents64, n->dir, n->buf, sizeof n->buf);

		n->at = 0;
		n->len = len > 0 ? (size_t)len : 0;
		if (len <= 0)
			return NULL;
	}
	e = (const struct entry *)(n->buf + n->at);
	n->at += e->size;
	return e;
}

/* The next entry whose name is a number, or -1 at the end. *name is good until the next one. */
static int
next_number(struct numbers *n, const char **name)
{
	const struct entry *e;
	uint64_t value;

	while ((e = next_entry(n))) {
		*name = e->name;
		if (text_to_uint(e->name, strlen(e->name), INT_MAX, &value) == 0)
			return (int)value;
	}
	return -1;
}

static int
by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
proc_list_numbers(int at, const char *path, int **ret)
{
	int dir = proc_open_dir(at, path), *list = NULL, number;
	size_t count = 0, cap = 0;
	struct numbers n;
	const char *name;

	if (dir < 0)
		return dir;
	numbers_init(&n, dir);
	while ((number = next_number(&n, &name)) >= 0) {
		list = mem_room(list, count, &cap, sizeof *list);
		list[count++] = number;
	}
	close(dir);
	if (count > 1)
		qsort(list, count, sizeof *list, by_number);
	*ret = list;
	return (int)count;
}

/*
 * The directory is opened anew, for its offset is the caller's. The kernel
 * lists pids in order; a tree in a test need not.
 */
int
proc_list(int proc_fd, pid_t **pids)
{
	return proc_list_numbers(proc_fd, ".", pids);
}

/* The inode of a descriptor that is a socket. Returns 1, 0 for another kind, or -errno. */
static int
read_fd(int fd_dir, const char *name, uint64_t *inode)
{
	char target[64];
	ssize_t len = readlinkat(fd_dir, name, target, sizeof target);

	if (len < 0)
		return -errno;
	return task_parse_link(target, (size_t)len, inode);
}

/*
 * Adds the sockets of the descriptor table behind dir. Opening the directory takes one
 * kind of permission and its links another (ptrace(2), access mode), so both
 * can say EACCES. A descriptor that is closed meanwhile is not there.
 */
static int
read_table(int dir, struct fd_list *l)
{
	struct numbers n;
	const char *name;
	int fd, r = 0;

	numbers_init(&n, dir);
	while (r >= 0 && (fd = next_number(&n, &name)) >= 0) {
		uint64_t inode;

		l->total++;
		r = read_fd(dir, name, &inode);
		atomic_fetch_add_explicit(l->beat, 1, memory_order_relaxed);
		if (r > 0) {
			l->fds = mem_room(l->fds, l->count, &l->cap, sizeof *l->fds);
			l->fds[l->count++] = (struct proc_fd){ inode, fd };
		} else if (r == -ENOENT || r == -ESRCH) {
			r = 0;
		}
	}
	return MIN(r, 0);
}

static int
read_table_at(int at, const char *path, struct fd_list *l)
{
	int dir = proc_open_dir(at, path), r = dir;

	if (dir >= 0) {
		r = read_table(dir, l);
		close(dir);
	}
	return r;
}

/*
 * Do two threads share one descriptor table? Reading it once then does for both,
 * where a process may have hundreds of them. Where kcmp(2) does not say, they do not.
 */
static bool
same_table(pid_t a, pid_t b)
{
	return syscall(SYS_kcmp, a, b, KCMP_FILES, 0, 0) == 0;
}

/* Are the pids in this /proc those that system calls take, and no other namespace's? */
static bool
numbers_are_ours(int proc_fd)
{
	char self[16], target[16] = { 0 };

	snprintf(self, sizeof self, "%d", (int)getpid());
	return readlinkat(proc_fd, "self", target, sizeof target - 1) > 0 &&
	       strcmp(self, target) == 0;
}

/*
 * The tables of all threads, each once. A thread may have one of its own
 * (unshare(2), CLONE_FILES), and of a process whose first thread has left,
 * /proc/PID/fd is empty.
 */
static int
read_threads(int proc_fd, int dir, struct fd_list *l)
{
	bool compare = numbers_are_ours(proc_fd);
	int *tids, n = proc_list_numbers(dir, "task", &tids), last = 0, r = 0;

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		char path[48];
		int one;

		if (compare && last > 0 && same_table(last, tids[i]))
			continue;
		snprintf(path, sizeof path, "task/%d/fd", tids[i]);
		one = read_table_at(dir, path, l);
		if (one == 0)
			last = tids[i];
		else if (one != -ENOENT && one != -ESRCH)
			r = one;
	}
	free(tids);
	return r;
}

static int
by_inode(const void *a, const void *b)
{
	const struct proc_fd *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

static void
keep_lowest(struct fd_list *l)
{
	size_t kept = 0;

	if (l->count > 1)
		qsort(l->fds, l->count, sizeof *l->fds, by_inode);
	for (size_t i = 0; i < l->count; i++)
		if (kept == 0 || l->fds[kept - 1].inode != l->fds[i].inode)
			l->fds[kept++] = l->fds[i];
	l->count = kept;
}

/* Kernel threads have no descriptors, and of a process that ended only its other threads can. */
static bool
has_table(const struct task_stat *st, uint8_t depth)
{
	if (st->flags & TASK_PF_KTHREAD)
		return false;
	return (st->state != 'Z' && st->state != 'X') || (depth == PROC_THREADS && st->threads > 1);
}

/*
 * The way to the files of a process: by its descriptor table where that is what is wanted and
 * may be seen, else by its folder, for one open(2) the less.
 */
struct way {
	int  fd;
	bool table;	/* fd is /proc/PID/fd, and not /proc/PID */
	int  denied;	/* -errno: why it is not */
};

static int
open_way(int proc_fd, const struct proc_request *req, struct way *w)
{
	char path[24];
	int len = snprintf(path, sizeof path, "%d/fd", (int)req->pid);

	w->denied = 0;
	w->table = req->depth == PROC_FDS;
	if (w->table) {
		w->fd = proc_open_dir(proc_fd, path);
		if (w->fd >= 0)
			return 0;
		w->denied = w->fd;
		w->table = false;
	}
	path[len - 3] = '\0';
	w->fd = proc_open_dir(proc_fd, path);
	return MIN(w->fd, 0);
}

/*
 * Turns the way into the descriptor that its facts are read from: the folder of the process,
 * or for plain ones any folder in that.
 */
static int
to_facts(const struct way *w, bool plain)
{
	int fd;

	if (w->table == plain)
		return w->fd;
	fd = proc_open_dir(w->fd, plain ? "task" : "..");
	close(w->fd);
	return MAX(fd, -1);
}

static int
read_sockets(int proc_fd, const struct way *w, uint8_t depth, struct fd_list *l)
{
	if (w->denied < 0)
		return w->denied;
	if (w->table)
		return read_table(w->fd, l);
	return depth == PROC_THREADS ? read_threads(proc_fd, w->fd, l) : read_table_at(w->fd, "fd", l);
}

static void
read_fds(int proc_fd, const struct way *w, struct proc_record *r, atomic_uint *beat)
{
	struct fd_list l = { .beat = beat };
	int err = read_sockets(proc_fd, w, r->depth, &l);

	keep_lowest(&l);
	r->fds = l.fds;
	r->nfds = l.count;
	r->total = l.total;
	if (err == -ENOENT || err == -ESRCH)
		r->err = ESRCH;
	else
		r->fd_err = -err;
}

static int
read_stat(int dir, const char *path, struct task_stat *ret)
{
	char buf[STAT_SIZE];
	ssize_t n = read_at_once(dir, path, buf, sizeof buf);

	return n < 0 ? (int)n : task_parse_stat(buf, (size_t)n, ret);
}

/*
 * comm is compared too: arg_start is 0 where this user may not know it. A process that ends
 * loses its memory, with its command line, before it closes its descriptors (do_exit() in
 * kernel/exit.c): it stays what it was.
 */
static bool
is_known(const struct proc_request *req, const struct task_stat *st)
{
	if (req->start != st->start)
		return false;
	return st->flags & TASK_PF_EXITING ||
	       (req->arg_start == st->arg_start && strcmp(req->comm, st->comm) == 0);
}

/* No folder is opened for what most of these requests find: the same program. */
static bool
is_still_known(int proc_fd, const struct proc_request *req, struct task_stat *ret)
{
	char path[24];

	snprintf(path, sizeof path, "%d/stat", (int)req->pid);
	return read_stat(proc_fd, path, ret) == 0 && is_known(req, ret);
}

/* Of that very process: another one that has its pid by now is not looked at. */
static void
inspect(int dir, const struct proc_request *req, struct proc_record *r, atomic_uint *beat)
{
	if (req->start != 0 && req->start != r->stat.start)
		r->err = ESRCH;
	else
		r->detail = proc_detail_begin(dir, r->pid, &r->stat, beat);
}

static bool
wants_kin(const struct proc_request *req, const struct proc_record *r)
{
	return req->kin && !r->brief && r->err == 0 && !(r->stat.flags & TASK_PF_KTHREAD);
}

struct proc_record *
proc_read(int proc_fd, const struct proc_request *req, atomic_uint *beat, int *dir)
{
	struct proc_record *r = mem_new(sizeof *r);
	struct way w;
	int err;

	*dir = -1;
	r->pid = req->pid;
	r->depth = req->depth;
	r->began = clock_mono_ns();
	r->brief = req->brief && is_still_known(proc_fd, req, &r->stat);
	atomic_fetch_add_explicit(beat, r->brief, memory_order_relaxed);
	if (r->brief)
		return r;
	err = open_way(proc_fd, req, &w);
	if (err == 0)
		err = read_stat(w.fd, w.table ? "../stat" : "stat", &r->stat);
	atomic_fetch_add_explicit(beat, 1, memory_order_relaxed);
	if (err < 0)
		r->err = err == -ENOENT ? ESRCH : -err;
	else if (r->depth >= PROC_INSPECT)
		inspect(w.fd, req, r, beat);
	else if (has_table(&r->stat, r->depth))
		read_fds(proc_fd, &w, r, beat);

	if (r->detail || ((r->nfds > 0 || wants_kin(req, r)) && !is_known(req, &r->stat)))
		*dir = to_facts(&w, req->plain);
	else if (w.fd >= 0)
		close(w.fd);
	return r;
}

void
proc_record_free(struct proc_record *r)
{
	if (!r)
		return;
	proc_task_free(r->task);
	task_detail_free(r->detail);
	free(r->fds);
	free(r);
}

struct task *
proc_task_of_stat(pid_t pid, const struct task_stat *st)
{
	struct task *t = mem_new(sizeof *t);

	t->pid     = pid;
	t->ppid    = st->ppid;
	t->start   = st->start;
	t->state   = task_state(st);
	t->kthread = st->flags & TASK_PF_KTHREAD;
	t->comm    = mem_copy(st->comm, strlen(st->comm));
	t->argv    = mem_copy("", 0);
	return t;
}

/* The strings of a task that owns them are const for its readers alone. */
void
proc_task_free(struct task *t)
{
	if (!t)
		return;
	free((char *)t->comm);
	free((char *)t->argv);
	free((char *)t->exe);
	free((char *)t->cwd);
	free((char *)t->app);
	free((char *)t->project);
	free((char *)t->cgroup);
	free((char *)t->unit);
	free((char *)t->container);
	free(t);
}

/*
 * How many of the bytes of a command line are arguments.
 *
 * A process that calls itself something writes a title over its arguments and
 * fills what is left of them with NULs: behind a single string, more than one of
 * those is filling. Elsewhere each stands for an argument, empty ones too.
 */
size_t
proc_argv_length(const char *buf, size_t len)
{
	size_t used = len;

	while (used > 0 && buf[used - 1] == '\0')
		used--;
	if (used == 0)
		return 0;
	if (memchr(buf, '\0', used) || len - used <= 2)
		return len;
	return used;
}

static size_t
count_strings(const char *buf, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += buf[i] == '\0';
	return count + (len > 0 && buf[len - 1] != '\0');
}

/* A string that was cut at the end of the buffer would give a wrong name. */
static void
find_app(struct task *t, const char *buf, size_t len)
{
	char name[APPNAME_SIZE];
	struct task whole = *t;
	size_t used;

	if (len == CMDLINE_SIZE)
		while (len > 0 && buf[len - 1] != '\0')
			len--;
	whole.argv = buf;
	whole.argv_len = len;
	whole.argc = count_strings(buf, len);
	used = appname_write(&whole, name);
	if (used > 0)
		t->app = mem_copy(name, used);
}

static void
take_argv(struct task *t, const char *buf, size_t n)
{
	size_t kept = proc_argv_length(buf, MIN(n, CMDLINE_KEPT));

	if (kept == 0)
		return;
	find_app(t, buf, n > CMDLINE_KEPT ? proc_argv_length(buf, n) : kept);
	free((char *)t->argv);
	t->argv = mem_copy(buf, kept);
	t->argv_len = buf[kept - 1] == '\0' ? kept : kept + 1;
	t->argc = count_strings(buf, kept);
}

static void
read_long_argv(int dir, const char *file, struct task *t)
{
	char buf[CMDLINE_SIZE];
	ssize_t n = read_at_once(dir, file, buf, sizeof buf);

	if (n > 0)
		take_argv(t, buf, (size_t)n);
}

/* Behind exe, which tells what the words mean. Few are long. */
static void
read_argv(int dir, const char *file, struct task *t)
{
	char buf[CMDLINE_KEPT + 1];
	ssize_t n = read_at_once(dir, file, buf, sizeof buf);

	if (n > CMDLINE_KEPT)
		read_long_argv(dir, file, t);
	else if (n > 0)
		take_argv(t, buf, (size_t)n);
}

static const char *
copy_name(const char *name, size_t len)
{
	return len > 0 ? mem_copy(name, len) : NULL;
}

static void
read_cgroup(int dir, struct task *t)
{
	char buf[CGROUP_SIZE], name[CGROUP_NAME_SIZE];
	ssize_t n = read_at_once(dir, "cgroup", buf, sizeof buf);
	const char *path;
	size_t len;

	if (n <= 0 || !cgroup_pick(buf, (size_t)n, &path, &len))
		return;
	t->cgroup    = mem_copy(path, len);
	t->unit      = copy_name(name, cgroup_unit(t->cgroup, name));
	t->container = copy_name(name, cgroup_container(t->cgroup, name));
}

/*
 * The kernel says " (deleted)" behind a name that is gone, but a file may be called so: the one that is gone
 * has no link left. (A look at it may hang on a dead mount, and so does not
 * happen to other names.)
 */
char *
proc_read_link(int dir, const char *name, bool *deleted)
{
	static const size_t tail = sizeof DELETED - 1;
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof target);
	struct stat st;
	size_t len;

	if (n <= 0)
		return NULL;
	len = (size_t)n;
	*deleted = len > tail && memcmp(target + len - tail, DELETED, tail) == 0 &&
	           fstatat(dir, name, &st, 0) == 0 && st.st_nlink == 0;
	return mem_copy(target, *deleted ? len - tail : len);
}

/*
 * The real user id: the first number of the line. A line break in the name comes
 * escaped (proc(5)).
 */
static void
read_uid(int dir, struct task *t)
{
	static const char key[] = "\nUid:\t";
	char buf[STATUS_SIZE + 1];
	ssize_t n = read_at_once(dir, "status", buf, STATUS_SIZE);
	const char *line;
	uint64_t uid;

	if (n <= 0)
		return;
	buf[n] = '\0';
	line = strstr(buf, key);
	if (!line)
		return;
	line += sizeof key - 1;
	if (text_to_uint(line, strspn(line, "0123456789"), UINT32_MAX, &uid) < 0)
		return;
	t->uid = (uint32_t)uid;
	t->has |= TASK_HAS_UID;
}

struct task *
proc_read_plain_task(int dir, pid_t pid, const struct task_stat *st)
{
	struct task *t = proc_task_of_stat(pid, st);

	read_argv(dir, "../cmdline", t);
	return t;
}

struct task *
proc_read_task(int dir, pid_t pid, const struct task_stat *st, atomic_uint *beat)
{
	struct task *t = proc_task_of_stat(pid, st);
	bool deleted;

	read_uid(dir, t);
	atomic_fetch_add_explicit(beat, 1, memory_order_relaxed);
	t->exe = proc_read_link(dir, "exe", &deleted);
	t->cwd = proc_read_link(dir, "cwd", &deleted);
	read_cgroup(dir, t);
	t->project = project_of_folder(t->cwd, t->cgroup);
	atomic_fetch_add_explicit(beat, 1, memory_order_relaxed);
	read_argv(dir, "cmdline", t);
	return t;
}
