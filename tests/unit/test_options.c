/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The command line: what options and words become, and what a wrong one says. */

#include <criterion/criterion.h>

#include <errno.h>
#include <string.h>

#include "app/options.h"

#define ARGS_MAX 32

static unsigned
command_of(const char *word)
{
	static const struct { const char *name; unsigned bit; } commands[] = {
		{ "list", CMD_LIST }, { "events", CMD_EVENTS }, { "who", CMD_WHO },
		{ "kill", CMD_KILL }, { "wait", CMD_WAIT }, { "free", CMD_FREE },
		{ "help", CMD_HELP },
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].bit;
	return 0;
}

/* Parses a command line without its first word; the words are split at blanks. */
static int
parse(struct options *o, const char *line, struct text *why)
{
	static char buf[256];
	static char *argv[ARGS_MAX + 1];
	int argc = 1;

	snprintf(buf, sizeof buf, "%s", line);
	argv[0] = (char *)"lotop";
	for (char *w = strtok(buf, " "); w && argc < ARGS_MAX; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	text_init(why);
	return options_parse(o, argc, argv, CMD_LIVE, command_of, why);
}

Test(options, a_word_names_the_command_only_where_one_stands)
{
	static const struct {
		const char *line;
		unsigned    command;
		const char *filter;
	} cases[] = {
		{ "",                   CMD_LIVE, "" },
		{ "list",               CMD_LIST, "" },
		{ "list list",          CMD_LIST, "list" },
		{ "-- list",            CMD_LIVE, "list" },
		{ "node list",          CMD_LIVE, "node list" },
		{ "-t list 8080",       CMD_LIST, "8080" },
		{ "list 8080 -t node",  CMD_LIST, "8080 node" },
		{ "list -- -8080 8080", 0,        "" },
		{ "list -p 80 -- node", CMD_LIST, "node" },
		{ "-b node",            CMD_LIST, "node" },
		{ "-o json",            CMD_LIST, "" },
		{ "-H",                 CMD_LIST, "" },
		{ "-n 2",               CMD_LIST, "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options o;
		struct text why;
		int r = parse(&o, cases[i].line, &why);

		cr_expect_eq(r, cases[i].command ? 0 : -EINVAL, "%s: %s", cases[i].line, text_str(&why));
		if (cases[i].command) {
			cr_expect_eq(o.command, cases[i].command, "%s", cases[i].line);
			cr_expect_str_eq(text_str(&o.filter_text), cases[i].filter, "%s", cases[i].line);
			cr_expect_eq(o.filter != NULL, *cases[i].filter != '\0', "%s", cases[i].line);
		}
		options_done(&o);
		text_done(&why);
	}
}

Test(options, letters_and_names_set_the_same)
{
	static const char *const lines[] = {
		"-t -u -l -4 -6 -a -N -r -H -p 80 -p 90-91 -d 0.5 -n 3",
		("--tcp --udp --listening --ipv4 --ipv6 --all --numeric --readonly --no-header "
		 "--port=80,90-91 --delay=.5 --iterations=3"),
		"-tul46aNrHp80 -p90-91 -d0.5 -n3",
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct options o;
		struct text why;

		cr_assert_eq(parse(&o, lines[i], &why), 0, "%s: %s", lines[i], text_str(&why));
		cr_expect_eq(o.protos, 1u << PROTO_TCP | 1u << PROTO_UDP);
		cr_expect_eq(o.families, VIEW_IPV4 | VIEW_IPV6);
		cr_expect_eq(o.scope, SCOPE_ALL);
		cr_expect(o.holding && o.numeric && o.readonly && o.no_header);
		cr_expect_str_eq(text_str(&o.ports_text), "80,90-91");
		cr_expect_not_null(o.ports);
		cr_expect_eq(o.delay, 0.5);
		cr_expect_eq(o.iterations, 3);
		options_done(&o);
		text_done(&why);
	}
}

/* Each is refused with one sentence that names what is wrong; `says` stands in it. */
Test(options, a_wrong_command_line_says_what_is_wrong)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "--bogus",         "--bogus" },
		{ "-W",              "-W" },
		{ "list -ä",         "no option -?;" },
		{ "-aä 80",          "no option -a?;" },
		{ "--all=1",         "--all=1" },
		{ "--delay",         "--delay SECONDS" },
		{ "-d",              "--delay SECONDS" },
		{ "-d 0",            "0.1 to 3600" },
		{ "-d 0.09",         "0.1 to 3600" },
		{ "-d 3601",         "0.1 to 3600" },
		{ "-d nan",          "0.1 to 3600" },
		{ "-d inf",          "0.1 to 3600" },
		{ "-d -1",           "0.1 to 3600" },
		{ "-d 0,5",          "0.1 to 3600" },
		{ "-d 1e1",          "0.1 to 3600" },
		{ "-n 0",            "from 1 on" },
		{ "-n -1",           "from 1 on" },
		{ "-n 1x",           "from 1 on" },
		{ "-n 99999999999",  "from 1 on" },
		{ "-o xml",          "json" },
		{ "--scope universe", "loopback, host, all" },
		{ "--color sometimes", "auto, always, never" },
		{ "-c lport,proces", "Did you mean process?" },
		{ "-c lport,",       "column" },
		{ "-s proces",       "Did you mean process?" },
		{ "-s -proces",      "Did you mean process?" },
		{ "-s -",            "field" },
		{ "-p 0",            "^" },
		{ "-p 65536",        "^" },
		{ "-p 9-1",          "^" },
		{ "-p 80,,90",       "^" },
		{ "-p 0x50",         "^" },
		{ "list (node",      "^" },
		{ "-tulpn",          "Owners are always shown" },
		{ "-tlnp",           "Owners are always shown" },
		{ "-p n",            "Owners are always shown" },
		{ "-n p",            "Owners are always shown" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options o;
		struct text why;
		size_t lines = 1;

		cr_expect_eq(parse(&o, cases[i].line, &why), -EINVAL, "%s", cases[i].line);
		cr_expect_not_null(strstr(text_str(&why), cases[i].says), "%s: %s", cases[i].line,
		                   text_str(&why));
		for (const char *s = text_str(&why); (s = strchr(s, '\n')); s++)
			lines++;
		cr_expect_leq(lines, 3, "%s: %s", cases[i].line, text_str(&why));
		options_done(&o);
		text_done(&why);
	}
}

