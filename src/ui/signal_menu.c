/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the question whom to signal, and how. The processes are fixed when the
 * menu opens and looked at again when one is signalled (victims.h): rows may
 * have moved, and a pid may have been given to another process, while a person
 * was reading. The menu is guarded (screen.h).
 *
 * It is two screens in one place: the signals have the keys first, and Enter sends;
 * Space gives them to the processes, where it chooses, and Enter only goes back.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/chosen.h"
#include "ui/closing.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"
#include "ui/victims.h"

/* The first is chosen when the menu opens. */
static const struct menu_signal {
	int         sig;
	bool        shows;	/* whether it did what it is for can be seen: that is followed */
	const char *help;	/* N_() */
} menu_signals[] = {
	{ SIGTERM, true, N_("ask it to end") },
	{ SIGINT, true, N_("as Ctrl-C") },
	{ SIGHUP, true, N_("its terminal is gone; many servers read their settings again") },
	{ SIGQUIT, true, N_("as Ctrl-\\; may leave a core dump") },
	{ SIGKILL, true, N_("end it at once; it cannot clean up") },
	{ SIGABRT, true, N_("end it as after a failure; may leave a core dump") },
	{ SIGUSR1, false, N_("what the program makes of it; ends one that makes nothing of it") },
	{ SIGUSR2, false, N_("the same") },
	{ SIGSTOP, true, N_("halt it; its port stays held") },
	{ SIGCONT, true, N_("let it go on after a halt") },
};

#define FACTS_ROWS  4		/* of what is known of one, and of a note */
#define FACTS_LEAST 20		/* cells, where it takes more than one */

struct signal_menu {
	struct victims victims;
	struct sock   *socks;		/* their owners are not looked at */
	size_t         nsocks;
	bool           unsure;		/* which of them are meant is for the person to choose */
	struct text    question;
	struct scroll  choice;		/* in menu_signals[] */
	struct scroll  names;		/* in the victims, where they do not all fit */
};

static const struct screen_ops signal_screen, victims_screen;

/* ---- life ---- */

static void
menu_free(void *self)
{
	struct signal_menu *m = self;

	victims_done(&m->victims);
	text_done(&m->question);
	free(m->socks);
	free(m);
}

/* The socket that the question names: of two ends of one row the first alone. */
static size_t
count_named(const struct chosen *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += !c->socks[i].second;
	return n;
}

/* Sockets were chosen, and processes end. */
static void
ask_of_several(struct signal_menu *m, const char *first, size_t more)
{
	struct text what;

	text_init(&what);
	text_addf(&what, P_("%1$s and %2$zu more socket", "%1$s and %2$zu more sockets", more), first,
	          more);
	text_addf(&m->question, P_("End the %1$zu process that holds %2$s ?",
	                           "End the %1$zu processes that hold %2$s ?", m->victims.count),
	          m->victims.count, text_str(&what));
	text_done(&what);
}

static void
ask(struct ui *ui, struct signal_menu *m, const struct chosen *c)
{
	size_t named = count_named(c);
	struct text what;

	text_init(&what);
	if (c->task)
		follow_add_name(&what, c->task, ui->charset);
	else
		closing_add_place(&what, c->socks[0].sock, ui->charset);
	if (c->task)
		text_addf(&m->question, _("End %s, and all that it holds ?"), text_str(&what));
	else if (m->unsure && named == 1)
		text_addf(&m->question, _("End which side of %s ?"), text_str(&what));
	else if (named > 1)
		ask_of_several(m, text_str(&what), named - 1);
	else
		text_addf(&m->question, _("End what holds %s ?"), text_str(&what));
	text_done(&what);
}

static struct signal_menu *
menu_new(struct ui *ui, const struct chosen *c)
{
	struct signal_menu *m = mem_new(sizeof *m);

	m->socks = mem_resize(NULL, c->count, sizeof *m->socks);
	for (size_t i = 0; i < c->count; i++) {
		m->socks[m->nsocks++] = *c->socks[i].sock;
		m->unsure |= c->socks[i].unsure;
	}
	victims_init(&m->victims, ui, c);
	m->unsure &= victims_chosen(&m->victims) == 0;
	ask(ui, m, c);
	m->names.bare = true;
	return m;
}

/* ---- why not ---- */

