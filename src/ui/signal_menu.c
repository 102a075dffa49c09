/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the question whom to signal, and how. The processes are fixed when the
 * menu opens and looked at again when one is signalled (act/signal.h): rows may
 * have moved, and a pid may have been given to another process, while a person
 * was reading. The menu is guarded (screen.h).
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"

/* The first is chosen when the menu opens. */
static const struct menu_signal {
	int         sig;
	bool        ends;	/* meant to end a process: the outcome is followed */
	const char *help;	/* N_() */
} menu_signals[] = {
	{ SIGTERM, true, N_("ask it to end") },
	{ SIGINT, true, N_("as Ctrl-C") },
	{ SIGHUP, true, N_("its terminal is gone; many servers read their settings again") },
	{ SIGQUIT, true, N_("as Ctrl-\\; may leave a core dump") },
	{ SIGKILL, true, N_("end it at once; it cannot clean up") },
	{ SIGABRT, true, N_("end it as after a failure; may leave a core dump") },
	{ SIGUSR1, false, N_("means what the program makes of it; ends one that makes nothing of it") },
	{ SIGUSR2, false, N_("the same") },
	{ SIGSTOP, false, N_("halt it; its port stays held") },
	{ SIGCONT, false, N_("let it go on after a halt") },
};

/* A process that holds the socket. */
struct holder {
	struct follow_task task;
	char              *user;	/* sanitized; empty: not known */
	int                result;	/* of target_open(), then of target_signal() */
};

struct signal_menu {
	struct sock    sock;		/* its owners are not looked at: they are in `holders` */
	struct holder *holders;
	size_t         count;
	size_t         ready;		/* of them: can be signalled */
	struct scroll  choice;		/* in menu_signals[] */
	struct scroll  names;		/* in holders, where they do not all fit */
};

/* ---- life ---- */

static void
menu_free(void *self)
{
	struct signal_menu *m = self;

	for (size_t i = 0; i < m->count; i++) {
		target_close(&m->holders[i].task.target);
		free(m->holders[i].task.name);
		free(m->holders[i].user);
	}
	free(m->holders);
	free(m);
}

static char *
safe_copy(struct ui *ui, const char *s)
{
	text_clear(&ui->scratch);
	text_add_safe(&ui->scratch, s, strlen(s), ui->charset);
	return mem_copy(text_str(&ui->scratch), ui->scratch.len);
}

static void
add_holder(struct ui *ui, struct signal_menu *m, const struct task *task)
{
	struct holder *h = &m->holders[m->count++];
	const char *user = task->has & TASK_HAS_UID ? names_user(ui->names, task->uid) : "";

	h->task.target.pidfd = -1;
	h->result = target_open(&h->task.target, ui->proc_root, task, m->sock.inode);
	h->user = safe_copy(ui, user);
	text_clear(&ui->scratch);
	follow_add_name(&ui->scratch, task, ui->charset);
	h->task.name = mem_copy(text_str(&ui->scratch), ui->scratch.len);
	m->ready += h->result == TARGET_OK;
}

static struct signal_menu *
menu_new(struct ui *ui, const struct sock *sock)
{
	struct signal_menu *m = mem_new(sizeof *m);

	m->sock = *sock;
	m->holders = mem_resize(NULL, sock->nowners, sizeof *m->holders);
	memset(m->holders, 0, sock->nowners * sizeof *m->holders);
	for (size_t i = 0; i < sock->nowners; i++)
		add_holder(ui, m, sock->owners[i].task);
	m->names.bare = true;
	return m;
}

/* ---- why not ---- */

static const char *const refusals[TARGET_REFUSALS] = {
	[TARGET_INIT]     = N_("it is process 1, which nobody should end"),
	[TARGET_KTHREAD]  = N_("it is a thread of the kernel, which cannot be ended"),
	[TARGET_SELF]     = N_("it is lotop itself; q quits"),
	[TARGET_ANCESTOR] = N_("lotop runs under it, and would end with it"),
	[TARGET_GONE]     = N_("it has ended already"),
	[TARGET_LET_GO]   = N_("it no longer holds the socket"),
};

static void
add_why_not(struct text *t, const struct holder *h, bool root)
{
	if (h->result > TARGET_OK && h->result < TARGET_REFUSALS)
		text_add(t, _(refusals[h->result]));
	else if (h->result == -EPERM || h->result == -EACCES)
		text_addf(t, root ? _("not permitted, it belongs to %s")
		                  : _("not permitted, it belongs to %s; root may (sudo lotop)"), h->user);
	else if (h->result == -ENOSYS)
		text_add(t, _("this kernel has no safe way to, that takes Linux 5.3"));
	else
		text_add(t, strerror(-h->result));
}

