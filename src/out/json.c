/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * JSON: a document, or an object a line. Only one socket at a time is a tree in
 * memory. Names and command lines are sanitized before jansson sees them, which
 * takes valid UTF-8 alone.
 */

#include "out/json_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "view/partial.h"

#define SCHEMA 1

static const char *const source_names[] = {
	[FROM_NETLINK] = "netlink",
	[FROM_PROCFS]  = "procfs",
};

/*
 * Without memory jansson would leave out a key or a socket and nobody would know:
 * it takes its memory from where running out ends the program.
 */
void
encoder_init(struct encoder *e, struct names *names)
{
	json_set_alloc_funcs(mem_new, free);
	e->names = names;
	text_init(&e->scratch);
	text_init(&e->line);
}

void
encoder_done(struct encoder *e)
{
	text_done(&e->scratch);
	text_done(&e->line);
}

typedef json_t *(*encode_fn)(struct encoder *e, const struct value *v);

static json_t *
encode_none(struct encoder *e, const struct value *v)
{
	(void)e;
	(void)v;
	return json_null();
}

static json_t *
encode_number(struct encoder *e, const struct value *v)
{
	(void)e;
	return json_integer((json_int_t)MIN(v->number, (uint64_t)LLONG_MAX));
}

static json_t *
encode_bytes(struct encoder *e, const char *bytes, size_t len)
{
	text_clear(&e->scratch);
	text_add_safe(&e->scratch, bytes, len, TEXT_UTF8);
	return json_stringn(text_str(&e->scratch), e->scratch.len);
}

json_t *
encode_string(struct encoder *e, const char *s)
{
	return s ? encode_bytes(e, s, strlen(s)) : json_null();
}

static json_t *
encode_word(struct encoder *e, const struct value *v)
{
	text_clear(&e->scratch);
	value_add(&e->scratch, v, VALUE_EXACT, TEXT_UTF8);
	return json_stringn(text_str(&e->scratch), e->scratch.len);
}

static json_t *
encode_words(struct encoder *e, const struct value *v)
{
	json_t *words = json_array();
	unsigned at = 0;
	const char *word;

	while ((word = value_next_word(v, &at)))
		json_array_append_new(words, encode_string(e, word));
	return words;
}

static json_t *
encode_argv(struct encoder *e, const struct value *v)
{
	json_t *args = json_array();
	size_t at = 0, len;
	const char *arg;

	while ((arg = value_next_arg(v, &at, &len)))
		json_array_append_new(args, encode_bytes(e, arg, len));
	return args;
}

static json_t *
encode_owner(struct encoder *e, const struct owner *owner)
{
	const struct task *task = owner->task;
	const char *user = task->has & TASK_HAS_UID ? names_user(e->names, task->uid) : NULL;
	char start[CLOCK_RFC3339_SIZE];
	json_t *o = json_object();

	clock_rfc3339(clock_of_start(task->start), start);
	json_object_set_new(o, "pid", json_integer(task->pid));
	json_object_set_new(o, "fd", json_integer(owner->fd));
	json_object_set_new(o, "process", encode_string(e, task->comm));
	json_object_set_new(o, "user", encode_string(e, user));
	json_object_set_new(o, "start", json_string(start));
	return o;
}

static json_t *
encode_owners(struct encoder *e, const struct value *v)
{
	json_t *owners = json_array();

	for (uint32_t i = 0; i < v->owners->nowners; i++)
		json_array_append_new(owners, encode_owner(e, &v->owners->owners[i]));
	return owners;
}

static const encode_fn encoders[VAL_KINDS] = {
	[VAL_NONE]     = encode_none,
	[VAL_NUMBER]   = encode_number,
	[VAL_PORT]     = encode_number,
	[VAL_BYTES]    = encode_number,
	[VAL_RATE]     = encode_number,
	[VAL_USEC]     = encode_number,
	[VAL_SECONDS]  = encode_number,
	[VAL_COOKIE]   = encode_word,
	[VAL_ENUM]     = encode_word,
	[VAL_WORDS]    = encode_words,
	[VAL_TEXT]     = encode_word,
	[VAL_ADDR]     = encode_word,
	[VAL_ENDPOINT] = encode_word,
	[VAL_ARGV]     = encode_argv,
	[VAL_OWNERS]   = encode_owners,
};

json_t *
encode_socket(struct encoder *e, json_t *object, const struct row *r)
{
	for (size_t i = 0; i < nfields; i++) {
		struct value v;

		if (fields[i].flags & FIELD_NOJSON)
			continue;
		v = field_get(&fields[i], r);
		json_object_set_new_nocheck(object, fields[i].id, encoders[v.kind](e, &v));
	}
	return object;
}

