/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Gauges in the text format of Prometheus. Series are told apart by their labels
 * alone, so listeners whose labels are the same (SO_REUSEPORT, a device of their
 * own) are one series with their sum. Names and helps are for machines: they are
 * not translated.
 */

#include "out/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"
#include "model/findings.h"
#include "model/listeners.h"
#include "view/sums.h"

/* A listener, or several with the same labels. */
struct series {
	const struct sock *sock;	/* the first of them */
	char              *labels;	/* as they are printed; owned */
	size_t             connections;
	uint64_t           backlog;
	uint64_t           backlog_max;
	uint64_t           rx_bytes;
	uint64_t           tx_bytes;
	struct view_rate   rate;
	bool               no_backlog;	/* the kernel did not tell that of one of them */
	bool               no_bytes;	/* or that of a connection */
	bool               no_rate;	/* nor how much it moved since the last refresh */
};

struct metrics {
	struct series *series;
	size_t         count;
	struct map     by_sock;		/* address of the struct sock -> struct series */
};

/* ---- labels ---- */

/* Escapes what the format escapes; control characters are gone since text_add_safe(). */
static void
add_label(struct text *t, const char *name, const char *value)
{
	struct text safe;

	text_init(&safe);
	text_add_safe(&safe, value, strlen(value), TEXT_UTF8);
	text_addf(t, "%s%s=\"", t->len > 0 ? "," : "", name);
	for (const char *c = text_str(&safe); *c; c++) {
		if (*c == '"' || *c == '\\')
			text_addc(t, '\\');
		text_addc(t, *c);
	}
	text_addc(t, '"');
	text_done(&safe);
}

/* The process id is left out: it would make a new series of each start of a server. */
static char *
labels_of(const struct sock *s)
{
	struct text t, word;
	char *ret;

	text_init(&t);
	text_init(&word);
	add_label(&t, "proto", sock_proto_names[s->proto]);
	addr_add_text(&word, s->local.addr);
	add_label(&t, "address", text_str(&word));
	text_clear(&word);
	text_addf(&word, "%u", s->local.port);
	add_label(&t, "port", text_str(&word));
	add_label(&t, "process", s->nowners > 0 ? s->owners[0].task->comm : "");
	ret = mem_copy(text_str(&t), t.len);
	text_done(&word);
	text_done(&t);
	return ret;
}

/* ---- gathering ---- */

static int
by_labels(const void *a, const void *b)
{
	const struct series *x = a, *y = b;

	return strcmp(x->labels, y->labels);
}

static void
take_listener(struct series *s, const struct sock *sock, const struct view_rate *rate)
{
	if (!(sock->has & SOCK_HAS_QUEUE))
		s->no_backlog = true;
	if (!(sock->has & SOCK_HAS_RATE))
		s->no_rate = true;
	if (rate) {
		s->rate.rx += rate->rx;
		s->rate.tx += rate->tx;
	}
	s->backlog     += sock->rqueue;
	s->backlog_max += sock->wqueue;
}

static void
add_rows(struct metrics *m, const struct view *v)
{
	m->series = mem_resize(NULL, v->count + 1, sizeof *m->series);
	for (size_t i = 0; i < v->count; i++) {
		const struct sock *s = v->rows[i].sock;

		if (s->state == STATE_LISTEN)
			m->series[m->count++] = (struct series){ .sock = s, .labels = labels_of(s) };
	}
	qsort(m->series, m->count, sizeof *m->series, by_labels);
}

/* Makes one series of those with the same labels. */
static void
unite(struct metrics *m, const struct view_env *env)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct series one = m->series[i];

		if (n > 0 && strcmp(m->series[n - 1].labels, one.labels) == 0)
			free(one.labels);
		else
			m->series[n++] = one;
		take_listener(&m->series[n - 1], one.sock,
		              env->sums ? sums_find(env->sums, (size_t)(one.sock - env->snap->socks)) : NULL);
		map_put(&m->by_sock, (uintptr_t)one.sock, &m->series[n - 1]);
	}
	m->count = n;
}

static void
take_connection(struct metrics *m, const struct listeners *l, const struct sock *s)
{
	const struct sock *listener = listeners_find(l, s);
	struct series *to = listener ? map_get(&m->by_sock, (uintptr_t)listener) : NULL;

	if (!to)
		return;
	to->connections++;
	if (!(s->has & SOCK_HAS_BYTES))
		to->no_bytes = true;
	to->rx_bytes += sock_info(s)->rx_bytes;
	to->tx_bytes += sock_info(s)->tx_bytes;
}

