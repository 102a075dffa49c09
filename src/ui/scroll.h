/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* A long list in a short window: which line is chosen, and which is the first that shows. */

#ifndef LOTOP_UI_SCROLL_H
#define LOTOP_UI_SCROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scroll {
	size_t count;	/* lines there are */
	size_t page;	/* lines that show; 0: none */
	size_t at;	/* the chosen one; always < count, or 0 */
	size_t top;	/* the first that shows */
	bool   bare;	/* no line is chosen: keys move the window itself */
};

/* Takes new sizes; the chosen line stays in the window, which moves as little as that needs. */
void scroll_resize(struct scroll *s, size_t count, size_t page);

/* Chooses a line. */
void scroll_to(struct scroll *s, size_t at);

/* What a movement key or the wheel does. Returns false for any other key. */
bool scroll_key(struct scroll *s, uint32_t key);

/*
 * The list was made anew, and the chosen line is now line `at` of `count`. It keeps its
 * place in the window and the others move around it; but a window that
 * showed the start of the list goes on to, so that what is new there is seen.
 */
void scroll_follow(struct scroll *s, size_t at, size_t count);

#endif
