/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Child processes of tests. Nothing here sleeps: what is waited for is a
 * descriptor (a pipe, a pidfd), and every wait has an end.
 */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define EXIT_NO_EXEC	126

/* The harness itself is broken: nothing that a test could assert. */
static _Noreturn void
give_up(const char *what)
{
	fprintf(stderr, "tests/helpers/run: %s: %s\n", what, strerror(errno));
	abort();
}

static int
must(int result, const char *what)
{
	if (result < 0)
		give_up(what);
	return result;
}

static void *
must_have(void *p)
{
	if (p == NULL)
		give_up("memory");
	return p;
}

int64_t
run_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

/* What is left until a deadline, as poll(2) wants it. */
static int
left_ms(int64_t deadline)
{
	int64_t left = deadline - run_now_ms();

	return left > 0 ? (int)left : 0;
}

const char *
run_lotop_path(void)
{
	const char *path = getenv("LOTOP");

	return path != NULL ? path : "src/lotop";
}

const char *
run_mksock_path(void)
{
	const char *path = getenv("MKSOCK");

	return path != NULL ? path : "tests/helpers/mksock";
}

/*
 * Environment
 */

static const char *const fixed_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/nonexistent",
	"LC_ALL=C.UTF-8",
	"TERM=xterm-256color",
	"TZ=UTC0",
};

/* Taken over as they are. */
static const char *const passed_env[] = {
	"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
	"LLVM_PROFILE_FILE", "GCOV_PREFIX", "GCOV_PREFIX_STRIP",
	"LD_LIBRARY_PATH",
};

static size_t
name_length(const char *word)
{
	return strcspn(word, "=");
}

/* Put word in, in place of one of the same name; a bare name only takes away. */
static void
env_put(char **env, size_t *n, const char *word)
{
	size_t len = name_length(word);

	for (size_t i = 0; i < *n; i++) {
		if (name_length(env[i]) != len ||
		    memcmp(env[i], word, len) != 0)
			continue;
		free(env[i]);
		env[i] = env[--*n];
		break;
	}
	if (word[len] == '=')
		env[(*n)++] = must_have(strdup(word));
	env[*n] = NULL;
}

char **
run_environment(const char *const extra[])
{
	size_t n = 0;
	size_t room = ARRAY_SIZE(fixed_env) + ARRAY_SIZE(passed_env) + 1;
	char **env;

	for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
		room++;
	env = must_have(calloc(room, sizeof *env));
	for (size_t i = 0; i < ARRAY_SIZE(fixed_env); i++)
		env_put(env, &n, fixed_env[i]);
	for (size_t i = 0; i < ARRAY_SIZE(passed_env); i++) {
		const char *value = getenv(passed_env[i]);
		char *word;

		if (value == NULL)
			continue;
		must(asprintf(&word, "%s=%s", passed_env[i], value), "memory");
		env_put(env, &n, word);
		free(word);
	}
	for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
		env_put(env, &n, extra[i]);
	return env;
}

void
run_environment_free(char **env)
{
	for (size_t i = 0; env[i] != NULL; i++)
		free(env[i]);
	free(env);
}

/*
 * One run
 */

