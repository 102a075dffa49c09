/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop free: ports that can be bound now, without SO_REUSEADDR. */

#include "cmd/subcommand.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"
#include "cmd/bindable.h"
#include "source/port_facts.h"

/* Where a port is picked at random: above the privileged, below what Linux gives out itself. */
#define RANDOM_LO 1024
#define RANDOM_HI 32767

struct search {
	const struct options *o;
	unsigned              places;	/* BIND_* that must all be free */
	unsigned              protos;
	unsigned              found;
	bool                  forbidden;	/* a port was there that only root may bind */
};

static unsigned
places_of(const struct options *o)
{
	unsigned wanted = (o->families & VIEW_IPV4 ? BIND_IPV4 : 0) |
	                  (o->families & VIEW_IPV6 ? BIND_IPV6 : 0);

	return wanted ? wanted : BIND_ALL;
}

static bool
is_free(struct search *s, uint16_t port)
{
	for (unsigned p = 0; p < PROTO_COUNT; p++) {
		if (!(s->protos >> p & 1))
			continue;
		for (enum bind_place at = 0; at < BIND_PLACES; at++) {
			int r = s->places >> at & 1 ? bindable_at(at, p, port) : 0;

			if (r == -EACCES)
				s->forbidden = true;
			if (r < 0)
				return false;
		}
	}
	return true;
}

static bool
try_port(struct search *s, uint16_t port)
{
	if (is_free(s, port)) {
		printf("%u\n", port);
		s->found++;
	}
	return s->found < s->o->count;
}

/* ---- at random ---- */

/* No secret: it only keeps two calls at once apart, if the kernel has no number for us. */
static uint32_t
random_number(void)
{
	uint32_t n;

	if (getrandom(&n, sizeof n, GRND_NONBLOCK) != sizeof n)
		n = (uint32_t)clock_mono_ns() ^ (uint32_t)getpid() << 16;
	return n;
}

/* The ports to pick from, in random order. Returns how many are in *ret, to free. */
static size_t
shuffled_ports(uint16_t **ret)
{
	int proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint16_t *ports = mem_resize(NULL, RANDOM_HI - RANDOM_LO + 1, sizeof *ports);
	struct port_facts facts;
	size_t n = 0;

	port_facts_read(&facts, proc_fd);
	if (proc_fd >= 0)
		close(proc_fd);
	for (uint16_t port = RANDOM_LO; port <= RANDOM_HI; port++) {
		size_t at;

		if (port_facts_reserved(&facts, port) || port_facts_ephemeral(&facts, port))
			continue;
		at = random_number() % (n + 1);
		ports[n] = port;
		ports[n++] = ports[at];
		ports[at] = port;
	}
	*ret = ports;
	return n;
}

static void
search_at_random(struct search *s)
{
	uint16_t *ports;
	size_t n = shuffled_ports(&ports);

	for (size_t i = 0; i < n && try_port(s, ports[i]); i++)
		;
	free(ports);
}

/* ---- */

static void
search_range(struct search *s)
{
	for (uint32_t port = s->o->range_lo; port <= s->o->range_hi; port++)
		if (!try_port(s, (uint16_t)port))
			return;
}

static void
say_too_few(const struct search *s)
{
	const char *why = s->forbidden
		? _("lotop: Only %1$u of %2$u ports are free there; those below 1024 may be for root "
		    "alone, so give a higher range or use sudo.\n")
		: _("lotop: Only %1$u of %2$u ports are free there; give another range.\n");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fprintf(stderr, why, s->found, s->o->count);
#pragma GCC diagnostic pop
}

/* A family that is wanted by name and off is no way to bind at all. */
static int
find_places(struct search *s)
{
	unsigned wanted = places_of(s->o);

	s->places = bindable_places(wanted);
	if (s->places == 0) {
		fputs(_("lotop: No loopback address can be bound here: bring the device lo up.\n"),
		      stderr);
		return EXIT_REFUSED;
	}
	if (wanted & BIND_IPV6 && !(s->places & BIND_IPV6))
		fputs(_("lotop: IPv6 is off here: the ports are free for IPv4 alone.\n"), stderr);
	if (wanted & BIND_IPV4 && !(s->places & BIND_IPV4))
		fputs(_("lotop: IPv4 is off here: the ports are free for IPv6 alone.\n"), stderr);
	return EXIT_DONE;
}

int
free_run(const struct options *o)
{
	struct search s = { .o = o, .protos = o->protos ? o->protos : 1u << PROTO_TCP };
	int status = find_places(&s);

	if (status != EXIT_DONE)
		return status;
	if (o->range)
		search_range(&s);
	else
		search_at_random(&s);
	status = output_finish();
	if (status != EXIT_DONE || s.found == o->count)
		return status;
	say_too_few(&s);
	return EXIT_NO_MATCH;
}
