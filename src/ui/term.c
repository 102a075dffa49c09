/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the descriptors and modes of the terminal, what it shows (`front`), and
 * the bytes that it has not taken yet (`out`): those of one frame at most, for
 * the next is only painted when they are gone, and what was copied.
 *
 * It is written through an open file description of our own, with O_NONBLOCK.
 * Standard output may not get that flag: the shell shares its description.
 */

#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/clip.h"
#include "ui/paint.h"
#include "ui/rescue.h"

#include <curses.h>
#include <term.h>

#define LEAVE_MS    200		/* for the bytes that give the terminal back */
#define SMALL_PIECE 128		/* what a terminal that says POLLOUT takes without blocking, nearly always */
#define READ_SIZE   4096

/* Modes that terminfo has no names for; all terminals that speak ANSI know or ignore them. */
static const char ansi_enter[] = "\033[?1000h\033[?1006h\033[?2004h";
static const char ansi_leave[] = "\033[?2004l\033[?1006l\033[?1002l\033[?1000l";

/* What terminals describe that the decoder may not know by itself, such as F5 to F10 of a VT100. */
static const struct { const char *cap; uint32_t key; } key_caps[] = {
	{ "kcuu1", K_UP },    { "kcud1", K_DOWN }, { "kcub1", K_LEFT }, { "kcuf1", K_RIGHT },
	{ "kpp", K_PGUP },    { "knp", K_PGDN },   { "khome", K_HOME }, { "kend", K_END },
	{ "kcbt", K_BTAB },   { "kdch1", K_DELETE }, { "kent", K_ENTER }, { "kf1", K_F1 },    { "kf2", K_F2 },
	{ "kf3", K_F3 },      { "kf4", K_F4 },     { "kf5", K_F5 },     { "kf6", K_F6 },
	{ "kf7", K_F7 },      { "kf8", K_F8 },     { "kf9", K_F9 },     { "kf10", K_F10 },
};

static const struct { unsigned attr; const char *cap; } attr_caps[] = {
	{ STYLE_BOLD, "bold" },
	{ STYLE_DIM, "dim" },
	{ STYLE_REVERSE, "rev" },
	{ STYLE_UNDERLINE, "smul" },
};

/* The numbers that setaf takes (terminfo(5), "Color Handling"). */
static const int colour_numbers[COLOUR_COUNT] = {
	[COLOUR_RED] = 1, [COLOUR_YELLOW] = 3, [COLOUR_CYAN] = 6,
};

struct terminal {
	int                in_fd, out_fd;
	bool               own_in, own_out;	/* descriptions of our own */
	struct termios     found, ours;		/* modes */
	bool               entered;
	struct decoder     decoder;
	struct key_string  strings[ARRAY_SIZE(key_caps) + 1];
	struct paint_words words;
	struct text        word[ROLE_COUNT];	/* behind words.role */
	struct text        plain, clear, clear_line, show_cursor, hide_cursor;
	struct text        enter, leave;
	struct text        out;
	size_t             done;		/* bytes of out that are written */
	struct cells       front;
	bool               known;		/* front is what the terminal shows */
};

/* The description. */

/* NULL where the terminal has no such thing. */
static const char *
cap(const char *name)
{
	const char *s = tigetstr(name);

	return s == (const char *)-1 ? NULL : s;
}

/* Without padding: "$<5>" asks for a delay that nothing younger than a VT100 needs. */
static void
add_unpadded(struct text *t, const char *s)
{
	while (s && *s != '\0') {
		const char *end = strncmp(s, "$<", 2) == 0 ? strchr(s, '>') : NULL;

		if (!end)
			text_addc(t, *s);
		s = end ? end + 1 : s + 1;
	}
}

static void
add_cap(struct text *t, const char *name)
{
	add_unpadded(t, cap(name));
}

static void
add_move(struct text *out, const char *place, size_t row, size_t col)
{
	add_unpadded(out, tiparm(place, (int)row, (int)col));
}

static bool
speaks_ansi(void)
{
	return strncmp(cap("cup"), "\033[", 2) == 0;
}

