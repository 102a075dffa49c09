/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the arithmetic of windows, which is the same for the table, the menus and the help. */

#include "ui/scroll.h"

#include "base/util.h"
#include "ui/key.h"

#define WHEEL_LINES 3

static size_t
last_top(const struct scroll *s)
{
	return s->count > s->page ? s->count - s->page : 0;
}

/* Puts at and top back between their limits. */
static void
settle(struct scroll *s)
{
	s->at = MIN(s->at, s->count > 0 ? s->count - 1 : 0);
	if (s->bare)
		s->top = s->at = MIN(s->at, last_top(s));
	if (s->top > s->at)
		s->top = s->at;
	if (s->page > 0 && s->at - s->top >= s->page)
		s->top = s->at - s->page + 1;
	s->top = MIN(s->top, last_top(s));
}

void
scroll_resize(struct scroll *s, size_t count, size_t page)
{
	s->count = count;
	s->page = page;
	settle(s);
}

void
scroll_to(struct scroll *s, size_t at)
{
	s->at = at;
	settle(s);
}

static void
move_up(struct scroll *s, size_t n)
{
	scroll_to(s, s->at > n ? s->at - n : 0);
}

static void
move_down(struct scroll *s, size_t n)
{
	scroll_to(s, s->at + n);
}

/* A page moves the window too: the chosen line stays where it is in it. */
static void
page_up(struct scroll *s, size_t n)
{
	(void)n;
	s->top -= MIN(s->top, s->page);
	move_up(s, s->page);
}

static void
page_down(struct scroll *s, size_t n)
{
	(void)n;
	s->top = MIN(s->top + s->page, last_top(s));
	move_down(s, s->page);
}

static void
move_home(struct scroll *s, size_t n)
{
	scroll_to(s, n);
}

static void
move_end(struct scroll *s, size_t n)
{
	(void)n;
	scroll_to(s, s->count);
}

static const struct { uint32_t key; void (*move)(struct scroll *, size_t); size_t n; } moves[] = {
	{ K_UP, move_up, 1 },
	{ K_DOWN, move_down, 1 },
	{ K_WHEEL_UP, move_up, WHEEL_LINES },
	{ K_WHEEL_DOWN, move_down, WHEEL_LINES },
	{ K_PGUP, page_up, 0 },
	{ K_PGDN, page_down, 0 },
	{ K_HOME, move_home, 0 },
	{ K_END, move_end, 0 },
};

bool
scroll_key(struct scroll *s, uint32_t key)
{
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (moves[i].key != key)
			continue;
		moves[i].move(s, moves[i].n);
		return true;
	}
	return false;
}

void
scroll_follow(struct scroll *s, size_t at, size_t count)
{
	size_t line = s->at - s->top;

	s->count = count;
	s->at = at;
	if (s->top > 0)
		s->top = at > line ? at - line : 0;
	settle(s);
}
