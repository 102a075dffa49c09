/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Gives the terminal back when the program ends in a way that nobody planned: a
 * signal whose default is death, abort(3), or exit(3) from deep inside.
 */

#ifndef LOTOP_UI_RESCUE_H
#define LOTOP_UI_RESCUE_H

#include <stddef.h>
#include <termios.h>

#define RESCUE_MAX 512	/* bytes that it may write */

/* Installs the handlers, once, before any rescue_arm(). */
void rescue_install(void);

/*
 * From now on an unplanned end sets `modes` on in_fd and writes the bytes (cut to
 * RESCUE_MAX) to out_fd.
 */
void rescue_arm(int in_fd, int out_fd, const struct termios *modes, const char *bytes, size_t len);

/* The terminal is given back, or not ours now. */
void rescue_disarm(void);

#endif
