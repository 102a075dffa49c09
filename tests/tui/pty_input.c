/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Keys, pastes, clicks and new sizes for a pty. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pty_priv.h"

#define ESC_MS		60	/* what a keyboard sends that soon after Esc is Alt */

void
pty_send(struct pty *p, const void *bytes, size_t len)
{
	long long end = pty_now_ms() + PTY_MS + (long long)(len / 100);
	const char *at = bytes;

	while (pty_now_ms() < p->esc_at + ESC_MS)
		pty_pump(p, (int)(p->esc_at + ESC_MS - pty_now_ms()));
	while (len > 0) {
		struct pollfd fd = { .fd = p->master, .events = POLLOUT };
		ssize_t n = write(p->master, at, len);

		if (n > 0) {
			at += n;
			len -= (size_t)n;
			if (len == 0)
				return;
		} else if (p->ended) {
			return;
		}
		cr_assert(pty_now_ms() < end, "the program does not read its input\n%s", pty_dump(p));
		if (n <= 0)
			poll(&fd, 1, 5);
		pty_pump(p, 0);
	}
}

void
pty_type(struct pty *p, const char *text)
{
	pty_send(p, text, strlen(text));
}

static const struct key {
	const char *name, *bytes, *application;
} keys[] = {
	{ "Up", "\033[A", "\033OA" }, { "Down", "\033[B", "\033OB" },
	{ "Right", "\033[C", "\033OC" }, { "Left", "\033[D", "\033OD" },
	{ "Home", "\033[H", "\033OH" }, { "End", "\033[F", "\033OF" },
	{ "PgUp", "\033[5~", NULL }, { "PgDn", "\033[6~", NULL },
	{ "Insert", "\033[2~", NULL }, { "Delete", "\033[3~", NULL },
	{ "F1", "\033OP", NULL }, { "F2", "\033OQ", NULL },
	{ "F3", "\033OR", NULL }, { "F4", "\033OS", NULL },
	{ "F5", "\033[15~", NULL }, { "F6", "\033[17~", NULL },
	{ "F7", "\033[18~", NULL }, { "F8", "\033[19~", NULL },
	{ "F9", "\033[20~", NULL }, { "F10", "\033[21~", NULL },
	{ "Enter", "\r", NULL }, { "Esc", "\033", NULL }, { "Space", " ", NULL },
	{ "Tab", "\t", NULL }, { "S-Tab", "\033[Z", NULL }, { "Backspace", "\177", NULL },
};

size_t
pty_key_bytes(const struct pty *p, const char *name, char buf[16])
{
	const char *bytes = NULL;

	for (size_t i = 0; i < sizeof keys / sizeof *keys && !bytes; i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		bytes = p->mode[1] && keys[i].application ? keys[i].application : keys[i].bytes;
	}
	if (bytes) {
		strcpy(buf, bytes);
	} else if (name[0] == 'C' && name[1] == '-' && name[2] && !name[3]) {
		buf[0] = (char)(name[2] & 0x1f);
		buf[1] = '\0';
		return 1;
	} else {
		cr_assert_lt(strlen(name), 5, "there is no key %s", name);
		strcpy(buf, name);
	}
	return strlen(buf);
}

/* One write for each key, as a keyboard does it. */
void
pty_key(struct pty *p, const char *names)
{
	char *list = pty_need(strdup(names)), *save, buf[16];

	for (char *k = strtok_r(list, " ", &save); k; k = strtok_r(NULL, " ", &save)) {
		size_t n = pty_key_bytes(p, k, buf);

		pty_send(p, buf, n);
		if (n == 1 && buf[0] == '\033') {
			pty_wait_input_read(p, PTY_MS);
			p->esc_at = pty_now_ms();
		}
	}
	free(list);
}

/* As a terminal does it: marked where the program asked for the marks. */
void
pty_paste(struct pty *p, const char *text)
{
	char *bytes;
	int n;

	if (p->mode[2004])
		n = asprintf(&bytes, "\033[200~%s\033[201~", text);
	else
		n = asprintf(&bytes, "%s", text);
	cr_assert_geq(n, 0);
	pty_send(p, bytes, (size_t)n);
	free(bytes);
}

static void
mouse(struct pty *p, int button, int row, int col, bool release)
{
	char buf[64];
	int n;

	if (p->mode[1006]) {
		n = snprintf(buf, sizeof buf, "\033[<%d;%d;%dM", button, col + 1, row + 1);
		pty_send(p, buf, (size_t)n);
		buf[n - 1] = 'm';
	} else {
		n = snprintf(buf, sizeof buf, "\033[M%c%c%c", 32 + button, 33 + col, 33 + row);
		pty_send(p, buf, (size_t)n);
		buf[3] = 32 + 3;
	}
	if (release)
		pty_send(p, buf, (size_t)n);
}

/* Nothing is sent where the program did not ask for the mouse. */
void
pty_click(struct pty *p, int row, int col)
{
	if (pty_mouse(p))
		mouse(p, 0, row, col, true);
}

void
pty_wheel(struct pty *p, int row, int col, bool down)
{
	if (pty_mouse(p))
		mouse(p, down ? 65 : 64, row, col, false);
}

void
pty_resize(struct pty *p, int rows, int cols)
{
	struct winsize ws = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };

	pty_pump(p, 0);
	pty_forget_text(p);
	p->rows = rows;
	p->cols = cols;
	vterm_set_size(p->vt, rows, cols);
	cr_assert_eq(ioctl(p->master, TIOCSWINSZ, &ws), 0);
}

void
pty_fill_output(struct pty *p)
{
	char blank[256], name[64];
	int fd;

	cr_assert_eq(ptsname_r(p->master, name, sizeof name), 0);
	fd = open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	memset(blank, ' ', sizeof blank);
	while (write(fd, blank, sizeof blank) > 0)
		;
	while (write(fd, blank, 1) > 0)
		;
	close(fd);
}

void
pty_hold_output(struct pty *p, bool held)
{
	cr_assert_eq(tcflow(p->slave, held ? TCOOFF : TCOON), 0);
}

bool
pty_wait_input_read(struct pty *p, int ms)
{
	long long end = pty_now_ms() + ms;
	int left;

	while (ioctl(p->slave, TIOCINQ, &left) == 0 && left > 0) {
		if (pty_now_ms() >= end)
			return false;
		poll(NULL, 0, 1);
	}
	return true;
}

