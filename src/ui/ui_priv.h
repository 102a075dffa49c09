/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the screens share: the state of the interface, and what each may do with it. */

#ifndef LOTOP_UI_UI_PRIV_H
#define LOTOP_UI_UI_PRIV_H

#include "ui/detail.h"
#include "ui/events.h"
#include "ui/follow.h"
#include "ui/follow_close.h"
#include "ui/list.h"
#include "ui/screen.h"
#include "ui/spark.h"
#include "ui/tags.h"
#include "ui/tally.h"
#include "ui/ui.h"
#include "ui/views.h"

/* A filter in force, and the text that it was made of. */
struct query {
	struct text    text;
	struct filter *filter;	/* NULL: none */
};

/* One line for the user, until a key or `until_ns`. */
struct message {
	struct text text;
	enum role   role;
	uint64_t    until_ns;	/* 0: there is none */
};

#define HISTORY_MAX 32

/* Filters that were kept, the latest last. */
struct history {
	char  *text[HISTORY_MAX];
	size_t count;
};

/* What goes to the clipboard. */
struct copy {
	struct text text;
	uint64_t    id;		/* row_id() of what is to be copied as JSON */
	bool        waits;	/* for a sample with all its fields */
};

struct ui {
	struct view_spec       spec;	/* its filters are those of the queries */
	struct query           filter;
	struct query           ports;
	struct names          *names;
	struct view            view;
	const struct snapshot *snap;	/* what is shown; NULL: none yet */
	struct tally           tally;	/* of it, in scope */
	struct spark           spark;	/* what all received */
	const char            *proc_root;
	struct text            host;
	double                 delay;	/* seconds */
	uint64_t               stretched_ns;	/* the least that a refresh must wait for: it takes long; 0: none */
	bool                   readonly;
	int                  (*may_close)(void);	/* NULL: not asked */
	bool                   root;
	bool                   frozen;
	bool                   fold_ephemeral;	/* in the views that have them */
	bool                   short_tabs;	/* as they were drawn: the names of the others are left out */
	bool                   no_clipboard;
	enum text_charset      charset;
	size_t                 at;	/* the view that is shown, in views[] ... */
	struct list           *list;	/* ... and its table */
	struct view_state      states[VIEWS];
	struct events          events;
	struct screens         screens;
	struct message         message;
	struct history         history;
	struct follow          follow;
	struct detail_page    *detail;	/* the page of details, if there is one */
	uint32_t               detail_turn;	/* of the latest struct detail_want */
	struct follow_close    close;
	struct tags            tags;
	struct copy            copy;
	int                    failed;	/* why there is no newer snapshot; 0: nothing is wrong */
	uint64_t               now_ns;	/* of the event under way */
	struct text            scratch;	/* for whoever draws; nobody keeps it over a call */
};

/* Where things are on the screen; as many of them as there is room for. */
struct layout {
	size_t head;		/* lines at the top: 0 to 2 */
	size_t tabs;		/* the line of tabs, if tabs_rows is 1 */
	size_t tabs_rows;
	size_t body;		/* first line of the body */
	size_t body_rows;
	size_t status;		/* first line of the status */
	size_t status_rows;
	size_t keys;		/* the key line, if keys_rows is 1 */
	size_t keys_rows;
};

/* frame.c: what is around the body. */
struct layout frame_layout(const struct ui *ui, const struct cells *c);
struct layout frame_list_layout(const struct ui *ui, const struct cells *c);	/* as if nothing lay over it */
void          frame_draw(struct ui *ui, struct cells *c);

/* "4 to 22 of 28 lines" of a page that scrolls, unless all of it is seen. */
void          frame_draw_place(struct ui *ui, const struct scroll *s, struct cells *c, size_t row);

/* "Enter Send  Esc Leave": pairs of a key and a word. */
void          frame_draw_hints(struct ui *ui, struct cells *c, size_t row, const char *hints);

/* ui.c */
void ui_say(struct ui *ui, enum role role, const char *fmt, ...) PRINTF_LIKE(3, 4);
void ui_hush(struct ui *ui);		/* takes the message away */
const struct row *ui_row(const struct ui *ui);	/* the selected one, or that of the details; NULL: none */
/* These return FX_* bits. */
unsigned ui_sort_by(struct ui *ui, const struct field *f);
unsigned ui_set_scope(struct ui *ui, enum scope scope);

/*
 * Puts a text in force: a query's whole new filter. Returns 0, or -EINVAL with *err filled in and all as it
 * was.
 */
int ui_set_filter(struct ui *ui, const char *text, struct filter_error *err);
int ui_set_ports(struct ui *ui, const char *text, struct filter_error *err);

/* Effects of another choice of rows or columns. */
#define FX_OTHER_ROWS (FX_REBUILD | FX_REFLOW | FX_REPAINT)

void history_add(struct history *h, const char *text);
void history_done(struct history *h);

/* copy.c: the address, or the whole row, to the clipboard. Return FX_* bits. */
unsigned copy_address(struct ui *ui);
unsigned copy_row(struct ui *ui);
unsigned copy_look(struct ui *ui);	/* a complete snapshot came, and will be shown */

/* Screens that lie over the list. */
void help_open(struct ui *ui);
void sort_menu_open(struct ui *ui);
void signal_menu_open(struct ui *ui);	/* for what is chosen (chosen.h); or says why not */
void close_menu_open(struct ui *ui);	/* likewise */

/* detail.c: the page of details; all but the first three only while there is one. */
void     detail_open(struct ui *ui, const struct row *r);
/* Of what is there no more, once and for all: r is of the log, and `event` what that tells besides, sanitized. */
void     detail_open_past(struct ui *ui, const struct row *r, const char *event);
bool     detail_on_top(const struct ui *ui);	/* is it what the keys are for? */
void     detail_follow(struct ui *ui);		/* another snapshot */
unsigned detail_tick(struct ui *ui);
unsigned detail_probe(struct ui *ui);
unsigned detail_show_lines(struct ui *ui);

enum prompt_kind { PROMPT_FILTER, PROMPT_PORTS, PROMPT_DELAY };
void prompt_open(struct ui *ui, enum prompt_kind kind);
bool prompt_asks(struct ui *ui, enum prompt_kind kind);	/* is it on the screen? */

#endif
