/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

static void
keeper_say(const struct keeper *k, char kind, int status, const struct rusage *u)
{
	struct note n = { .kind = kind, .status = status };

	if (u) {
		n.cpu = (double)u->ru_utime.tv_sec + (double)u->ru_stime.tv_sec +
		    (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
	}
	while (write(k->note, &n, sizeof n) < 0 && errno == EINTR)
		;
}

/* A test holds sockets and a framework's pipes: they are not the program's. */
static void
close_all_but(const int *keep, size_t n)
{
	for (int fd = 3; fd < 1024; fd++) {
		size_t i;

		for (i = 0; i < n && keep[i] != fd; i++)
			;
		if (i == n)
			close(fd);
	}
}

static void
become_program(const struct keeper *k)
{
	sigset_t none;
	int in = k->slave, program;

	setpgid(0, 0);
	tcsetpgrp(k->slave, getpid());
	for (int sig = 1; sig < SIGRTMAX; sig++)
		signal(sig, SIG_DFL);
	if (k->o.ignore_hup)
		signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	if (k->o.input)
		in = open(k->o.input, O_RDONLY);
	dup2(in, STDIN_FILENO);
	dup2(k->slave, STDOUT_FILENO);
	dup2(k->err >= 0 ? k->err : k->slave, STDERR_FILENO);
	/* Opened now: what in_child makes of us may have no way to it. */
	program = open(k->path, O_PATH | O_CLOEXEC);
	if (k->o.in_child)
		k->o.in_child(k->o.arg);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_all_but((const int[]){ program }, 1);
	execve(k->path, (char *const *)(uintptr_t)k->argv, k->env);
	execveat(program, "", (char *const *)(uintptr_t)k->argv, k->env, AT_EMPTY_PATH);
	_exit(127);
}

/* One command of the test. True: leave. */
static bool
keeper_obey(const struct keeper *k, pid_t pid, char command)
{
	switch (command) {
	case 'f':
		tcsetpgrp(k->slave, pid);
		kill(-pid, SIGCONT);
		return false;
	case 'b':
		kill(-pid, SIGCONT);
		return false;
	default:
		return true;
	}
}

static bool
keeper_reap(const struct keeper *k, pid_t pid)
{
	struct rusage u;
	int status;

	while (wait4(pid, &status, WNOHANG | WUNTRACED | WCONTINUED, &u) == pid) {
		if (WIFSTOPPED(status)) {
			tcsetpgrp(k->slave, getpid());
			keeper_say(k, 's', status, NULL);
		} else if (WIFCONTINUED(status)) {
			keeper_say(k, 'c', status, NULL);
		} else {
			keeper_say(k, 'x', status, &u);
			return true;
		}
	}
	return false;
}

/* The kernel tells only the leader of the session; a shell tells its jobs. */
static void
pass_hangup(pid_t pid)
{
	kill(-pid, SIGHUP);
	kill(-pid, SIGCONT);
}

void
keeper_run(const struct keeper *k)
{
	static const int ignored[] = {
		SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE
	};
	bool ended = false;
	sigset_t caught;
	struct pollfd fds[2];
	pid_t pid;
	char command;

	close_all_but((const int[]){ k->slave, k->note, k->command, k->err }, 4);
	setsid();
	ioctl(k->slave, TIOCSCTTY, 0);
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigemptyset(&caught);
	sigaddset(&caught, SIGCHLD);
	sigaddset(&caught, SIGHUP);
	sigprocmask(SIG_BLOCK, &caught, NULL);
	fds[0] = (struct pollfd){ .fd = signalfd(-1, &caught, SFD_CLOEXEC), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = k->command, .events = POLLIN };

	pid = fork();
	if (pid == 0)
		become_program(k);
	setpgid(pid, pid);
	keeper_say(k, 'p', pid, NULL);
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents) {
			struct signalfd_siginfo si;

			if (read(fds[0].fd, &si, sizeof si) <= 0 || ended)
				continue;
			if (si.ssi_signo == SIGHUP)
				pass_hangup(pid);
			else
				ended = keeper_reap(k, pid);
		}
		if (fds[1].revents) {
			if (read(k->command, &command, 1) != 1)
				break;
			if (!ended && keeper_obey(k, pid, command))
				break;
		}
	}
	if (!ended && pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	_exit(0);
}

