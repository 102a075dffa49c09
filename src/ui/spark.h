/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The last minute of a number, second by second, as a line of little bars. */

#ifndef LOTOP_UI_SPARK_H
#define LOTOP_UI_SPARK_H

#include <stdbool.h>

#include "base/text.h"

#define SPARK_SECONDS 60

struct spark {
	uint64_t value[SPARK_SECONDS];	/* by second modulo their number */
	bool     known[SPARK_SECONDS];	/* likewise */
	uint64_t last_s;		/* the second of the latest one */
	size_t   count;			/* seconds since the first one, up to the latest */
};

/*
 * Takes a number that held from the last one until now; of several in one second the
 * largest counts. Where that is longer than longest_ns nobody looked meanwhile: only the
 * latest second is known.
 */
void spark_add(struct spark *s, uint64_t now_ns, uint64_t longest_ns, uint64_t value);

/* Forgets them all. */
void spark_clear(struct spark *s);

/*
 * Adds bars of so many cells in all: the latest at the right, each as high as the largest number
 * of its seconds, the largest of all as high as a cell. Blank where nothing is known.
 */
void spark_add_text(struct text *t, const struct spark *s, size_t cells, enum text_charset cs);

#endif
