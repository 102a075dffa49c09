/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * THE table of fields. A field's id is the column name, the sort key, the filter
 * field, the JSON key and the CSV header. To add one is to add a row here and a
 * getter of a few lines.
 */

#ifndef LOTOP_VIEW_FIELD_H
#define LOTOP_VIEW_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "model/snapshot.h"
#include "view/names.h"
#include "view/value.h"

/* What a getter may look at besides the socket. */
struct view_env {
	const struct snapshot *snap;
	struct names          *names;
	const uint32_t        *clients;	/* of each socket of the snapshot, if it is a listener; NULL: not counted */
};

/* One socket in a view: const pointers into the snapshot, nothing owned. */
struct row {
	const struct sock     *sock;
	const struct view_env *env;
};

/* struct field.flags */
#define FIELD_RIGHT  0x01u	/* right-aligned */
#define FIELD_GROW   0x02u	/* long text: shrinks first, takes what is left */
#define FIELD_WORD   0x04u	/* a bare word of a filter looks into it: text, proto, state */
#define FIELD_NOJSON 0x08u	/* a second spelling of other fields: not in JSON */
#define FIELD_BIG    0x10u	/* first sorted largest first */
/* What the sample must hold for it to be known. */
#define FIELD_OWNERS 0x20u
#define FIELD_INFO   0x40u
#define FIELD_PEERS  0x80u	/* the other end as well, whatever its state */
#define FIELD_SCOPE  0x100u	/* all sockets of the scope, whatever is filtered */
#define FIELD_NEEDS  (FIELD_OWNERS | FIELD_INFO | FIELD_PEERS | FIELD_SCOPE)

struct field {
	const char        *id;
	const char        *title;	/* N_(): column header */
	const char        *help;	/* N_(): one line, a whole sentence without its full stop */
	enum value_kind    kind;	/* of its values when they are known */
	unsigned           flags;
	const char *const *words;	/* of VAL_ENUM: the names there are; gaps are NULL */
	size_t             nwords;
	/* v comes as VAL_NONE and stays so where the getter knows nothing. */
	void (*get)(const struct row *r, struct value *v);
};

extern const struct field fields[];
extern const size_t       nfields;

/* The field with that id (case counts), or NULL. */
const struct field *field_find(const char *id, size_t len);

/* The id nearest to a mistyped one, for a message; NULL where none is near. */
const struct field *field_nearest(const char *id, size_t len);

struct value field_get(const struct field *f, const struct row *r);

#endif
