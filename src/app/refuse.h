/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Sentences about a word of the command line that is wrong. */

#ifndef LOTOP_APP_REFUSE_H
#define LOTOP_APP_REFUSE_H

#include <stddef.h>

#include "base/text.h"

/*
 * Adds a translated sentence with one %s, for the word, which is sanitized and
 * shortened first: it may come from anywhere. Returns -EINVAL.
 */
int refuse(struct text *why, const char *format, const char *word, size_t len);

/* The same, with " one, two, three." behind it: the names there are; NULL is a gap. */
int refuse_name(struct text *why, const char *format, const char *word,
                const char *const *names, size_t count);

/* The same, with " Did you mean FIELD?" behind it. */
int refuse_field(struct text *why, const char *format, const char *word, size_t len);

#endif