void
encode_time(json_t *object, struct timespec wall)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_rfc3339(wall, time);
	json_object_set_new(object, "time", json_string(time));
}

static json_t *
encode_host(struct encoder *e)
{
	char host[HOST_NAME_MAX + 1];

	if (gethostname(host, sizeof host) < 0)
		return json_null();
	host[sizeof host - 1] = '\0';
	return encode_string(e, host);
}

/* Owners that this user may not see are missing from a document, too. */
static json_t *
encode_partial(struct encoder *e, const struct snapshot *snap, size_t hidden)
{
	struct text why;
	json_t *ret;

	text_init(&why);
	partial_add(&why, snap);
	if (hidden > 0) {
		if (why.len > 0)
			text_addc(&why, ' ');
		text_addf(&why, P_("The owner of %zu socket is hidden from this user.",
		                   "The owners of %zu sockets are hidden from this user.", hidden), hidden);
	}
	ret = encode_string(e, why.len > 0 ? text_str(&why) : NULL);
	text_done(&why);
	return ret;
}

static int
take_piece(const char *piece, size_t len, void *line)
{
	text_addn(line, piece, len);
	return 0;
}

/* json_dumpf() would lock the stream for each of the 200 pieces that a socket is written in. */
void
encoder_add(struct encoder *e, json_t *object, size_t flags)
{
	json_dump_callback(object, take_piece, &e->line, flags);
	json_decref(object);
}

void
encoder_put(FILE *out, struct encoder *e)
{
	fwrite(text_str(&e->line), 1, e->line.len, out);
	text_clear(&e->line);
}

json_t *
encode_head(struct encoder *e, const struct snapshot *snap, const char *scope, size_t hidden)
{
	json_t *head = json_object();

	json_object_set_new(head, "schema", json_integer(SCHEMA));
	encode_time(head, snap->wall);
	json_object_set_new(head, "host", encode_host(e));
	json_object_set_new(head, "scope", json_string(scope));
	json_object_set_new(head, "source", json_string(source_names[snap->source]));
	json_object_set_new(head, "partial", encode_partial(e, snap, hidden));
	return head;
}

/* Of the rows alone: others may not have left the kernel. */
static size_t
count_hidden(const struct view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++)
		n += v->rows[i].sock->holder == HOLDER_HIDDEN;
	return n;
}

/* Adds the document as far as its array of sockets, which stays open. */
static void
open_document(struct encoder *e, const struct view *v, enum scope scope)
{
	text_addc(&e->line, '{');
	encoder_add(e, encode_head(e, v->env.snap, scope_names[scope], count_hidden(v)), JSON_EMBED);
	text_add(&e->line, ", \"sockets\": [");
}

void
json_write(FILE *out, const struct view *v, const struct format_options *o)
{
	const char *between = o->again ? " " : "\n";
	struct encoder e;

	encoder_init(&e, v->env.names);
	open_document(&e, v, o->scope);
	for (size_t i = 0; i < v->count; i++) {
		text_add(&e.line, between);
		encoder_add(&e, encode_socket(&e, json_object(), &v->rows[i]), 0);
		if (i + 1 < v->count)
			text_addc(&e.line, ',');
		encoder_put(out, &e);
	}
	text_addf(&e.line, "%s]}\n", v->count > 0 ? between : "");
	encoder_put(out, &e);
	encoder_done(&e);
}

/* The socket alone, whatever the row makes of it. */
static void
add_object(struct encoder *e, const struct view_env *env, const struct sock *s)
{
	const struct row plain = { .sock = s, .env = env, .kind = ROW_SOCK };

	encoder_add(e, encode_socket(e, json_object(), &plain), 0);
}

void
json_add_row(struct text *t, const struct row *r)
{
	struct encoder e;

	encoder_init(&e, r->env->names);
	if (!r->sum)
		add_object(&e, r->env, r->sock);
	for (uint32_t i = 0; r->sum && i < r->sum->count; i++) {
		text_add(&e.line, i == 0 ? "[" : ", ");
		add_object(&e, r->env, r->sum->socks[i]);
	}
	if (r->sum)
		text_addc(&e.line, ']');
	text_addn(t, text_str(&e.line), e.line.len);
	encoder_done(&e);
}

void
ndjson_write(FILE *out, const struct view *v, const struct format_options *o)
{
	struct encoder e;

	(void)o;
	encoder_init(&e, v->env.names);
	for (size_t i = 0; i < v->count; i++) {
		json_t *socket = json_object();

		encode_time(socket, v->env.snap->wall);
		encoder_add(&e, encode_socket(&e, socket, &v->rows[i]), 0);
		text_addc(&e.line, '\n');
		encoder_put(out, &e);
	}
	encoder_done(&e);
}
