/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Events as a table that streams, and as CSV. Nobody knows how wide the lines to
 * come are: a column has a least width and grows where it must.
 */

#include "out/events.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/util.h"

const char *const event_names[EVENT_KINDS] = {
	[EVENT_OPEN] = "open", [EVENT_STATE] = "state", [EVENT_CLOSE] = "close", [EVENT_LOST] = "lost",
};

static const char default_columns[] = "proto,state,local,peer,pid,process";

#define GAP         2
#define TIME_CELLS  12	/* 18:52:13.042 */
#define EVENT_CELLS 5

/* Cells that most values of a column need; others have that of their title. */
static const struct { const char *id; size_t cells; } least[] = {
	{ "proto", 5 }, { "state", 11 }, { "local", 21 }, { "peer", 21 }, { "pid", 7 },
	{ "process", 15 }, { "laddr", 15 }, { "raddr", 15 }, { "user", 10 }, { "command", 30 },
};

static const struct field *
age_field(void)
{
	return field_find("age", strlen("age"));
}

/* list NULL: all but the age, which a record has anyway. */
static void
choose(struct columns *c, const struct format_options *o, const char *list)
{
	const char *bad;
	size_t len;

	if (o->columns) {
		*c = *o->columns;
		return;
	}
	*c = (struct columns){ .count = 0 };
	if (list) {
		columns_parse(c, list, &bad, &len);
		return;
	}
	for (size_t i = 0; i < nfields && c->count < COLUMNS_MAX; i++)
		if (!(fields[i].flags & FIELD_NOJSON) && &fields[i] != age_field())
			c->field[c->count++] = &fields[i];
}

static size_t
least_width(const struct field *f)
{
	size_t width = text_width(_(f->title));

	for (size_t i = 0; i < ARRAY_SIZE(least); i++)
		if (strcmp(least[i].id, f->id) == 0)
			width = MAX(width, least[i].cells);
	return width;
}

/* ---- table ---- */

static void
add_padded(struct text *line, const char *cell, size_t width, bool right)
{
	size_t cells = text_width(cell);
	size_t pad = cells < width ? width - cells : 0;

	if (right)
		text_fill(line, ' ', pad);
	text_add(line, cell);
	if (!right)
		text_fill(line, ' ', pad);
	text_fill(line, ' ', GAP);
}

static void
put_line(FILE *out, struct text *line)
{
	size_t len = line->len;

	while (len > 0 && line->s[len - 1] == ' ')
		len--;
	text_cut(line, len);
	text_addc(line, '\n');
	fwrite(text_str(line), 1, line->len, out);
	text_done(line);
}

void
events_table_header(FILE *out, const struct format_options *o)
{
	struct columns c;
	struct text line;

	choose(&c, o, default_columns);
	text_init(&line);
	add_padded(&line, _("TIME"), TIME_CELLS, false);
	add_padded(&line, _("EVENT"), EVENT_CELLS, false);
	for (size_t i = 0; i < c.count; i++)
		add_padded(&line, _(c.field[i]->title), least_width(c.field[i]),
		           c.field[i]->flags & FIELD_RIGHT);
	put_line(out, &line);
}

static void
add_time(struct text *line, struct timespec wall)
{
	struct tm tm;

	localtime_r(&wall.tv_sec, &tm);
	text_addf(line, "%02d:%02d:%02d.%03ld  ", tm.tm_hour, tm.tm_min, tm.tm_sec,
	          wall.tv_nsec / 1000000);
}

/* What a close knows at the end: "after 1.2 s, received 12K, sent 3.4K". */
static void
add_end(struct text *line, const struct event *e)
{
	const struct sock *s = e->row->sock;
	struct text rx, tx;

	if (e->has_age)
		text_addf(line, _("after %.1f s"), (double)e->age_ns / NS_PER_SEC);
	if (!(s->has & SOCK_HAS_BYTES))
		return;
	text_init(&rx);
	text_init(&tx);
	text_add_size(&rx, sock_info(s)->rx_bytes);
	text_add_size(&tx, sock_info(s)->tx_bytes);
	if (e->has_age)
		text_add(line, ", ");
	text_addf(line, _("received %1$s, sent %2$s"), text_str(&rx), text_str(&tx));
	text_done(&rx);
	text_done(&tx);
}

void
events_table_write(FILE *out, const struct event *e, const struct format_options *o)
{
	struct columns c;
	struct text line, cell;

	choose(&c, o, default_columns);
	text_init(&line);
	text_init(&cell);
	add_time(&line, e->wall);
	add_padded(&line, event_names[e->kind], EVENT_CELLS, false);
	for (size_t i = 0; e->row && i < c.count; i++) {
		struct value v = field_get(c.field[i], e->row);

		text_clear(&cell);
		value_add(&cell, &v, VALUE_TABLE, o->charset);
		add_padded(&line, text_str(&cell), least_width(c.field[i]),
		           c.field[i]->flags & FIELD_RIGHT);
	}
	if (e->kind == EVENT_LOST)
		text_add(&line, _("the kernel lost events; what is there now was read anew"));
	if (e->kind == EVENT_CLOSE)
		add_end(&line, e);
	text_done(&cell);
	put_line(out, &line);
}

/* ---- CSV ---- */

static void
end_record(FILE *out, struct text *line)
{
	text_add(line, "\r\n");
	fwrite(text_str(line), 1, line->len, out);
	text_done(line);
}

/* What the user names has the place that the user gave it, and is there once. */
static bool
has_age_first(const struct columns *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->field[i] == age_field())
			return false;
	return true;
}

void
events_csv_header(FILE *out, const struct format_options *o)
{
	struct columns c;
	struct text line;

	choose(&c, o, NULL);
	text_init(&line);
	text_add(&line, has_age_first(&c) ? "time,event,age" : "time,event");
	for (size_t i = 0; i < c.count; i++)
		text_addf(&line, ",%s", c.field[i]->id);
	end_record(out, &line);
}

/* A close tells its age more exactly than the last snapshot. */
static void
add_csv_value(struct text *line, const struct event *e, const struct field *f)
{
	struct value v = { .kind = VAL_NONE };
	struct text cell;

	text_init(&cell);
	if (e->kind == EVENT_CLOSE && f == age_field() && e->has_age)
		text_addf(&cell, "%llu.%03llu", (unsigned long long)(e->age_ns / NS_PER_SEC),
		          (unsigned long long)(e->age_ns % NS_PER_SEC / NS_PER_MS));
	else if (e->row && (e->kind != EVENT_CLOSE || f != age_field()))
		v = field_get(f, e->row);
	value_add(&cell, &v, VALUE_EXACT, TEXT_UTF8);
	text_addc(line, ',');
	csv_add(line, text_str(&cell));
	text_done(&cell);
}

void
events_csv_write(FILE *out, const struct event *e, const struct format_options *o)
{
	char time[CLOCK_RFC3339_SIZE];
	struct columns c;
	struct text line;

	choose(&c, o, NULL);
	text_init(&line);
	text_addf(&line, "%s,%s", clock_rfc3339(e->wall, time), event_names[e->kind]);
	if (has_age_first(&c))
		add_csv_value(&line, e, age_field());
	for (size_t i = 0; i < c.count; i++)
		add_csv_value(&line, e, c.field[i]);
	end_record(out, &line);
}
