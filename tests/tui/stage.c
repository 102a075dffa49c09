/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* See stage.h. */

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helpers/netns.h"
#include "stage.h"

#define MAX_WORDS	32
#define MAX_ROWS	512
/* A port, its address, a name and a process id. */
#define KNOWN_HOLDER	"^..? +[0-9]+ +[^ ]+ +[^ (0-9].* [0-9]+( |$)"

void
stage_enter(void)
{
	int r = netns_enter();

	if (r < 0)
		cr_skip_test("no private network here: %s", strerror(-r));
}

static struct pty *
start(const struct pty_options *o, const char *delay, const char *words)
{
	char *copy = strdup(words), *save;
	const char *argv[MAX_WORDS];
	size_t n = 0;
	struct pty *p;

	argv[n++] = run_lotop_path();
	if (delay) {
		argv[n++] = "-d";
		argv[n++] = delay;
	}
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	cr_assert_lt(n, MAX_WORDS);
	argv[n] = NULL;
	p = pty_start(o, argv);
	free(copy);
	return p;
}

struct pty *
stage_lotop(const struct pty_options *o, const char *words)
{
	return start(o, "0.1", words);
}

struct pty *
stage_lotop_plain(const struct pty_options *o, const char *words)
{
	return start(o, NULL, words);
}

const char *
stage_below_head(const char *screen)
{
	for (int i = 0; i < 2; i++) {
		const char *end = strchr(screen, '\n');

		if (end)
			screen = end + 1;
	}
	return screen;
}

int
stage_listen(int port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0, "port %d: %s",
	    port, strerror(errno));
	cr_assert_eq(listen(fd, 5), 0);
	return fd;
}

bool
process_lives(pid_t pid)
{
	char path[64], stat[512], *end;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(stat, 1, sizeof stat - 1, f);
	fclose(f);
	stat[n] = '\0';
	end = strrchr(stat, ')');
	return end && end[1] == ' ' && end[2] != 'Z' && end[2] != 'X';
}

bool
process_ends(pid_t pid, int ms)
{
	struct pollfd fd = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	bool ended;

	if (fd.fd < 0)
		return errno == ESRCH;
	ended = poll(&fd, 1, ms) > 0;
	close(fd.fd);
	return ended;
}

/* ---- where things are ---- */

int
look_header_row(struct pty *p)
{
	return pty_find_row(p, "PORT");
}

/* The table is between the titles and the status line with the key line; there are tabs above it. */
static bool
in_table(struct pty *p, int row)
{
	int header = look_header_row(p);

	return header >= 0 && row > header && row < pty_rows(p) - 1;
}

int
look_port_at(struct pty *p, int row)
{
	static const char pattern[] = "^..? +([0-9]+) +[0-9*:[]";
	regmatch_t m[2];
	regex_t re;
	int port = 0;

	if (!in_table(p, row))
		return 0;
	cr_assert_eq(regcomp(&re, pattern, REG_EXTENDED), 0);
	if (regexec(&re, pty_row(p, row), 2, m, 0) == 0)
		port = atoi(pty_row(p, row) + m[1].rm_so);
	regfree(&re);
	return port;
}

int
look_port_row(struct pty *p, int port)
{
	for (int y = 0; y < pty_rows(p); y++)
		if (look_port_at(p, y) == port)
			return y;
	return -1;
}

int
look_ports(struct pty *p, int *ports, int max)
{
	int n = 0;

	for (int y = 0; y < pty_rows(p) && n < max; y++) {
		ports[n] = look_port_at(p, y);
		n += ports[n] != 0;
	}
	return n;
}

/* The bar: reversed, or on another background, over most of the width. */
int
look_selected_row(struct pty *p)
{
	for (int y = 0; y < pty_rows(p); y++) {
		int n = 0;

		if (!in_table(p, y))
			continue;
		for (int x = 0; x < pty_cols(p); x++) {
			struct pty_cell c = pty_cell_at(p, y, x);

			n += c.reverse || c.bg != -1;
		}
		if (n > pty_cols(p) / 2)
			return y;
	}
	return -1;
}

int
look_selected_port(struct pty *p)
{
	int y = look_selected_row(p);

	return y < 0 ? 0 : look_port_at(p, y);
}

static bool
has_port(struct pty *p, const void *arg)
{
	return look_port_row(p, *(const int *)arg) >= 0;
}

static bool
has_no_port(struct pty *p, const void *arg)
{
	return look_header_row(p) >= 0 && look_port_row(p, *(const int *)arg) < 0;
}

static bool
has_selected(struct pty *p, const void *arg)
{
	return look_selected_port(p) == *(const int *)arg;
}

static bool
has_ports(struct pty *p, const void *arg)
{
	const int *want = arg;
	int have[MAX_ROWS], n = look_ports(p, have, MAX_ROWS), i;

	for (i = 0; i < n && want[i] == have[i]; i++)
		;
	return look_header_row(p) >= 0 && i == n && want[i] == 0;
}

bool
look_wait_port(struct pty *p, int port)
{
	return pty_wait(p, has_port, &port, PTY_MS);
}

bool
look_wait_no_port(struct pty *p, int port)
{
	return pty_wait(p, has_no_port, &port, PTY_MS);
}

bool
look_wait_selected(struct pty *p, int port)
{
	return pty_wait(p, has_selected, &port, PTY_MS);
}

bool
look_wait_ports(struct pty *p, const int *ports)
{
	return pty_wait(p, has_ports, ports, PTY_MS);
}

bool
look_menu(struct pty *p)
{
	return pty_has(p, "SIGTERM") && pty_has(p, "SIGKILL");
}

/* ---- what many tests do ---- */

static bool
menu_is_there(struct pty *p, const void *arg)
{
	(void)arg;
	return look_menu(p);
}

static bool
never(struct pty *p, const void *arg)
{
	(void)p;
	(void)arg;
	return false;
}

void
stage_pass(struct pty *p, int ms)
{
	pty_wait(p, never, NULL, ms);
}

/* On a machine that is too busy, a key soon after Esc is Alt and that key: once more. */
void
stage_round_trip(struct pty *p)
{
	pty_key(p, "?");
	if (!pty_wait_text(p, "Esc Back", PTY_MS / 3))
		pty_key(p, "?");
	pty_expect_text(p, "Esc Back");
	pty_key(p, "Esc");
	pty_expect_row(p, "PORT");
}

static bool
menu_is_gone(struct pty *p, const void *arg)
{
	(void)arg;
	return !look_menu(p);
}

/* Owners are read after sockets: a moment after the row, its process is there. */
static bool
holder_is_known(struct pty *p, const void *arg)
{
	int y = look_selected_row(p);

	(void)arg;
	return y >= 0 && pty_find_row_from(p, y, KNOWN_HOLDER) == y;
}

void
stage_wait_holder(struct pty *p)
{
	pty_check(p, pty_wait(p, holder_is_known, NULL, PTY_MS), "the row has no holder");
}

void
stage_open_menu(struct pty *p)
{
	stage_wait_holder(p);
	pty_key(p, "k");
	pty_check(p, pty_wait(p, menu_is_there, NULL, PTY_MS), "the kill menu does not open");
	stage_pass(p, GUARD_MS + 20);
}

void
stage_close_menu(struct pty *p, const char *key)
{
	for (int i = 0; i < 10 && look_menu(p); i++) {
		pty_key(p, key);
		pty_wait(p, menu_is_gone, NULL, 2 * GUARD_MS);
	}
	pty_check(p, !look_menu(p), "%s does not close the kill menu", key);
}