Test(options, hostile_words_are_not_repeated_raw)
{
	static const char *const lines[] = { "--\033[2J", "-c \033[2J", "-o \033[2J", "-s \x9b", "-d \033c" };

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct options o;
		struct text why;

		cr_expect_eq(parse(&o, lines[i], &why), -EINVAL);
		cr_expect_null(strpbrk(text_str(&why), "\033\x9b"), "case %zu", i);
		options_done(&o);
		text_done(&why);
	}
}

Test(options, help_and_version_win_over_what_follows)
{
	struct options o;
	struct text why;

	cr_expect_eq(parse(&o, "--help --bogus", &why), 0);
	cr_expect(o.help);
	options_done(&o);
	text_done(&why);
	cr_expect_eq(parse(&o, "list -V -d 0", &why), 0);
	cr_expect(o.version);
	options_done(&o);
	text_done(&why);
}

/* Holds for every option there is, and for the one you add tomorrow. */
Test(options, table_is_sound)
{
	for (size_t i = 0; i < noptions; i++) {
		const struct option_row *a = &options[i];

		cr_expect(a->help && *a->help, "--%s has no help", a->name);
		cr_expect(a->commands & CMD_ALL, "--%s is of no command", a->name);
		cr_expect_not_null((void *)a->take, "--%s does nothing", a->name);
		for (size_t k = 0; k < i; k++) {
			cr_expect_str_neq(a->name, options[k].name);
			if (a->commands & options[k].commands)	/* each command has its letters */
				cr_expect(!a->letter || a->letter != options[k].letter,
				          "-%c twice", a->letter);
		}
	}
}

