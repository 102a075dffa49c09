/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns views[], the way from one view to another, and the line of tabs. */

#include "ui/views.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/command.h"
#include "ui/ui_priv.h"

#define COLUMNS_OF_ALL \
	"lport,laddr,peer,state,app,pid,rx,tx,project,user,age,proto,recvq,sendq,warn,command"
#define COLUMNS_OF_LISTENERS \
	"lport,laddr,app,project,pid,clients,backlog,rx,tx,age,user,proto,reach,warn,command"

#define COLUMNS_OF_CONNECTIONS \
	"client,server,state,rx,tx,rtt,age,rx_total,tx_total"
#define COLUMNS_OF_PROCESSES \
	"pid,user,app,project,listens,conns,rx,tx"

const struct ui_view views[VIEWS] = {
	[AT_ALL] = { "all", N_("All"),
	             N_("There is no socket here. Press a for another scope."),
	             VIEW_SOCKETS, false, fields, &nfields, COLUMNS_OF_ALL, 8, "lport", &list_screen },
	[AT_LISTENERS] = { "listeners", N_("Listeners"),
	                   N_("Nothing holds a port here. Press 1 for connections, a for another scope."),
	                   VIEW_SOCKETS, true, fields, &nfields, COLUMNS_OF_LISTENERS, 8, "lport",
	                   &list_screen },
	[AT_CONNECTIONS] = { "connections", N_("Connections"),
	                     N_("There is no connection here. Press a for another scope."),
	                     VIEW_PAIRS, false, pair_fields, &npair_fields, COLUMNS_OF_CONNECTIONS,
	                     5, "server", &list_screen },
	[AT_PROCESSES] = { "processes", N_("Processes"),
	                   N_("No process has a socket here. Press a for another scope."),
	                   VIEW_PROCESSES, false, group_fields, &ngroup_fields, COLUMNS_OF_PROCESSES,
	                   8, "listens", &list_screen },
	[AT_EVENTS] = { "events", N_("Events"),
	                N_("Nothing has opened or closed yet since lotop was started."),
	                VIEW_COUNTS, false, fields, &nfields, "", 0, "lport", &events_screen },
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
init_columns(struct list *l, const struct ui_view *v, const char *user)
{
	const char *bad;
	size_t bad_len;

	if (user && v->fields == fields)
		return columns_parse(&l->columns, user, &bad, &bad_len);
	take_columns(&l->columns, v);
	l->matter = v->matter;
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
	ui->spec.kind = s->tree ? VIEW_TREE : v->kind;
	ui->spec.turned = &s->turned;
	ui->spec.fold_ephemeral = ui->fold_ephemeral && v->kind == VIEW_SOCKETS;
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
		map_init(&s->turned);
		if ((r = init_columns(&s->list, &views[i], o->columns)) < 0)
			return r;
		init_order(s, &views[i], &o->spec);
	}
	load(ui, AT_LISTENERS);
	return 0;
}

void
views_done(struct ui *ui)
{
	for (size_t i = 0; i < VIEWS; i++)
		map_done(&ui->states[i].turned);
}

bool
views_folds(const struct ui *ui)
{
	return ui->spec.kind == VIEW_TREE || ui->spec.kind == VIEW_PROCESSES;
}

/* The header tells rates, whatever the columns are. */
unsigned
views_needs(const struct ui *ui)
{
	unsigned both_ends = FIELD_OWNERS | FIELD_PEERS | FIELD_SCOPE;

	return FIELD_INFO | (ui->spec.kind == VIEW_SOCKETS ? 0 : both_ends);
}

/* At once: another key may come before the loop builds them, and it is about what is shown then. */
static unsigned
take_other_rows(struct ui *ui)
{
	ui_rebuild(ui);
	return FX_OTHER_ROWS;
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
	return take_other_rows(ui);
}

unsigned
views_step(struct ui *ui, int by)
{
	return views_show(ui, (ui->at + (size_t)(VIEWS + by)) % VIEWS);
}

/* Views of other rows know neither a tree nor ephemeral ports. */
static bool
has_sockets(struct ui *ui)
{
	if (views[ui->at].kind == VIEW_SOCKETS)
		return true;
	ui_say(ui, ROLE_WARNING, _("That is for views 1 and 2: press 2 first."));
	return false;
}

/* Where no row comes or goes nothing else tells that another thing holds from now on. */
static void
say_folding(struct ui *ui)
{
	ui_say(ui, ROLE_TEXT, "%s", ui->fold_ephemeral
	       ? _("Nothing is on an ephemeral port here; what comes is folded away. e undoes it.")
	       : _("Nothing was folded away here; what is on an ephemeral port is shown again."));
}