static void
read_keys(struct terminal *t)
{
	struct key_string *to = t->strings;

	for (size_t i = 0; i < ARRAY_SIZE(key_caps); i++) {
		to->s = cap(key_caps[i].cap);
		to->key = key_caps[i].key;
		to += to->s != NULL;
	}
	to->s = NULL;
}

static void
read_words(struct terminal *t)
{
	struct paint_words *w = &t->words;

	add_cap(&t->plain, "sgr0");
	add_cap(&t->clear, "clear");
	add_cap(&t->clear_line, "el");
	add_cap(&t->show_cursor, "cnorm");
	add_cap(&t->hide_cursor, "civis");
	w->plain = text_str(&t->plain);
	w->clear = text_str(&t->clear);
	w->clear_line = text_str(&t->clear_line);
	w->show_cursor = text_str(&t->show_cursor);
	w->hide_cursor = text_str(&t->hide_cursor);
	w->scrolls = tigetflag("am") > 0 &&
	             tigetflag("xenl") <= 0;
	w->place = cap("cup");
	w->move = add_move;
	for (size_t i = 0; i < ROLE_COUNT; i++)
		w->role[i] = "";
}

static void
read_modes(struct terminal *t)
{
	add_cap(&t->enter, "smcup");
	add_cap(&t->enter, "smkx");
	if (speaks_ansi()) {
		text_add(&t->enter, ansi_enter);
		text_add(&t->leave, ansi_leave);
	}
	add_cap(&t->leave, "rmkx");
	add_cap(&t->leave, "sgr0");
	add_cap(&t->leave, "op");
	add_cap(&t->leave, "cnorm");
	/* Without a second screen the first is left empty, not half full. */
	add_cap(&t->leave, cap("rmcup") ? "rmcup" : "clear");
}

static enum term_fault
read_description(struct terminal *t)
{
	const char *name = getenv("TERM");
	int err;

	if (!name || *name == '\0')
		return TERM_UNSET;
	if (setupterm(NULL, t->out_fd, &err) != OK)
		return err == 1 ? TERM_SIMPLE : TERM_UNKNOWN;
	if (!cap("cup") || !cap("clear"))
		return TERM_SIMPLE;
	read_keys(t);
	read_words(t);
	read_modes(t);
	decoder_init(&t->decoder, t->strings);
	return TERM_OK;
}

/* Attributes would take cells of their own on a terminal with xmc (terminfo(5)): it gets none. */
void
term_set_theme(struct terminal *t, const struct theme *theme)
{
	bool plain = tigetnum("xmc") > 0;
	const char *setaf = cap("setaf");

	for (size_t i = 0; i < ROLE_COUNT && !plain; i++) {
		const struct style *style = &theme->role[i];

		text_clear(&t->word[i]);
		for (size_t a = 0; a < ARRAY_SIZE(attr_caps); a++)
			if (style->attrs & attr_caps[a].attr)
				add_cap(&t->word[i], attr_caps[a].cap);
		if (style->colour != COLOUR_NONE && setaf)
			add_unpadded(&t->word[i], tiparm(setaf, colour_numbers[style->colour]));
		t->words.role[i] = text_str(&t->word[i]);
	}
	t->known = false;
}

bool
term_has_colour(const struct terminal *t)
{
	(void)t;	/* setupterm(3) has one current terminal, ours */
	return cap("setaf") && tigetnum("colors") >= 8;
}

/* Descriptors. */

/* The terminal itself, also behind /dev/tty, which has a device number of its own. */
static bool
same_terminal(int a, int b)
{
	unsigned da, db;

	return ioctl(a, TIOCGDEV, &da) == 0 && ioctl(b, TIOCGDEV, &db) == 0 && da == db;
}

#define OWN_FLAGS (O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/*
 * A new description of the terminal behind fd, or -1. /dev/tty first: after su(1)
 * the terminal's own file belongs to somebody else.
 */
