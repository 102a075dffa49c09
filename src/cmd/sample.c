/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "cmd/sample.h"

#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "base/i18n.h"
#include "view/partial.h"

int
sample_open(struct source **ret)
{
	int r = source_open(ret, "/proc");

	if (r == 0)
		return EXIT_DONE;
	fprintf(stderr, _("lotop: Neither sock_diag nor /proc/net can be read (%s); look "
	                  "whether /proc is mounted.\n"), strerror(-r));
	return EXIT_REFUSED;
}

int
sample_take(struct source *s, unsigned want, struct snapshot *into)
{
	int r;

	snapshot_clear(into);
	r = source_sample(s, want, into);
	if (r == 0)
		return EXIT_DONE;
	fprintf(stderr, _("lotop: The kernel does not tell its sockets (%s); look whether "
	                  "/proc is mounted and a sandbox forbids netlink.\n"), strerror(-r));
	return EXIT_REFUSED;
}

void
sample_say_partial(const struct snapshot *snap)
{
	struct text t;

	text_init(&t);
	if (partial_add(&t, snap))
		fprintf(stderr, "lotop: %s\n", text_str(&t));
	text_done(&t);
}
