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

struct sums;

/* Bytes a second. */
struct view_rate {
	uint64_t rx;
	uint64_t tx;
};

/* What a listener's connections in the scope come to. */
struct view_note {
	uint32_t clients : 31;
	uint32_t ails    : 1;	/* something is wrong with one of them */
};

/* What a getter may look at besides the socket. */
struct view_env {
	const struct snapshot *snap;
	struct names          *names;
	const struct view_note *notes;	/* of each socket of the snapshot, if it is a listener; NULL: not made */
	const struct sums     *sums;	/* rates of listeners (view/sums.h); NULL: no rate is known */
	bool                   hides;	/* its connections may have no rows of their own */
	/* Of each socket, gone ones too, an index + 1, or 0; NULL: not looked for (view/links.h). */
	const uint32_t        *mates;
	const uint32_t        *takers;
};

/* What a row stands for. */
enum row_kind {
	ROW_SOCK,	/* one socket */
	ROW_PAIR,	/* a connection: its client's end, or the one end that is in sight */
	ROW_TIME_WAIT,	/* all TIME_WAIT sockets of one local address and port; the oldest of them */
	ROW_PROCESS	/* a process with all that it holds; the first of that */
};

/* What several sockets come to, for ROW_PROCESS and ROW_TIME_WAIT. */
struct row_sum {
	const struct task *task;	/* ROW_PROCESS; NULL: sockets whose process is not known */
	const struct sock *const *socks;	/* all of them, in the order of the rows below it */
	uint32_t           count;
	uint32_t           connections;	/* of them: with a peer, and no TIME_WAIT */
	bool               has_rate;
	uint64_t           rx_rate;
	uint64_t           tx_rate;
	const uint16_t    *ports;	/* ROW_PROCESS: it listens on them; ascending, each once */
	size_t             nports;
	uint64_t           id;		/* row_id() */
};

/* One line of a view: const pointers into the snapshot and the view, nothing owned. */
struct row {
	const struct sock     *sock;	/* never NULL: the one that stands for the row */
	const struct view_env *env;
	const struct row_sum  *sum;	/* ROW_PROCESS, ROW_TIME_WAIT; else NULL */
	uint8_t                kind;	/* enum row_kind */
	uint8_t                depth;	/* 0; else it belongs to the last row of a lower one before it */
	bool                   last;	/* the last one below its parent */
	bool                   parent;	/* has rows below it, shown or folded away */
	bool                   folded;	/* they are folded away */
	bool                   context;	/* passes no filter itself: shown for a row below it */
	bool                   far;	/* below its listener: tells of the client (row_value()) */
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
#define FIELD_PEERS  0x80u	/* the other end and its listener as well, whatever their state and family */
#define FIELD_SCOPE  0x100u	/* all sockets of the scope, whatever is filtered */
#define FIELD_FACTS  0x200u	/* of processes more than name and arguments */
#define FIELD_NEEDS  (FIELD_OWNERS | FIELD_INFO | FIELD_PEERS | FIELD_SCOPE | FIELD_FACTS)

struct field {
	const char        *id;
	const char        *title;	/* N_(): column header */
	const char        *help;	/* N_(): one line, a whole sentence without its full stop */
	enum value_kind    kind;	/* of its values when they are known */
	unsigned           flags;
	const char *const *words;	/* of VAL_ENUM, VAL_WORDS: the names there are; gaps are NULL */
	size_t             nwords;
	/* v comes as VAL_NONE and stays so where the getter knows nothing. */
	void (*get)(const struct row *r, struct value *v);
};

extern const struct field fields[];
extern const size_t       nfields;

/* THE table of VIEW_PAIRS: what a connection has, from both ends. Columns and sort keys alone. */
extern const struct field pair_fields[];
extern const size_t       npair_fields;

/* THE table of VIEW_PROCESSES, for rows of ROW_PROCESS; likewise. */
extern const struct field group_fields[];
extern const size_t       ngroup_fields;

/* The field with that id (case counts), or NULL. */
const struct field *field_find(const char *id, size_t len);

/* The id nearest to a mistyped one, for a message; NULL where none is near. */
const struct field *field_nearest(const char *id, size_t len);

static inline struct value
field_get(const struct field *f, const struct row *r)
{
	struct value v = { .kind = VAL_NONE };

	f->get(r, &v);
	return v;
}

#endif
