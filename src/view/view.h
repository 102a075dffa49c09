/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Rows to show: the sockets of a snapshot that are in scope and pass the filter,
 * in a total order, so that equal rows keep their place from refresh to refresh.
 */

#ifndef LOTOP_VIEW_VIEW_H
#define LOTOP_VIEW_VIEW_H

#include "view/filter.h"
#include "view/row.h"
#include "view/scope.h"
#include "view/sums.h"

/* What a row is, and which rows belong together. */
enum view_kind {
	VIEW_SOCKETS,	/* each socket */
	VIEW_TREE,	/* what holds a port, and below a listener its connections */
	VIEW_PAIRS,	/* each connection once, with both ends */
	VIEW_PROCESSES,	/* each process, and below it what it holds */
	VIEW_COUNTS,	/* no row: how many there are of what alone */
	VIEW_KINDS
};

/* What a person chose. Owns nothing. */
struct view_spec {
	enum view_kind       kind;
	/*
	 * row_id() of the parents that are not as they are by themselves: listeners of VIEW_TREE that
	 * are folded, processes and counts of TIME_WAIT that are unfolded. NULL: none.
	 */
	const struct map    *turned;
	/* Those of one server are counted in one row, unless the filter names the state. */
	bool                 fold_time_wait;
	bool                 fold_ephemeral;	/* what holds a port of the ephemeral range is left out, with all below it */
	enum scope           scope;
	unsigned             protos;	/* 1u << PROTO_TCP …; 0: all */
	unsigned             families;	/* 4 and 6 as bits VIEW_IPV4, VIEW_IPV6; 0: both */
	/*
	 * Only what holds a port: listening, unconnected, bound. In VIEW_TREE their connections are
	 * below them all the same; in VIEW_PAIRS it says nothing.
	 */
	bool                 holding;
	const struct filter *ports;	/* of -p; NULL: none */
	const struct filter *filter;	/* NULL: none */
	const struct field  *sort;	/* of any of the tables (field.h); NULL: the first order of its kind */
	bool                 reverse;
};

#define VIEW_IPV4 0x1u
#define VIEW_IPV6 0x2u

/* Over the chosen scope, before filter, protocol and `holding`. What is gone does not count. */
struct view_counts {
	size_t in_scope;
	size_t listening;	/* TCP LISTEN */
	size_t exposed;		/* of those */
	size_t connections;	/* sockets: TCP with a peer but TIME_WAIT, and connected UDP */
	size_t hidden;		/* sockets whose holder is hidden */
	size_t rows;		/* of depth 0 */
	size_t rows_total;	/* had nothing been filtered */
	size_t ephemeral;	/* left out by fold_ephemeral, of what passes */
};

struct view {
	struct view_env    env;
	struct row        *rows;
	size_t             count;
	size_t             cap;
	struct view_note  *notes;	/* what env.notes points to */
	size_t             notes_cap;
	struct sums        sums;	/* what env.sums points to */
	struct view_counts counts;
	struct view_memory *memory;	/* of view_*.c, kept for the next build */
};

/* A view stays where it is: its rows point into it. It borrows names. */
void view_init(struct view *v, struct names *names);
void view_done(struct view *v);

/* Builds the rows anew. They point into snap until the next build. */
void view_build(struct view *v, const struct snapshot *snap, const struct view_spec *spec);

/* Would it be a row? For one that is no part of a view. */
bool view_has(const struct view_spec *spec, const struct row *row);

/*
 * The row with that row_id(), with that sock_id() at either end, or, where there is none, the
 * one that counts such a socket; else v->count. Tries `near` first.
 */
size_t view_find(const struct view *v, uint64_t id, size_t near);

/*
 * Reads a sort key "[-]FIELD". Returns 0, or -EINVAL where there is no such
 * field. A minus reverses the field's own first direction (FIELD_BIG: largest first).
 */
int view_parse_sort(const char *s, struct view_spec *spec);

/* Is the largest first? For the mark on the column's title. */
bool view_descends(const struct view_spec *spec);

#endif
