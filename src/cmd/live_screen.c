/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop without a word: the live screen. */

#include "cmd/subcommand.h"

#include "app/live.h"

#define DELAY_DEFAULT 1.0

int
live_screen_run(const struct options *o)
{
	const struct live_options live = {
		.proc_root = "/proc",
		.spec = options_view_spec(o),
		.ports = text_str(&o->ports_text),
		.filter = text_str(&o->filter_text),
		.columns = o->columns,
		.delay = o->delay > 0 ? o->delay : DELAY_DEFAULT,
		.numeric = o->numeric,
		.readonly = o->readonly,
		.color = o->color,
		.charset = text_charset_of_locale(),
	};

	return live_run(&live);
}
