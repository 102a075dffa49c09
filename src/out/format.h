/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* THE table of output formats: a view printed to a stream. */

#ifndef LOTOP_OUT_FORMAT_H
#define LOTOP_OUT_FORMAT_H

#include <stdio.h>

#include "view/columns.h"
#include "view/view.h"

struct format_options {
	const struct columns *columns;	/* of table, csv; NULL: the format's own default */
	enum scope            scope;
	bool                  header;
	bool                  again;	/* one of several snapshots: JSON on one line */
	bool                  first;	/* the first of them */
	size_t                width;	/* cells of the terminal; 0: no limit */
	enum text_charset     charset;
};

/* What a format can write, as bits: not every kind of document fits every format. */
#define FORMAT_SOCKETS 0x1u
#define FORMAT_EVENTS  0x2u
#define FORMAT_PORTS   0x4u

struct event;

struct format {
	const char *id;
	const char *help;	/* N_() */
	unsigned    kinds;	/* FORMAT_* */
	unsigned    needs;	/* FIELD_* bits it needs when no columns are given */
	bool        whole;	/* always all fields: -c is not for it */
	bool        last;	/* a document says that it is over: of -n snapshots the last alone */
	/* Writes one snapshot. Errors stay in the stream: see ferror(3). */
	void (*write)(FILE *out, const struct view *v, const struct format_options *o);
	/* Of FORMAT_EVENTS: one event (out/events.h), and what stands before the first or NULL. */
	void (*write_event)(FILE *out, const struct event *e, const struct format_options *o);
	void (*write_event_header)(FILE *out, const struct format_options *o);
};

extern const struct format formats[];
extern const size_t        nformats;

const struct format *format_find(const char *id);

/* The columns of `lotop list` when -c does not say. */
extern const char format_default_columns[];

/* Adds one field of a record, quoted where it must be. */
void csv_add(struct text *line, const char *cell);

void table_write(FILE *out, const struct view *v, const struct format_options *o);
void json_write(FILE *out, const struct view *v, const struct format_options *o);
void ndjson_write(FILE *out, const struct view *v, const struct format_options *o);
/* Adds a row as the object that JSON has for its socket, and one of several sockets as an array of them. */
void json_add_row(struct text *t, const struct row *r);

void openmetrics_write(FILE *out, const struct view *v, const struct format_options *o);
void csv_write(FILE *out, const struct view *v, const struct format_options *o);

#endif