static int
open_again(int fd)
{
	char path[sizeof "/proc/self/fd/" + 3 * sizeof fd];
	int own = open("/dev/tty", OWN_FLAGS);

	if (own >= 0 && same_terminal(own, fd))
		return own;
	if (own >= 0)
		close(own);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, OWN_FLAGS);
}

static void
open_output(struct terminal *t)
{
	t->out_fd = open_again(STDOUT_FILENO);
	t->own_out = t->out_fd >= 0;
	if (!t->own_out)
		t->out_fd = STDOUT_FILENO;
}

static enum term_fault
open_input(struct terminal *t)
{
	int fd = isatty(STDIN_FILENO) ? STDIN_FILENO : open("/dev/tty", OWN_FLAGS);

	if (fd < 0)
		return TERM_NO_KEYS;
	t->own_in = fd != STDIN_FILENO;
	if (t->own_out && same_terminal(fd, t->out_fd)) {
		if (t->own_in)
			close(fd);
		t->own_in = false;
		fd = t->out_fd;
	}
	t->in_fd = fd;
	return tcgetattr(fd, &t->found) < 0 ? TERM_NO_KEYS : TERM_OK;
}

/*
 * Keys come at once and unchanged. Those that send signals still do (ISIG), but
 * Ctrl-S does not stop the screen, nor Ctrl-V and Ctrl-O do what IEXTEN makes of them.
 */
static void
choose_modes(struct terminal *t)
{
	t->ours = t->found;
	t->ours.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP);
	t->ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	t->ours.c_lflag |= ISIG;
	t->ours.c_cc[VMIN] = 1;
	t->ours.c_cc[VTIME] = 0;
}

static void
term_free(struct terminal *t)
{
	struct text *texts[] = { &t->plain, &t->clear, &t->clear_line, &t->show_cursor,
	                         &t->hide_cursor, &t->enter, &t->leave, &t->out };

	if (cur_term)
		del_curterm(cur_term);
	if (t->own_in)
		close(t->in_fd);
	if (t->own_out)
		close(t->out_fd);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		text_done(texts[i]);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		text_done(&t->word[i]);
	cells_done(&t->front);
	free(t);
}

enum term_fault
term_open(struct terminal **ret)
{
	struct terminal *t = mem_new(sizeof *t);
	enum term_fault fault;

	cells_init(&t->front);
	open_output(t);
	fault = open_input(t);
	if (fault == TERM_OK)
		fault = read_description(t);
	if (fault != TERM_OK) {
		term_free(t);
		return fault;
	}
	choose_modes(t);
	rescue_install();
	*ret = t;
	return TERM_OK;
}

void
term_close(struct terminal *t)
{
	term_leave(t);
	term_free(t);
}

/* Output. */

bool
term_idle(const struct terminal *t)
{
	return t->done == t->out.len;
}

/* Writes what the terminal takes now. */
static int
write_out(struct terminal *t)
{
	while (!term_idle(t)) {
		struct pollfd p = { .fd = t->out_fd, .events = POLLOUT };
		size_t left = t->out.len - t->done;
		ssize_t n;

		if (poll(&p, 1, 0) <= 0)
			return 0;
		n = write(t->out_fd, t->out.s + t->done, t->own_out ? left : MIN(left, SMALL_PIECE));
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -EIO;
		t->done += (size_t)n;
	}
	text_clear(&t->out);
	t->done = 0;
	return 0;
}

/* The same until all is written or the time is over. */
static void
write_for(struct terminal *t, uint64_t ms)
{
	uint64_t end = clock_mono_ns() + ms * NS_PER_MS, now;
	struct pollfd p = { .fd = t->out_fd, .events = POLLOUT };

	while (write_out(t) == 0 && !term_idle(t) && (now = clock_mono_ns()) < end)
		if (poll(&p, 1, (int)((end - now) / NS_PER_MS) + 1) < 0 && errno != EINTR)
			return;
}

void
term_forget(struct terminal *t)
{
	t->known = false;
}

