/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop list: one snapshot printed, or one every so often. */

#include "cmd/subcommand.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/needs.h"
#include "app/timeline.h"
#include "base/clock.h"
#include "cmd/sample.h"
#include "view/filter_kernel.h"

struct list {
	const struct options *o;
	struct source        *source;
	struct names         *names;
	struct snapshot       snaps[2];
	struct snapshot      *now;		/* the last one */
	struct timeline       timeline;		/* if there are several snapshots */
	bool                  several;		/* there are */
	struct view           view;
	struct view_spec      spec;
	struct columns        columns;
	struct format_options format;
	unsigned              want;	/* SOURCE_* */
	struct filter_kernel  kernel;
};

static size_t
terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

/* FIELD_NEEDS bits of what is printed. */
static unsigned
shown(const struct list *l)
{
	return l->format.columns ? columns_needs(&l->columns) : l->o->format->needs;
}

static void
list_init(struct list *l, const struct options *o)
{
	const char *bad;
	size_t len;

	*l = (struct list){ .o = o, .spec = options_view_spec(o) };
	l->names = names_new(o->numeric);
	snapshot_init(&l->snaps[0]);
	snapshot_init(&l->snaps[1]);
	l->now = &l->snaps[1];
	l->several = o->iterations > 1 || (o->iterations == 0 && o->delay > 0);
	view_init(&l->view, l->names);
	l->format = (struct format_options){
		.scope = o->scope,
		.header = !o->no_header,
		.again = o->delay > 0 || o->iterations > 0,
		.first = true,
		.charset = text_charset_of_locale(),
	};
	if (o->columns && !o->format->whole) {
		columns_parse(&l->columns, o->columns, &bad, &len);	/* options.c checked it */
		l->format.columns = &l->columns;
	}
	l->want = needs_of(&l->spec, shown(l));
}

/* What the kernel can decide never leaves it; what is printed is the same either way. */
static void
narrow(struct list *l)
{
	struct source_narrow n = { .code = NULL };

	filter_kernel_lower(&l->kernel, &l->spec, needs_fields(&l->spec, shown(l)));
	memcpy(n.states, l->kernel.states, sizeof n.states);
	n.code = l->kernel.code;
	n.code_len = l->kernel.len;
	n.holders_pass = l->kernel.scope_alone;
	source_narrow(l->source, &n);
}

static void
list_done(struct list *l)
{
	view_done(&l->view);
	timeline_done(&l->timeline);
	snapshot_done(&l->snaps[0]);
	snapshot_done(&l->snaps[1]);
	names_free(l->names);
	source_close(l->source);
	filter_kernel_done(&l->kernel);
}

/* What follows from the snapshot and those before it. */
static void
complete(struct list *l)
{
	if (l->several) {
		timeline_hear(&l->timeline, clock_mono_ns());
		timeline_next(&l->timeline, l->now, l->want, l->o->scope);
	}
}

/* What it knows of processes for the next sample is a fifth of all memory. */
static void
close_source(struct list *l)
{
	source_close(l->source);
	l->source = NULL;
}

/* more: another snapshot will follow. */
static int
list_once(struct list *l, bool more)
{
	struct snapshot *next = l->now == &l->snaps[0] ? &l->snaps[1] : &l->snaps[0];
	int r = sample_take(l->source, l->want, next);

	if (r != EXIT_DONE)
		return r;
	if (!l->several)
		close_source(l);
	l->now = next;
	complete(l);
	view_build(&l->view, l->now, &l->spec);
	l->format.width = terminal_width();
	if (!more || !l->o->format->last)
		l->o->format->write(stdout, &l->view, &l->format);
	r = output_finish();
	l->format.first = false;
	if (!l->o->format->whole)	/* the machine formats carry it in the document */
		sample_say_partial(l->now);
	if (r != EXIT_DONE)
		return r;
	return l->view.count > 0 ? EXIT_DONE : EXIT_NO_MATCH;
}

/*
 * Waits until the next beat, and hears meanwhile of what closes; a sample that took longer
 * skips the beats it missed.
 */
static void
wait_for_beat(struct list *l, uint64_t *beat, uint64_t interval)
{
	uint64_t now = clock_mono_ns();

	*beat = MAX(*beat + interval, now);
	for (; now < *beat; now = clock_mono_ns()) {
		struct pollfd fd = { .fd = timeline_fd(&l->timeline), .events = POLLIN };

		poll(&fd, 1, (int)((*beat - now + NS_PER_MS - 1) / NS_PER_MS));
		timeline_hear(&l->timeline, clock_mono_ns());
	}
}

/* Several snapshots: done when any of them had a row. */
static int
list_all(struct list *l)
{
	const struct options *o = l->o;
	uint64_t interval = (uint64_t)((o->delay > 0 ? o->delay : 1.0) * NS_PER_SEC);
	uint64_t left = o->iterations ? o->iterations : (o->delay > 0 ? UINT64_MAX : 1);
	uint64_t beat = clock_mono_ns();
	int status = EXIT_NO_MATCH;

	for (;;) {
		int once = list_once(l, o->iterations > 0 && left > 1);

		if (once == EXIT_REFUSED || ferror(stdout))
			return once;
		if (once == EXIT_DONE)
			status = EXIT_DONE;
		if (--left == 0)
			return status;
		wait_for_beat(l, &beat, interval);
	}
}

/* Where the kernel announces nothing the rates of listeners are not known: null says so. */
static void
begin(struct list *l)
{
	timeline_init(&l->timeline, l->source, NULL, NULL);
	if (l->several)
		timeline_listen(&l->timeline);
}

int
list_run(const struct options *o)
{
	struct list l;
	int status;

	list_init(&l, o);
	status = sample_open(&l.source);
	begin(&l);
	if (status == EXIT_DONE) {
		narrow(&l);
		status = list_all(&l);
	}
	list_done(&l);
	return status;
}