static void
say_no_holder(struct ui *ui, const struct sock *sock)
{
	struct text t;

	text_init(&t);
	if (sock->life == LIFE_GONE)
		closing_add_effect(&t, ui->snap, sock, ui->charset);
	else
		holder_add_reason(&t, ui->snap, sock, ui->root, ui->charset);
	ui_say(ui, ROLE_WARNING, "%s", text_str(&t));
	text_done(&t);
}

static void
say_all_refused(struct ui *ui, struct signal_menu *m)
{
	struct text t;

	text_init(&t);
	victims_add_refused(&t, &m->victims, ui->root);
	text_add(&t, text_str(&m->victims.instead));
	ui_say(ui, ROLE_WARNING, "%s", text_str(&t));
	text_done(&t);
}

/* ---- opening ---- */

static bool
has_holder(const struct chosen *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->socks[i].sock->nowners > 0 && c->socks[i].sock->life != LIFE_GONE)
			return true;
	return false;
}

static void
open_for(struct ui *ui, const struct chosen *c)
{
	struct signal_menu *m;

	if (!has_holder(c)) {
		say_no_holder(ui, c->socks[0].sock);
		return;
	}
	m = menu_new(ui, c);
	if (m->victims.ready > 0) {
		screens_push(&ui->screens, &signal_screen, m);
		return;
	}
	say_all_refused(ui, m);
	menu_free(m);
}

void
signal_menu_open(struct ui *ui)
{
	struct chosen c;

	chosen_init(&c, ui);
	if (c.blind)
		ui_say(ui, ROLE_WARNING, "%s", _("No process is known at the other end of this connection."));
	else if (c.count > 0)
		open_for(ui, &c);
	else
		ui_say(ui, ROLE_WARNING, "%s", _("All that was tagged is closed already."));
	chosen_done(&c);
}

/* ---- sending ---- */

static void
add_sent(struct text *t, const struct follow_task *sent, size_t n, int sig)
{
	if (n == 1)
		text_addf(t, _("%1$s was sent to %2$s."), signal_name(sig), sent[0].name);
	else
		text_addf(t, P_("%1$s was sent to %2$s and %3$zu more.",
		                "%1$s was sent to %2$s and %3$zu more.", n - 1),
		          signal_name(sig), sent[0].name, n - 1);
}

/* All had ended before they could be signalled: who has their one place now? */
static void
add_what_is(struct text *say, const struct ui *ui, const struct signal_menu *m)
{
	const struct sock *was = &m->socks[0], *now = follow_holder(ui->snap, was);
	struct text holders;

	for (size_t i = 0; i < m->victims.count; i++)
		if (m->victims.list[i].result != TARGET_GONE)
			return;
	if (m->nsocks != 1 || !sock_holds_port(was) || (now && sock_id(now) == sock_id(was)))
		return;
	text_addc(say, ' ');
	if (!now) {
		text_addf(say, _("Port %u is free."), was->local.port);
		return;
	}
	text_init(&holders);
	follow_add_holders(&holders, now, ui->charset);
	text_addf(say, _("Port %1$u is held by %2$s now."), was->local.port, text_str(&holders));
	text_done(&holders);
}

static unsigned
send_chosen(struct ui *ui, struct signal_menu *m)
{
	const struct menu_signal *chosen = &menu_signals[m->choice.at];
	struct follow_task *sent = mem_resize(NULL, m->victims.count, sizeof *sent);
	struct text say;
	size_t n;

	text_init(&say);
	victims_signal(&m->victims, ui->proc_root, chosen->sig);
	victims_add_refused(&say, &m->victims, ui->root);
	n = victims_take_sent(&m->victims, sent);
	follow_start(&ui->follow, sent, n, m->socks, m->nsocks, chosen->sig, ui->snap, ui->now_ns);
	if (say.len > 0)
		text_addf(&ui->follow.before, "%s ", text_str(&say));
	if (n > 0) {
		if (say.len > 0)
			text_addc(&say, ' ');
		add_sent(&say, sent, n, chosen->sig);
	}
	if (n == 0)
		add_what_is(&say, ui, m);
	ui_say(ui, n > 0 ? ROLE_TEXT : ROLE_WARNING, "%s", text_str(&say));
	if (n == 0 || !chosen->shows)
		follow_done(&ui->follow);
	text_done(&say);
	screens_pop(&ui->screens);
	return FX_RESAMPLE | FX_REPAINT;
}

