/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A user interface without a terminal: keys go in by their names, snapshots are
 * made, and what would be on the screen is read row by row. Effects are applied
 * as the loop does it.
 */

#ifndef LOTOP_TESTS_UI_MADE_H
#define LOTOP_TESTS_UI_MADE_H

#include <locale.h>
#include <stdio.h>

#include "base/clock.h"
#include "made.h"
#include "ui/ui.h"

struct made_ui {
	struct ui      *ui;
	struct snapshot snap;
	struct cells    cells;
	uint64_t        now_ns;
	unsigned        fx;	/* of the last event */
};

static inline void
made_ui_use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

/* o NULL: all as the program has it when it is started without an option. */
static inline void
made_ui_open_on(struct made_ui *x, const struct ui_options *o, const char *host)
{
	struct ui_options usual = { .delay = 1, .charset = TEXT_UTF8 };

	if (o)
		usual = *o;
	usual.proc_root = "/proc";
	usual.host = host;
	*x = (struct made_ui){ .now_ns = NS_PER_SEC };
	cr_assert_eq(ui_new(&x->ui, &usual), 0);
	made_snapshot(&x->snap);
	cells_init(&x->cells);
	cells_resize(&x->cells, 24, 80);
}

static inline void
made_ui_open(struct made_ui *x, const struct ui_options *o)
{
	made_ui_open_on(x, o, "devbox");
}

static inline void
made_ui_close(struct made_ui *x)
{
	ui_free(x->ui);
	snapshot_done(&x->snap);
	cells_done(&x->cells);
}

static inline void
made_ui_apply(struct made_ui *x, unsigned fx)
{
	x->fx = fx;
	if (fx & FX_REBUILD)
		ui_rebuild(x->ui);
	if (fx & FX_REFLOW)
		ui_reflow(x->ui);
	ui_draw(x->ui, &x->cells);
	ui_written(x->ui, x->now_ns);
}

/* The snapshot as it is now, complete. */
static inline void
made_ui_take(struct made_ui *x)
{
	x->now_ns += NS_PER_SEC;
	x->snap.mono_ns = x->now_ns;
	made_ui_apply(x, ui_take(x->ui, &x->snap, true, x->now_ns));
}

static inline void
made_ui_input(struct made_ui *x, struct input in)
{
	x->now_ns += NS_PER_MS;
	made_ui_apply(x, ui_input(x->ui, &in, x->now_ns));
}

/* Keys by name, separated by blanks. */
static inline void
made_ui_keys(struct made_ui *x, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, " ");
		uint32_t key = key_parse(names, len);

		cr_assert_neq(key, K_NONE, "%s", names);
		made_ui_input(x, (struct input){ .key = key });
		names += len + (names[len] == ' ');
	}
}

static inline void
made_ui_type(struct made_ui *x, const char *text)
{
	for (; *text; text++)
		made_ui_input(x, (struct input){ .key = (unsigned char)*text });
}

/* A second in which nothing is typed. */
static inline void
made_ui_pause(struct made_ui *x)
{
	x->now_ns += NS_PER_SEC;
	ui_quiet(x->ui, x->now_ns);
}

/* A row of the screen, its trailing blanks cut. Valid until the next call but seven. */
static inline const char *
made_ui_row(const struct made_ui *x, size_t row)
{
	static char lines[8][CELLS_MAX_COLS * CELL_BYTES + 1];
	static unsigned turn;
	char *line = lines[turn++ % 8];
	size_t len = 0;

	for (size_t col = 0; col < x->cells.cols; col++) {
		const struct cell *cell = cells_at(&x->cells, row, col);

		memcpy(line + len, cell->s, cell->len);
		len += cell->len;
	}
	while (len > 0 && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
	return line;
}

/* The first row that has the text, or SIZE_MAX. */
static inline size_t
made_ui_find(const struct made_ui *x, const char *text)
{
	for (size_t row = 0; row < x->cells.rows; row++)
		if (strstr(made_ui_row(x, row), text))
			return row;
	return SIZE_MAX;
}

static inline bool
made_ui_shows(const struct made_ui *x, const char *text)
{
	return made_ui_find(x, text) != SIZE_MAX;
}

/* The row that is selected; SIZE_MAX: none. */
static inline size_t
made_ui_selected(const struct made_ui *x)
{
	for (size_t row = 0; row < x->cells.rows; row++)
		if (cells_at(&x->cells, row, 0)->role == ROLE_SELECTED)
			return row;
	return SIZE_MAX;
}

/* All of it, for messages. */
static inline const char *
made_ui_dump(const struct made_ui *x)
{
	static char all[65536];
	size_t len = 0;

	for (size_t row = 0; row < x->cells.rows && len < sizeof all; row++)
		len += (size_t)snprintf(all + len, sizeof all - len, "\n|%s", made_ui_row(x, row));
	return all;
}

#define expect_shown(x, text) \
	cr_expect(made_ui_shows(x, text), "\"%s\" is not there%s", (text), made_ui_dump(x))
#define expect_not_shown(x, text) \
	cr_expect_not(made_ui_shows(x, text), "\"%s\" is there%s", (text), made_ui_dump(x))
#define expect_row(x, row, text) \
	cr_expect_str_eq(made_ui_row(x, row), text, "row %zu%s", (size_t)(row), made_ui_dump(x))
#define expect_row_begins(x, row, text) \
	cr_expect_eq(strncmp(made_ui_row(x, row), text, strlen(text)), 0, \
	             "row %zu does not begin with \"%s\"%s", (size_t)(row), (text), made_ui_dump(x))
#define expect_selected(x, text) \
	cr_expect(made_ui_selected(x) != SIZE_MAX && \
	          strstr(made_ui_row(x, made_ui_selected(x)), text), \
	          "\"%s\" is not selected%s", (text), made_ui_dump(x))

static inline void
made_ui_listen(struct made_ui *x, const char *addr, uint16_t port, uint64_t cookie)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, addr, port, NULL, 0);

	s.cookie = cookie;
	s.has = SOCK_HAS_COOKIE;
	s.holder = HOLDER_NONE;
	made_add(&x->snap, s);
}

#endif
