/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns commands[], in the order of the help screen, and what each does: a few lines that end in effects. */

#include "ui/command.h"

#include <string.h>

#include "base/i18n.h"
#include "base/util.h"
#include "ui/chosen.h"
#include "ui/ui_priv.h"

static unsigned
run_move(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	scroll_key(&ui->list->scroll, (uint32_t)self->arg);
	list_adopt(ui->list, &ui->view);
	return FX_REPAINT;
}

static unsigned
run_fold(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	return views_fold(ui, self->arg < 0);
}

static unsigned
run_shift(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	return views_shift(ui, self->arg);
}

static unsigned
run_tree(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return views_tree(ui);
}

static unsigned
run_click(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	return list_click(ui, in->row, in->col);
}

static unsigned
run_prompt(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	prompt_open(ui, (enum prompt_kind)self->arg);
	return FX_REPAINT;
}

static unsigned
run_sort(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	sort_menu_open(ui);
	return FX_REPAINT;
}

static unsigned
run_sort_beside(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	return list_sort_beside(ui, self->arg);
}

static unsigned
run_reverse(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	ui->spec.reverse = !ui->spec.reverse;
	return FX_OTHER_ROWS;
}

static unsigned
run_view(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	return views_show(ui, (size_t)self->arg);
}

static unsigned
run_view_step(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)in;
	return views_step(ui, self->arg);
}

static unsigned
run_listeners_only(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return views_show(ui, ui->at == AT_LISTENERS ? AT_ALL : AT_LISTENERS);
}

static unsigned
run_ephemeral(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return views_fold_ephemeral(ui);
}

static unsigned
run_scope(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return ui_set_scope(ui, (ui->spec.scope + 1) % SCOPE_COUNT);
}

static unsigned
run_freeze(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	ui->frozen = !ui->frozen;
	return ui->frozen ? FX_REPAINT : FX_RESAMPLE | FX_REPAINT;
}

static unsigned
run_numeric(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	names_set_numeric(ui->names, !names_numeric(ui->names));
	return FX_OTHER_ROWS;
}

static unsigned
run_kill(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	signal_menu_open(ui);
	return FX_REPAINT;
}

static unsigned
run_close(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	close_menu_open(ui);
	return FX_REPAINT;
}

/* The next row is tagged by the same key again. */
static unsigned
run_tag(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	tags_turn(&ui->tags, ui_row(ui));
	if (ui->detail)
		return FX_REPAINT;
	return command_run(command_find(K_DOWN), ui, &(struct input){ .key = K_DOWN });
}

static unsigned
run_untag(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	tags_clear(&ui->tags);
	return FX_REPAINT;
}

static unsigned
run_details(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	if (events_shows(ui))
		return events_open(ui);
	detail_open(ui, ui_row(ui));
	return FX_REBUILD | FX_REPAINT;
}

/* What is done on the page of details, which is opened for it. */
static unsigned
run_on_details(struct ui *ui, unsigned (*run)(struct ui *ui))
{
	if (ui->detail)
		return run(ui);
	detail_open(ui, ui_row(ui));
	return run(ui) | FX_REBUILD | FX_REPAINT;
}

static unsigned
run_probe(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return run_on_details(ui, detail_probe);
}

static unsigned
run_lines(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return run_on_details(ui, detail_show_lines);
}

static unsigned
run_redraw(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)ui;
	(void)self;
	(void)in;
	return FX_RESAMPLE | FX_CLEAR | FX_REPAINT;
}

static unsigned
run_help(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	help_open(ui);
	return FX_REPAINT;
}

static unsigned
run_quit(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)ui;
	(void)self;
	(void)in;
	return FX_QUIT;
}

static unsigned
run_copy(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return copy_address(ui);
}

static unsigned
run_copy_row(struct ui *ui, const struct command *self, const struct input *in)
{
	(void)self;
	(void)in;
	return copy_row(ui);
}