static unsigned
send_or_say(struct ui *ui, struct signal_menu *m)
{
	if (victims_chosen(&m->victims) > 0)
		return send_chosen(ui, m);
	ui_say(ui, ROLE_WARNING, "%s", _("No process is chosen: press Space to choose."));
	return FX_REPAINT;
}

/* ---- keys ---- */

static void
go_to_victims(struct ui *ui, struct signal_menu *m)
{
	m->names.bare = false;
	scroll_to(&m->names, m->names.top);
	screens_top(&ui->screens)->ops = &victims_screen;
}

/* Guarded anew: Enter that is held down must not send at its second beat. */
static void
go_to_signals(struct ui *ui, struct signal_menu *m)
{
	m->names.bare = true;
	screens_top(&ui->screens)->ops = &signal_screen;
	screens_guard(&ui->screens);
}

static unsigned
signal_input(struct ui *ui, void *self, const struct input *in)
{
	struct signal_menu *m = self;

	if (in->key == K_ENTER)
		return send_or_say(ui, m);
	if (in->key == K_ESC || in->key == 'q')
		screens_pop(&ui->screens);
	else if (in->key == ' ')
		go_to_victims(ui, m);
	else if (in->key == K_PGUP || in->key == K_PGDN)
		scroll_key(&m->names, in->key);
	else
		scroll_key(&m->choice, in->key);
	return FX_REPAINT;
}

/* As on the list: the next one is turned by the same key again. */
static void
turn_victim(struct ui *ui, struct signal_menu *m)
{
	struct victim *one = &m->victims.list[m->names.at];

	if (one->result == TARGET_OK) {
		one->chosen = !one->chosen;
	} else {
		text_clear(&ui->scratch);
		text_addf(&ui->scratch, _("%s is not signalled: "), one->task.name);
		victim_add_why_not(&ui->scratch, one, ui->root);
		ui_say(ui, ROLE_WARNING, "%s.", text_str(&ui->scratch));
	}
	scroll_key(&m->names, K_DOWN);
}

static unsigned
victims_input(struct ui *ui, void *self, const struct input *in)
{
	struct signal_menu *m = self;
	bool last = m->names.at + 1 == m->victims.count;

	if (in->key == K_ESC || in->key == 'q')
		screens_pop(&ui->screens);
	else if (in->key == K_ENTER || (in->key == K_DOWN && last))
		go_to_signals(ui, m);
	else if (in->key == ' ')
		turn_victim(ui, m);
	else
		scroll_key(&m->names, in->key);
	return FX_REPAINT;
}

/* ---- drawing ---- */

/* A line that is cut with an ellipsis. Returns the column behind it. */
static size_t
put(struct ui *ui, struct cells *c, size_t row, size_t col, enum role role, const char *s)
{
	struct text fit;

	if (col >= c->cols)
		return col;
	text_init(&fit);
	text_add_fit(&fit, s, c->cols - col, ui->charset);
	col = cells_put(c, row, col, c->cols, role, text_str(&fit));
	text_done(&fit);
	return col;
}

/* Where there is a choice, or was one, each has a box. */
static bool
has_boxes(const struct signal_menu *m)
{
	const struct victims *v = &m->victims;

	return v->count > 1 || m->unsure || !m->names.bare || victims_chosen(v) < v->ready;
}

static const char *
box(const struct victim *v)
{
	if (v->result != TARGET_OK)
		return "[-]";
	return v->chosen ? "[x]" : "[ ]";
}

static size_t
widest_name(const struct victims *v)
{
	size_t width = 0;

	for (size_t i = 0; i < v->count; i++)
		width = MAX(width, text_width(v->list[i].task.name));
	return width;
}

/* Where what is known of a victim begins, behind its name and user. */
static size_t
facts_col(const struct signal_menu *m, const struct victim *v)
{
	size_t user = text_width(v->user);

	return 3 + (has_boxes(m) ? strlen("[x] ") : 0) + widest_name(&m->victims) + 2 + user + 2;
}