unsigned
views_fold_ephemeral(struct ui *ui)
{
	size_t before = ui->view.counts.ephemeral;
	unsigned fx;

	if (!has_sockets(ui))
		return FX_REPAINT;
	ui->fold_ephemeral = !ui->fold_ephemeral;
	ui->spec.fold_ephemeral = ui->fold_ephemeral;
	fx = take_other_rows(ui);
	if (ui->snap && before == 0 && ui->view.counts.ephemeral == 0)
		say_folding(ui);
	return fx;
}

unsigned
views_tree(struct ui *ui)
{
	if (!has_sockets(ui))
		return FX_REPAINT;
	ui->states[ui->at].tree = !ui->states[ui->at].tree;
	ui->spec.kind = ui->states[ui->at].tree ? VIEW_TREE : VIEW_SOCKETS;
	return take_other_rows(ui);
}

/* ---- folding ---- */

/* The row that it is below, or itself. */
static size_t
row_above(const struct view *v, size_t at)
{
	size_t above = at;

	while (above > 0 && v->rows[above].depth >= v->rows[at].depth)
		above--;
	return v->rows[above].depth < v->rows[at].depth ? above : at;
}

/* What folds at the row, or is folded with it; v->count: nothing is. */
static size_t
place_to_fold(const struct view *v, size_t at, bool fold)
{
	for (size_t above; ; at = above) {
		const struct row *r = &v->rows[at];

		if (r->parent && r->folded != fold)
			return at;
		above = fold ? row_above(v, at) : at;
		if (above == at)
			return v->count;
	}
}

/* A row that is folded away leaves the cursor to what it belongs to. */
static void
turn(struct ui *ui, size_t at)
{
	struct map *turned = &ui->states[ui->at].turned;
	uint64_t id = row_id(&ui->view.rows[at]);

	if (!map_remove(turned, id))
		map_put(turned, id, ui);
	scroll_to(&ui->list->scroll, at);
	list_adopt(ui->list, &ui->view);
	ui_rebuild(ui);
}

unsigned
views_fold(struct ui *ui, bool fold)
{
	size_t at;

	if (ui->view.count == 0)
		return 0;
	at = place_to_fold(&ui->view, ui->list->scroll.at, fold);
	if (at == ui->view.count)
		return 0;
	turn(ui, at);
	return FX_REPAINT;
}

/* Where only counts of TIME_WAIT fold, columns come first that are out of sight to the left. */
unsigned
views_shift(struct ui *ui, int by)
{
	unsigned fx = 0;

	if (views_folds(ui) || by > 0 || ui->list->left == 0)
		fx = views_fold(ui, by < 0);
	return fx || views_folds(ui) ? fx : list_shift(ui, by);
}

/* ---- tabs ---- */

/* The first key of its command. */
static void
add_key(struct text *t, const struct ui_view *v)
{
	const struct command *c = command_named(v->id);

	text_addn(t, c->keys, strcspn(c->keys, " "));
}

/* " 1 All ", "[2 Listeners]"; " 1 " where there is too little room for all names. */
static void
add_tab(struct text *t, const struct ui *ui, size_t i)
{
	bool shown = i == ui->at;

	text_addc(t, shown ? '[' : ' ');
	add_key(t, &views[i]);
	if (shown || !ui->short_tabs)
		text_addf(t, " %s", _(views[i].title));
	text_addc(t, shown ? ']' : ' ');
}

static size_t
tab_width(struct ui *ui, size_t i)
{
	text_clear(&ui->scratch);
	add_tab(&ui->scratch, ui, i);
	return text_width(text_str(&ui->scratch));
}

void
views_draw_tabs(struct ui *ui, struct cells *c, size_t row)
{
	size_t col = 0, width = 0;

	ui->short_tabs = false;
	for (size_t i = 0; i < VIEWS; i++)
		width += tab_width(ui, i);
	ui->short_tabs = width > c->cols;
	for (size_t i = 0; i < VIEWS; i++) {
		text_clear(&ui->scratch);
		add_tab(&ui->scratch, ui, i);
		col = cells_put(c, row, col, c->cols, i == ui->at ? ROLE_TITLE : ROLE_DIM,
		                text_str(&ui->scratch));
	}
}

unsigned
views_click_tab(struct ui *ui, size_t col)
{
	size_t end = 0;

	for (size_t i = 0; i < VIEWS; i++) {
		end += tab_width(ui, i);
		if (col < end)
			return views_show(ui, i);
	}
	return 0;
}