Test(options, ports_are_read)
{
	static const struct {
		const char *line;
		const char *port;	/* as it is written again; NULL: refused */
	} cases[] = {
		{ "who 8080",            "8080" },
		{ "who 1",               "1" },
		{ "who 65535",           "65535" },
		{ "who 127.0.0.1:80",    "127.0.0.1:80" },
		{ "who [::1]:80",        "[::1]:80" },
		{ "who [::ffff:127.0.0.1]:80", "127.0.0.1:80" },
		{ "kill -- 8080",        "8080" },
		{ "who 0",               NULL },
		{ "who 65536",           NULL },
		{ "who 80a",             NULL },
		{ "who -- -80",          NULL },
		{ "who 80-90",           NULL },
		{ "who 127.0.0.1:",      NULL },
		{ "who :80",             NULL },
		{ "who ::1:80",          NULL },
		{ "who [127.0.0.1]:80",  NULL },
		{ "who localhost:80",    NULL },
		{ "who",                 NULL },
		{ "kill -t",             NULL },
		{ "wait",                NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options o;
		struct text why, port;
		int r = parse(&o, cases[i].line, &why);

		text_init(&port);
		cr_expect_eq(r, cases[i].port ? 0 : -EINVAL, "%s: %s", cases[i].line, text_str(&why));
		if (r == 0 && cases[i].port) {
			cr_assert_eq(o.nwanted, 1);
			port_word_add(&port, &o.wanted[0]);
			cr_expect_str_eq(text_str(&port), cases[i].port);
		}
		text_done(&port);
		text_done(&why);
		options_done(&o);
	}
}

Test(options, signals_are_read_as_kill_reads_them)
{
	static const struct {
		const char *line;
		int         signal;	/* -1: refused */
		unsigned    families;
	} cases[] = {
		{ "kill 80",            0,  0 },
		{ "kill -9 80",         9,  0 },
		{ "kill 80 -9",         9,  0 },
		{ "kill -KILL 80",      9,  0 },
		{ "kill -SIGKILL 80",   9,  0 },
		{ "kill -s 9 80",       9,  0 },
		{ "kill -s kill 80",    9,  0 },
		{ "kill -s SIGTERM 80", 15, 0 },
		{ "kill --signal=HUP 80", 1, 0 },
		{ "kill -15 80",        15, 0 },
		{ "kill -4 80",         0,  VIEW_IPV4 },
		{ "kill -6 80",         0,  VIEW_IPV6 },
		{ "kill -46 80",        0,  VIEW_IPV4 | VIEW_IPV6 },
		{ "kill -s 0 80",       -1, 0 },
		{ "kill -s 99 80",      -1, 0 },
		{ "kill -s NONE 80",    -1, 0 },
		{ "kill -99 80",        -1, 0 },
		{ "list -9",            -1, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options o;
		struct text why;
		int r = parse(&o, cases[i].line, &why);

		cr_expect_eq(r, cases[i].signal < 0 ? -EINVAL : 0, "%s: %s", cases[i].line,
		             text_str(&why));
		if (r == 0) {
			cr_expect_eq(o.signal, cases[i].signal, "%s", cases[i].line);
			cr_expect_eq(o.families, cases[i].families, "%s", cases[i].line);
		}
		text_done(&why);
		options_done(&o);
	}
}

Test(options, each_command_has_its_own)
{
	static const struct {
		const char *line;
		bool        good;
	} cases[] = {
		{ "free -n 3 3000-3999",       true },
		{ "free 3000-",                true },
		{ "free -n 0",                 false },
		{ "free 3999-3000",            false },
		{ "free 3000 4000",            false },
		{ "wait --timeout 0.5 80",     true },
		{ "wait --timeout 0 --free 80", true },
		{ "wait --timeout -1 80",      false },
		{ "wait --pid 1 --process x 80", true },
		{ "wait --pid 0 80",           false },
		{ "wait -y 80",                false },
		{ "kill -y --force --dry-run --all-holders --timeout 2 80", true },
		{ "kill -o json 80",           false },
		{ "who -o json 80",            true },
		{ "who -o csv 80",             false },
		{ "events -o csv",             true },
		{ "events -o json",            false },
		{ "-s pid list",               true },
		{ "-s pid kill 80",            false },
		{ "-t kill 80",                true },
		{ "help keys",                 true },
		{ "help keys fields",          false },
		{ "list -o json --free",       false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options o;
		struct text why;

		cr_expect_eq(parse(&o, cases[i].line, &why), cases[i].good ? 0 : -EINVAL, "%s: %s",
		             cases[i].line, text_str(&why));
		text_done(&why);
		options_done(&o);
	}
}