/* Lines that it takes from that column on, at most so many. */
static size_t
lines_of(const char *s, size_t col, size_t cols, size_t most)
{
	size_t n = 1;

	if (col + FACTS_LEAST > cols)
		return 1;
	while (s += text_break(s, cols - col), *s != '\0' && n < most)
		n++;
	return n;
}

/* The same of the next of several, each of which has one; *spare are those beyond that. */
static size_t
share_of(const char *s, size_t col, size_t cols, size_t *spare)
{
	size_t n = lines_of(s, col, cols, 1 + MIN(*spare, FACTS_ROWS - 1));

	*spare -= n - 1;
	return n;
}

static size_t
victim_rows(const struct signal_menu *m, size_t i, size_t cols, size_t *spare)
{
	const struct victim *v = &m->victims.list[i];

	if (v->result != TARGET_OK)
		return 1;
	return share_of(text_str(&v->facts), facts_col(m, v), cols, spare);
}

/* In so many lines at most; the last is cut. */
static void
draw_words(struct ui *ui, struct cells *c, size_t row, size_t rows, size_t col, enum role role,
           const char *s)
{
	while (rows > 1 && col < c->cols && *s != '\0') {
		size_t n = text_break(s, c->cols - col);

		text_clear(&ui->scratch);
		text_addn(&ui->scratch, s, n);
		put(ui, c, row++, col, role, text_str(&ui->scratch));
		s += n;
		rows--;
	}
	put(ui, c, row, col, role, s);
}

static void
draw_victim(struct ui *ui, const struct signal_menu *m, size_t i, struct cells *c, size_t row,
            size_t rows)
{
	const struct victim *v = &m->victims.list[i];
	size_t facts = facts_col(m, v), col = 3;

	if (has_boxes(m))
		col = put(ui, c, row, col, ROLE_TEXT, box(v)) + 1;
	put(ui, c, row, col, v->chosen ? ROLE_TEXT : ROLE_DIM, v->task.name);
	put(ui, c, row, facts - 2 - text_width(v->user), ROLE_DIM, v->user);
	if (v->result == TARGET_OK) {
		draw_words(ui, c, row, rows, facts, ROLE_TEXT, text_str(&v->facts));
	} else {
		text_clear(&ui->scratch);
		victim_add_why_not(&ui->scratch, v, ui->root);
		put(ui, c, row, facts, ROLE_WARNING, text_str(&ui->scratch));
	}
	if (!m->names.bare && i == m->names.at)
		cells_set_role(c, row, 0, c->cols, ROLE_SELECTED);
}

/* Of whom to spare is chosen here, too: it is no note until then. */
static size_t
count_notes(const struct signal_menu *m)
{
	return m->victims.nnotes + victims_spared(&m->victims);
}

/* Lines that all of them take where all signals are seen, and a line of each note. */
static size_t
victims_rows(const struct signal_menu *m, size_t lines, size_t cols)
{
	size_t count = m->victims.count, n = 0;
	size_t others = ARRAY_SIZE(menu_signals) + count_notes(m) + 1 + count;
	size_t spare = lines > others ? lines - others : 0;

	for (size_t i = 0; i < count; i++)
		n += victim_rows(m, i, cols, &spare);
	return n;
}

/* The same of the notes, in what the victims leave. */
static size_t
notes_rows(const struct signal_menu *m, size_t lines, size_t victims, size_t cols)
{
	size_t others = ARRAY_SIZE(menu_signals) + count_notes(m) + 1 + victims;
	size_t spare = lines > others ? lines - others : 0, n = victims_spared(&m->victims);

	for (size_t i = 0; i < m->victims.nnotes; i++)
		n += share_of(text_str(&m->victims.notes[i]), 3, cols, &spare);
	return n;
}

/* The victims that there is room for; where that is not all, the last line says how many more. */
static void
draw_victims(struct ui *ui, struct signal_menu *m, struct cells *c, size_t row, size_t rows)
{
	size_t count = m->victims.count;
	size_t page = count <= rows ? count : rows - (rows > 1);
	size_t spare = rows - MIN(rows, count);

	scroll_resize(&m->names, count, page);
	for (size_t i = 0; i < page; i++) {
		size_t n = victim_rows(m, m->names.top + i, c->cols, &spare);

		draw_victim(ui, m, m->names.top + i, c, row, n);
		row += n;
	}
	if (page == count || rows < 2)
		return;
	text_clear(&ui->scratch);
	text_addf(&ui->scratch, _("%1$zu to %2$zu of %3$zu: PgUp, PgDn"), m->names.top + 1,
	          m->names.top + page, count);
	put(ui, c, row, 3, ROLE_DIM, text_str(&ui->scratch));
}

