/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the writers of JSON share, and nobody outside out/ includes. */

#ifndef LOTOP_OUT_JSON_PRIV_H
#define LOTOP_OUT_JSON_PRIV_H

#include <jansson.h>

#include "out/format.h"

/* What an encoder has at hand besides its value, and the line that is under way. */
struct encoder {
	struct names *names;
	struct text   scratch;
	struct text   line;
};

void encoder_init(struct encoder *e, struct names *names);
void encoder_done(struct encoder *e);

/* Adds an object to the line, and frees it. flags are those of json_dumps(). */
void encoder_add(struct encoder *e, json_t *object, size_t flags);

/* Writes the line, and empties it. */
void encoder_put(FILE *out, struct encoder *e);

/* A sanitized string; NULL is null. */
json_t *encode_string(struct encoder *e, const char *s);

/* Adds "time" to an object. */
void encode_time(json_t *object, struct timespec wall);

/* Adds every field that is not a second spelling of others to an object. Returns it. */
json_t *encode_socket(struct encoder *e, json_t *object, const struct row *r);

/* The members that every document begins with. hidden: rows whose owner is. */
json_t *encode_head(struct encoder *e, const struct snapshot *snap, const char *scope,
                    size_t hidden);

#endif
