/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * View 5: what opened, changed its state and closed, the latest at the bottom. Its lines are
 * entries of the log, and not rows of the snapshot.
 */

#ifndef LOTOP_UI_EVENTS_H
#define LOTOP_UI_EVENTS_H

#include "model/eventlog.h"
#include "ui/screen.h"

struct events {
	struct eventlog *log;		/* borrowed; NULL: there is none */
	uint64_t        *shown;		/* numbers of the entries that were chosen, ascending */
	size_t           count;
	size_t           cap;
	uint64_t         until;		/* entries from here on came after the snapshot shown */
};

extern const struct screen_ops events_screen;

void events_done(struct events *e);

/* Is it the view that is shown? */
bool events_shows(const struct ui *ui);

/* Another snapshot is shown: what was logged until now is to be shown with it. */
void events_take(struct ui *ui);

/*
 * Chooses the entries anew. The cursor stays with its entry; at the end of the list it goes
 * on with what comes.
 */
void events_rebuild(struct ui *ui);

/* Details of the entry under the cursor: of its socket if that is there, else what the log knows. FX_* bits. */
unsigned events_open(struct ui *ui);

/* Finds out what there is room for, before anything is drawn. */
struct layout;
void events_place(struct ui *ui, const struct layout *lay);

#endif
