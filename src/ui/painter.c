/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns painters[], by the ids of fields, and the line of a socket below its process. What a
 * painter makes is for eyes alone: a field's value is never made up.
 */

#include "ui/painter.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"

#define PORT_CELLS   5
#define FULL_PERCENT 90		/* of an accept queue: CONTRACT, warn `backlog` */
/* What is worth to be shown of text, in cells. */
#define WORTH_TEXT  12
#define WORTH_LONG  16		/* of what has no end */
#define WORTH_NAME  20		/* of what a row is called by */
#define WORTH_PARTY 26
/* What each has at least, so that all that matters is there on 80 columns. */
#define LEAST_NAME  16
#define LEAST_PLACE 10		/* of a project */
#define LEAST_USER  8
#define LEAST_PORTS 12		/* of several */
#define LEAST_ADDR  12		/* every IPv4 one of the loopback that is used */
#define LEAST_END   15		/* and with a port */
#define LEAST_PARTY 22		/* so that two states that differ are there in full */

typedef struct painted (*paint_fn)(struct text *t, const struct value *v, const struct row *r,
                                   const struct ui *ui);

static const struct painted plain = { .role = ROLE_TEXT };
/* Of whom no process is known the columns about it are blank. */
static const struct painted dim_word = { .role = ROLE_DIM, .spills = true, .own_room = true };

static struct painted
paint_value(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	(void)r;
	value_add(t, v, VALUE_TABLE, ui->charset);
	return plain;
}

/* ---- who ---- */

/* Why no process is known of it. */
static void
add_word(struct text *t, const struct sock *s, const struct row *r, const struct ui *ui)
{
	const struct row held = { .sock = s, .env = r->env };

	holder_add_word(t, &held, ui->root, ui->charset);
}

static void
add_unknown_party(struct text *t, const struct party *p, const struct row *r, const struct ui *ui)
{
	if (p->gone)
		text_add(t, _("(gone)"));
	else if (p->sock)
		add_word(t, p->sock, r, ui);
}

/* "(time-wait) 212" */
static void
add_count(struct text *t, const struct row *r)
{
	text_addf(t, "%s %u", _("(time-wait)"), (unsigned)r->sum->count);
}

/* The process that a row is called by. */
static struct painted
paint_name(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	struct party client;

	if (v->kind != VAL_NONE)
		return paint_value(t, v, r, ui);
	if (r->kind == ROW_TIME_WAIT) {
		add_count(t, r);
	} else if (r->far) {
		client = row_party(r, PARTY_CLIENT);
		add_unknown_party(t, &client, r, ui);
	} else {
		add_word(t, r->sock, r, ui);
	}
	return dim_word;
}

/* The bytes from the last but `words` blanks on. */
static size_t
tail_of(const struct text *t, size_t words)
{
	const char *s = text_str(t);
	size_t at = t->len;

	while (at > 0 && words > 0)
		words -= s[--at] == ' ';
	return words == 0 ? t->len - at : 0;
}

/* "(in accept queue) :8080" */
static struct painted
paint_party(struct text *t, const struct value *v, const struct row *r, const struct ui *ui,
            enum party_side side)
{
	struct party p = row_party(r, side);
	size_t before = t->len;

	if (p.task) {
		paint_value(t, v, r, ui);
		return (struct painted){ .role = ROLE_TEXT, .tail = tail_of(t, p.at ? 2 : 1) };
	}
	if (r->kind == ROW_TIME_WAIT && side == PARTY_CLIENT)
		add_count(t, r);
	else
		add_unknown_party(t, &p, r, ui);
	if (v->kind != VAL_NONE && t->len > before)
		text_addc(t, ' ');
	value_add(t, v, VALUE_TABLE, ui->charset);
	return (struct painted){ .role = ROLE_DIM, .tail = v->kind != VAL_NONE ? tail_of(t, 1) : 0 };
}

static struct painted
paint_client(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	return paint_party(t, v, r, ui, PARTY_CLIENT);
}

static void
add_arrow(struct text *t, bool forth, enum text_charset cs)
{
	static const char *const arrows[2][2] = {
		[TEXT_ASCII] = { "<- ", "-> " }, [TEXT_UTF8] = { "← ", "→ " },
	};

	text_add(t, arrows[cs][forth]);
}

static struct painted
paint_server(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	add_arrow(t, true, ui->charset);
	return paint_party(t, v, r, ui, PARTY_SERVER);
}