const struct command commands[] = {
	{ "up", "Up", NULL, NULL,
	  N_("Move one row up"), 0, run_move, K_UP },
	{ "down", "Down", NULL, NULL,
	  N_("Move one row down"), 0, run_move, K_DOWN },
	{ "page-up", "PgUp", NULL, NULL,
	  N_("Move one page up"), 0, run_move, K_PGUP },
	{ "page-down", "PgDn", NULL, NULL,
	  N_("Move one page down"), 0, run_move, K_PGDN },
	{ "first", "Home", NULL, NULL,
	  N_("Move to the first row"), 0, run_move, K_HOME },
	{ "last", "End", NULL, NULL,
	  N_("Move to the last row"), 0, run_move, K_END },
	{ "wheel-up", "WheelUp", NULL, NULL,
	  N_("Move three rows up"), 0, run_move, K_WHEEL_UP },
	{ "wheel-down", "WheelDown", NULL, NULL,
	  N_("Move three rows down"), 0, run_move, K_WHEEL_DOWN },
	{ "left", "Left", NULL, NULL,
	  N_("Scroll the columns to the left; fold, where rows fold"), 0, run_shift, -1 },
	{ "right", "Right", NULL, NULL,
	  N_("Scroll the columns to the right; unfold, where rows fold"), 0, run_shift, 1 },
	{ "fold", "-", NULL, NULL,
	  N_("Fold away what is below a row"), 0, run_fold, -1 },
	{ "unfold", "+", NULL, NULL,
	  N_("Unfold it"), 0, run_fold, 1 },
	{ "all", "1", NULL, NULL,
	  N_("Show every socket"), 0, run_view, AT_ALL },
	{ "listeners", "2", NULL, NULL,
	  N_("Show what holds a port"), 0, run_view, AT_LISTENERS },
	{ "connections", "3", NULL, NULL,
	  N_("Show connections, both ends of each in one row"), 0, run_view, AT_CONNECTIONS },
	{ "processes", "4", NULL, NULL,
	  N_("Show processes with the sockets that they hold"), 0, run_view, AT_PROCESSES },
	{ "events", "5", NULL, NULL,
	  N_("Show what opened, changed its state and closed"), 0, run_view, AT_EVENTS },
	{ "next-view", "Tab", NULL, NULL,
	  N_("Go to the next view"), 0, run_view_step, 1 },
	{ "previous-view", "Shift-Tab", NULL, NULL,
	  N_("Go to the view before"), 0, run_view_step, -1 },
	{ "listeners-only", "l", NULL, NULL,
	  N_("Show only what holds a port, or everything"), 0, run_listeners_only, 0 },
	{ "help", "? h F1", "F1", N_("Help"),
	  N_("Show this help"), CMD_ON_DETAILS, run_help, 0 },
	{ "filter", "/ F4", "F4", N_("Filter"),
	  N_("Filter the rows as you type; Enter keeps, Esc drops it"), 0, run_prompt, PROMPT_FILTER },
	{ "ports", "p", NULL, NULL,
	  N_("Show only some ports, such as 80,3000-3999,8000-"), 0, run_prompt, PROMPT_PORTS },
	{ "tree", "t F5", "F5", N_("Tree"),
	  N_("Show the connections of listeners below them, on and off"), 0, run_tree, 0 },
	{ "ephemeral", "e", NULL, NULL,
	  N_("Fold away what holds an ephemeral port (~), and unfold it"), 0, run_ephemeral, 0 },
	{ "scope", "a", NULL, NULL,
	  N_("Look at the loopback, at this host, or at all sockets"), 0, run_scope, 0 },
	{ "sort", "s F6", "F6", N_("Sort"),
	  N_("Choose the field to sort by"), CMD_ORDERS, run_sort, 0 },
	{ "sort-left", "<", NULL, NULL,
	  N_("Sort by the column to the left"), CMD_ORDERS, run_sort_beside, -1 },
	{ "sort-right", ">", NULL, NULL,
	  N_("Sort by the column to the right"), CMD_ORDERS, run_sort_beside, 1 },
	{ "reverse", "R", NULL, NULL,
	  N_("Reverse the order"), CMD_ORDERS, run_reverse, 0 },
	{ "click", "Click", NULL, NULL,
	  N_("Select a row; on a title: sort by it; on a view: go there"), 0, run_click, 0 },
	{ "kill", "k F9", "F9", N_("Kill"),
	  N_("Choose a signal for the processes that hold the socket"),
	  CMD_NEEDS_ROW | CMD_TAGGED | CMD_WRITES, run_kill, 0 },
	{ "close", "x", NULL, NULL,
	  N_("Close the connection in the kernel, and spare its processes"),
	  CMD_NEEDS_ROW | CMD_TAGGED | CMD_WRITES, run_close, 0 },
	{ "tag", "Space", NULL, NULL,
	  N_("Tag the row: k and x act on all that is tagged"), CMD_NEEDS_ROW, run_tag, 0 },
	{ "untag", "U", NULL, NULL,
	  N_("Untag everything"), 0, run_untag, 0 },
	{ "copy", "y", NULL, NULL,
	  N_("Copy the address to the clipboard of the terminal"), CMD_NEEDS_ROW, run_copy, 0 },
	{ "copy-row", "Y", NULL, NULL,
	  N_("Copy the row as JSON"), CMD_NEEDS_ROW, run_copy_row, 0 },
	{ "details", "Enter", "Enter", N_("Details"),
	  N_("Show all about the socket, its process and the other end"),
	  CMD_NEEDS_ROW | CMD_OF_EVENTS, run_details, 0 },
	{ "answer", "o", NULL, NULL,
	  N_("Ask a listener whether it answers: connect, and HEAD if it is a web server"),
	  CMD_NEEDS_ROW, run_probe, 0 },
	{ "log-lines", "L", NULL, NULL,
	  N_("Show the last lines of the log files that its process writes"),
	  CMD_NEEDS_ROW, run_lines, 0 },
	{ "freeze", "Z", "Z", N_("Freeze"),
	  N_("Freeze the list, and go on"), CMD_ON_DETAILS, run_freeze, 0 },
	{ "delay", "d", NULL, NULL,
	  N_("Set the seconds between refreshes"), 0, run_prompt, PROMPT_DELAY },
	{ "numeric", "i", NULL, NULL,
	  N_("Show names or numbers of users and services"), CMD_ON_DETAILS, run_numeric, 0 },
	{ "redraw", "Ctrl-L", NULL, NULL,
	  N_("Refresh now, and paint the screen anew"), CMD_ANYWHERE, run_redraw, 0 },
	{ "quit", "q F10 Ctrl-C", "q", N_("Quit"),
	  N_("Quit"), CMD_ANYWHERE, run_quit, 0 },
};