/* Why the first of those that got no signal got none, and how many more there are. */
static void
add_refused(struct text *t, const struct signal_menu *m, bool root)
{
	const struct holder *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->holders[i].result == TARGET_OK)
			continue;
		if (n++ == 0)
			first = &m->holders[i];
	}
	if (n == 0)
		return;
	text_addf(t, _("%s was not signalled: "), first->task.name);
	add_why_not(t, first, root);
	text_addc(t, '.');
	if (n > 1)
		text_addf(t, P_(" Nor was %zu more.", " Nor were %zu more.", n - 1), n - 1);
}

/* ---- opening ---- */

static void
say_no_holder(struct ui *ui, const struct sock *sock)
{
	struct text t;

	text_init(&t);
	holder_add_reason(&t, ui->snap, sock, ui->root, ui->charset);
	ui_say(ui, ROLE_WARNING, "%s", text_str(&t));
	text_done(&t);
}

static void
say_all_refused(struct ui *ui, struct signal_menu *m)
{
	struct text t;

	text_init(&t);
	add_refused(&t, m, ui->root);
	ui_say(ui, ROLE_WARNING, "%s", text_str(&t));
	text_done(&t);
}

static const struct screen_ops signal_screen;

void
signal_menu_open(struct ui *ui, const struct sock *sock)
{
	struct signal_menu *m;

	if (sock->life == LIFE_GONE) {
		ui_say(ui, ROLE_WARNING, _("It is closed already: nobody holds it any more."));
		return;
	}
	if (sock->nowners == 0) {
		say_no_holder(ui, sock);
		return;
	}
	m = menu_new(ui, sock);
	if (m->ready > 0) {
		screens_push(&ui->screens, &signal_screen, m);
		return;
	}
	say_all_refused(ui, m);
	menu_free(m);
}

/* ---- sending ---- */

/* Moves the tasks that got the signal out of the menu. Returns how many. */
static size_t
take_sent(struct signal_menu *m, struct follow_task *to)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct holder *h = &m->holders[i];

		if (h->result != TARGET_OK)
			continue;
		to[n++] = h->task;
		h->task.name = NULL;
		h->task.target.pidfd = -1;
	}
	return n;
}

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

static void
send_all(struct signal_menu *m, const char *proc_root, int sig)
{
	for (size_t i = 0; i < m->count; i++) {
		struct holder *h = &m->holders[i];

		if (h->result == TARGET_OK)
			h->result = target_signal(&h->task.target, proc_root, sig);
	}
}

static unsigned
send_chosen(struct ui *ui, struct signal_menu *m)
{
	const struct menu_signal *chosen = &menu_signals[m->choice.at];
	struct follow_task *sent = mem_resize(NULL, m->count, sizeof *sent);
	struct text say;
	size_t n;

	text_init(&say);
	send_all(m, ui->proc_root, chosen->sig);
	add_refused(&say, m, ui->root);
	n = take_sent(m, sent);
	follow_start(&ui->follow, sent, n, &m->sock, chosen->sig, ui->snap, ui->now_ns);
	if (say.len > 0)
		text_addf(&ui->follow.before, "%s ", text_str(&say));
	if (n > 0) {
		if (say.len > 0)
			text_addc(&say, ' ');
		add_sent(&say, sent, n, chosen->sig);
	}
	ui_say(ui, n > 0 ? ROLE_TEXT : ROLE_WARNING, "%s", text_str(&say));
	if (n == 0 || !chosen->ends)
		follow_done(&ui->follow);
	text_done(&say);
	screens_pop(&ui->screens);
	return FX_RESAMPLE | FX_REPAINT;
}