/* ---- what ---- */

/* Below a listener all ports are as wide, so that the branches before them are in line. */
static struct painted
paint_port(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	if (!r->far)
		return paint_value(t, v, r, ui);
	if (v->kind == VAL_NONE)
		text_fill(t, ' ', PORT_CELLS);
	else
		text_addf(t, "%*llu", PORT_CELLS, (unsigned long long)v->number);
	return plain;
}

/* The address helps only where it is not the one that was called. */
static struct painted
paint_address(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	const struct sock *s = r->sock;

	if (r->far && memcmp(s->local.addr, s->remote.addr, sizeof s->local.addr) == 0)
		return plain;
	return paint_value(t, v, r, ui);
}

/* Of an address that is cut the port is left. */
static struct painted
paint_end(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	size_t before = t->len;
	const char *port;

	paint_value(t, v, r, ui);
	port = strrchr(text_str(t) + before, ':');
	return (struct painted){ .role = ROLE_TEXT, .tail = port ? strlen(port) : 0 };
}

static struct painted
paint_reach(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	bool exposed = v->kind == VAL_ENUM && v->name == sock_reach_names[REACH_EXPOSED];

	paint_value(t, v, r, ui);
	return exposed ? (struct painted){ .role = ROLE_WARNING } : plain;
}

/* Longer from step to step; below the first one there is none. */
static size_t
bar_cells(uint64_t percent)
{
	static const uint8_t steps[] = { 10, 20, 50, FULL_PERCENT };
	size_t n = 0;

	while (n < ARRAY_SIZE(steps) && percent >= steps[n])
		n++;
	return n;
}

/* "3/128"; "▇▇40/200" where many wait. A limit of 0 lets one wait. */
static struct painted
paint_queue(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	uint64_t limit = r->sock->wqueue, percent;

	if (v->kind == VAL_NONE)
		return plain;
	percent = v->number * 100 / MAX(limit, 1);
	for (size_t i = 0; i < bar_cells(percent); i++)
		text_add(t, ui->charset == TEXT_UTF8 ? "▇" : "#");
	text_addf(t, "%llu/%llu", (unsigned long long)v->number, (unsigned long long)limit);
	return percent >= FULL_PERCENT ? (struct painted){ .role = ROLE_WARNING } : plain;
}

/* A client has none itself: the state of its connection goes there. */
static struct painted
paint_clients(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	if (!r->far)
		return paint_value(t, v, r, ui);
	text_add(t, sock_state_names[r->sock->state]);
	return (struct painted){ .role = ROLE_TEXT, .spills = true };
}

static struct painted
paint_rate(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	uint32_t ms;

	if (r->kind != ROW_TIME_WAIT || !row_time_wait_ms(r, &ms))
		return paint_value(t, v, r, ui);
	text_addf(t, _("oldest %us"), (unsigned)(ms / 1000));
	return (struct painted){ .role = ROLE_DIM, .spills = true };
}

/* How long lotop has seen the oldest says less than how long it is there. */
static struct painted
paint_age(struct text *t, const struct value *v, const struct row *r, const struct ui *ui)
{
	return r->kind == ROW_TIME_WAIT ? plain : paint_value(t, v, r, ui);
}

/* ---- THE table ---- */

static const struct painter {
	const char *id;
	const char *title;	/* N_(); NULL: that of the field */
	paint_fn    paint;
	size_t      worth;	/* 0: as its kind is */
	size_t      least;	/* 0: what it is worth */
	bool        arrow;	/* before the title too */
} painters[] = {
	{ "lport", NULL, paint_port, 0, 0, false },
	{ "laddr", NULL, paint_address, 0, LEAST_ADDR, false },
	{ "peer", NULL, paint_end, 0, LEAST_END, false },
	{ "process", NULL, paint_name, WORTH_NAME, LEAST_NAME, false },
	{ "app", NULL, paint_name, WORTH_NAME, LEAST_NAME, false },
	{ "project", NULL, paint_value, 0, LEAST_PLACE, false },
	{ "user", NULL, paint_value, 0, LEAST_USER, false },
	{ "reach", NULL, paint_reach, 0, 0, false },
	{ "clients", NULL, paint_clients, 0, 0, false },
	{ "backlog", N_("QUEUE"), paint_queue, 0, 0, false },
	{ "listens", NULL, paint_value, 0, LEAST_PORTS, false },
	{ "rx", NULL, paint_rate, 0, 0, false },
	{ "age", NULL, paint_age, 0, 0, false },
	{ "client", NULL, paint_client, WORTH_PARTY, LEAST_PARTY, false },
	{ "server", NULL, paint_server, WORTH_PARTY, LEAST_PARTY, true },
};

