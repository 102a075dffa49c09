/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the loop: it waits in one place, for the terminal, signals, the timer and
 * the source, lets each do what it can without waiting, applies the effects that
 * come of it, and paints at the end of the turn.
 *
 * Of two snapshots one is shown and the other filled; they change places when a
 * sample is complete.
 */

#include "app/live.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "act/close.h"
#include "app/needs.h"
#include "app/timeline.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "model/eventlog.h"
#include "out/format.h"
#include "source/inspect.h"
#include "source/source.h"
#include "ui/term.h"
#include "ui/ui.h"
#include "view/filter_kernel.h"

#define ROWS_WAIT_NS (800 * NS_PER_MS)	/* the first rows are shown without owners after that */

struct live {
	const char       *proc_root;
	struct source    *source;
	struct inspect   *inspect;	/* NULL: no page of details was open yet */
	uint32_t          inspected;	/* turn of what was last asked of it */
	struct ui        *ui;
	struct terminal  *term;
	struct cells      cells;
	struct snapshot   snaps[2];
	struct snapshot  *shown;	/* by ui; NULL: none yet */
	struct snapshot  *filled;	/* by the sample under way; NULL: there is none */
	struct timeline   timeline;
	struct eventlog  *log;
	bool              has_rows;	/* it has all rows, owners are still to come */
	bool              unseen;	/* it is not to be shown: the list is frozen */
	bool              complete;	/* it is part of the history, and is to be shown at the next turn */
	unsigned          asked;	/* SOURCE_* of the last sample */
	enum scope        asked_scope;
	struct filter_kernel kernel;	/* that scope, lowered */
	uint64_t          started_ns;
	uint64_t          cpu_ns;	/* of this process when the sample began */
	bool              measures;	/* its refresh is to be painted still */
	uint64_t          took_ns;	/* of a processor by a refresh, on average; 0: not known */
	uint64_t          interval_ns;	/* that the timer is set to */
	uint64_t          input_ns;	/* when the terminal last sent something */
	int               signal_fd;
	int               timer_fd;
	sigset_t          taken;	/* signals that come through signal_fd */
	sigset_t          before;	/* the mask that we found */
	unsigned          fx;		/* effects that this turn has gathered */
	bool              dirty;	/* to be painted */
	bool              quit;
	int               killer;	/* signal to die by; 0: none */
};

/* What to poll, and until when. */
struct waiting {
	struct pollfd fds[3 + TERM_MAX_FDS + SOURCE_MAX_FDS + INSPECT_MAX_FDS + UI_MAX_FDS];
	int           nterm;
	int           nsource;
	int           nother;		/* of inspect and ui, which are asked each turn anyway */
	uint64_t      source_ns;	/* when the source must have its turn anyway; 0: never */
	uint64_t      inspect_ns;
};

enum { FD_SIGNAL, FD_TIMER, FD_CLOSED, FD_TERM };

/* ---- sampling ---- */

static unsigned
wanted(const struct live *l)
{
	/* k needs all that is known of a process. */
	return (needs_of(ui_spec(l->ui), ui_needs(l->ui)) & ~SOURCE_PLAIN) | SOURCE_OWNERS;
}

/* Was what is to be shown left out of the last sample? */
static bool
was_left_out(const struct live *l)
{
	return wanted(l) & ~l->asked || ui_spec(l->ui)->scope > l->asked_scope;
}

/* The scope alone: the header counts over all of it, whatever is filtered. */
static void
narrow(struct live *l)
{
	struct source_narrow n = { .code = NULL };

	filter_kernel_done(&l->kernel);
	filter_kernel_lower(&l->kernel, ui_spec(l->ui), FIELD_SCOPE);
	l->asked_scope = ui_spec(l->ui)->scope;
	memcpy(n.states, l->kernel.states, sizeof n.states);
	n.code = l->kernel.code;
	n.code_len = l->kernel.len;
	n.holders_pass = l->kernel.scope_alone;
	source_narrow(l->source, &n);
}

static void
show(struct live *l, bool complete, uint64_t now_ns)
{
	l->shown = l->filled;
	l->fx |= ui_take(l->ui, l->shown, complete, now_ns);
}

