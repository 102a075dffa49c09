/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The live session: one loop over the terminal, signals, the timer and the source. */

#ifndef LOTOP_APP_LIVE_H
#define LOTOP_APP_LIVE_H

#include "app/options.h"

struct live_options {
	const char       *proc_root;	/* "/proc" */
	struct view_spec  spec;		/* scope, protos, families, sort, reverse; its filters are not looked at */
	const char       *ports;	/* of -p; NULL or empty: none */
	const char       *filter;	/* NULL or empty: none */
	const char       *columns;	/* of -c; NULL: the screen's own */
	double            delay;	/* seconds */
	bool              numeric;
	bool              readonly;
	enum color_mode   color;
	enum text_charset charset;
};

/*
 * Runs until the user quits. Returns an exit status, having said on standard
 * error what went wrong; where a signal ends it, it restores the terminal and
 * dies by that signal.
 */
int live_run(const struct live_options *o);

#endif
