/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the parts of pty.h share: pty.c, pty_screen.c, pty_input.c. */

#ifndef TESTS_TUI_PTY_PRIV_H
#define TESTS_TUI_PTY_PRIV_H

#include <vterm.h>

#include "pty.h"

#define MODES		2100	/* DEC private modes that are remembered */

/* A scanner of control sequences, as far as modes and colours go. */
struct scan {
	enum { SCAN_TEXT, SCAN_ESC, SCAN_CSI } at;
	char buf[64];
	size_t len;
};

struct pty {
	int master, slave;
	int note, command;	/* from and to the keeper */
	int err;		/* standard error, where split */
	pid_t keeper, pid;
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	bool ended, stopped;
	int status;
	double cpu;
	struct termios first;
	struct scan scan;
	bool mode[MODES];
	bool colour;
	char *raw;
	size_t raw_len, raw_room;
	char *errtext;
	size_t err_len;
	char **text;		/* rows, made when asked for */
	bool fresh;		/* text is the screen as it is */
	char *dump, *said;
	long long esc_at;	/* when a lone Esc was sent */
};

/* ptr, or the end of the test. */
void *pty_need(void *ptr);
/* Waits up to ms for anything, and takes it. False: nothing came. */
bool pty_pump(struct pty *p, int ms);
/* Frees the rows as text: what they were made of has another size now. */
void pty_forget_text(struct pty *p);

#endif
