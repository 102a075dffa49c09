/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns formats[]; each writer has a file of its own. */

#include "out/format.h"

#include <string.h>

#include "base/i18n.h"
#include "out/events.h"

/* At 80 cells what comes last is what may be missing. */
const char format_default_columns[] = "proto,state,local,peer,pid,process,user,command";

const struct format formats[] = {
	{ "table", N_("Aligned columns for people"),
	  FORMAT_SOCKETS | FORMAT_EVENTS | FORMAT_PORTS,
	  FIELD_OWNERS, false, false, table_write,
	  events_table_write, events_table_header },
	{ "json", N_("One JSON document with every field, one socket a line"), FORMAT_SOCKETS | FORMAT_PORTS,
	  FIELD_NEEDS, true, false, json_write, NULL, NULL },
	{ "ndjson", N_("One JSON object a line, a socket with every field and the time"), FORMAT_SOCKETS | FORMAT_EVENTS,
	  FIELD_NEEDS, true, false, ndjson_write,
	  events_ndjson_write, NULL },
	{ "csv", N_("Comma-separated values, RFC 4180"), FORMAT_SOCKETS | FORMAT_EVENTS,
	  FIELD_NEEDS, false, false, csv_write,
	  events_csv_write, events_csv_header },
	{ "openmetrics", N_("Gauges for Prometheus, as the textfile collector of node_exporter reads them"),
	  FORMAT_SOCKETS, FIELD_NEEDS, true, true, openmetrics_write,
	  NULL, NULL },
};

const size_t nformats = sizeof formats / sizeof *formats;

const struct format *
format_find(const char *id)
{
	for (size_t i = 0; i < nformats; i++)
		if (strcmp(formats[i].id, id) == 0)
			return &formats[i];
	return NULL;
}
