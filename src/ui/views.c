/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns views[], the way from one view to another, and the line of tabs. */

#include "ui/views.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/command.h"
#include "ui/ui_priv.h"

#define COLUMNS_OF_ALL \
	"lport,laddr,peer,state,process,pid,user,proto,recvq,sendq,command"
#define COLUMNS_OF_LISTENERS \
	"lport,laddr,process,pid,clients,backlog,user,proto,reach,command"

const struct ui_view views[VIEWS] = {
	[AT_ALL] = { "all", N_("All"),
	             N_("There is no socket here. Press a for another scope."),
	             VIEW_SOCKETS, false, fields, &nfields, COLUMNS_OF_ALL, "lport", &list_screen },
	[AT_LISTENERS] = { "listeners", N_("Listeners"),
	                   N_("Nothing holds a port here. Press 1 for connections, a for another scope."),
	                   VIEW_SOCKETS, true, fields, &nfields, COLUMNS_OF_LISTENERS, "lport",
	                   &list_screen },
};

const struct field *
views_field(const struct ui_view *v, const char *id, size_t len)
{
	for (size_t i = 0; i < *v->nfields; i++)
		if (strlen(v->fields[i].id) == len && memcmp(v->fields[i].id, id, len) == 0)
			return &v->fields[i];
	return NULL;
}

/* ---- what each keeps ---- */

/* The columns of the table itself, whose ids are right. */
static void
take_columns(struct columns *c, const struct ui_view *v)
{
	for (const char *id = v->columns; *id != '\0'; ) {
		size_t len = strcspn(id, ",");

		c->field[c->count++] = views_field(v, id, len);
		id += len + (id[len] == ',');
	}
}

/* Those of the user are fields of a socket: a view of other rows has no use for them. */
static int
init_columns(struct columns *c, const struct ui_view *v, const char *user)
{
	const char *bad;
	size_t bad_len;

	if (user && v->fields == fields)
		return columns_parse(c, user, &bad, &bad_len);
	take_columns(c, v);
	return 0;
}

static void
init_order(struct view_state *s, const struct ui_view *v, const struct view_spec *user)
{
	const struct field *f = user->sort ? views_field(v, user->sort->id, strlen(user->sort->id))
	                                   : NULL;

	s->sort = f ? f : views_field(v, v->sort, strlen(v->sort));
	s->reverse = f && user->reverse;
}

/* What the view knows comes into force. */
static void
load(struct ui *ui, size_t at)
{
	struct view_state *s = &ui->states[at];
	const struct ui_view *v = &views[at];

	ui->at = at;
	ui->list = &s->list;
	ui->spec.kind = v->kind;
	ui->spec.holding = v->holding;
	ui->spec.sort = s->sort;
	ui->spec.reverse = s->reverse;
	ui->screens.stack[0].ops = v->ops;
}

int
views_init(struct ui *ui, const struct ui_options *o)
{
	for (size_t i = 0; i < VIEWS; i++) {
		struct view_state *s = &ui->states[i];
		int r;

		list_init(&s->list);
		if ((r = init_columns(&s->list.columns, &views[i], o->columns)) < 0)
			return r;
		init_order(s, &views[i], &o->spec);
	}
	load(ui, AT_LISTENERS);
	return 0;
}

unsigned
views_show(struct ui *ui, size_t at)
{
	struct view_state *now = &ui->states[ui->at];

	if (at == ui->at)
		return 0;
	now->sort = ui->spec.sort;
	now->reverse = ui->spec.reverse;
	load(ui, at);
	return FX_OTHER_ROWS;
}

unsigned
views_step(struct ui *ui, int by)
{
	return views_show(ui, (ui->at + (size_t)(VIEWS + by)) % VIEWS);
}

/* ---- tabs ---- */

/* The first key of its command. */
static void
add_key(struct text *t, const struct ui_view *v)
{
	const struct command *c = command_named(v->id);

	text_addn(t, c->keys, strcspn(c->keys, " "));
}

/* " 1 All ", "[2 Listeners]" */
static void
add_tab(struct text *t, const struct ui_view *v, bool shown)
{
	text_addc(t, shown ? '[' : ' ');
	add_key(t, v);
	text_addf(t, " %s", _(v->title));
	text_addc(t, shown ? ']' : ' ');
}

void
views_draw_tabs(struct ui *ui, struct cells *c, size_t row)
{
	size_t col = 0;

	for (size_t i = 0; i < VIEWS; i++) {
		text_clear(&ui->scratch);
		add_tab(&ui->scratch, &views[i], i == ui->at);
		col = cells_put(c, row, col, c->cols, i == ui->at ? ROLE_TITLE : ROLE_DIM,
		                text_str(&ui->scratch));
	}
}

unsigned
views_click_tab(struct ui *ui, size_t col)
{
	size_t end = 0;

	for (size_t i = 0; i < VIEWS; i++) {
		text_clear(&ui->scratch);
		add_tab(&ui->scratch, &views[i], i == ui->at);
		end += text_width(text_str(&ui->scratch));
		if (col < end)
			return views_show(ui, i);
	}
	return 0;
}