const size_t ncommands = ARRAY_SIZE(commands);

const struct command *
command_find(uint32_t key)
{
	for (size_t i = 0; i < ncommands; i++)
		if (key_in(key, commands[i].keys))
			return &commands[i];
	return NULL;
}

const struct command *
command_named(const char *name)
{
	for (size_t i = 0; i < ncommands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static bool
lacks_row(const struct command *c, const struct ui *ui)
{
	bool tagged = c->flags & CMD_TAGGED && chosen_by_tags(ui);
	bool event = c->flags & CMD_OF_EVENTS && events_shows(ui) && ui->events.count > 0;

	return c->flags & CMD_NEEDS_ROW && !tagged && !event && !ui_row(ui);
}

static const char *
why_no_row(const struct ui *ui)
{
	if (ui->detail)
		return _("It is closed; Esc goes back to the list.");
	if (events_shows(ui) && ui->events.count > 0)
		return _("Events are over: press 1 for the sockets that are there now.");
	return _("No row is selected: there is none.");
}

unsigned
command_run(const struct command *c, struct ui *ui, const struct input *in)
{
	if ((c->flags & CMD_WRITES) && ui->readonly) {
		ui_say(ui, ROLE_WARNING, _("lotop was started with --readonly: it ends and closes nothing."));
		return FX_REPAINT;
	}
	if (lacks_row(c, ui)) {
		ui_say(ui, ROLE_WARNING, "%s", why_no_row(ui));
		return FX_REPAINT;
	}
	if ((c->flags & CMD_ORDERS) && events_shows(ui)) {
		ui_say(ui, ROLE_WARNING, _("Events stand as they happened, the latest at the bottom."));
		return FX_REPAINT;
	}
	return c->run(ui, c, in);
}
