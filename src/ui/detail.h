/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The details of one row, on a page. It holds what the row stands for by its identity, and looks
 * it up in each new snapshot; what no snapshot has (model/detail.h) it wants from the
 * loop. Once that is gone the page stays as it was, and says so.
 */

#ifndef LOTOP_UI_DETAIL_H
#define LOTOP_UI_DETAIL_H

#include "act/keeper.h"
#include "act/probe.h"
#include "model/detail.h"
#include "ui/page.h"
#include "ui/scroll.h"
#include "view/field.h"

struct ui;

/* What the unit of a process says of starting it again. */
struct detail_unit {
	pid_t            pid;	/* 0: not looked for */
	uint64_t         start;
	bool             restarts;
	struct restarter restarter;
};

struct detail_page {
	struct ui     *ui;
	uint64_t       id;		/* row_id() of the row it was opened on */
	uint8_t        kind;		/* ROW_PROCESS, or ROW_SOCK for any other */
	uint64_t       count_id;	/* row_id() of the count that the socket stands for; 0: none */
	struct row     row;		/* as it is now; sock NULL: not there */
	struct sock    sock;		/* as it was last; its pointers are not good */
	unsigned       missed;		/* snapshots in a row that had it not */
	uint64_t       looked_ns;	/* when the last one was taken */
	struct text    name;		/* of its process, as it was last; empty: none */
	bool           unsure;		/* it has lost its holder just now */
	bool           closed;
	struct text    event;		/* of the log, that it is the page of, in words; empty: none */
	bool           lines;		/* those of the log files are shown */
	bool           to_logs;		/* scroll to them */
	struct page    page;
	struct scroll  scroll;
	uint32_t       first_turn;	/* what was wanted before was for another page */
	struct detail_want want;
	struct detail *found;		/* the latest answer; NULL: none yet */
	struct detail_unit units[DETAIL_ENDS];
	bool           probed;		/* `probe` has something to say */
	struct probe   probe;
};

/* What the writers of the page share. */
struct detail_writer {
	struct ui           *ui;
	struct page         *page;
	struct detail_page  *d;
	const struct row    *row;	/* what is written about: the socket, or its other end */
	size_t               end;	/* 0, or 1 for the other end: index into struct detail */
	struct text          t;		/* a line that is put together */
};

/* Adds " · " if there is something before, so that a fact may follow. */
void detail_fact(struct detail_writer *w);

/* "3 more", as one fact; nothing for 0. */
void detail_more(struct detail_writer *w, size_t n);

/* Ends the line: adds it to the page, if there is anything in it, and clears it. */
void detail_line(struct detail_writer *w, const char *label, enum role role);

/* Bytes of another process, as one fact. */
void detail_add_safe(struct detail_writer *w, const char *s);

/* The value of a field, if there is such a field and it is known; returns whether it is. */
bool detail_add_field(struct detail_writer *w, const char *id, const struct row *r);

/* "label value", as one fact, if there is such a field and it is known. */
void detail_named_field(struct detail_writer *w, const char *label, const char *id, const char *unit);

/* "psql 7120", or why no process is named. */
void detail_add_process(struct detail_writer *w, const struct row *r);

/* detail_sock.c: the socket itself, and at the end of the page every field and figure of it. */
void detail_write_head(struct detail_writer *w);
void detail_write_warnings(struct detail_writer *w);
void detail_write_sock(struct detail_writer *w);
void detail_write_fields(struct detail_writer *w);

/* detail_task.c: the process, what it was started by, what else it holds, its log files. */
void detail_write_task(struct detail_writer *w);

/* detail_ends.c: who is connected, or the other end of the connection. */
void detail_write_leaks(struct detail_writer *w);
void detail_write_clients(struct detail_writer *w);
void detail_write_connections(struct detail_writer *w);	/* of a process */
void detail_write_other_end(struct detail_writer *w);
void detail_write_other_fields(struct detail_writer *w);

/* detail_probe.c: what became of asking. */
void detail_write_probe(struct detail_writer *w);

#endif
