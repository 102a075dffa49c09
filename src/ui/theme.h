/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * THE table of themes: how each role looks. Screens name roles, never colours;
 * and whatever a role says is said by a sign or a word as well.
 */

#ifndef LOTOP_UI_THEME_H
#define LOTOP_UI_THEME_H

#include <stddef.h>
#include <stdint.h>

enum role {
	ROLE_TEXT,
	ROLE_TITLE,	/* the line that names what is below */
	ROLE_DIM,	/* of less weight */
	ROLE_HEADER,	/* column titles */
	ROLE_SELECTED,
	ROLE_NEW,	/* came a few seconds ago */
	ROLE_GONE,	/* closed a few seconds ago */
	ROLE_WARNING,
	ROLE_DANGER,	/* an error, or what cannot be undone */
	ROLE_ACCENT,	/* the name of the program */
	ROLE_KEY,	/* a key that can be pressed */
	ROLE_COUNT
};

#define STYLE_BOLD      0x1u
#define STYLE_DIM       0x2u
#define STYLE_REVERSE   0x4u
#define STYLE_UNDERLINE 0x8u

enum colour { COLOUR_NONE, COLOUR_RED, COLOUR_YELLOW, COLOUR_CYAN, COLOUR_COUNT };

struct style {
	uint8_t colour;	/* enum colour, of the letters; the background stays the terminal's own */
	uint8_t attrs;	/* STYLE_* */
};

struct theme {
	const char  *id;
	struct style role[ROLE_COUNT];
};

extern const struct theme themes[];
extern const size_t       nthemes;

const struct theme *theme_find(const char *id);

#endif
