/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop who: who holds a port, and why it can or cannot be bound. */

#include "cmd/subcommand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"
#include "cmd/bindable.h"
#include "cmd/describe.h"
#include "cmd/sample.h"
#include "cmd/who_priv.h"

#define COMMAND_CELLS 72	/* of a command line: one line of a terminal */

struct who {
	const struct options *o;
	struct source        *source;
	struct snapshot       snap;
	struct arena          arena;
	struct listeners      listeners;
	struct port_facts     facts;
	struct view_env       env;
	unsigned              families;	/* PORT_IPV4 | PORT_IPV6: those that are there */
	unsigned              absent;	/* wanted, and not there */
	struct who_port      *ports;
	size_t                count;
};

/* ---- facts ---- */

static void
add_row(struct row **rows, size_t *count, const struct row *row)
{
	*rows = mem_resize(*rows, *count + 1, sizeof **rows);
	(*rows)[(*count)++] = *row;
}

static size_t
count_clients(const struct who *w, const struct sock *listener)
{
	size_t n = 0;

	for (size_t i = 0; i < w->snap.count; i++) {
		const struct sock *s = &w->snap.socks[i];

		if (s->proto == PROTO_TCP && s->state == STATE_ESTABLISHED &&
		    s->local.port == listener->local.port &&
		    listeners_find(&w->listeners, s) == listener)
			n++;
	}
	return n;
}

/* Those on the address that was asked for, and apart from them those on others. */
static void
find_holders(const struct who *w, struct who_port *p)
{
	enum port_match best = port_best(&p->query, &w->snap);
	struct port_query any = p->query;

	any.has_addr = false;
	for (size_t i = 0; i < w->snap.count; i++) {
		const struct row row = { .sock = &w->snap.socks[i], .env = &w->env };

		if (port_match(&any, row.sock) == PORT_NO)
			continue;
		if (best != PORT_NO && port_match(&p->query, row.sock) >= best)
			add_row(&p->report.holders, &p->report.nholders, &row);
		else
			add_row(&p->report.elsewhere, &p->report.nelsewhere, &row);
	}
	p->report.clients = mem_new((p->report.nholders + 1) * sizeof *p->report.clients);
	for (size_t i = 0; i < p->report.nholders; i++)
		p->report.clients[i] = count_clients(w, p->report.holders[i].sock);
}

/*
 * Asked for an address, only its own bind is of interest: that of the loopback
 * address of its family where it is one, else the wildcard's.
 */
static bool
is_wanted(const struct who_port *p, enum bind_place place)
{
	uint8_t addr[16];

	if (!p->query.has_addr)
		return true;
	addr_parse(bind_place_names[place], strlen(bind_place_names[place]), addr);
	return memcmp(addr, p->query.end.addr, sizeof addr) == 0;
}

static void
add_bind(struct port_report *r, enum sock_proto proto, enum bind_place place, int err)
{
	r->binds = mem_resize(r->binds, r->nbinds + 1, sizeof *r->binds);
	r->binds[r->nbinds++] = (struct port_bind){ proto, bind_place_names[place], err };
	r->bindable &= err == 0;
}

static void
try_binds(const struct who *w, struct who_port *p)
{
	struct port_report *r = &p->report;
	struct bindable b;

	r->bindable = true;
	for (enum sock_proto proto = 0; proto < PROTO_COUNT; proto++) {
		if (p->query.protos && !(p->query.protos >> proto & 1))
			continue;
		if (bindable(p->query.end.port, proto, w->families, &b) < 0)
			continue;
		for (enum bind_place at = 0; at < BIND_COUNT; at++)
			if (b.tried >> at & 1 && is_wanted(p, at))
				add_bind(r, proto, at, b.err[at]);
	}
	r->bindable &= r->nbinds > 0;
}

static void
find_out(struct who *w, size_t i)
{
	struct who_port *p = &w->ports[i];

	*p = (struct who_port){
		.query = options_port_query(w->o, i),
		.snap = &w->snap,
		.listeners = &w->listeners,
		.facts = &w->facts,
		.names = w->env.names,
	};
	p->report.end = p->query.end;
	p->report.has_addr = p->query.has_addr;
	find_holders(w, p);
	try_binds(w, p);
	who_find_reasons(p);
}

/* ---- for people ---- */

static void
add_clients(struct text *t, size_t clients)
{
	if (clients > 0)
		text_addf(t, P_(", %zu client", ", %zu clients", clients), clients);
}

static void
add_command(struct text *t, const struct task *task)
{
	const struct value v = { .kind = VAL_ARGV, .task = task };
	enum text_charset cs = text_charset_of_locale();
	struct text line;

	if (task->argc == 0)
		return;
	text_init(&line);
	value_add(&line, &v, VALUE_TABLE, cs);
	text_add(t, "      ");
	text_add_fit(t, text_str(&line), COMMAND_CELLS, cs);
	text_addc(t, '\n');
	text_done(&line);
}

static void
add_owners(struct text *t, const struct who_port *p, const struct sock *s)
{
	for (uint32_t i = 0; i < s->nowners; i++) {
		text_add(t, "    ");
		describe_task(t, p->names, s->owners[i].task);
		text_addc(t, '\n');
		add_command(t, s->owners[i].task);
	}
	if (s->nowners > 0)
		return;
	text_add(t, "    ");
	describe_unseen(t, p->names, s);
	text_addc(t, '\n');
}

