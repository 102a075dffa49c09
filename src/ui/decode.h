/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What a terminal sends -> keys. Control sequences are read by their grammar
 * (ECMA-48), not by a list of those we know, so that one we do not know is
 * swallowed whole and its letters are never taken for keys.
 */

#ifndef LOTOP_UI_DECODE_H
#define LOTOP_UI_DECODE_H

#include "ui/key.h"

/* A sequence that this terminal's description names; s is NULL behind the last. */
struct key_string {
	const char *s;
	uint32_t    key;
};

#define DECODE_MAX 64	/* bytes of a sequence that are kept; more are swallowed */

struct decoder {
	const struct key_string *strings;	/* may be NULL */
	unsigned                 state;
	char                     seq[DECODE_MAX];
	size_t                   len;		/* of it; may count beyond DECODE_MAX */
	size_t                   need;		/* bytes still to come, where their number is known */
	bool                     pasting;
};

typedef void (*input_fn)(void *arg, const struct input *in);

void decoder_init(struct decoder *d, const struct key_string *strings);

/* Takes what was read; calls fn for each key that it completes. */
void decoder_feed(struct decoder *d, const char *bytes, size_t len, input_fn fn, void *arg);

/*
 * After how many ms without further bytes decoder_expire() must be called; -1:
 * never. A lone Esc differs from the start of a sequence by silence alone.
 */
int decoder_timeout(const struct decoder *d);
void decoder_expire(struct decoder *d, input_fn fn, void *arg);

#endif
