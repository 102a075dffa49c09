/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One event, a line. The writers are in formats[]. */

#ifndef LOTOP_OUT_EVENTS_H
#define LOTOP_OUT_EVENTS_H

#include <stdio.h>
#include <time.h>

#include "out/format.h"

enum event_kind { EVENT_OPEN, EVENT_STATE, EVENT_CLOSE, EVENT_LOST, EVENT_KINDS };

extern const char *const event_names[EVENT_KINDS];

struct event {
	enum event_kind   kind;
	struct timespec   wall;
	const struct row *row;	/* of a close, the last that is known; NULL: of EVENT_LOST */
	bool              has_age;
	uint64_t          age_ns;	/* of a close: since it was seen first */
	struct names     *names;
};

/* Writes the header that the format has, if the options want one. */
void events_table_header(FILE *out, const struct format_options *o);
void events_csv_header(FILE *out, const struct format_options *o);

void events_table_write(FILE *out, const struct event *e, const struct format_options *o);
void events_csv_write(FILE *out, const struct event *e, const struct format_options *o);
void events_ndjson_write(FILE *out, const struct event *e, const struct format_options *o);

#endif
