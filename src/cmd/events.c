/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * lotop events: a line whenever a socket opens, changes its state or closes. Two
 * sources tell: snapshots that follow each other, with owners and states; and the
 * kernel's word on each socket that is destroyed, also of one that no snapshot saw.
 */

#include "cmd/subcommand.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/timeline.h"
#include "app/needs.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/sample.h"
#include "out/events.h"

#define DELAY_DEFAULT 1.0
#define LOST_PAUSE_NS (100 * NS_PER_MS)	/* between snapshots, where it loses again and again */

struct watch {
	const struct options *o;
	struct source        *source;
	struct names         *names;
	struct timeline        timeline;
	struct snapshot       snaps[2];
	struct snapshot      *now;		/* the last whole one */
	struct snapshot      *next;		/* under way */
	struct view_spec      spec;
	struct columns        columns;
	struct format_options format;
	unsigned              want;
	bool                  settling;		/* finding out what is there: no event yet */
	bool                  left;		/* nobody reads our output any more */
	bool                  any;		/* a line was printed */
	int                   status;		/* of the output */
};

/* ---- lines ---- */

static void
put_event(struct watch *w, struct event *e)
{
	if (w->status != EXIT_DONE || w->settling)
		return;
	e->names = w->names;
	w->o->format->write_event(stdout, e, &w->format);
	w->status = output_finish();
	w->any = true;
}

static void
put_row(struct watch *w, enum event_kind kind, const struct snapshot *snap,
        const struct sock *s, struct event *e)
{
	const struct view_env env = { .snap = snap, .names = w->names };
	const struct row row = { .sock = s, .env = &env };

	if (!view_has(&w->spec, &row))
		return;
	e->kind = kind;
	e->row = &row;
	put_event(w, e);
	e->row = NULL;
}

static const enum event_kind kinds[] = {
	[TRACK_OPEN] = EVENT_OPEN, [TRACK_STATE] = EVENT_STATE, [TRACK_CLOSE] = EVENT_CLOSE,
};

static void
put_changes(struct watch *w, const struct snapshot *before)
{
	for (size_t i = 0; i < w->timeline.track.count; i++) {
		const struct track_event *c = &w->timeline.track.events[i];
		bool close = c->change == TRACK_CLOSE;
		const struct sock *left = close ? snapshot_find(w->now, sock_id(c->sock)) : NULL;
		struct event e = { .wall = w->now->wall, .has_age = close, .age_ns = c->age_ns };
		struct sock_alone s;

		sock_copy(&s, c->sock);
		if (left)	/* the kernel goes on sending for it */
			sock_take_totals(&s.sock, left);
		put_row(w, kinds[c->change], close ? before : w->now, left ? &s.sock : c->sock, &e);
	}
}

/* It came and went between two snapshots: of its life there are the ends and the totals. */
static void
put_end(const struct timeline_end *end, void *arg)
{
	struct watch *w = arg;
	struct event open = { .wall = clock_wall() };
	struct event close = { .wall = open.wall, .has_age = end->known == TRACK_KNOWN,
	                       .age_ns = end->age_ns };

	if (end->known == TRACK_OVER)
		return;
	if (end->known == TRACK_UNSEEN)
		put_row(w, EVENT_OPEN, end->snap, end->sock, &open);
	put_row(w, EVENT_CLOSE, end->snap, end->sock, &close);
}

/* ---- snapshots ---- */

static void
swap(struct watch *w)
{
	struct snapshot *before = w->now;

	timeline_next(&w->timeline, w->next, w->want, w->o->scope);
	w->now = w->next;
	w->next = before;
	if (timeline_lost(&w->timeline)) {
		struct event e = { .kind = EVENT_LOST, .wall = w->now->wall };

		put_event(w, &e);
	}
	put_changes(w, before);
}

/* Waits for the source or the kernel's word, until then at most. */
static void
wait_for_word(struct watch *w, bool sampling, uint64_t until_ns)
{
	struct pollfd fds[SOURCE_MAX_FDS + 2];
	uint64_t now = clock_mono_ns();
	int timeout_ms = until_ns > now ? (int)((until_ns - now) / NS_PER_MS + 1) : 0;
	int n = 1;

	/* Of a pipe without a reader poll(2) says so, though nothing is written. */
	fds[0] = (struct pollfd){ .fd = STDOUT_FILENO };
	if (sampling)
		n += source_fds(w->source, fds + 1, &timeout_ms);
	if (timeline_fd(&w->timeline) >= 0)
		fds[n++] = (struct pollfd){ .fd = timeline_fd(&w->timeline), .events = POLLIN };
	if (poll(fds, (nfds_t)n, timeout_ms) > 0 && fds[0].revents & POLLERR)
		w->left = true;
	timeline_hear(&w->timeline, clock_mono_ns());
}

