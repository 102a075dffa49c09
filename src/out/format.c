/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns formats[]; each writer has a file of its own. */

#include "out/format.h"

#include <string.h>

#include "base/i18n.h"

/* At 80 cells what comes last is what may be missing. */
const char format_default_columns[] = "proto,state,local,peer,pid,process,user,command";

const struct format formats[] = {
	{ "table", N_("Aligned columns for people"),
	  FIELD_OWNERS, false, table_write },
	{ "json", N_("One JSON document with every field, one socket a line"),
	  FIELD_OWNERS | FIELD_INFO, true, json_write },
	{ "ndjson", N_("One JSON object a line, a socket with every field and the time"),
	  FIELD_OWNERS | FIELD_INFO, true, ndjson_write },
	{ "csv", N_("Comma-separated values, RFC 4180"),
	  FIELD_OWNERS | FIELD_INFO, false, csv_write },
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
