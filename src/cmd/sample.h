/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* A sample for a command that prints: what fails is said on standard error. */

#ifndef LOTOP_CMD_SAMPLE_H
#define LOTOP_CMD_SAMPLE_H

#include "source/source.h"

/* Return EXIT_DONE, or EXIT_REFUSED after a sentence. */
int sample_open(struct source **ret);
int sample_take(struct source *s, unsigned want, struct snapshot *into);	/* clears it first */

/* Says on standard error why rows or owners may be missing, if any may. */
void sample_say_partial(const struct snapshot *snap);

#endif
