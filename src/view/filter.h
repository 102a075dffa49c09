/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The filter language (CONTRACT section "Filters"): text -> tokens (filter_lex.c)
 * -> tree (filter_parse.c) -> yes or no for a row (filter_eval.c). Fields come
 * from fields[]; a new field is filterable without a change here.
 */

#ifndef LOTOP_VIEW_FILTER_H
#define LOTOP_VIEW_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "view/field.h"

#define FILTER_MAX_TEXT   65536
#define FILTER_MAX_TOKENS 4096
#define FILTER_MAX_DEPTH  64

struct filter;

/* Where and why a text is no filter. The message is a translated sentence without the place. */
struct filter_error {
	size_t at;		/* byte offset in the text */
	char   message[256];	/* sanitized */
};

/*
 * Parses NUL-terminated text; an empty one matches everything. Returns 0 and
 * hands over *ret, or -EINVAL and fills in *err. *ret is written only for 0.
 */
int  filter_parse(const char *text, struct filter **ret, struct filter_error *err);
void filter_free(struct filter *f);	/* NULL is allowed */

/* NULL matches everything. */
bool filter_eval(const struct filter *f, const struct row *r);

/* The FIELD_NEEDS bits of all fields that it looks at. */
unsigned filter_needs(const struct filter *f);

/* Does it ask for the state by its own name, in a test or as a word? */
bool filter_names_state(const struct filter *f, enum sock_state state);

/*
 * Checks a list of ports and ranges as -p and the `p` prompt take it,
 * "80,3000-3999,8000-", and adds the filter text for it ("port:80,…"). Returns 0
 * or -EINVAL with err->at in `ranges`.
 */
int filter_from_ports(const char *ranges, struct text *out, struct filter_error *err);

/*
 * Adds the part of the text around the place, sanitized, and below it a caret under
 * the place: two lines, each behind `indent` blanks, without a newline at the end. At
 * most 72 cells of the text are shown.
 */
void filter_error_show(struct text *out, const char *text, const struct filter_error *err,
                       size_t indent, enum text_charset cs);

#endif
