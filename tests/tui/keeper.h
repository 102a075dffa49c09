/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The keeper of a program under test: a shell in small. It leads the session,
 * owns the terminal, puts the program into the foreground, takes the terminal
 * back when the program stops, passes a hang-up on, and stays until its orders
 * end. It runs in a fork of a process with threads, so it only makes system calls.
 */

#ifndef TESTS_TUI_KEEPER_H
#define TESTS_TUI_KEEPER_H

#include "pty.h"

struct keeper {
	int slave;		/* becomes its terminal */
	int note, command;	/* to and from the test */
	int err;		/* standard error of the program; -1: the terminal */
	const char *const *argv;
	char **env;
	struct pty_options o;
	char *path;		/* of the program */
};

/* What the keeper says about the program. */
struct note {
	char kind;		/* 'p' started, 's' stopped, 'c' continued, 'x' ended */
	int status;		/* as of wait(2); of 'p' the process id */
	double cpu;		/* of 'x': seconds */
};

/* Orders: 'f' as `fg`, 'b' as `bg`; their end: kill what runs, and leave. */
_Noreturn void keeper_run(const struct keeper *k);

#endif
