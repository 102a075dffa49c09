/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "out/ports.h"

#include <errno.h>
#include <stdlib.h>

#include "out/json_priv.h"

void
port_report_done(struct port_report *r)
{
	for (size_t i = 0; i < r->nreasons; i++)
		free(r->reasons[i].message);
	free(r->reasons);
	free(r->holders);
	free(r->clients);
	free(r->elsewhere);
	free(r->binds);
}

static json_t *
encode_rows(struct encoder *e, const struct row *rows, size_t count)
{
	json_t *ret = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(ret, encode_socket(e, json_object(), &rows[i]));
	return ret;
}

static json_t *
encode_reason(struct encoder *e, const struct port_reason *r)
{
	json_t *ret = json_object();

	json_object_set_new(ret, "kind", json_string(r->kind));
	json_object_set_new(ret, "message", encode_string(e, r->message));
	json_object_set_new(ret, "seconds", r->seconds > 0 ? json_integer(r->seconds) : json_null());
	return ret;
}

/* The name of the error is the same in every language, as strerror(3)'s text is not. */
static json_t *
encode_error(int err)
{
	static const struct { int err; const char *name; } names[] = {
		{ EADDRINUSE, "EADDRINUSE" }, { EACCES, "EACCES" }, { EPERM, "EPERM" },
		{ EADDRNOTAVAIL, "EADDRNOTAVAIL" }, { EMFILE, "EMFILE" }, { ENFILE, "ENFILE" },
	};

	if (err == 0)
		return json_null();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].err == err)
			return json_string(names[i].name);
	return json_sprintf("E%d", err);
}

static json_t *
encode_bind(const struct port_bind *b)
{
	json_t *ret = json_object();

	json_object_set_new(ret, "proto", json_string(sock_proto_names[b->proto]));
	json_object_set_new(ret, "address", json_string(b->address));
	json_object_set_new(ret, "error", encode_error(b->err));
	return ret;
}

static json_t *
encode_address(struct encoder *e, const struct port_report *r)
{
	struct text t;
	json_t *ret;

	if (!r->has_addr)
		return json_null();
	text_init(&t);
	addr_add_text(&t, r->end.addr);
	ret = encode_string(e, text_str(&t));
	text_done(&t);
	return ret;
}

static json_t *
encode_report(struct encoder *e, const struct port_report *r)
{
	json_t *ret = json_object(), *reasons = json_array(), *binds = json_array();
	json_t *holders = encode_rows(e, r->holders, r->nholders);

	for (size_t i = 0; i < r->nholders; i++)
		json_object_set_new(json_array_get(holders, i), "clients",
		                    r->holders[i].sock->state == STATE_LISTEN
		                    ? json_integer((json_int_t)r->clients[i]) : json_null());
	for (size_t i = 0; i < r->nreasons; i++)
		json_array_append_new(reasons, encode_reason(e, &r->reasons[i]));
	for (size_t i = 0; i < r->nbinds; i++)
		json_array_append_new(binds, encode_bind(&r->binds[i]));
	json_object_set_new(ret, "port", json_integer(r->end.port));
	json_object_set_new(ret, "address", encode_address(e, r));
	json_object_set_new(ret, "held", json_boolean(r->nholders > 0));
	json_object_set_new(ret, "bindable", json_boolean(r->bindable));
	json_object_set_new(ret, "holders", holders);
	json_object_set_new(ret, "elsewhere", encode_rows(e, r->elsewhere, r->nelsewhere));
	json_object_set_new(ret, "reasons", reasons);
	json_object_set_new(ret, "binds", binds);
	return ret;
}

static size_t
count_hidden(const struct port_report *reports, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < reports[i].nholders; k++)
			n += reports[i].holders[k].sock->holder == HOLDER_HIDDEN;
	return n;
}

void
ports_json_write(FILE *out, const struct port_report *reports, size_t count,
                 const struct view_env *env)
{
	json_t *document, *ports = json_array();
	struct encoder e;

	encoder_init(&e, env->names);
	document = encode_head(&e, env->snap, scope_names[SCOPE_ALL], count_hidden(reports, count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(ports, encode_report(&e, &reports[i]));
	json_object_set_new(document, "ports", ports);
	encoder_add(&e, document, JSON_INDENT(1));
	text_addc(&e.line, '\n');
	encoder_put(out, &e);
	encoder_done(&e);
}
