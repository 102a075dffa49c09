/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * See pty.h. Here are the start and the end of a program, what it writes (to
 * libvterm, and to a list of modes that libvterm does not report), and waiting.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helpers/run.h"
#include "keeper.h"
#include "pty_priv.h"

long long
pty_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

void *
pty_need(void *ptr)
{
	cr_assert(ptr != NULL, "out of memory");
	return ptr;
}

/* ---- starting ---- */

/* execve() wants a path, and a child may not search for it. */
static char *
find_program(const char *name)
{
	static const char *const dirs[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	char *path;

	if (strchr(name, '/'))
		return pty_need(strdup(name));
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		cr_assert(asprintf(&path, "%s/%s", dirs[i], name) > 0);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	cr_assert(false, "there is no program %s", name);
	return NULL;
}

/*
 * The first state of the terminal is not the kernel's own, so that a program
 * that resets instead of restoring is found out.
 */
static void
set_first_termios(struct pty *p)
{
	cr_assert_eq(tcgetattr(p->slave, &p->first), 0);
	p->first.c_iflag |= IXON | IUTF8;
	p->first.c_lflag &= ~(tcflag_t)ECHOK;
	p->first.c_cc[VERASE] = 0x08;
	p->first.c_cc[VKILL] = 0x18;
	cr_assert_eq(tcsetattr(p->slave, TCSANOW, &p->first), 0);
	cr_assert_eq(tcgetattr(p->slave, &p->first), 0);
}

static void
open_master(struct pty *p)
{
	struct winsize ws = { .ws_row = (unsigned short)p->rows, .ws_col = (unsigned short)p->cols };
	char name[64];

	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert_geq(p->master, 0, "no pseudo-terminal: %s", strerror(errno));
	cr_assert_eq(grantpt(p->master), 0);
	cr_assert_eq(unlockpt(p->master), 0);
	cr_assert_eq(ptsname_r(p->master, name, sizeof name), 0);
	p->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert_geq(p->slave, 0, "%s: %s", name, strerror(errno));
	cr_assert_eq(ioctl(p->master, TIOCSWINSZ, &ws), 0);
	fcntl(p->master, F_SETFL, O_NONBLOCK);
	set_first_termios(p);
}

/* libvterm answers questions of the program (who are you, where is the cursor). */
static void
answer(const char *bytes, size_t len, void *arg)
{
	struct pty *p = arg;

	if (p->master >= 0 && write(p->master, bytes, len) < 0)
		return;		/* as lost as on a slow line */
}

static void
open_screen(struct pty *p)
{
	p->vt = pty_need(vterm_new(p->rows, p->cols));
	vterm_set_utf8(p->vt, 1);
	vterm_output_set_callback(p->vt, answer, p);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_enable_altscreen(p->screen, 1);
	vterm_screen_reset(p->screen, 1);
	p->mode[7] = p->mode[25] = true;
}

static void take_note(struct pty *p);

struct pty *
pty_start(const struct pty_options *o, const char *const argv[])
{
	static const struct pty_options standard;
	struct pty *p = pty_need(calloc(1, sizeof *p));
	int note[2], command[2], err[2] = { -1, -1 };
	struct keeper k;

	if (!o)
		o = &standard;
	p->rows = o->rows ? o->rows : 24;
	p->cols = o->cols ? o->cols : 80;
	open_master(p);
	open_screen(p);
	cr_assert_eq(pipe2(note, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(command, O_CLOEXEC), 0);
	if (o->split_stderr)
		cr_assert_eq(pipe2(err, O_CLOEXEC), 0);

	k = (struct keeper){ .slave = p->slave, .note = note[1], .command = command[0],
	    .err = err[1], .argv = argv, .env = run_environment(o->env), .o = *o,
	    .path = find_program(argv[0]) };
	p->keeper = fork();
	cr_assert_geq(p->keeper, 0);
	if (p->keeper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		keeper_run(&k);
	}
	close(note[1]);
	close(command[0]);
	if (err[1] >= 0)
		close(err[1]);
	p->note = note[0];
	p->command = command[1];
	p->err = err[0];
	fcntl(p->note, F_SETFL, O_NONBLOCK);
	if (p->err >= 0)
		fcntl(p->err, F_SETFL, O_NONBLOCK);
	while (p->pid == 0) {
		struct pollfd fd = { .fd = p->note, .events = POLLIN };

		cr_assert_gt(poll(&fd, 1, PTY_MS), 0, "%s does not start", argv[0]);
		take_note(p);
	}
	run_environment_free(k.env);
	free(k.path);
	return p;
}

void
pty_free(struct pty *p)
{
	if (!p)
		return;
	close(p->command);
	while (waitpid(p->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	close(p->note);
	if (p->err >= 0)
		close(p->err);
	if (p->master >= 0)
		close(p->master);
	close(p->slave);
	pty_forget_text(p);
	vterm_free(p->vt);
	free(p->raw);
	free(p->errtext);
	free(p->dump);
	free(p->said);
	free(p);
}

/* ---- the terminal ---- */

static void
scan_modes(struct pty *p, const char *args, bool on)
{
	char *end;

	do {
		unsigned long n = strtoul(args, &end, 10);

		if (end != args && n < MODES)
			p->mode[n] = on;
		args = end + 1;
	} while (*end == ';');
}

static void
scan_sgr(struct pty *p, const char *args)
{
	char *end;

	do {
		unsigned long n = strtoul(args, &end, 10);

		if ((n >= 30 && n <= 38) || (n >= 40 && n <= 48) || (n >= 90 && n <= 107))
			p->colour = true;
		args = end + 1;
	} while (*end == ';' || *end == ':');
}

static void
scan_csi_end(struct pty *p, char final)
{
	p->scan.buf[p->scan.len] = '\0';
	if (p->scan.buf[0] == '?' && (final == 'h' || final == 'l'))
		scan_modes(p, p->scan.buf + 1, final == 'h');
	if (final == 'm' && (p->scan.len == 0 || strchr("0123456789;", p->scan.buf[0])))
		scan_sgr(p, p->scan.buf);
}

static void
scan_byte(struct pty *p, char c)
{
	struct scan *s = &p->scan;

	if (c == '\033') {
		s->at = SCAN_ESC;
	} else if (s->at == SCAN_ESC) {
		s->at = c == '[' ? SCAN_CSI : SCAN_TEXT;
		s->len = 0;
	} else if (s->at == SCAN_CSI) {
		if (c >= 0x40 && c <= 0x7e) {
			scan_csi_end(p, c);
			s->at = SCAN_TEXT;
		} else if (s->len < sizeof s->buf - 1) {
			s->buf[s->len++] = c;
		}
	}
}

static void
take_output(struct pty *p, const char *bytes, size_t len)
{
	if (p->raw_len + len > p->raw_room) {
		p->raw_room = 2 * (p->raw_len + len);
		p->raw = pty_need(realloc(p->raw, p->raw_room));
	}
	memcpy(p->raw + p->raw_len, bytes, len);
	p->raw_len += len;
	for (size_t i = 0; i < len; i++)
		scan_byte(p, bytes[i]);
	vterm_input_write(p->vt, bytes, len);
	p->fresh = false;
}

static void
take_note(struct pty *p)
{
	struct note n;

	while (read(p->note, &n, sizeof n) == sizeof n) {
		switch (n.kind) {
		case 'p':
			p->pid = n.status;
			break;
		case 's':
			p->stopped = true;
			break;
		case 'c':
			p->stopped = false;
			break;
		default:
			p->ended = true;
			p->status = n.status;
			p->cpu = n.cpu;
		}
	}
}

static void
take_error(struct pty *p)
{
	char buf[4096];
	ssize_t n;

	while (p->err >= 0 && (n = read(p->err, buf, sizeof buf)) > 0) {
		p->errtext = pty_need(realloc(p->errtext, p->err_len + (size_t)n + 1));
		memcpy(p->errtext + p->err_len, buf, (size_t)n);
		p->err_len += (size_t)n;
		p->errtext[p->err_len] = '\0';
	}
}

bool
pty_pump(struct pty *p, int ms)
{
	struct pollfd fds[] = {
		{ .fd = p->master, .events = POLLIN },
		{ .fd = p->ended ? -1 : p->note, .events = POLLIN },
	};
	char buf[65536];
	bool any = false;
	ssize_t n;

	if (poll(fds, 2, ms) <= 0)
		return false;
	if (fds[0].revents) {
		while ((n = read(p->master, buf, sizeof buf)) > 0) {
			take_output(p, buf, (size_t)n);
			any = true;
		}
	}
	if (fds[1].revents) {
		take_note(p);
		any = true;
	}
	take_error(p);
	return any;
}

void
pty_settle(struct pty *p, int quiet_ms)
{
	long long end = pty_now_ms() + PTY_MS;

	while (pty_pump(p, quiet_ms) && pty_now_ms() < end)
		;
}

/*
 * A condition counts once it holds on a screen that is at rest: in the middle
 * of a frame the half of it that came is not what a person sees.
 */
bool
pty_wait(struct pty *p, pty_holds holds, const void *arg, int ms)
{
	long long end = pty_now_ms() + ms;

	for (;;) {
		long long left = end - pty_now_ms();

		if (holds(p, arg)) {
			if (!pty_pump(p, 5))
				return true;
			if (left > 0)
				continue;
			return holds(p, arg);
		}
		if (left <= 0)
			return false;
		if (!pty_pump(p, (int)left) && p->ended)
			pty_pump(p, 5);
	}
}

/* ---- the program ---- */

pid_t
pty_pid(const struct pty *p)
{
	return p->pid;
}

/* To what this pty started and has not seen end; nobody else. */
void
pty_signal(struct pty *p, int sig)
{
	take_note(p);
	if (!p->ended)
		kill(p->pid, sig);
}

void
pty_termios(struct pty *p, struct termios *t)
{
	memset(t, 0, sizeof *t);
	cr_assert_eq(tcgetattr(p->slave, t), 0);
}

void
pty_first_termios(const struct pty *p, struct termios *t)
{
	*t = p->first;
}

bool
pty_termios_restored(struct pty *p)
{
	struct termios t;

	pty_termios(p, &t);
	return t.c_iflag == p->first.c_iflag && t.c_oflag == p->first.c_oflag &&
	    t.c_cflag == p->first.c_cflag && t.c_lflag == p->first.c_lflag &&
	    memcmp(t.c_cc, p->first.c_cc, sizeof t.c_cc) == 0;
}

void
pty_hangup(struct pty *p)
{
	close(p->master);
	p->master = -1;
}

static bool
has_ended(struct pty *p, const void *arg)
{
	(void)arg;
	return p->ended;
}

static bool
has_stopped(struct pty *p, const void *arg)
{
	(void)arg;
	return p->stopped;
}

bool
pty_wait_exit(struct pty *p, int *status, int ms)
{
	if (!pty_wait(p, has_ended, NULL, ms))
		return false;
	pty_settle(p, 0);
	*status = p->status;
	return true;
}

bool
pty_wait_exit_unread(struct pty *p, int *status, int ms)
{
	long long end = pty_now_ms() + ms;

	while (!p->ended) {
		struct pollfd fd = { .fd = p->note, .events = POLLIN };
		long long left = end - pty_now_ms();

		if (left <= 0 || poll(&fd, 1, (int)left) <= 0)
			return false;
		take_note(p);
	}
	*status = p->status;
	return true;
}

bool
pty_running(struct pty *p)
{
	take_note(p);
	return !p->ended;
}

bool
pty_wait_stop(struct pty *p, int ms)
{
	return pty_wait(p, has_stopped, NULL, ms);
}

static void
order(struct pty *p, char command)
{
	cr_assert_eq(write(p->command, &command, 1), 1);
}

void
pty_foreground(struct pty *p)
{
	order(p, 'f');
}

void
pty_background(struct pty *p)
{
	order(p, 'b');
}

double
pty_cpu(struct pty *p)
{
	struct timespec t;
	clockid_t id;

	take_note(p);
	if (p->ended)
		return p->cpu;
	if (clock_getcpuclockid(p->pid, &id) != 0 || clock_gettime(id, &t) != 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

const char *
pty_stderr(struct pty *p)
{
	take_error(p);
	return p->errtext ? p->errtext : "";
}