static void
end_sample(struct live *l)
{
	l->filled = NULL;
	l->has_rows = false;
}

static void
show_complete(struct live *l, uint64_t now_ns)
{
	if (!l->complete)
		return;
	l->complete = false;
	show(l, true, now_ns);
	end_sample(l);
}

/* The sample that is under way, if any, is given up. */
static void
start_sample(struct live *l, bool unseen)
{
	struct snapshot *into;
	int r;

	show_complete(l, clock_mono_ns());
	into = l->shown == &l->snaps[0] ? &l->snaps[1] : &l->snaps[0];
	l->asked = wanted(l);
	narrow(l);
	l->started_ns = clock_mono_ns();
	l->cpu_ns = clock_cpu_ns();
	snapshot_clear(into);
	r = source_start(l->source, l->asked, into);
	l->filled = r < 0 ? NULL : into;
	l->has_rows = false;
	l->unseen = unseen;
	if (r < 0)
		l->fx |= ui_failed(l->ui, -r, l->started_ns);
}

/*
 * Rows without owners are better than no rows. They are not better than the last
 * ones with owners: names would come and go at each refresh.
 */
static bool
shows_early(const struct live *l)
{
	return l->has_rows && !l->shown;
}

static void
show_early(struct live *l, uint64_t now_ns)
{
	if (shows_early(l) && now_ns - l->started_ns >= ROWS_WAIT_NS)
		show(l, false, now_ns);
}

static void
log_end(const struct timeline_end *end, void *arg)
{
	struct live *l = arg;

	if (end->known == TRACK_OVER)
		eventlog_totals(l->log, end->sock, clock_wall());
	else
		eventlog_end(l->log, end->sock, end->snap, end->known == TRACK_KNOWN, end->age_ns,
		             clock_wall());
}

/* What follows from the snapshot and those before it. */
static void
complete(struct live *l)
{
	const struct snapshot *before = l->timeline.now;

	l->measures = before != NULL;	/* the first one has all to read */
	l->timeline.track.least_ns = ui_usual_ns(l->ui) / 2;
	timeline_next(&l->timeline, l->filled, l->asked, l->asked_scope);
	if (timeline_lost(&l->timeline))
		eventlog_lost(l->log, l->filled->wall);
	eventlog_changes(l->log, &l->timeline.track, before, l->filled);
	l->complete = true;
}

/* One that is not shown is no part of the history either: the next one overwrites it. */
static void
finish_sample(struct live *l, uint64_t now_ns)
{
	if (!l->unseen) {
		complete(l);
		return;
	}
	l->fx |= ui_look(l->ui, l->filled, now_ns);
	end_sample(l);
}

static void
turn_source(struct live *l, uint64_t now_ns)
{
	int r = source_turn(l->source);

	if (r < 0) {
		end_sample(l);
		l->fx |= ui_failed(l->ui, -r, now_ns);
	} else if (r == SOURCE_DONE) {
		finish_sample(l, now_ns);
	} else if (r == SOURCE_ROWS) {
		l->has_rows = true;
	}
}

/* ---- details ---- */

/* What the page of details wants, as soon as what it wanted before is answered. */
static void
start_inspecting(struct live *l)
{
	struct detail_want want;
	bool wanted = ui_wants(l->ui, &want);

	if (!wanted && l->inspect && inspect_busy(l->inspect))
		inspect_cancel(l->inspect);
	if (!wanted || want.turn == l->inspected || (l->inspect && inspect_busy(l->inspect)))
		return;
	if (!l->inspect)
		l->inspect = inspect_new(l->proc_root);
	inspect_start(l->inspect, &want);
	l->inspected = want.turn;
}

static void
turn_inspecting(struct live *l, uint64_t now_ns)
{
	struct detail *found = l->inspect ? inspect_turn(l->inspect) : NULL;

	if (found)
		l->fx |= ui_told(l->ui, found, now_ns);
}

/* ---- the timer ---- */

static struct timespec
timespec_of(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / NS_PER_SEC), (long)(ns % NS_PER_SEC) };
}

