/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Events as JSON, an object a line. */

#include "out/events.h"

#include "base/clock.h"
#include "out/json_priv.h"

/* Seconds with milliseconds, as a number; printed the same in every locale by jansson. */
static json_t *
encode_age(const struct event *e)
{
	if (!e->has_age)
		return json_null();
	return json_real((double)(e->age_ns / NS_PER_MS) / 1000.0);
}

void
events_ndjson_write(FILE *out, const struct event *e, const struct format_options *o)
{
	json_t *object = json_object();
	struct encoder enc;

	(void)o;
	encoder_init(&enc, e->names);
	encode_time(object, e->wall);
	json_object_set_new(object, "event", json_string(event_names[e->kind]));
	if (e->row)
		encode_socket(&enc, object, e->row);
	if (e->kind == EVENT_CLOSE)
		json_object_set_new(object, "age", encode_age(e));
	encoder_add(&enc, object, JSON_REAL_PRECISION(12));
	text_addc(&enc.line, '\n');
	encoder_put(out, &enc);
	encoder_done(&enc);
}