/* Connections of the whole scope, whatever the filter let through. */
static void
take_connections(struct metrics *m, const struct view *v, enum scope scope)
{
	const struct snapshot *snap = v->env.snap;
	struct listeners l;
	struct arena arena;

	arena_init(&arena);
	listeners_init(&l, snap, &arena);
	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (s->proto == PROTO_TCP && s->state == STATE_ESTABLISHED &&
		    scope_has(scope, snap, s))
			take_connection(m, &l, s);
	}
	listeners_done(&l);
	arena_done(&arena);
}

/* ---- printing ---- */

static void
print_head(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
print_states(FILE *out, const struct view *v)
{
	size_t counts[PROTO_COUNT][STATE_COUNT] = { { 0 } };

	for (size_t i = 0; i < v->count; i++)
		counts[v->rows[i].sock->proto][v->rows[i].sock->state]++;
	print_head(out, "lotop_sockets", "Sockets by protocol and state.");
	for (size_t p = 0; p < PROTO_COUNT; p++)
		for (size_t s = 0; s < STATE_COUNT; s++)
			if (sock_state_names[s] && counts[p][s] > 0)
				fprintf(out, "lotop_sockets{proto=\"%s\",state=\"%s\"} %zu\n",
				        sock_proto_names[p], sock_state_names[s], counts[p][s]);
}

/* Those that nothing has are there as well, so that an alert can tell 0 from no answer. */
static void
print_warnings(FILE *out, const struct view *v)
{
	size_t counts[FINDING_COUNT] = { 0 };

	for (size_t i = 0; i < v->count; i++)
		for (size_t f = 0; f < FINDING_COUNT; f++)
			counts[f] += v->rows[i].sock->warn >> f & 1;
	print_head(out, "lotop_warnings", "Sockets that something is wrong with, by what it is.");
	for (size_t f = 0; f < FINDING_COUNT; f++)
		fprintf(out, "lotop_warnings{warn=\"%s\"} %zu\n", finding_names[f], counts[f]);
}

/* Return whether it is known. */

static bool
get_connections(const struct series *s, uint64_t *ret)
{
	*ret = s->connections;
	return true;
}

static bool
get_backlog(const struct series *s, uint64_t *ret)
{
	*ret = s->backlog;
	return !s->no_backlog;
}

static bool
get_backlog_max(const struct series *s, uint64_t *ret)
{
	*ret = s->backlog_max;
	return !s->no_backlog;
}

static bool
get_rx_bytes(const struct series *s, uint64_t *ret)
{
	*ret = s->rx_bytes;
	return !s->no_bytes;
}

static bool
get_tx_bytes(const struct series *s, uint64_t *ret)
{
	*ret = s->tx_bytes;
	return !s->no_bytes;
}

static bool
get_rx_rate(const struct series *s, uint64_t *ret)
{
	*ret = s->rate.rx;
	return !s->no_rate;
}

static bool
get_tx_rate(const struct series *s, uint64_t *ret)
{
	*ret = s->rate.tx;
	return !s->no_rate;
}

/* Bytes go down when a connection closes, so they are gauges, and none is called _total. */
static const struct gauge {
	const char *name;
	const char *help;
	bool      (*get)(const struct series *s, uint64_t *ret);
} gauges[] = {
	{ "lotop_listener_connections", "Established connections of a listener.", get_connections },
	{ "lotop_listener_backlog", "Connections that wait to be accepted.", get_backlog },
	{ "lotop_listener_backlog_max", "Connections that may wait to be accepted.",
	  get_backlog_max },
	{ "lotop_listener_rx_bytes", "Bytes received by the connections that are open now.",
	  get_rx_bytes },
	{ "lotop_listener_tx_bytes", "Bytes sent by the connections that are open now.",
	  get_tx_bytes },
	{ "lotop_listener_rx_bytes_per_second", "Bytes received a second since the last refresh.",
	  get_rx_rate },
	{ "lotop_listener_tx_bytes_per_second", "Bytes sent a second since the last refresh.",
	  get_tx_rate },
};

static void
print_gauge(FILE *out, const struct gauge *g, const struct metrics *m)
{
	uint64_t n;

	print_head(out, g->name, g->help);
	for (size_t i = 0; i < m->count; i++)
		if (g->get(&m->series[i], &n))
			fprintf(out, "%s{%s} %" PRIu64 "\n", g->name, m->series[i].labels, n);
}

void
openmetrics_write(FILE *out, const struct view *v, const struct format_options *o)
{
	struct metrics m = { .count = 0 };

	map_init(&m.by_sock);
	add_rows(&m, v);
	unite(&m, &v->env);
	take_connections(&m, v, o->scope);
	print_states(out, v);
	print_warnings(out, v);
	for (size_t i = 0; i < ARRAY_SIZE(gauges); i++)
		print_gauge(out, &gauges[i], &m);
	fputs("# EOF\n", out);
	for (size_t i = 0; i < m.count; i++)
		free(m.series[i].labels);
	free(m.series);
	map_done(&m.by_sock);
}
