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

#include "app/needs.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/ends.h"
#include "cmd/sample.h"
#include "model/track.h"
#include "out/events.h"
#include "source/destroyed.h"
#include "source/lookup.h"

#define DELAY_DEFAULT 1.0
#define PEER_WAIT_MS  20			/* for the word on the other end of what ended */
#define LOST_PAUSE_NS (100 * NS_PER_MS)	/* between snapshots, where it loses again and again */

struct watch {
	const struct options *o;
	struct source        *source;
	struct destroyed     *destroyed;	/* NULL: the kernel does not allow it */
	struct lookup        *lookup;		/* NULL: no sock_diag */
	struct names         *names;
	struct track          track;
	struct ends           ends;
	struct snapshot       snaps[2];
	struct snapshot      *now;		/* the last whole one */
	struct snapshot      *next;		/* under way */
	struct snapshot       again;		/* a second look at what a dump missed */
	bool                  looked_again;	/* `again` is of this turn */
	struct view_spec      spec;
	struct columns        columns;
	struct format_options format;
	unsigned              want;
	bool                  settling;		/* finding out what is there: no event yet */
	bool                  left;		/* nobody reads our output any more */
	bool                  lost;		/* the kernel lost some since the last snapshot */
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
	for (size_t i = 0; i < w->track.count; i++) {
		const struct track_event *c = &w->track.events[i];
		bool close = c->change == TRACK_CLOSE;
		struct event e = { .wall = w->now->wall, .has_age = close, .age_ns = c->age_ns };

		put_row(w, kinds[c->change], close ? before : w->now, c->sock, &e);
	}
}

/* ---- what the kernel says of the destroyed ---- */

/* The last totals are those of the end; all else is what the snapshot knew. */
static void
take_totals(struct sock *s, const struct sock *end)
{
	if (!(end->has & SOCK_HAS_BYTES))
		return;
	s->rx_bytes = end->rx_bytes;
	s->tx_bytes = end->tx_bytes;
	s->has |= SOCK_HAS_BYTES;
}

static void
put_known_end(struct watch *w, const struct sock *end, uint64_t age_ns)
{
	const struct sock *last = snapshot_find(w->now, sock_id(end));
	struct event e = { .wall = clock_wall(), .has_age = true, .age_ns = age_ns };
	struct sock s = last ? *last : *end;

	if (last)
		take_totals(&s, end);
	put_row(w, EVENT_CLOSE, w->now, &s, &e);
}

/* It came and went between two snapshots: of its life there are the ends and the totals. */
static void
put_unseen(struct watch *w, const struct sock *end)
{
	struct event open = { .wall = clock_wall() };
	struct event close = { .wall = open.wall };

	put_row(w, EVENT_OPEN, w->now, end, &open);
	put_row(w, EVENT_CLOSE, w->now, end, &close);
}

/* A socket that never had a port was never anything to anyone. */
static void
hear(const struct sock *end, void *arg)
{
	struct watch *w = arg;

	if (end->has & SOCK_HAS_COOKIE && end->local.port != 0 && w->track.started)
		ends_add(&w->ends, end, clock_mono_ns());
}

static void
take_end(struct watch *w, const struct sock *end)
{
	uint64_t age_ns;

	switch (track_destroyed(&w->track, sock_id(end), clock_mono_ns(), &age_ns)) {
	case TRACK_KNOWN:
		put_known_end(w, end, age_ns);
		break;
	case TRACK_UNSEEN:
		put_unseen(w, end);
		break;
	case TRACK_OVER:
		break;
	}
}

static void
hear_all(struct watch *w)
{
	int r = w->destroyed ? destroyed_read(w->destroyed, hear, w) : 0;

	if (r == -ENOBUFS) {
		w->lost = true;
	} else if (r < 0) {
		destroyed_close(w->destroyed);
		w->destroyed = NULL;
	}
}

/* The other end of a connection on this machine mostly ends at the same moment. */
static void
wait_for_peers(struct watch *w)
{
	struct pollfd fd = { .events = POLLIN };

	if (!w->destroyed)
		return;
	fd.fd = destroyed_fd(w->destroyed);
	poll(&fd, 1, PEER_WAIT_MS);
	hear_all(w);
	ends_settle(&w->ends, w->lookup);
}

static void
read_destroyed(struct watch *w)
{
	hear_all(w);
	if (!ends_settle(&w->ends, w->lookup))
		wait_for_peers(w);
	ends_give_up(&w->ends);
	for (size_t i = 0; i < w->ends.count; i++)
		take_end(w, &w->ends.all[i].sock);
	ends_clear(&w->ends);
}

