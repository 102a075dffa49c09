/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is on the screen of a pty, and waiting for it. */

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "pty_priv.h"

#define MAX_CELLS	4000
#define ROW_BYTES(cols)	((size_t)(cols) * 4 * VTERM_MAX_CHARS_PER_CELL + 1)

void
pty_forget_text(struct pty *p)
{
	for (int y = 0; p->text && y < p->rows; y++)
		free(p->text[y]);
	free(p->text);
	p->text = NULL;
	p->fresh = false;
}

static size_t
put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static size_t
cell_text(const VTermScreenCell *c, char *to)
{
	size_t n = 0;

	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c->chars[i]; i++)
		n += put_utf8(to + n, c->chars[i]);
	to[n] = '\0';
	return n;
}

/* Puts row y as text into `to`; with at, the offset of each column as well. */
static void
make_row(struct pty *p, int y, char *to, int *at)
{
	size_t n = 0;

	for (int x = 0; x < p->cols; x++) {
		VTermScreenCell c;

		if (at)
			at[x] = (int)n;
		if (!vterm_screen_get_cell(p->screen, (VTermPos){ y, x }, &c))
			break;
		if (c.chars[0] == (uint32_t)-1)
			continue;	/* the right half of a wide one */
		if (c.chars[0] == 0)
			to[n++] = ' ';
		else
			n += cell_text(&c, to + n);
	}
	while (n > 0 && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

static void
refresh_text(struct pty *p)
{
	if (p->fresh)
		return;
	if (!p->text)
		p->text = pty_need(calloc((size_t)p->rows, sizeof *p->text));
	for (int y = 0; y < p->rows; y++) {
		if (!p->text[y])
			p->text[y] = pty_need(malloc(ROW_BYTES(p->cols)));
		make_row(p, y, p->text[y], NULL);
	}
	p->fresh = true;
}

int
pty_rows(const struct pty *p)
{
	return p->rows;
}

int
pty_cols(const struct pty *p)
{
	return p->cols;
}

const char *
pty_row(struct pty *p, int row)
{
	cr_assert(row >= 0 && row < p->rows, "there is no row %d", row);
	refresh_text(p);
	return p->text[row];
}

int
pty_find_row_from(struct pty *p, int row, const char *regex)
{
	regex_t re;
	int y;

	cr_assert_eq(regcomp(&re, regex, REG_EXTENDED | REG_NOSUB), 0, "bad regex %s", regex);
	for (y = row; y < p->rows; y++)
		if (regexec(&re, pty_row(p, y), 0, NULL, 0) == 0)
			break;
	regfree(&re);
	return y < p->rows ? y : -1;
}

int
pty_find_row(struct pty *p, const char *regex)
{
	return pty_find_row_from(p, 0, regex);
}

bool
pty_find(struct pty *p, const char *text, int *row, int *col)
{
	int at[MAX_CELLS];

	cr_assert_leq(p->cols, MAX_CELLS);
	for (int y = 0; y < p->rows; y++) {
		const char *hit = strstr(pty_row(p, y), text);
		int x = 0;

		if (!hit)
			continue;
		make_row(p, y, p->text[y], at);
		while (x < p->cols - 1 && at[x] < hit - p->text[y])
			x++;
		if (row)
			*row = y;
		if (col)
			*col = x;
		return true;
	}
	return false;
}

bool
pty_has(struct pty *p, const char *text)
{
	return pty_find(p, text, NULL, NULL);
}

static int
palette(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return -1;
	return VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : -2;
}

struct pty_cell
pty_cell_at(struct pty *p, int row, int col)
{
	struct pty_cell ret = { .fg = -1, .bg = -1 };
	VTermScreenCell c;

	cr_assert(vterm_screen_get_cell(p->screen, (VTermPos){ row, col }, &c) != 0,
	    "there is no cell %d,%d", row, col);
	if (c.chars[0] != (uint32_t)-1)
		cell_text(&c, ret.text);
	ret.width = c.width;
	ret.bold = c.attrs.bold;
	ret.underline = c.attrs.underline != 0;
	ret.blink = c.attrs.blink;
	ret.reverse = c.attrs.reverse;
	ret.fg = palette(&c.fg);
	ret.bg = palette(&c.bg);
	ret.coloured = ret.fg != -1 || ret.bg != -1;
	return ret;
}

void
pty_cursor(struct pty *p, int *row, int *col)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(p->vt), &at);
	*row = at.row;
	*col = at.col;
}

bool
pty_mode(const struct pty *p, unsigned mode)
{
	return mode < MODES && p->mode[mode];
}

bool
pty_cursor_visible(const struct pty *p)
{
	return p->mode[25];
}

bool
pty_alternate(const struct pty *p)
{
	return p->mode[47] || p->mode[1047] || p->mode[1049];
}

