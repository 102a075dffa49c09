/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the one static variable of the program: a signal handler is given nothing
 * but the signal's number, and must find the terminal somewhere. What it calls is
 * on the list of signal-safety(7).
 */

#include "ui/rescue.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

#define TAKES_MS 100	/* how long a terminal may need to take the bytes */

static struct {
	volatile sig_atomic_t armed;
	int                   in_fd, out_fd;
	struct termios        modes;
	char                  bytes[RESCUE_MAX];
	size_t                len;
	/* An overflowing stack is a SIGSEGV, too; SIGSTKSZ is no constant since glibc 2.34. */
	_Alignas(16) char     stack[64 * 1024];
} rescue;

/* Those that kill by default and are not the loop's (SIGINT, SIGTERM, SIGHUP) nor SIGKILL. */
static const int fatal[] = {
	SIGQUIT, SIGILL,  SIGTRAP,   SIGABRT, SIGBUS,  SIGFPE,  SIGUSR1, SIGSEGV, SIGUSR2,
	SIGPIPE, SIGALRM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSYS,
};

/* The descriptor does not block; a terminal that nobody reads gets what it takes. */
static void
write_bytes(void)
{
	struct pollfd p = { .fd = rescue.out_fd, .events = POLLOUT };
	size_t done = 0;

	while (done < rescue.len && poll(&p, 1, TAKES_MS) > 0) {
		ssize_t n = write(rescue.out_fd, rescue.bytes + done, rescue.len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
}

static void
give_back(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	write_bytes();
	tcsetattr(rescue.in_fd, TCSANOW, &rescue.modes);
}

/* SA_RESETHAND has put the default action back. */
static void
on_fatal(int sig)
{
	give_back();
	raise(sig);
}

void
rescue_install(void)
{
	stack_t stack = { .ss_sp = rescue.stack, .ss_size = sizeof rescue.stack };
	struct sigaction act = { .sa_handler = on_fatal,
	                         .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER };
	struct sigaction old;

	sigaltstack(&stack, NULL);
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(fatal[i], &act, NULL);
	atexit(give_back);
}

void
rescue_arm(int in_fd, int out_fd, const struct termios *modes, const char *bytes, size_t len)
{
	rescue_disarm();
	rescue.in_fd = in_fd;
	rescue.out_fd = out_fd;
	rescue.modes = *modes;
	rescue.len = MIN(len, sizeof rescue.bytes);
	memcpy(rescue.bytes, bytes, rescue.len);
	atomic_signal_fence(memory_order_seq_cst);
	rescue.armed = 1;
}

void
rescue_disarm(void)
{
	rescue.armed = 0;
	atomic_signal_fence(memory_order_seq_cst);
}
