/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop free: ports that can be bound now, each proven by binding it (bindable.h). */

#include "cmd/subcommand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "cmd/bindable.h"
#include "source/port_facts.h"

/* Where ports are picked without a range: above the privileged, below the usual ephemeral ones. */
#define PICK_LO 1024u
#define PICK_HI 32767u

struct search {
	const struct options *o;
	struct port_facts     facts;
	unsigned              families;		/* PORT_IPV4 | PORT_IPV6: that there are */
	unsigned              protos;		/* 1u << PROTO_TCP … */
	uint16_t             *candidates;
	unsigned              ncandidates;
	unsigned              found;
	unsigned              denied;		/* of those tried: EACCES everywhere it failed */
};

/* ---- families ---- */

static bool
is_off(int err)
{
	return err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT;
}

static int
say_no_socket(int err)
{
	fprintf(stderr, _("lotop: No port can be tried (%s); look at the limits of this process "
	                  "and whether a sandbox forbids sockets.\n"), strerror(-err));
	return EXIT_REFUSED;
}

static void
say_off(unsigned family, int err)
{
	struct text t;

	text_init(&t);
	bindable_add_off(&t, family, err);
	fprintf(stderr, "lotop: %s\n", text_str(&t));
	text_done(&t);
}

static int
choose_family(struct search *s, unsigned view_family, unsigned family)
{
	int r;

	if (s->o->families != 0 && !(s->o->families & view_family))
		return EXIT_DONE;
	r = bindable_family(family);
	if (r < 0 && !is_off(r))
		return say_no_socket(r);
	if (r < 0)
		say_off(family, r);
	else
		s->families |= family;
	return EXIT_DONE;
}

static int
choose_families(struct search *s)
{
	int r = choose_family(s, VIEW_IPV4, PORT_IPV4);

	if (r == EXIT_DONE)
		r = choose_family(s, VIEW_IPV6, PORT_IPV6);
	if (r != EXIT_DONE || s->families != 0)
		return r;
	fputs(_("lotop: No family is left to bind on the loopback; look at ip address show lo.\n"),
	      stderr);
	return EXIT_REFUSED;
}

/* ---- candidates ---- */

/* Who names a range means it: reserved and ephemeral ports stay in. */
static bool
is_candidate(const struct search *s, uint16_t port)
{
	return s->o->range ||
	       (!port_facts_reserved(&s->facts, port) && !port_facts_ephemeral(&s->facts, port));
}

static void
list_candidates(struct search *s)
{
	unsigned lo = s->o->range ? s->o->range_lo : PICK_LO;
	unsigned hi = s->o->range ? s->o->range_hi : PICK_HI;

	s->candidates = mem_new((hi - lo + 1) * sizeof *s->candidates);
	for (unsigned port = lo; port <= hi; port++)
		if (is_candidate(s, (uint16_t)port))
			s->candidates[s->ncandidates++] = (uint16_t)port;
}

/* From 0 to n - 1, each as likely: what would favour the low ones is thrown again. */
static int
throw_die(unsigned n, unsigned *ret)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % n, x;

	do {
		if (getrandom(&x, sizeof x, 0) != sizeof x)
			return errno ? -errno : -EIO;
	} while (x >= limit);
	*ret = x % n;
	return 0;
}

/* Brings the candidate that is to be tried as the i-th to its place. */
static int
draw(struct search *s, unsigned i)
{
	unsigned offset;
	uint16_t port;
	int r;

	if (s->o->range)
		return 0;
	r = throw_die(s->ncandidates - i, &offset);
	if (r < 0)
		return r;
	port = s->candidates[i + offset];
	s->candidates[i + offset] = s->candidates[i];
	s->candidates[i] = port;
	return 0;
}

/* ---- the search ---- */

static bool
is_denied(const struct bindable *b)
{
	bool denied = false;

	for (enum bind_place p = 0; p < BIND_COUNT; p++) {
		if (!(b->tried & 1u << p) || b->err[p] == 0)
			continue;
		if (b->err[p] != EACCES)
			return false;
		denied = true;
	}
	return denied;
}

/* Returns whether it is free for all protocols that are wanted, or -errno. */
static int
try_port(struct search *s, uint16_t port)
{
	for (enum sock_proto proto = 0; proto < PROTO_COUNT; proto++) {
		struct bindable b;
		int r;

		if (!(s->protos & 1u << proto))
			continue;
		r = bindable(port, proto, s->families, &b);
		if (r < 0)
			return r;
		if (!bindable_all(&b)) {
			s->denied += is_denied(&b);
			return false;
		}
	}
	return true;
}

static int
search_all(struct search *s)
{
	for (unsigned i = 0; i < s->ncandidates && s->found < s->o->count; i++) {
		int r = draw(s, i);

		if (r == 0)
			r = try_port(s, s->candidates[i]);
		if (r < 0)
			return say_no_socket(r);
		if (r > 0) {
			printf("%u\n", s->candidates[i]);
			s->found++;
		}
	}
	return EXIT_DONE;
}

/* ---- what is missing ---- */

static void
say_denied(const struct search *s)
{
	fprintf(stderr, _("lotop: Ports below %1$u are privileged, and this user may bind none "
	                  "of %2$s; give a range from %1$u on, or run it as root.\n"),
	        s->facts.unprivileged_start, s->o->range);
}

static void
say_none_to_pick(void)
{
	fprintf(stderr, _("lotop: Every port from %1$u to %2$u is ephemeral or reserved; give a "
	                  "range, as in 8000-8999, to have these as well.\n"), PICK_LO, PICK_HI);
}

static void
say_too_few(const struct search *s)
{
	char picked[16];
	const char *range = s->o->range ? s->o->range : picked;

	snprintf(picked, sizeof picked, "%u-%u", PICK_LO, PICK_HI);
	if (s->found == 0)
		fprintf(stderr, _("lotop: No port of %s can be bound now; give another range, or "
		                  "ask lotop who about one of them.\n"), range);
	else
		fprintf(stderr, P_("lotop: Only %1$u port of %2$s can be bound now; give a larger "
		                   "range or a smaller -n.\n",
		                   "lotop: Only %1$u ports of %2$s can be bound now; give a larger "
		                   "range or a smaller -n.\n", s->found),
		        s->found, range);
}

static int
say_missing(const struct search *s)
{
	if (s->found >= s->o->count)
		return EXIT_DONE;
	if (s->ncandidates == 0)
		say_none_to_pick();
	else if (s->o->range && s->denied == s->ncandidates && s->facts.has & PORT_HAS_PRIVILEGED)
		say_denied(s);
	else
		say_too_few(s);
	return EXIT_NO_MATCH;
}

static int
search_and_tell(struct search *s)
{
	int r = choose_families(s), out;

	if (r != EXIT_DONE)
		return r;
	list_candidates(s);
	r = search_all(s);
	out = output_finish();
	if (r != EXIT_DONE || out != EXIT_DONE)
		return EXIT_REFUSED;
	return say_missing(s);
}

int
free_run(const struct options *o)
{
	struct search s = { .o = o, .protos = o->protos ? o->protos : 1u << PROTO_TCP };
	int status;

	port_facts_read("/proc", &s.facts);
	status = search_and_tell(&s);
	free(s.candidates);
	return status;
}