/* From now on, so that what was just asked for by hand is not asked for again at once. */
static void
set_timer(struct live *l)
{
	struct itimerspec when;

	l->interval_ns = ui_interval_ns(l->ui);
	when.it_value = when.it_interval = timespec_of(l->interval_ns);
	timerfd_settime(l->timer_fd, 0, &when, NULL);
}

/* A sample that takes longer than the interval is let finish. */
static void
on_timer(struct live *l)
{
	uint64_t beats;

	if (read(l->timer_fd, &beats, sizeof beats) < 0 || l->filled)
		return;
	if (!ui_frozen(l->ui) || ui_hurries(l->ui))
		start_sample(l, ui_frozen(l->ui));
}

/* ---- signals ---- */

/* Ctrl-C is a key; the same signal from a program is an order to die. */
static void
on_interrupt(struct live *l, const struct signalfd_siginfo *s)
{
	if (s->ssi_code == SI_KERNEL)
		l->fx |= FX_QUIT;
	else
		l->killer = SIGINT;
}

static void
on_death(struct live *l, const struct signalfd_siginfo *s)
{
	l->killer = (int)s->ssi_signo;
}

static void
on_resize(struct live *l, const struct signalfd_siginfo *s)
{
	(void)s;
	l->fx |= FX_REFLOW | FX_CLEAR | FX_REPAINT;
}

static void
take_terminal(struct live *l)
{
	if (term_enter(l->term) < 0)
		l->killer = SIGHUP;
	l->fx |= FX_RESAMPLE | FX_REFLOW | FX_CLEAR | FX_REPAINT;
}

/*
 * Stops as if we had not caught it: by SIGTSTP itself, which does nothing where no shell
 * could let us go on (an orphaned process group).
 */
static void
on_stop(struct live *l, const struct signalfd_siginfo *s)
{
	sigset_t stop;

	(void)s;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	term_leave(l->term);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	raise(SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	take_terminal(l);
}

static void
on_continue(struct live *l, const struct signalfd_siginfo *s)
{
	(void)s;
	take_terminal(l);
}

static const struct {
	int  sig;
	void (*run)(struct live *, const struct signalfd_siginfo *);
} handlers[] = {
	{ SIGINT, on_interrupt },
	{ SIGTERM, on_death },
	{ SIGHUP, on_death },
	{ SIGWINCH, on_resize },
	{ SIGTSTP, on_stop },
	{ SIGCONT, on_continue },
};

static void
on_signal(struct live *l)
{
	struct signalfd_siginfo s;

	if (read(l->signal_fd, &s, sizeof s) != sizeof s)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if ((uint32_t)handlers[i].sig == s.ssi_signo)
			handlers[i].run(l, &s);
}

/* What our parent had ignored stays ignored, as nohup(1) wants it. */
static void
choose_signals(sigset_t *set)
{
	struct sigaction act;

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if (sigaction(handlers[i].sig, NULL, &act) == 0 && act.sa_handler != SIG_IGN)
			sigaddset(set, handlers[i].sig);
}

/* ---- effects, and painting ---- */

static void
on_input(void *arg, const struct input *in)
{
	struct live *l = arg;

	l->fx |= ui_input(l->ui, in, l->input_ns);
}

static unsigned
copy_row(struct live *l)
{
	const struct row *row = ui_row_to_copy(l->ui);
	struct text json;
	unsigned fx = FX_REPAINT;

	text_init(&json);
	if (row) {
		json_add_row(&json, row);
		fx = ui_copy(l->ui, text_str(&json), json.len);
	}
	text_done(&json);
	return fx;
}

static void
copy(struct live *l)
{
	const struct text *t = ui_copied(l->ui);

	if (term_copy(l->term, text_str(t), t->len) < 0)
		l->killer = SIGHUP;
}

static void
apply(struct live *l)
{
	unsigned fx = l->fx;

	l->fx = 0;
	if (fx & FX_REBUILD && was_left_out(l))
		fx |= FX_RESAMPLE;	/* what is shown now was not asked for */
	if (fx & FX_RESAMPLE) {
		start_sample(l, false);
		set_timer(l);
	}
	if (fx & FX_REBUILD)
		ui_rebuild(l->ui);
	if (fx & FX_REFLOW)
		ui_reflow(l->ui);
	if (fx & FX_CLEAR)
		term_forget(l->term);
	if (fx & FX_COPY_ROW)
		fx |= copy_row(l);
	if (fx & FX_COPY)
		copy(l);
	l->dirty |= (fx & FX_REPAINT) != 0;
	l->quit |= (fx & FX_QUIT) != 0;
}

static void
paint_frame(struct live *l)
{
	size_t rows, cols;

	term_size(l->term, &rows, &cols);
	if (rows != l->cells.rows || cols != l->cells.cols)
		cells_resize(&l->cells, rows, cols);
	ui_draw(l->ui, &l->cells);
	l->dirty = false;
	if (term_paint(l->term, &l->cells) < 0)
		l->killer = SIGHUP;
}

/* While the terminal has not taken the last frame there is no use in another. */
static void
paint_if_due(struct live *l)
{
	if (l->dirty && term_idle(l->term))
		paint_frame(l);
	if (!l->dirty && term_idle(l->term))
		ui_written(l->ui, clock_mono_ns());
}

/* ---- what a refresh takes ---- */

#define SHARE   10u			/* of the interval a refresh may take one part */
#define FREE_NS (50 * NS_PER_MS)	/* and so much in any case: who asks for a short interval means it */
#define STEP_NS (100 * NS_PER_MS)	/* intervals are told in these */

/* On average, for the timer shall not follow each of them. Rounded up to a step. */
static void
measure(struct live *l)
{
	uint64_t took = clock_cpu_ns() - l->cpu_ns, least = 0;

	l->measures = false;
	l->took_ns = l->took_ns ? (7 * l->took_ns + took) / 8 : took;
	if (l->took_ns > FREE_NS)
		least = (l->took_ns * SHARE + STEP_NS - 1) / STEP_NS * STEP_NS;
	l->fx |= ui_stretch(l->ui, least);
}

/* ---- the loop ---- */

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return MAX(a, b);
	return MIN(a, b);
}

