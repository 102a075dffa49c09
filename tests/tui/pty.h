/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A program on a real pseudo-terminal, whose screen libvterm keeps.
 *
 * Each program gets a keeper: a shell in small that leads the session, owns
 * the terminal, puts the program into the foreground, sees it stop and end,
 * and stays until pty_free(). Without it the kernel would hang the terminal up
 * and reset its termios when the program ends (nothing could be compared), and
 * would ignore Ctrl-Z (an orphaned process group does not stop).
 *
 * Rows and columns count from 0. What a function returns as text belongs to
 * the pty and is valid until output is read again. Nothing here sleeps: each
 * wait has a condition and a deadline in milliseconds.
 */

#ifndef TESTS_TUI_PTY_H
#define TESTS_TUI_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include <criterion/criterion.h>

/* How long a thing that must come may take. Ample: it is met, not waited out. */
#define PTY_MS		10000

struct pty;

struct pty_options {
	int rows, cols;		/* 0: 24 and 80 */
	const char *const *env;	/* "NAME=VALUE" sets, "NAME" removes; NULL ends */
	const char *input;	/* standard input from this file, not the terminal */
	bool split_stderr;	/* standard error to pty_stderr(), not the terminal */
	bool ignore_hup;	/* as under nohup(1) */
	void (*in_child)(void *arg);	/* right before exec; system calls only */
	void *arg;
};

struct pty_cell {
	char text[32];		/* UTF-8; empty: nothing was ever written there */
	int width;
	bool bold, underline, blink, reverse;
	bool coloured;		/* other than the default, in front or behind */
	int fg, bg;		/* palette index; -1 default, -2 direct colour */
};

/* The environment is small and fixed; o may be NULL. Never returns NULL. */
struct pty *pty_start(const struct pty_options *o, const char *const argv[]);
/* Kills what still runs, reaps it, frees. */
void pty_free(struct pty *p);

/* What comes out. */
typedef bool (*pty_holds)(struct pty *p, const void *arg);
bool pty_wait(struct pty *p, pty_holds holds, const void *arg, int ms);
bool pty_wait_text(struct pty *p, const char *text, int ms);
bool pty_wait_gone(struct pty *p, const char *text, int ms);
bool pty_wait_row(struct pty *p, const char *regex, int ms);
bool pty_wait_no_row(struct pty *p, const char *regex, int ms);
bool pty_wait_raw(struct pty *p, size_t from, const char *bytes, size_t len, int ms);
/* Lines from row on; `*` in a line stands for any text. NULL ends. */
bool pty_wait_lines(struct pty *p, int row, const char *const *lines, int ms);
/* Reads what is there until nothing came for so long. */
void pty_settle(struct pty *p, int quiet_ms);

int pty_rows(const struct pty *p);
int pty_cols(const struct pty *p);
const char *pty_row(struct pty *p, int row);		/* trailing blanks cut */
int pty_find_row(struct pty *p, const char *regex);	/* -1: none */
int pty_find_row_from(struct pty *p, int row, const char *regex);
bool pty_find(struct pty *p, const char *text, int *row, int *col);
bool pty_has(struct pty *p, const char *text);
struct pty_cell pty_cell_at(struct pty *p, int row, int col);
void pty_cursor(struct pty *p, int *row, int *col);
bool pty_cursor_visible(const struct pty *p);
bool pty_alternate(const struct pty *p);
bool pty_mouse(const struct pty *p);
bool pty_paste_mode(const struct pty *p);
bool pty_mode(const struct pty *p, unsigned mode);	/* DEC private mode */
const char *pty_raw(struct pty *p, size_t *len);	/* all that was ever written */
bool pty_sent_colour(struct pty *p);	/* any SGR that sets a colour, in all of it */
char *pty_screen(struct pty *p);	/* the rows, a newline each; the caller frees */
const char *pty_dump(struct pty *p);	/* for messages: framed, with cursor and modes */
bool pty_line_matches(const char *pattern, const char *line);

/* What goes in. */
void pty_send(struct pty *p, const void *bytes, size_t len);
void pty_type(struct pty *p, const char *text);
/* "Down", "F9", "Enter", "Esc", "C-l", "a"; several, separated by blanks. */
void pty_key(struct pty *p, const char *names);
size_t pty_key_bytes(const struct pty *p, const char *name, char buf[16]);
void pty_paste(struct pty *p, const char *text);
void pty_click(struct pty *p, int row, int col);
void pty_wheel(struct pty *p, int row, int col, bool down);
void pty_resize(struct pty *p, int rows, int cols);
void pty_fill_output(struct pty *p);	/* until the terminal takes nothing more */
void pty_hold_output(struct pty *p, bool held);	/* as Ctrl-S and Ctrl-Q do */
bool pty_wait_input_read(struct pty *p, int ms);	/* without reading output */

/* The program and its terminal. */
pid_t pty_pid(const struct pty *p);
void pty_signal(struct pty *p, int sig);
void pty_termios(struct pty *p, struct termios *t);
void pty_first_termios(const struct pty *p, struct termios *t);
bool pty_termios_restored(struct pty *p);
void pty_hangup(struct pty *p);		/* closes the master */
bool pty_wait_exit(struct pty *p, int *status, int ms);
bool pty_wait_exit_unread(struct pty *p, int *status, int ms);
bool pty_running(struct pty *p);
bool pty_wait_stop(struct pty *p, int ms);
void pty_foreground(struct pty *p);	/* as `fg` */
void pty_background(struct pty *p);	/* as `bg` */
double pty_cpu(struct pty *p);		/* seconds used so far */
const char *pty_stderr(struct pty *p);
long long pty_now_ms(void);

/* The same, as assertions that show the screen. */
#define pty_expect_text(p, text) \
	cr_assert(pty_wait_text((p), (text), PTY_MS), \
	    "\"%s\" does not come on the screen\n%s", (text), pty_dump(p))
#define pty_expect_gone(p, text) \
	cr_assert(pty_wait_gone((p), (text), PTY_MS), \
	    "\"%s\" stays on the screen\n%s", (text), pty_dump(p))
#define pty_expect_row(p, regex) \
	cr_assert(pty_wait_row((p), (regex), PTY_MS), \
	    "no row like /%s/\n%s", (regex), pty_dump(p))
#define pty_expect_no_row(p, regex) \
	cr_assert(pty_wait_no_row((p), (regex), PTY_MS), \
	    "a row like /%s/ stays\n%s", (regex), pty_dump(p))
#define pty_expect_screen(p, row, ...) \
	cr_assert(pty_wait_lines((p), (row), \
	    (const char *const []){ __VA_ARGS__, NULL }, PTY_MS), \
	    "the screen from row %d on is not as it should be\n%s", \
	    (row), pty_dump(p))
#define pty_check(p, cond, ...) \
	cr_assert((cond), "%s\n%s", pty_say(p, __VA_ARGS__), pty_dump(p))
const char *pty_say(struct pty *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