bool
pty_mouse(const struct pty *p)
{
	return p->mode[9] || p->mode[1000] || p->mode[1002] || p->mode[1003] || p->mode[1006];
}

bool
pty_paste_mode(const struct pty *p)
{
	return p->mode[2004];
}

const char *
pty_raw(struct pty *p, size_t *len)
{
	*len = p->raw_len;
	return p->raw ? p->raw : "";
}

bool
pty_sent_colour(struct pty *p)
{
	return p->colour;
}

char *
pty_screen(struct pty *p)
{
	char *text;
	size_t len;
	FILE *f = pty_need(open_memstream(&text, &len));

	for (int y = 0; y < p->rows; y++)
		fprintf(f, "%s\n", pty_row(p, y));
	fclose(f);
	return text;
}

static void
dump_state(struct pty *p, FILE *f)
{
	int y, x;

	pty_cursor(p, &y, &x);
	fprintf(f, "cursor %d,%d %s%s%s%s", y, x, p->mode[25] ? "shown" : "hidden",
	    pty_alternate(p) ? ", alternate screen" : "", pty_mouse(p) ? ", mouse" : "",
	    p->mode[2004] ? ", paste" : "");
	if (p->ended && WIFSIGNALED(p->status))
		fprintf(f, "; ended by signal %d", WTERMSIG(p->status));
	else if (p->ended)
		fprintf(f, "; ended with %d", WEXITSTATUS(p->status));
	else if (p->stopped)
		fprintf(f, "; stopped");
	fprintf(f, "\n");
	if (p->errtext)
		fprintf(f, "standard error: %s\n", p->errtext);
}

const char *
pty_dump(struct pty *p)
{
	size_t len;
	FILE *f;

	free(p->dump);
	p->dump = NULL;
	f = pty_need(open_memstream(&p->dump, &len));
	fprintf(f, "---- %dx%d ----\n", p->cols, p->rows);
	for (int y = 0; y < p->rows; y++)
		fprintf(f, "%3d|%s\n", y, pty_row(p, y));
	dump_state(p, f);
	fclose(f);
	return p->dump;
}

const char *
pty_say(struct pty *p, const char *format, ...)
{
	va_list ap;
	int r;

	free(p->said);
	p->said = NULL;
	va_start(ap, format);
	r = vasprintf(&p->said, format, ap);
	va_end(ap);
	return r < 0 ? "" : p->said;
}

/* ---- waiting ---- */

static bool
has_text(struct pty *p, const void *arg)
{
	return pty_has(p, arg);
}

static bool
has_no_text(struct pty *p, const void *arg)
{
	return !pty_has(p, arg);
}

static bool
has_row(struct pty *p, const void *arg)
{
	return pty_find_row(p, arg) >= 0;
}

static bool
has_no_row(struct pty *p, const void *arg)
{
	return pty_find_row(p, arg) < 0;
}

bool
pty_wait_text(struct pty *p, const char *text, int ms)
{
	return pty_wait(p, has_text, text, ms);
}

bool
pty_wait_gone(struct pty *p, const char *text, int ms)
{
	return pty_wait(p, has_no_text, text, ms);
}

bool
pty_wait_row(struct pty *p, const char *regex, int ms)
{
	return pty_wait(p, has_row, regex, ms);
}

bool
pty_wait_no_row(struct pty *p, const char *regex, int ms)
{
	return pty_wait(p, has_no_row, regex, ms);
}

struct wanted_bytes {
	size_t from, len;
	const char *bytes;
};

static bool
has_raw(struct pty *p, const void *arg)
{
	const struct wanted_bytes *w = arg;

	return p->raw_len > w->from &&
	    memmem(p->raw + w->from, p->raw_len - w->from, w->bytes, w->len) != NULL;
}

bool
pty_wait_raw(struct pty *p, size_t from, const char *bytes, size_t len, int ms)
{
	struct wanted_bytes w = { from, len, bytes };

	return pty_wait(p, has_raw, &w, ms);
}

bool
pty_line_matches(const char *pattern, const char *line)
{
	for (; *pattern && *pattern != '*'; pattern++, line++)
		if (*pattern != *line)
			return false;
	if (!*pattern)
		return !*line;
	for (;; line++) {
		if (pty_line_matches(pattern + 1, line))
			return true;
		if (!*line)
			return false;
	}
}

struct wanted_lines {
	int row;
	const char *const *lines;
};

static bool
has_lines(struct pty *p, const void *arg)
{
	const struct wanted_lines *w = arg;

	for (int i = 0; w->lines[i]; i++) {
		if (w->row + i >= p->rows)
			return false;
		if (!pty_line_matches(w->lines[i], pty_row(p, w->row + i)))
			return false;
	}
	return true;
}

bool
pty_wait_lines(struct pty *p, int row, const char *const *lines, int ms)
{
	struct wanted_lines w = { row, lines };

	return pty_wait(p, has_lines, &w, ms);
}