static bool
goes_on(const struct watch *w)
{
	return w->status == EXIT_DONE && !w->left && !ferror(stdout);
}

/* Returns EXIT_DONE, or another status after a sentence. */
static int
take_snapshot(struct watch *w)
{
	int r;

	snapshot_clear(w->next);
	r = source_start(w->source, w->want, w->next);
	while (r >= 0 && r != SOURCE_DONE && goes_on(w)) {
		wait_for_word(w, true, 0);
		r = source_turn(w->source);
	}
	if (r < 0) {
		fprintf(stderr, _("lotop: The kernel does not tell its sockets (%s); look whether "
		                  "/proc is mounted and a sandbox forbids netlink.\n"), strerror(-r));
		return EXIT_REFUSED;
	}
	if (r == SOURCE_DONE)
		swap(w);
	return EXIT_DONE;
}

/* Twice: what one dump passed over is no event when the next one has it. */
static int
begin(struct watch *w)
{
	int status;

	w->settling = true;
	status = take_snapshot(w);
	if (status != EXIT_DONE)
		return status;
	status = take_snapshot(w);
	sample_say_partial(w->now);
	w->settling = false;
	return status;
}

/* Until the beat, or until the kernel has lost events. */
static void
wait_until(struct watch *w, uint64_t beat)
{
	while (goes_on(w) && clock_mono_ns() < beat) {
		uint64_t fresh = w->now->mono_ns + LOST_PAUSE_NS;

		if (w->timeline.lost && clock_mono_ns() >= fresh)
			return;
		wait_for_word(w, false, w->timeline.lost ? MIN(fresh, beat) : beat);
	}
}

static int
watch_all(struct watch *w)
{
	double seconds = w->o->delay > 0 ? w->o->delay : DELAY_DEFAULT;
	uint64_t delay = (uint64_t)(seconds * (double)NS_PER_SEC);
	uint64_t left = w->o->iterations ? w->o->iterations : UINT64_MAX;
	uint64_t beat = clock_mono_ns();
	int status = begin(w);

	beat += delay;
	while (status == EXIT_DONE && goes_on(w) && left > 0) {
		wait_until(w, beat);
		if (!goes_on(w))
			break;
		if (clock_mono_ns() >= beat) {
			beat += delay;
			left--;
		}
		status = take_snapshot(w);
		beat = MAX(beat, clock_mono_ns());
	}
	if (status != EXIT_DONE || w->status != EXIT_DONE)
		return status != EXIT_DONE ? status : w->status;
	return w->any || w->left ? EXIT_DONE : EXIT_NO_MATCH;
}

/* ---- */

static void
watch_init(struct watch *w, const struct options *o)
{
	const char *bad;
	size_t len;

	*w = (struct watch){ .o = o, .spec = options_view_spec(o), .status = EXIT_DONE };
	w->names = names_new(o->numeric);
	w->now = &w->snaps[0];
	w->next = &w->snaps[1];
	snapshot_init(w->now);
	snapshot_init(w->next);
	w->format = (struct format_options){ .scope = o->scope, .header = !o->no_header,
	                                     .charset = text_charset_of_locale() };
	if (o->columns && !o->format->whole) {
		columns_parse(&w->columns, o->columns, &bad, &len);	/* option_rows.c checked it */
		w->format.columns = &w->columns;
	}
	w->want = needs_of(&w->spec, FIELD_OWNERS | FIELD_FACTS | FIELD_INFO | FIELD_SCOPE);
}

static void
watch_done(struct watch *w)
{
	timeline_done(&w->timeline);
	snapshot_done(w->now);
	snapshot_done(w->next);
	names_free(w->names);
	source_close(w->source);
}

/* The groups are joined first: what closes while the first snapshot is read is heard of. */
static void
begin_to_listen(struct watch *w)
{
	int r = timeline_listen(&w->timeline);

	if (r < 0)
		fprintf(stderr, _("lotop: The kernel does not announce what it destroys (%s): what lives "
		                  "between two refreshes is not seen; a shorter -d sees more.\n"), strerror(-r));
}

int
events_run(const struct options *o)
{
	struct watch w;
	int status;

	signal(SIGPIPE, SIG_IGN);	/* a reader that leaves is the end, and no error */
	watch_init(&w, o);
	status = sample_open(&w.source);
	timeline_init(&w.timeline, w.source, put_end, &w);
	if (status == EXIT_DONE) {
		begin_to_listen(&w);
		if (o->format->write_event_header && !o->no_header) {
			o->format->write_event_header(stdout, &w.format);
			status = output_finish();
		}
	}
	if (status == EXIT_DONE)
		status = watch_all(&w);
	watch_done(&w);
	return status;
}