static void
keep_front(struct terminal *t, const struct cells *c)
{
	if (t->front.rows != c->rows || t->front.cols != c->cols)
		cells_resize(&t->front, c->rows, c->cols);
	memcpy(t->front.cell, c->cell, c->rows * c->cols * sizeof *c->cell);
	t->front.cursor = c->cursor;
	t->front.cursor_row = c->cursor_row;
	t->front.cursor_col = c->cursor_col;
	t->known = true;
}

int
term_paint(struct terminal *t, const struct cells *c)
{
	bool known = t->known && t->front.rows == c->rows && t->front.cols == c->cols;

	paint(&t->out, known ? &t->front : NULL, c, &t->words);
	keep_front(t, c);
	return write_out(t);
}

/* The console of Linux prints what it does not know of OSC, in older kernels. */
bool
term_copies(const struct terminal *t)
{
	const char *name = getenv("TERM");

	(void)t;
	return speaks_ansi() && name && strncmp(name, "linux", strlen("linux")) != 0;
}

int
term_copy(struct terminal *t, const char *s, size_t len)
{
	clip_add_sequence(&t->out, s, len);
	return write_out(t);
}

/* Taking and giving. */

static int
set_modes(const struct terminal *t, const struct termios *modes)
{
	int r;

	do
		r = tcsetattr(t->in_fd, TCSANOW, modes);	/* not TCSADRAIN: it waits */
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

int
term_enter(struct terminal *t)
{
	int r = set_modes(t, &t->ours);

	if (r < 0)
		return r;
	rescue_arm(t->in_fd, t->out_fd, &t->found, text_str(&t->leave), t->leave.len);
	t->entered = true;
	t->known = false;
	text_addn(&t->out, text_str(&t->enter), t->enter.len);
	return write_out(t);
}

void
term_leave(struct terminal *t)
{
	if (!t->entered)
		return;
	text_addn(&t->out, text_str(&t->leave), t->leave.len);
	write_for(t, LEAVE_MS);
	text_clear(&t->out);
	t->done = 0;
	set_modes(t, &t->found);
	rescue_disarm();
	t->entered = false;
}

void
term_size(const struct terminal *t, size_t *rows, size_t *cols)
{
	struct winsize ws;

	if (ioctl(t->out_fd, TIOCGWINSZ, &ws) < 0 || ws.ws_row == 0 || ws.ws_col == 0) {
		*rows = 24;
		*cols = 80;
		return;
	}
	*rows = ws.ws_row;
	*cols = ws.ws_col;
}

/* Input, and the loop. */

int
term_fds(const struct terminal *t, struct pollfd fds[TERM_MAX_FDS])
{
	short out = term_idle(t) ? 0 : POLLOUT;

	fds[0] = (struct pollfd){ .fd = t->in_fd, .events = POLLIN };
	if (t->in_fd == t->out_fd) {
		fds[0].events |= out;
		return 1;
	}
	fds[1] = (struct pollfd){ .fd = t->out_fd, .events = out };
	return 2;
}

/* One read: whatever else waits in the loop has its turn after it. */
static int
read_in(struct terminal *t, input_fn fn, void *arg)
{
	char buf[READ_SIZE];
	ssize_t n = read(t->in_fd, buf, sizeof buf);

	if (n == 0)
		return -EIO;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -EIO;
	decoder_feed(&t->decoder, buf, (size_t)n, fn, arg);
	return 0;
}

int
term_turn(struct terminal *t, const struct pollfd *fds, int n, input_fn fn, void *arg)
{
	int r = 0;

	for (int i = 0; i < n && r == 0; i++) {
		if (fds[i].revents & (POLLHUP | POLLERR | POLLNVAL))
			return -EIO;
		if (fds[i].revents & POLLIN)
			r = read_in(t, fn, arg);
		if (r == 0 && fds[i].revents & POLLOUT)
			r = write_out(t);
	}
	return r;
}

int
term_timeout(const struct terminal *t)
{
	return decoder_timeout(&t->decoder);
}

void
term_expire(struct terminal *t, input_fn fn, void *arg)
{
	decoder_expire(&t->decoder, fn, arg);
}
