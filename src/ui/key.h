/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Keys by number and by name. A key is the Unicode code point of what it types,
 * or one of these; a mouse event is a key with a place. Names are those of
 * commands[], of the help and of the manual.
 */

#ifndef LOTOP_UI_KEY_H
#define LOTOP_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define K_CTRL(letter) ((uint32_t)(letter) & 0x1fu)

enum key {
	K_NONE      = 0,
	K_TAB       = 0x09,
	K_ENTER     = 0x0d,
	K_ESC       = 0x1b,
	K_BACKSPACE = 0x7f,
	K_UP        = 0x110000,	/* above all code points */
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PGUP,
	K_PGDN,
	K_HOME,
	K_END,
	K_DELETE,
	K_BTAB,
	K_F1,
	K_F2,
	K_F3,
	K_F4,
	K_F5,
	K_F6,
	K_F7,
	K_F8,
	K_F9,
	K_F10,
	K_CLICK,
	K_WHEEL_UP,
	K_WHEEL_DOWN
};

/* One thing that a person did. */
struct input {
	uint32_t key;
	bool     pasted;	/* came in a bracketed paste: it is text, and no command */
	size_t   row;		/* of the mouse */
	size_t   col;
};

/* Does it type a character? */
bool key_is_text(uint32_t key);

/* The key called by the first len bytes ("PgUp", "Ctrl-L", "k"), or K_NONE. */
uint32_t key_parse(const char *name, size_t len);

/* Is the key one of those in a list of names separated by blanks? */
bool key_in(uint32_t key, const char *list);

#endif