static void
draw_notes(struct ui *ui, const struct signal_menu *m, struct cells *c, size_t row, size_t rows)
{
	size_t shown = MIN(m->victims.nnotes, rows);
	size_t spare = rows - MIN(rows, count_notes(m)), end = row + rows;

	for (size_t i = 0; i < shown; i++) {
		const char *note = text_str(&m->victims.notes[i]);
		size_t n = share_of(note, 3, c->cols, &spare);

		draw_words(ui, c, row, n, 3, ROLE_DIM, note);
		row += n;
	}
	for (size_t i = 0; i < m->victims.count && row < end; i++) {
		text_clear(&ui->scratch);
		if (victims_add_spared(&ui->scratch, &m->victims, i))
			put(ui, c, row++, 3, ROLE_DIM, text_str(&ui->scratch));
	}
}

static void
draw_signal(struct ui *ui, const struct menu_signal *s, struct cells *c, size_t row, bool chosen)
{
	text_clear(&ui->scratch);
	text_addf(&ui->scratch, "%c %-8s %3d  %s", chosen ? '>' : ' ', signal_name(s->sig), s->sig,
	          _(s->help));
	put(ui, c, row, 1, s->sig == SIGKILL ? ROLE_DANGER : ROLE_TEXT, text_str(&ui->scratch));
}

static void
draw_signals(struct ui *ui, struct signal_menu *m, struct cells *c, size_t row, size_t rows)
{
	const struct scroll *s = &m->choice;

	scroll_resize(&m->choice, ARRAY_SIZE(menu_signals), MIN(rows, ARRAY_SIZE(menu_signals)));
	for (size_t i = 0; i < s->page; i++) {
		bool chosen = s->top + i == s->at;

		draw_signal(ui, &menu_signals[s->top + i], c, row + i, chosen);
		if (chosen && m->names.bare)
			cells_set_role(c, row + i, 0, c->cols, ROLE_SELECTED);
	}
}

/*
 * Shares out the lines below the question. Every signal is seen before more than
 * three victims are, for those scroll; one signal is seen whatever the window. Notes get
 * what is left.
 */
static void
share_lines(size_t lines, size_t *victims, size_t *notes, size_t *signals)
{
	size_t all = ARRAY_SIZE(menu_signals);
	size_t room = MAX(lines > all ? lines - all : 0, 3);

	*victims = MIN(*victims, MIN(room, lines - MIN(lines, 1)));
	*notes = MIN(*notes, lines - MIN(lines, *victims + MIN(all, 3)));
	*signals = MIN(all, lines - *victims - *notes);
}

static void
signal_draw(struct ui *ui, void *self, struct cells *c)
{
	struct signal_menu *m = self;
	struct layout l = frame_layout(ui, c);
	size_t question = l.body_rows > 2, lines = l.body_rows - question;
	size_t row = l.body + question, victims = victims_rows(m, lines, c->cols);
	size_t notes = notes_rows(m, lines, victims, c->cols), signals;

	share_lines(lines, &victims, &notes, &signals);
	if (question)
		put(ui, c, l.body, 1, ROLE_TITLE, text_str(&m->question));
	draw_victims(ui, m, c, row, victims);
	draw_notes(ui, m, c, row + victims, notes);
	row += victims + notes + (victims + notes + signals < lines);
	draw_signals(ui, m, c, row, signals);
}

static const struct screen_ops signal_screen = {
	.flags = SCREEN_GUARDED,
	.keys  = N_("Enter Send  Up Down Signal  Space Choose holders  Esc Leave"),
	.input = signal_input,
	.draw  = signal_draw,
	.free  = menu_free,
};

static const struct screen_ops victims_screen = {
	.flags = SCREEN_GUARDED,
	.keys  = N_("Space Choose  Up Down Move  Enter To the signals  Esc Leave"),
	.input = victims_input,
	.draw  = signal_draw,
	.free  = menu_free,
};