static int
become(uid_t uid)
{
	if (uid == 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return -errno;
	return 0;
}

bool
run_may_be(uid_t uid)
{
	int status = 1;
	pid_t pid = must(fork(), "fork");

	if (pid == 0)
		_exit(become(uid) < 0);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* A test framework ignores signals and leaves descriptors about; undo both. */
static void
start_clean(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
#ifdef SYS_close_range
	/* CLOSE_RANGE_CLOEXEC; a kernel that lacks it keeps what there is. */
	(void)syscall(SYS_close_range, 3U, ~0U, 4U);
#endif
}

static void
execute(const char *const argv[], char **env, uid_t uid)
{
	char *const *words = (char *const *)(uintptr_t)argv;
	int program;

	if (uid == 0) {
		execve(argv[0], words, env);
		return;
	}
	/* Opened before: that user may have no way to the build tree. */
	program = open(argv[0], O_PATH | O_CLOEXEC);
	if (program >= 0 && become(uid) == 0)
		execveat(program, "", words, env, AT_EMPTY_PATH);
}

/* In the child; fd[] are above 2, or the same number. */
static _Noreturn void
start_program(const char *const argv[], char **env, uid_t uid,
    const int fd[3])
{
	for (int i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			_exit(EXIT_NO_EXEC);
	start_clean();
	execute(argv, env, uid);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(EXIT_NO_EXEC);
}

static pid_t
fork_program(const struct run_how *how, const char *const argv[],
    const int fd[3])
{
	char **env = run_environment(how->env);
	pid_t pid = must(fork(), "fork");

	if (pid == 0)
		start_program(argv, env, how->uid, fd);
	run_environment_free(env);
	return pid;
}

/* What one pipe has said so far. */
struct capture {
	int	 fd;		/* -1: at its end */
	char	*text;
	size_t	 len;
	size_t	 room;
};

static void
capture_init(struct capture *c, int fd)
{
	c->fd = fd;
	c->len = 0;
	c->room = 4096;
	c->text = must_have(malloc(c->room));
	c->text[0] = '\0';
	if (fd >= 0)
		must(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
}

/* Read what is there. */
static void
capture_drain(struct capture *c)
{
	while (c->fd >= 0) {
		ssize_t n;

		if (c->room - c->len < 2) {
			c->room *= 2;
			c->text = must_have(realloc(c->text, c->room));
		}
		n = read(c->fd, c->text + c->len, c->room - c->len - 1);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			close(c->fd);
			c->fd = -1;
			return;
		}
		c->len += (size_t)n;
		c->text[c->len] = '\0';
	}
}

static void
capture_close(struct capture *c)
{
	capture_drain(c);
	if (c->fd >= 0)
		close(c->fd);
}

static int
status_of(int wait_status)
{
	if (WIFSIGNALED(wait_status))
		return 128 + WTERMSIG(wait_status);
	return WEXITSTATUS(wait_status);
}

/* Read both pipes until the process is gone or its time is up. */
static int
watch(pid_t pid, struct capture *out, struct capture *err, int timeout_ms)
{
	int64_t deadline = run_now_ms() + timeout_ms;
	int pidfd = must((int)syscall(SYS_pidfd_open, pid, 0), "pidfd_open");
	struct pollfd pfd[3];
	int status = 0;
	bool late = false;

	do {
		pfd[0] = (struct pollfd){ .fd = out->fd, .events = POLLIN };
		pfd[1] = (struct pollfd){ .fd = err->fd, .events = POLLIN };
		pfd[2] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
		late = poll(pfd, 3, left_ms(deadline)) == 0;
		capture_drain(out);
		capture_drain(err);
	} while (!late && pfd[2].revents == 0);
	close(pidfd);
	if (late)
		kill(pid, SIGKILL);
	must(waitpid(pid, &status, 0), "waitpid");
	return late ? RUN_TIMED_OUT : status_of(status);
}

void
run_program(const struct run_how *how, const char *const argv[],
    struct run *ret)
{
	static const struct run_how plain = { 0 };
	struct capture out;
	struct capture err;
	int null_fd = must(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
	int out_pipe[2] = { -1, -1 };
	int err_pipe[2];
	int fd[3];
	pid_t pid;

	if (how == NULL)
		how = &plain;
	must(pipe2(err_pipe, O_CLOEXEC), "pipe2");
	if (how->out_fd == 0)
		must(pipe2(out_pipe, O_CLOEXEC), "pipe2");
	fd[0] = how->in_fd != 0 ? how->in_fd : null_fd;
	fd[1] = how->out_fd != 0 ? how->out_fd : out_pipe[1];
	fd[2] = err_pipe[1];
	pid = fork_program(how, argv, fd);
	close(null_fd);
	close(err_pipe[1]);
	if (out_pipe[1] >= 0)
		close(out_pipe[1]);
	capture_init(&out, out_pipe[0]);
	capture_init(&err, err_pipe[0]);
	ret->status = watch(pid, &out, &err,
	    how->timeout_ms != 0 ? how->timeout_ms : RUN_DEADLINE_MS);
	capture_close(&out);
	capture_close(&err);
	ret->out = out.text;
	ret->out_len = out.len;
	ret->err = err.text;
	ret->err_len = err.len;
	errno = ENOEXEC;
	if (ret->status == EXIT_NO_EXEC)
		give_up(ret->err);
}

void
run_lotop(const struct run_how *how, const char *const args[], struct run *ret)
{
	size_t n = 0;
	const char **argv;

	while (args[n] != NULL)
		n++;
	argv = must_have(calloc(n + 2, sizeof *argv));
	argv[0] = run_lotop_path();
	memcpy(argv + 1, args, n * sizeof *args);
	run_program(how, argv, ret);
	free(argv);
}

void
run_done(struct run *r)
{
	free(r->out);
	free(r->err);
	memset(r, 0, sizeof *r);
}

/*
 * mksock
 */

/* Cut the first line off what is pending. The caller frees it; NULL: none. */
static char *
cut_line(struct mksock *m)
{
	char *end = memchr(m->pending, '\n', m->pending_len);
	size_t len;
	char *line;

	if (end == NULL)
		return NULL;
	len = (size_t)(end - m->pending) + 1;
	line = must_have(strndup(m->pending, len - 1));
	m->pending_len -= len;
	memmove(m->pending, m->pending + len, m->pending_len);
	return line;
}

/* Wait for a line. NULL where none comes in time, or ever. */
static char *
next_line(struct mksock *m, int timeout_ms)
{
	int64_t deadline = run_now_ms() + timeout_ms;
	struct pollfd pfd = { .fd = m->out, .events = POLLIN };
	char *line;
	ssize_t n;

	while ((line = cut_line(m)) == NULL) {
		if (poll(&pfd, 1, left_ms(deadline)) <= 0)
			return NULL;
		m->pending = must_have(realloc(m->pending,
		    m->pending_len + FACT_LINE));
		n = read(m->out, m->pending + m->pending_len, FACT_LINE);
		if (n <= 0)
			return NULL;
		m->pending_len += (size_t)n;
	}
	return line;
}

static void
add_fact(struct mksock *m, const char *line)
{
	m->facts = must_have(realloc(m->facts, (m->n + 1) * sizeof *m->facts));
	errno = EBADMSG;
	if (fact_parse(line, &m->facts[m->n]) < 0)
		give_up(line);
	m->n++;
}

static void
add_skipped(struct mksock *m, const char *what)
{
	char *all;

	must(asprintf(&all, "%s%s\n", m->skipped, what), "memory");
	free(m->skipped);
	m->skipped = all;
}

/* false: it was the line that ends them. */
static bool
take_line(struct mksock *m, const char *line)
{
	if (strcmp(line, "ready") == 0)
		return false;
	if (strncmp(line, "skip ", 5) == 0)
		add_skipped(m, line + 5);
	else
		add_fact(m, line);
	return true;
}

void
mksock_start(struct mksock *m, const char *const kinds[])
{
	static const struct run_how plain = { 0 };
	const char *argv[128] = { run_mksock_path() };
	int in[2];
	int out[2];
	bool more = true;

	memset(m, 0, sizeof *m);
	m->skipped = must_have(strdup(""));
	m->pending = must_have(malloc(1));
	for (size_t i = 0; kinds[i] != NULL; i++) {
		errno = E2BIG;
		must(i + 2 < ARRAY_SIZE(argv) ? 0 : -1, "mksock");
		argv[i + 1] = kinds[i];
	}
	must(pipe2(in, O_CLOEXEC), "pipe2");
	must(pipe2(out, O_CLOEXEC), "pipe2");
	m->pid = fork_program(&plain, argv,
	    (const int [3]){ in[0], out[1], STDERR_FILENO });
	close(in[0]);
	close(out[1]);
	m->in = in[1];
	m->out = out[0];
	while (more) {
		char *line = next_line(m, RUN_DEADLINE_MS);

		errno = ETIMEDOUT;
		more = take_line(m, must_have(line));
		free(line);
	}
}

bool
mksock_next(struct mksock *m, int timeout_ms)
{
	char *line = next_line(m, timeout_ms);

	if (line == NULL)
		return false;
	take_line(m, line);
	free(line);
	return true;
}

void
mksock_stop(struct mksock *m)
{
	close(m->in);
	must(waitpid(m->pid, NULL, 0), "waitpid");
	close(m->out);
	free(m->facts);
	free(m->skipped);
	free(m->pending);
	memset(m, 0, sizeof *m);
}

const struct fact *
mksock_nth(const struct mksock *m, const char *kind, const char *role, size_t n)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct fact *f = &m->facts[i];

		if (strcmp(f->kind, kind) != 0 ||
		    (role != NULL && strcmp(f->role, role) != 0))
			continue;
		if (n-- == 0)
			return f;
	}
	return NULL;
}

const struct fact *
mksock_fact(const struct mksock *m, const char *kind, const char *role)
{
	return mksock_nth(m, kind, role, 0);
}