/* "  tcp 127.0.0.1:8080 LISTEN, 3 clients", and below it each process with its command. */
static void
add_holder(struct text *t, const struct who_port *p, size_t i)
{
	const struct sock *s = p->report.holders[i].sock;

	text_add(t, "  ");
	describe_socket(t, s);
	text_addf(t, " %s", sock_state_names[s->state]);
	add_clients(t, p->report.clients[i]);
	text_addc(t, '\n');
	add_owners(t, p, s);
}

/* Addresses whose bind went as `good` says, of one protocol. */
static size_t
add_binds(struct text *t, const struct port_report *r, enum sock_proto proto, bool good)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nbinds; i++)
		if (r->binds[i].proto == proto && (r->binds[i].err == 0) == good)
			text_addf(t, "%s%s", n++ ? ", " : "", r->binds[i].address);
	return n;
}

/* The proof: what bind(2) said, protocol by protocol. */
static void
add_proof(struct text *t, const struct port_report *r)
{
	static const char *const names[PROTO_COUNT] = { [PROTO_TCP] = "TCP", [PROTO_UDP] = "UDP" };
	struct text list;

	text_init(&list);
	for (enum sock_proto proto = 0; proto < PROTO_COUNT; proto++) {
		text_clear(&list);
		if (add_binds(&list, r, proto, true) > 0)
			text_addf(t, _("  %1$s can be bound now on %2$s.\n"), names[proto], text_str(&list));
		text_clear(&list);
		if (add_binds(&list, r, proto, false) > 0)
			text_addf(t, _("  %1$s cannot be bound now on %2$s.\n"), names[proto],
			          text_str(&list));
	}
	text_done(&list);
}

static void
print_port(const struct who *w, size_t i)
{
	const struct who_port *p = &w->ports[i];
	struct text t, word;

	text_init(&t);
	text_init(&word);
	port_word_add(&word, &w->o->wanted[i]);
	if (p->report.nholders > 0)
		text_addf(&t, _("Port %s is held:\n"), text_str(&word));
	else if (p->report.bindable)
		text_addf(&t, _("Port %s is free.\n"), text_str(&word));
	else
		text_addf(&t, _("Port %s is free, but cannot be bound everywhere.\n"), text_str(&word));
	for (size_t k = 0; k < p->report.nholders; k++)
		add_holder(&t, p, k);
	for (size_t k = 0; k < p->report.nreasons; k++)
		text_addf(&t, "  %s\n", p->report.reasons[k].message);
	add_proof(&t, &p->report);
	printf("%s%s", i > 0 ? "\n" : "", text_str(&t));
	text_done(&word);
	text_done(&t);
}

static void
say_absent(const struct who *w)
{
	struct text t;

	for (unsigned family = PORT_IPV4; family <= PORT_IPV6; family <<= 1) {
		if (!(w->absent & family))
			continue;
		text_init(&t);
		bindable_add_off(&t, family, bindable_family(family));
		fprintf(stderr, "lotop: %s\n", text_str(&t));
		text_done(&t);
	}
}

/* ---- */

static void
read_facts(struct who *w)
{
	unsigned wanted = (w->o->families != VIEW_IPV6 ? PORT_IPV4 : 0) |
	                  (w->o->families != VIEW_IPV4 ? PORT_IPV6 : 0);

	port_facts_read("/proc", &w->facts);
	w->families = bindable_families(wanted);
	w->absent = wanted & ~w->families;
}

static int
print_all(const struct who *w)
{
	bool held = false;
	int status;

	for (size_t i = 0; i < w->count; i++)
		held |= w->ports[i].report.nholders > 0;
	if (w->o->format->whole) {
		struct port_report *reports = mem_resize(NULL, w->count + 1, sizeof *reports);

		for (size_t i = 0; i < w->count; i++)
			reports[i] = w->ports[i].report;
		ports_json_write(stdout, reports, w->count, &w->env);
		free(reports);
	} else {
		for (size_t i = 0; i < w->count; i++)
			print_port(w, i);
	}
	status = output_finish();
	if (status != EXIT_DONE)
		return status;
	if (!w->o->format->whole)
		sample_say_partial(&w->snap);
	say_absent(w);
	return held ? EXIT_DONE : EXIT_NO_MATCH;
}

static int
run(struct who *w)
{
	int status = sample_take(w->source, SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4 | SOURCE_IPV6 |
	                         SOURCE_OWNERS | (w->o->format->whole ? SOURCE_INFO : 0), &w->snap);

	if (status != EXIT_DONE)
		return status;
	listeners_init(&w->listeners, &w->snap, &w->arena);
	read_facts(w);
	for (; w->count < w->o->nwanted; w->count++)
		find_out(w, w->count);
	status = print_all(w);
	listeners_done(&w->listeners);
	return status;
}

int
who_run(const struct options *o)
{
	struct who w = { .o = o };
	int status = sample_open(&w.source);

	if (status != EXIT_DONE)
		return status;
	w.env = (struct view_env){ .snap = &w.snap, .names = names_new(o->numeric) };
	w.ports = mem_new((o->nwanted + 1) * sizeof *w.ports);
	snapshot_init(&w.snap);
	arena_init(&w.arena);
	status = run(&w);
	for (size_t i = 0; i < w.count; i++)
		port_report_done(&w.ports[i].report);
	arena_done(&w.arena);
	snapshot_done(&w.snap);
	free(w.ports);
	names_free(w.env.names);
	source_close(w.source);
	return status;
}