static uint64_t
input_deadline(const struct live *l)
{
	int ms = term_timeout(l->term);

	return ms < 0 ? 0 : l->input_ns + (uint64_t)ms * NS_PER_MS;
}

static uint64_t
in_ms(int ms, uint64_t now_ns)
{
	return ms >= 0 ? now_ns + (uint64_t)ms * NS_PER_MS : 0;
}

static void
prepare(struct live *l, struct waiting *w, uint64_t now_ns)
{
	struct pollfd *at;
	int ms = -1;

	w->fds[FD_SIGNAL] = (struct pollfd){ .fd = l->signal_fd, .events = POLLIN };
	w->fds[FD_TIMER] = (struct pollfd){ .fd = l->timer_fd, .events = POLLIN };
	w->fds[FD_CLOSED] = (struct pollfd){ .fd = timeline_fd(&l->timeline), .events = POLLIN };
	w->nterm = term_fds(l->term, w->fds + FD_TERM);
	w->nsource = source_fds(l->source, w->fds + FD_TERM + w->nterm, &ms);
	w->source_ns = l->complete ? now_ns : in_ms(ms, now_ns);
	at = w->fds + FD_TERM + w->nterm + w->nsource;
	ms = -1;
	w->nother = l->inspect ? inspect_fds(l->inspect, at, &ms) : 0;
	w->inspect_ns = in_ms(ms, now_ns);
	w->nother += ui_fds(l->ui, at + w->nother);
}

/* In milliseconds, rounded up, so that a deadline is over when poll() returns for it. */
static int
poll_timeout(const struct live *l, const struct waiting *w, uint64_t now_ns)
{
	uint64_t rows = shows_early(l) ? l->started_ns + ROWS_WAIT_NS : 0;
	uint64_t closed = sooner(timeline_deadline(&l->timeline), w->inspect_ns);
	uint64_t end = sooner(sooner(sooner(w->source_ns, rows), closed),
	                      sooner(input_deadline(l), ui_deadline(l->ui)));

	if (end == 0)
		return -1;
	if (end <= now_ns)
		return 0;
	return (int)MIN((end - now_ns + NS_PER_MS - 1) / NS_PER_MS, 3600 * 1000);
}

