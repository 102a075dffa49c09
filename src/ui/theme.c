/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns themes[]. */

#include "ui/theme.h"

#include <string.h>

#include "base/util.h"

const struct theme themes[] = {
	{ "colour", {
		[ROLE_TITLE]    = { .attrs = STYLE_BOLD },
		[ROLE_DIM]      = { .attrs = STYLE_DIM },
		[ROLE_HEADER]   = { .attrs = STYLE_BOLD },
		[ROLE_SELECTED] = { .attrs = STYLE_REVERSE },
		[ROLE_NEW]      = { .colour = COLOUR_CYAN },
		[ROLE_GONE]     = { .attrs = STYLE_DIM },
		[ROLE_WARNING]  = { .colour = COLOUR_YELLOW },
		[ROLE_DANGER]   = { .colour = COLOUR_RED, .attrs = STYLE_BOLD },
		[ROLE_ACCENT]   = { .colour = COLOUR_CYAN, .attrs = STYLE_BOLD },
		[ROLE_KEY]      = { .colour = COLOUR_CYAN },
	} },
	{ "mono", {
		[ROLE_TITLE]    = { .attrs = STYLE_BOLD },
		[ROLE_DIM]      = { .attrs = STYLE_DIM },
		[ROLE_HEADER]   = { .attrs = STYLE_BOLD },
		[ROLE_SELECTED] = { .attrs = STYLE_REVERSE },
		[ROLE_NEW]      = { .attrs = STYLE_BOLD },
		[ROLE_GONE]     = { .attrs = STYLE_DIM },
		[ROLE_WARNING]  = { .attrs = STYLE_BOLD },
		[ROLE_DANGER]   = { .attrs = STYLE_BOLD },
		[ROLE_ACCENT]   = { .attrs = STYLE_BOLD },
		[ROLE_KEY]      = { .attrs = STYLE_BOLD },
	} },
};

const size_t nthemes = ARRAY_SIZE(themes);

const struct theme *
theme_find(const char *id)
{
	for (size_t i = 0; i < nthemes; i++)
		if (strcmp(themes[i].id, id) == 0)
			return &themes[i];
	return NULL;
}
