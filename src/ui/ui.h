/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The user interface, without a terminal and without a source: inputs and
 * snapshots go in, effects come out, and cells are drawn when asked for. It reads
 * no clock: each event brings its time.
 */

#ifndef LOTOP_UI_UI_H
#define LOTOP_UI_UI_H

#include <poll.h>

#include "model/detail.h"
#include "ui/cells.h"
#include "ui/key.h"
#include "view/view.h"

struct ui;
struct eventlog;

/* What a command, a key or a snapshot asks for. The loop does it, in this order. */
#define FX_RESAMPLE 0x01u	/* ask the kernel now, frozen or not */
#define FX_REBUILD  0x02u	/* ui_rebuild(): other rows, or another order */
#define FX_REFLOW   0x04u	/* ui_reflow(): columns find their widths anew */
#define FX_CLEAR    0x08u	/* nothing that the terminal shows is known any more */
#define FX_REPAINT  0x10u	/* ui_draw(): something looks different */
#define FX_QUIT     0x20u
#define FX_COPY_ROW 0x40u	/* ui_row_to_copy() as JSON to ui_copy() */
#define FX_COPY     0x80u	/* ui_copied() to the terminal's clipboard */

struct ui_options {
	const char       *proc_root;	/* for act/signal.h */
	const char       *host;		/* name of this machine; may be hostile */
	struct view_spec  spec;		/* its filters are not looked at */
	const char       *ports;	/* as filter_from_ports() takes it; NULL or empty: none */
	const char       *filter;	/* NULL or empty: none */
	const char       *columns;	/* ids; NULL: the screen's own choice */
	double            delay;	/* seconds */
	bool              numeric;
	bool              readonly;
	int             (*may_close)(void);	/* close_permitted(); NULL: not known before it is tried */
	bool              root;		/* lotop runs as root: nobody may see more */
	struct eventlog  *log;		/* for the view of events; borrowed; NULL: there is none */
	bool              no_clipboard;	/* the terminal has none that we could reach */
	enum text_charset charset;
};

/* The strings are copied, but proc_root. Returns 0, or -EINVAL where a text is not what it should be. */
int  ui_new(struct ui **ret, const struct ui_options *o);
void ui_free(struct ui *ui);

/* What the loop must know. */
const struct view_spec *ui_spec(const struct ui *ui);
unsigned ui_needs(const struct ui *ui);		/* FIELD_* bits of the columns; look again after FX_REBUILD */
/*
 * A refresh takes so much of a processor that it shall not come sooner than after so long;
 * 0: it takes little. Returns FX_* bits.
 */
unsigned ui_stretch(struct ui *ui, uint64_t least_ns);
uint64_t ui_usual_ns(const struct ui *ui);	/* between samples that nothing hurries */
uint64_t ui_interval_ns(const struct ui *ui);	/* between samples; short while a signal's outcome is awaited */
bool     ui_hurries(const struct ui *ui);	/* is one awaited? */
bool     ui_frozen(const struct ui *ui);
uint64_t ui_deadline(const struct ui *ui);	/* when to call ui_tick(); 0: never */

/* Events; each returns FX_* bits. */
unsigned ui_input(struct ui *ui, const struct input *in, uint64_t now_ns);
unsigned ui_tick(struct ui *ui, uint64_t now_ns);

/*
 * A snapshot to show, complete or with its owners still to come. It is borrowed
 * until the next one is given; rows point into it from ui_rebuild() on.
 */
unsigned ui_take(struct ui *ui, const struct snapshot *snap, bool complete, uint64_t now_ns);

/* A complete snapshot that is not to be shown: it only says what a signal did. */
unsigned ui_look(struct ui *ui, const struct snapshot *snap, uint64_t now_ns);

/* There should be a new snapshot, and there is none. err is positive; 0: there are some again. */
unsigned ui_failed(struct ui *ui, int err, uint64_t now_ns);

/*
 * What the page of details wants to know, if there is one. Whenever `turn` has changed it is
 * to be found out anew; the answer goes to ui_told(), which owns it from then on.
 */
bool     ui_wants(const struct ui *ui, struct detail_want *want);
unsigned ui_told(struct ui *ui, struct detail *found, uint64_t now_ns);

/* What to poll for ui_tick(); returns how many. */
#define UI_MAX_FDS 1
int ui_fds(const struct ui *ui, struct pollfd fds[UI_MAX_FDS]);

/* What the effects ask for. */
void ui_rebuild(struct ui *ui);
void ui_reflow(struct ui *ui);
void ui_draw(struct ui *ui, struct cells *c);

/*
 * The row that is to be copied, or NULL: it closed meanwhile, and the user is told so. ui_copy() takes it
 * as text, which is sanitized, and returns FX_* bits.
 */
const struct row  *ui_row_to_copy(struct ui *ui);
unsigned           ui_copy(struct ui *ui, const char *json, size_t len);
const struct text *ui_copied(const struct ui *ui);

/* What was drawn last is on the terminal; no input waits (see screen.h for why). */
void ui_written(struct ui *ui, uint64_t now_ns);
void ui_quiet(struct ui *ui, uint64_t now_ns);

#endif