static void
turn_timeline(struct live *l, const struct waiting *w, uint64_t now_ns)
{
	uint64_t end = timeline_deadline(&l->timeline);

	if (w->fds[FD_CLOSED].revents || (end != 0 && now_ns >= end))
		timeline_hear(&l->timeline, now_ns);
}

static bool
any_ready(const struct pollfd *fds, int n)
{
	for (int i = 0; i < n; i++)
		if (fds[i].revents)
			return true;
	return false;
}

static void
turn_terminal(struct live *l, const struct waiting *w, uint64_t now_ns)
{
	bool input = any_ready(w->fds + FD_TERM, w->nterm);
	uint64_t end = input_deadline(l);

	if (w->fds[FD_TERM].revents & POLLIN)
		l->input_ns = now_ns;
	else if (end != 0 && now_ns >= end)
		term_expire(l->term, on_input, l);
	else if (end == 0)
		ui_quiet(l->ui, now_ns);
	if (input && term_turn(l->term, w->fds + FD_TERM, w->nterm, on_input, l) < 0)
		l->killer = SIGHUP;
}

static void
turn(struct live *l)
{
	struct waiting w;
	uint64_t now = clock_mono_ns();

	prepare(l, &w, now);
	if (poll(w.fds, (nfds_t)(FD_TERM + w.nterm + w.nsource + w.nother), poll_timeout(l, &w, now)) < 0)
		return;	/* EINTR: only a handler of a crash could do that */
	now = clock_mono_ns();
	if (w.fds[FD_SIGNAL].revents)
		on_signal(l);
	turn_terminal(l, &w, now);
	if (w.fds[FD_TIMER].revents)
		on_timer(l);
	turn_timeline(l, &w, now);
	if (l->complete)
		show_complete(l, now);
	else if (l->filled && (any_ready(w.fds + FD_TERM + w.nterm, w.nsource) ||
	                  (w.source_ns != 0 && now >= w.source_ns)))
		turn_source(l, now);
	show_early(l, now);
	turn_inspecting(l, now);
	l->fx |= ui_tick(l->ui, now);
}

static void
loop(struct live *l)
{
	l->fx = FX_RESAMPLE | FX_REPAINT;
	while (!l->quit && !l->killer) {
		apply(l);
		start_inspecting(l);
		if (l->interval_ns != ui_interval_ns(l->ui))
			set_timer(l);
		paint_if_due(l);
		if (l->measures)
			measure(l);
		if (!l->quit && !l->killer)
			turn(l);
	}
}

/* ---- start and end ---- */

static const struct { bool names_type; const char *text; } term_faults[] = {
	[TERM_NO_KEYS] = { false, N_("There is no terminal to take keys from; lotop list needs none.") },
	[TERM_UNSET]   = { false, N_("TERM is not set, so how to paint on this terminal is not known; "
	                             "set it, or use lotop list.") },
	[TERM_UNKNOWN] = { true, N_("There is no description of such a terminal; "
	                            "set TERM to what it is, or use lotop list.") },
	[TERM_SIMPLE]  = { true, N_("Such a terminal cannot place its cursor; use lotop list.") },
};

static void
say_term_fault(enum term_fault fault, enum text_charset cs)
{
	const char *name = getenv("TERM");
	struct text safe, type;

	text_init(&safe);
	text_init(&type);
	if (term_faults[fault].names_type && name) {
		text_add_safe(&safe, name, strlen(name), cs);
		text_add(&type, "TERM=");
		text_add_fit(&type, text_str(&safe), 40, cs);
		text_add(&type, ": ");
	}
	fprintf(stderr, "lotop: %s%s\n", text_str(&type), _(term_faults[fault].text));
	text_done(&safe);
	text_done(&type);
}

static bool
wants_colour(const struct live_options *o, const struct terminal *term)
{
	const char *no = getenv("NO_COLOR");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	return (!no || *no == '\0') && term_has_colour(term);
}