static const struct painter *
painter_of(const struct field *f)
{
	static const struct painter usual = { .paint = paint_value };

	for (size_t i = 0; i < ARRAY_SIZE(painters); i++)
		if (strcmp(painters[i].id, f->id) == 0)
			return &painters[i];
	return &usual;
}

void
painter_add_title(struct text *t, const struct field *f, enum text_charset cs)
{
	const struct painter *p = painter_of(f);

	if (p->arrow)
		add_arrow(t, true, cs);
	text_add(t, _(p->title ? p->title : f->title));
}

size_t
painter_worth(const struct columns *c, size_t i)
{
	const struct field *f = c->field[i];
	size_t worth = painter_of(f)->worth;

	if (worth == 0 && f->flags & FIELD_GROW)
		worth = WORTH_LONG;
	else if (worth == 0 && f->kind == VAL_TEXT)
		worth = WORTH_TEXT;
	return worth == 0 ? c->width[i] : MIN(c->width[i], worth);
}

size_t
painter_least(const struct columns *c, size_t i)
{
	size_t worth = painter_worth(c, i), least = painter_of(c->field[i])->least;

	return least == 0 ? worth : MIN(worth, least);
}

/* ---- below a process ---- */

static void
add_field(struct text *t, const char *id, const struct row *r, const struct ui *ui)
{
	struct value v = row_value(field_find(id, strlen(id)), r);

	if (v.kind == VAL_NONE)
		return;
	text_addc(t, ' ');
	value_add(t, &v, VALUE_TABLE, ui->charset);
}

static void
add_clients(struct text *t, const struct row *r)
{
	struct value v = field_get(field_find("clients", strlen("clients")), r);

	if (v.kind != VAL_NONE && v.number > 0)
		text_addf(t, P_(" %llu client", " %llu clients", v.number), (unsigned long long)v.number);
}

/* "→ next dev 4211 :3000": whom it talks to. */
static void
add_other_party(struct text *t, const struct row *r, const struct ui *ui)
{
	bool forth = row_is_client(r);
	enum party_side side = forth ? PARTY_SERVER : PARTY_CLIENT;
	struct party p = row_party(r, side);
	struct value v = value_party(p.task, p.at);

	text_addc(t, ' ');
	add_arrow(t, forth, ui->charset);
	paint_party(t, &v, r, ui, side);
}

/* "3000 127.0.0.1 LISTEN 3 clients" */
static void
add_held(struct text *t, const struct row *r, const struct ui *ui)
{
	text_fill(t, ' ', 2u * r->depth);
	text_addf(t, "%*u", PORT_CELLS, r->sock->local.port);
	add_field(t, "laddr", r, ui);
	add_field(t, "state", r, ui);
	if (r->sock->proto != PROTO_TCP)
		add_field(t, "proto", r, ui);
	if (r->kind == ROW_TIME_WAIT)
		text_addf(t, " %u", (unsigned)r->sum->count);
	else if (sock_has_peer(r->sock))
		add_other_party(t, r, ui);
	else
		add_clients(t, r);
}

/* The first column has it all, but for numbers that stand below those of the process. */
static struct painted
paint_held(struct text *t, const struct field *f, const struct row *r, const struct ui *ui)
{
	const struct field *same = f->kind == VAL_RATE ? field_find(f->id, strlen(f->id)) : NULL;
	struct value v;

	if (f == ui->list->columns.field[ui->list->left]) {
		add_held(t, r, ui);
		return (struct painted){ .role = ROLE_TEXT, .spills = true };
	}
	if (same) {
		v = field_get(same, r);
		value_add(t, &v, VALUE_TABLE, ui->charset);
	}
	return plain;
}

struct painted
painter_add(struct text *t, const struct field *f, const struct row *r, const struct ui *ui)
{
	struct value v;

	if (ui->spec.kind == VIEW_PROCESSES && r->kind != ROW_PROCESS)
		return paint_held(t, f, r, ui);
	v = row_value(f, r);
	return painter_of(f)->paint(t, &v, r, ui);
}