static unsigned
signal_input(struct ui *ui, void *self, const struct input *in)
{
	struct signal_menu *m = self;

	if (in->key == K_ENTER)
		return send_chosen(ui, m);
	if (in->key == K_ESC || in->key == 'q')
		screens_pop(&ui->screens);
	else if (in->key == K_PGUP || in->key == K_PGDN)
		scroll_key(&m->names, in->key);
	else
		scroll_key(&m->choice, in->key);
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

static void
draw_question(struct ui *ui, const struct signal_menu *m, struct cells *c, size_t row)
{
	struct text place, question;

	text_init(&place);
	text_init(&question);
	endpoint_add_text(&place, &m->sock.local);
	if (sock_has_peer(&m->sock)) {
		text_add(&place, ui->charset == TEXT_UTF8 ? " → " : " -> ");
		endpoint_add_text(&place, &m->sock.remote);
	}
	text_addf(&question, _("End what holds %s ?"), text_str(&place));
	put(ui, c, row, 1, ROLE_TITLE, text_str(&question));
	text_done(&question);
	text_done(&place);
}

static void
draw_holder(struct ui *ui, const struct holder *h, struct cells *c, size_t row, size_t name_width)
{
	size_t col = 3;

	put(ui, c, row, col, h->result == TARGET_OK ? ROLE_TEXT : ROLE_DIM, h->task.name);
	col += name_width + 2;
	col = put(ui, c, row, col, ROLE_DIM, h->user) + 2;
	if (h->result == TARGET_OK)
		return;
	text_clear(&ui->scratch);
	add_why_not(&ui->scratch, h, ui->root);
	put(ui, c, row, col, ROLE_WARNING, text_str(&ui->scratch));
}

static size_t
widest_name(const struct signal_menu *m)
{
	size_t width = 0;

	for (size_t i = 0; i < m->count; i++)
		width = MAX(width, text_width(m->holders[i].task.name));
	return width;
}

/* The holders that there is room for; where that is not all, the last line says how many more. */
static void
draw_holders(struct ui *ui, struct signal_menu *m, struct cells *c, size_t row, size_t rows)
{
	bool all = m->count <= rows;
	size_t page = all ? m->count : rows - (rows > 1);

	scroll_resize(&m->names, m->count, page);
	for (size_t i = 0; i < page; i++)
		draw_holder(ui, &m->holders[m->names.top + i], c, row + i, widest_name(m));
	if (all || rows < 2)
		return;
	text_clear(&ui->scratch);
	text_addf(&ui->scratch, _("%1$zu to %2$zu of %3$zu: PgUp, PgDn"), m->names.top + 1,
	          m->names.top + page, m->count);
	put(ui, c, row + page, 3, ROLE_DIM, text_str(&ui->scratch));
}

static void
draw_signal(struct ui *ui, const struct menu_signal *s, struct cells *c, size_t row, bool chosen)
{
	text_clear(&ui->scratch);
	text_addf(&ui->scratch, "%c %-8s %3d  %s", chosen ? '>' : ' ', signal_name(s->sig), s->sig,
	          _(s->help));
	put(ui, c, row, 1, s->sig == SIGKILL ? ROLE_DANGER : ROLE_TEXT, text_str(&ui->scratch));
	if (chosen)
		cells_set_role(c, row, 0, c->cols, ROLE_SELECTED);
}

static void
draw_signals(struct ui *ui, struct signal_menu *m, struct cells *c, size_t row, size_t rows)
{
	const struct scroll *s = &m->choice;

	scroll_resize(&m->choice, ARRAY_SIZE(menu_signals), MIN(rows, ARRAY_SIZE(menu_signals)));
	for (size_t i = 0; i < s->page; i++)
		draw_signal(ui, &menu_signals[s->top + i], c, row + i, s->top + i == s->at);
}

/*
 * Shares out the lines below the question. Every signal is seen before more than
 * three holders are, for those scroll; one signal is seen whatever the window.
 */
static void
share_lines(size_t lines, size_t *holders, size_t *signals)
{
	size_t all = ARRAY_SIZE(menu_signals);
	size_t room = MAX(lines > all ? lines - all : 0, 3);

	*holders = MIN(*holders, MIN(room, lines - MIN(lines, 1)));
	*signals = MIN(all, lines - *holders);
}

static void
signal_draw(struct ui *ui, void *self, struct cells *c)
{
	struct signal_menu *m = self;
	struct layout l = frame_layout(ui, c);
	size_t question = l.body_rows > 2, lines = l.body_rows - question;
	size_t row = l.body + question, holders = m->count, signals;

	share_lines(lines, &holders, &signals);
	if (question)
		draw_question(ui, m, c, l.body);
	draw_holders(ui, m, c, row, holders);
	row += holders + (holders + signals < lines);
	draw_signals(ui, m, c, row, signals);
}

static const struct screen_ops signal_screen = {
	.flags = SCREEN_GUARDED,
	.keys  = N_("Enter Send  Up Down Choose  Esc Leave"),
	.input = signal_input,
	.draw  = signal_draw,
	.free  = menu_free,
};