/* ---- snapshots ---- */

/* A dump that failed says nothing about what it lacks. */
static bool
dump_failed(const struct snapshot *snap, const struct sock *s)
{
	for (size_t i = 0; i < snap->nshortfalls; i++) {
		const struct shortfall *f = &snap->shortfalls[i];

		if (f->kind == SHORT_DUMP && f->proto == s->proto && f->family == s->family)
			return true;
	}
	return false;
}

/* Listeners, bound and UDP sockets cannot be looked up one by one: none is missed twice. */
static bool
look_again(struct watch *w, const struct sock *s, struct sock *now)
{
	const struct sock *found;

	if (!w->looked_again) {
		snapshot_clear(&w->again);
		if (source_sample(w->source, w->want & ~SOURCE_OWNERS, &w->again) < 0)
			return true;
		w->looked_again = true;
	}
	found = snapshot_find(&w->again, sock_id(s));
	if (found)
		*now = *found;
	return found != NULL || dump_failed(&w->again, s);
}

static bool
confirm(const struct sock *s, struct sock *now, void *arg)
{
	struct watch *w = arg;
	int r = -EOPNOTSUPP;

	*now = *s;
	if (dump_failed(w->next, s))
		return true;
	if (w->lookup && s->proto == PROTO_TCP && sock_has_peer(s) && s->has & SOCK_HAS_COOKIE)
		r = lookup_sock(w->lookup, s, now);
	if (r == 0)
		return true;
	if (r == -ENOENT)
		return false;
	*now = *s;
	return look_again(w, s, now);
}

static void
swap(struct watch *w)
{
	struct snapshot *before = w->now;

	w->looked_again = false;
	if (w->track.started && w->next->source != before->source) {
		track_restart(&w->track);	/* the ids of /proc/net are others */
		w->lost = true;
	}
	track_next(&w->track, before, w->next, confirm, w);
	w->now = w->next;
	w->next = before;
	if (w->lost) {
		struct event e = { .kind = EVENT_LOST, .wall = w->now->wall };

		w->lost = false;
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
	if (w->destroyed)
		fds[n++] = (struct pollfd){ .fd = destroyed_fd(w->destroyed), .events = POLLIN };
	if (poll(fds, (nfds_t)n, timeout_ms) > 0 && fds[0].revents & POLLERR)
		w->left = true;
	read_destroyed(w);
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

		if (w->lost && clock_mono_ns() >= fresh)
			return;
		wait_for_word(w, false, w->lost ? MIN(fresh, beat) : beat);
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
	snapshot_init(&w->again);
	track_init(&w->track);
	ends_init(&w->ends);
	w->format = (struct format_options){ .scope = o->scope, .header = !o->no_header,
	                                     .charset = text_charset_of_locale() };
	if (o->columns && !o->format->whole) {
		columns_parse(&w->columns, o->columns, &bad, &len);	/* option_rows.c checked it */
		w->format.columns = &w->columns;
	}
	w->want = needs_of(&w->spec, FIELD_OWNERS | FIELD_INFO | FIELD_SCOPE);
}

static void
watch_done(struct watch *w)
{
	track_done(&w->track);
	ends_done(&w->ends);
	snapshot_done(&w->again);
	snapshot_done(w->now);
	snapshot_done(w->next);
	names_free(w->names);
	lookup_close(w->lookup);
	destroyed_close(w->destroyed);
	source_close(w->source);
}

/* The groups are joined first: what closes while the first snapshot is read is heard of. */
static void
open_hearing(struct watch *w)
{
	int r = destroyed_open(&w->destroyed, 0);

	if (r < 0) {
		w->destroyed = NULL;
		fprintf(stderr, _("lotop: The kernel does not announce what it destroys (%s): what lives "
		                  "between two refreshes is not seen; a shorter -d sees more.\n"), strerror(-r));
	}
	if (lookup_open(&w->lookup) < 0)
		w->lookup = NULL;
}

int
events_run(const struct options *o)
{
	struct watch w;
	int status;

	signal(SIGPIPE, SIG_IGN);	/* a reader that leaves is the end, and no error */
	watch_init(&w, o);
	open_hearing(&w);
	status = sample_open(&w.source);
	if (status == EXIT_DONE && o->format->write_event_header && !o->no_header) {
		o->format->write_event_header(stdout, &w.format);
		status = output_finish();
	}
	if (status == EXIT_DONE)
		status = watch_all(&w);
	watch_done(&w);
	return status;
}
