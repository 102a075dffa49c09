/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the words and signs in a table mean, for the help of the screen and of the command line. */

#ifndef LOTOP_VIEW_GLOSSARY_H
#define LOTOP_VIEW_GLOSSARY_H

#include <stddef.h>

struct glossary_entry {
	const char *term;	/* NULL: `text` is the title of those that follow; N_() in parentheses, else an id */
	const char *text;	/* N_() */
};

extern const struct glossary_entry glossary[];
extern const size_t                nglossary;

/* Translated, where it is no id or sign. */
const char *glossary_term(const struct glossary_entry *e);

#endif
