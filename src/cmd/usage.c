/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What --help and --version print: the tables, drawn. */

#include "cmd/subcommand.h"

#include <stdio.h>

#include "base/i18n.h"

#define HELP_COLUMN 28	/* where the help of an option begins */

static void
add_usage_line(struct text *t, const struct subcommand *c)
{
	text_addf(t, "  lotop%s%s %s\n", c->name ? " " : "", c->name ? c->name : "", _(c->words));
	text_addf(t, "      %s\n", _(c->help));
}

/* "  -p, --port RANGES", padded, and its help; a long head has a line of its own. */
static void
add_option_line(struct text *t, const struct option_row *row)
{
	size_t start = t->len;
	size_t cells;

	text_add(t, "  ");
	if (row->letter)
		text_addf(t, "-%c, ", row->letter);
	else
		text_add(t, "    ");
	text_addf(t, "--%s", row->name);
	if (row->arg)
		text_addf(t, " %s", _(row->arg));
	cells = text_width(text_str(t) + start);
	if (cells + 2 > HELP_COLUMN) {
		text_addc(t, '\n');
		cells = 0;
	}
	text_fill(t, ' ', HELP_COLUMN - cells);
	text_addf(t, "%s\n", _(row->help));
}

static void
add_usage(struct text *t, const struct subcommand *c)
{
	text_addf(t, "%s\n", _("Usage:"));
	if (c->name)
		add_usage_line(t, c);
	for (size_t i = 0; !c->name && i < nsubcommands; i++)
		add_usage_line(t, &subcommands[i]);
	text_addf(t, "\n%s\n", _("Options:"));
	for (size_t i = 0; i < noptions; i++)
		if (options[i].commands & c->bit)
			add_option_line(t, &options[i]);
}

int
usage_print(const struct subcommand *c)
{
	struct text t;

	text_init(&t);
	add_usage(&t, c);
	text_addf(&t, "\n%s\n", _("Exit status: 0 done or found, 1 nothing matched, 2 wrong usage, 3 refused by the system.\n"
	                          "lotop help lists what more there is to read; the manual, lotop(1), tells the rest."));
	fputs(text_str(&t), stdout);
	text_done(&t);
	return output_finish();
}

int
version_print(void)
{
	printf("lotop %s\n", PACKAGE_VERSION);
	printf("%s\n", _("Copyright (C) 2026 The lotop authors\n"
	                 "License GPL-2.0-or-later. There is no warranty, to the extent permitted by law."));
	return output_finish();
}
