/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop help, --help and --version: what a person reads first. */

#include <stdio.h>
#include <string.h>

#include "cli.h"

Test(help, every_topic_tells_of_its_things)
{
	static const struct {
		const char *topic;
		const char *words[4];
	} cases[] = {
		{ "commands", { "\n  list", "\n  help" } },
		{ "fields", { "\n  lport", "  proto", "\n  cookie" } },
		{ "filters", { "FIELD~REGEX", "10.0.0.0/8", ":none" } },
		{ "keys", { "k F9", "Ctrl-L" } },
		{ "states", { "TIME_WAIT", "LISTEN", "exposed" } },
		{ "formats", { "ndjson", "openmetrics" } },
		{ "list", { "Usage:", "--columns LIST" } },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		struct run r;

		run_lotop(NULL, ARGS("help", cases[i].topic), &r);
		cr_expect_eq(r.status, 0, "%s", cases[i].topic);
		cr_expect_eq(r.err_len, 0, "%s", r.err);
		for (size_t k = 0; k < 4 && cases[i].words[k]; k++)
			cr_expect_not_null(strstr(r.out, cases[i].words[k]), "%s: no %s in\n%s",
			    cases[i].topic, cases[i].words[k], r.out);
		run_done(&r);
	}
}

Test(help, alone_it_lists_commands_and_topics)
{
	struct run r;

	run_lotop(NULL, ARGS("help"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_not_null(strstr(r.out, "\n  list "));
	cr_expect_not_null(strstr(r.out, "\n  filters "));
	run_done(&r);
}

Test(help, an_unknown_topic_is_said_with_those_there_are)
{
	struct run r;

	run_lotop(NULL, ARGS("help", "nothing\x1b[2J"), &r);
	cr_expect_eq(r.status, 2);
	cr_expect_eq(r.out_len, 0);
	cr_expect_not_null(strstr(r.err, "filters"), "%s", r.err);
	cr_expect_null(strchr(r.err, '\x1b'));
	run_done(&r);
}

/* Also where standard output is no terminal, and lotop alone would be a list. */
Test(help, of_lotop_shows_every_command)
{
	struct run r;

	run_lotop(NULL, ARGS("--help"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_not_null(strstr(r.out, "  lotop [OPTION]... [FILTER]...\n"), "%s", r.out);
	cr_expect_not_null(strstr(r.out, "  lotop list "), "%s", r.out);
	cr_expect_not_null(strstr(r.out, "  lotop help "), "%s", r.out);
	run_done(&r);
}

Test(help, of_a_command_shows_its_options_alone)
{
	struct run r;

	run_lotop(NULL, ARGS("help", "--help"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_not_null(strstr(r.out, "--version"));
	cr_expect_null(strstr(r.out, "--columns"));
	run_done(&r);
}

/* POSIX and GNU: one line with name and version first. */
Test(help, version_is_the_first_line)
{
	struct run r;

	run_lotop(NULL, ARGS("--version"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_eq(strncmp(r.out, "lotop ", 6), 0, "%s", r.out);
	run_done(&r);
}
