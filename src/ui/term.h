/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The terminal: the one file that knows curses, and of it only the terminal
 * descriptions (terminfo). Windows and wgetch(3) are not used: curses waits for
 * a terminal that takes no output (so that no signal would be obeyed meanwhile),
 * and gives sequences that it does not know as single keys.
 *
 * No call here waits, but term_leave() and term_close() up to 200 ms.
 */

#ifndef LOTOP_UI_TERM_H
#define LOTOP_UI_TERM_H

#include <poll.h>

#include "ui/cells.h"
#include "ui/decode.h"

struct terminal;

/* Why there is no usable terminal. */
enum term_fault {
	TERM_OK,
	TERM_NO_KEYS,	/* neither standard input nor /dev/tty is a terminal */
	TERM_UNSET,	/* the variable TERM is not set */
	TERM_UNKNOWN,	/* what it names is not in the terminfo database */
	TERM_SIMPLE,	/* the cursor cannot be placed, or the screen not cleared */
};

/*
 * Opens the terminal on standard output, with keys from standard input, or from
 * /dev/tty where that is no terminal. Nothing is written and no mode is set yet. *ret is written
 * only for TERM_OK.
 */
enum term_fault term_open(struct terminal **ret);
void            term_close(struct terminal *t);	/* leaves, if it is entered */

/* With colour only if the terminal has it; plain look until then. */
void term_set_theme(struct terminal *t, const struct theme *theme);
bool term_has_colour(const struct terminal *t);

/*
 * Takes the terminal over, also anew after a stop. Stops the process while it is in the background
 * (SIGTTOU). Returns 0 or -errno.
 */
int  term_enter(struct terminal *t);
void term_leave(struct terminal *t);	/* as it was found */

/* Its size now, never 0. */
void term_size(const struct terminal *t, size_t *rows, size_t *cols);

/* Fills in what to poll; returns how many. */
#define TERM_MAX_FDS 2
int term_fds(const struct terminal *t, struct pollfd fds[TERM_MAX_FDS]);

/* Does what poll() found. Returns 0, or -EIO: the terminal is gone. */
int term_turn(struct terminal *t, const struct pollfd *fds, int n, input_fn fn, void *arg);

/* decoder_timeout() and decoder_expire() of what was read. */
int  term_timeout(const struct terminal *t);
void term_expire(struct terminal *t, input_fn fn, void *arg);

/* Is all that was painted written? */
bool term_idle(const struct terminal *t);

/* Has it a clipboard that it may let us write to? Only a guess: none answers. */
bool term_copies(const struct terminal *t);

/* Puts sanitized text onto it. Written as a frame is. Returns 0, or -EIO. */
int term_copy(struct terminal *t, const char *s, size_t len);

/* What the screen shows is not known any more: the next frame is painted whole. */
void term_forget(struct terminal *t);

/*
 * Paints what changed, only while term_idle(). What the terminal does not take at once is written
 * by term_turn(). Returns 0, or -EIO.
 */
int term_paint(struct terminal *t, const struct cells *c);

#endif