static int
open_terminal(struct live *l, const struct live_options *o)
{
	enum term_fault fault = term_open(&l->term);

	if (fault != TERM_OK) {
		say_term_fault(fault, o->charset);
		return -ENOTTY;
	}
	term_set_theme(l->term, theme_find(wants_colour(o, l->term) ? "colour" : "mono"));
	return 0;
}

static int
open_source(struct live *l, const char *proc_root)
{
	int r = source_open(&l->source, proc_root);

	if (r < 0)
		fprintf(stderr, _("lotop: Neither sock_diag nor /proc/net can be read (%s); look whether "
		                  "/proc is mounted.\n"), strerror(-r));
	return r;
}

static int
open_ui(struct live *l, const struct live_options *o)
{
	char host[256];
	struct ui_options u = {
		.proc_root = o->proc_root,
		.host      = host,
		.spec      = o->spec,
		.ports     = o->ports,
		.filter    = o->filter,
		.columns   = o->columns,
		.delay     = o->delay,
		.numeric   = o->numeric,
		.readonly  = o->readonly,
		.may_close = close_permitted,
		.root      = geteuid() == 0,
		.log       = l->log,
		.no_clipboard = !term_copies(l->term),
		.charset   = o->charset,
	};

	if (gethostname(host, sizeof host) < 0)
		host[0] = '\0';
	host[sizeof host - 1] = '\0';	/* gethostname(2): not there where it was cut */
	return ui_new(&l->ui, &u);
}

static int
open_fds(struct live *l)
{
	l->signal_fd = signalfd(-1, &l->taken, SFD_NONBLOCK | SFD_CLOEXEC);
	l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (l->signal_fd >= 0 && l->timer_fd >= 0)
		return 0;
	fprintf(stderr, _("lotop: The kernel gives no descriptors (%s); close some programs.\n"),
	        strerror(errno));
	return -errno;
}

/* Signals first: the source starts a thread, which must not get them. */
static int
live_init(struct live *l, const struct live_options *o)
{
	int r;

	*l = (struct live){ .signal_fd = -1, .timer_fd = -1, .proc_root = o->proc_root };
	snapshot_init(&l->snaps[0]);
	snapshot_init(&l->snaps[1]);
	timeline_init(&l->timeline, NULL, log_end, l);
	l->log = eventlog_new();
	l->timeline.track.lingers = true;
	cells_init(&l->cells);
	choose_signals(&l->taken);
	sigprocmask(SIG_BLOCK, &l->taken, &l->before);
	if ((r = open_terminal(l, o)) < 0 || (r = open_fds(l)) < 0 ||
	    (r = open_source(l, o->proc_root)) < 0)
		return r;
	timeline_listen(&l->timeline);
	return open_ui(l, o);
}

static void
live_done(struct live *l)
{
	if (l->term)
		term_close(l->term);
	if (l->source)
		source_close(l->source);
	inspect_free(l->inspect);
	filter_kernel_done(&l->kernel);
	if (l->ui)
		ui_free(l->ui);
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	if (l->timer_fd >= 0)
		close(l->timer_fd);
	timeline_done(&l->timeline);
	eventlog_free(l->log);
	snapshot_done(&l->snaps[0]);
	snapshot_done(&l->snaps[1]);
	cells_done(&l->cells);
}

/* So that a shell sees what ended us. Returns only if that did not. */
static void
die_by(int sig)
{
	sigset_t set;

	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int
enter_terminal(struct live *l)
{
	int r = term_enter(l->term);

	if (r < 0)
		fprintf(stderr, _("lotop: The terminal cannot be set up (%s); lotop list needs none.\n"),
		        strerror(-r));
	return r;
}

int
live_run(const struct live_options *o)
{
	struct live l;
	int status = EXIT_REFUSED;

	if (live_init(&l, o) == 0 && enter_terminal(&l) == 0) {
		loop(&l);
		status = EXIT_DONE;
	}
	live_done(&l);
	if (l.killer)
		die_by(l.killer);
	sigprocmask(SIG_SETMASK, &l.before, NULL);
	return l.killer ? 128 + l.killer : status;
}
