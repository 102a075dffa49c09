/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "app/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"

#define DELAY_MIN 0.1
#define DELAY_MAX 3600.0
#define COUNT_MAX 1000000000u
#define QUOTE_MAX 60	/* cells of a wrong word that a message repeats */

/* ---- words in messages ---- */

/* Adds a word of the command line, sanitized and shortened: it may come from anywhere. */
static void
add_word(struct text *t, const char *s, size_t len)
{
	struct text safe;
	enum text_charset cs = text_charset_of_locale();

	text_init(&safe);
	text_add_safe(&safe, s, len, cs);
	text_add_fit(t, text_str(&safe), QUOTE_MAX, cs);
	text_done(&safe);
}

/* Adds a translated sentence with one %s for the word that is wrong. */
static int
refuse(struct text *why, const char *format, const char *word, size_t len)
{
	struct text quoted;

	text_init(&quoted);
	add_word(&quoted, word, len);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(why, format, text_str(&quoted));
#pragma GCC diagnostic pop
	text_done(&quoted);
	return -EINVAL;
}

/* Adds " (one, two, three)": the names there are. */
static void
add_names(struct text *t, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		text_addf(t, "%s%s", i ? ", " : " ", names[i]);
	text_addc(t, '.');
}

static int
find_name(const char *const *names, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], word) == 0)
			return (int)i;
	return -1;
}

static void
add_nearest(struct text *why, const char *word, size_t len)
{
	const struct field *near = field_nearest(word, len);

	text_addc(why, ' ');
	if (near)
		text_addf(why, _("Did you mean %s?"), near->id);
	else
		text_add(why, _("The manual, lotop(1), lists all fields."));
}

/* ---- one function an option ---- */

static int
take_help(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->help = true;
	return 0;
}

static int
take_version(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->version = true;
	return 0;
}

static int
take_tcp(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->protos |= 1u << PROTO_TCP;
	return 0;
}

static int
take_udp(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->protos |= 1u << PROTO_UDP;
	return 0;
}

static int
take_listening(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->holding = true;
	return 0;
}

static int
take_ipv4(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->families |= VIEW_IPV4;
	return 0;
}

static int
take_ipv6(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->families |= VIEW_IPV6;
	return 0;
}

/* `ss -tulpn` is in many fingers: its p and n arrive here as "-p n", or "-n p". */
static bool
is_ss_habit(const char *arg)
{
	return *arg && arg[strspn(arg, "HOapnetulimosw460")] == '\0' && !isdigit((unsigned char)*arg);
}

static int
say_ss_habit(struct text *why)
{
	text_add(why, _("Owners are always shown: leave out p and n, or give -p the ports to show, "
	                "as in -p 3000-3999."));
	return -EINVAL;
}

static int
take_port(struct options *o, const char *arg, struct text *why)
{
	if (is_ss_habit(arg))
		return say_ss_habit(why);
	if (!*arg) {
		text_add(why, _("The option --port needs ports, as in -p 80,3000-3999,8000-."));
		return -EINVAL;
	}
	if (o->ports_text.len > 0)
		text_addc(&o->ports_text, ',');
	text_add(&o->ports_text, arg);
	return 0;
}

static int
take_scope(struct options *o, const char *arg, struct text *why)
{
	int i = find_name(scope_names, SCOPE_COUNT, arg);

	if (i < 0) {
		refuse(why, _("There is no scope \"%s\"; the scopes are:"), arg, strlen(arg));
		add_names(why, scope_names, SCOPE_COUNT);
		return -EINVAL;
	}
	o->scope = (enum scope)i;
	return 0;
}

static int
take_all(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->scope = SCOPE_ALL;
	return 0;
}

static int
take_numeric(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->numeric = true;
	return 0;
}

static int
take_columns(struct options *o, const char *arg, struct text *why)
{
	struct columns c;
	const char *bad;
	size_t len;

	if (columns_parse(&c, arg, &bad, &len) < 0) {
		refuse(why, _("There is no column \"%s\"."), bad, len);
		add_nearest(why, bad, len);
		return -EINVAL;
	}
	o->columns = arg;
	return 0;
}

static int
take_sort(struct options *o, const char *arg, struct text *why)
{
	struct view_spec spec = { 0 };
	const char *id = arg + (*arg == '-');

	if (view_parse_sort(arg, &spec) < 0) {
		refuse(why, _("There is no field \"%s\" to sort by."), id, strlen(id));
		add_nearest(why, id, strlen(id));
		return -EINVAL;
	}
	o->sort = spec.sort;
	o->reverse = spec.reverse;
	return 0;
}

static int
take_delay(struct options *o, const char *arg, struct text *why)
{
	double seconds;

	if (text_to_seconds(arg, &seconds) < 0 || seconds < DELAY_MIN || seconds > DELAY_MAX)
		return refuse(why, _("\"%s\" is no delay: give seconds from 0.1 to 3600."), arg,
		              strlen(arg));
	o->delay = seconds;
	return 0;
}

static int
take_iterations(struct options *o, const char *arg, struct text *why)
{
	uint64_t n;

	if (is_ss_habit(arg))
		return say_ss_habit(why);
	if (text_to_uint(arg, strlen(arg), COUNT_MAX, &n) < 0 || n == 0)
		return refuse(why, _("\"%s\" is no number of refreshes: give a number from 1 on."),
		              arg, strlen(arg));
	o->iterations = n;
	o->print = true;
	return 0;
}

static int
take_output(struct options *o, const char *arg, struct text *why)
{
	o->format = format_find(arg);
	o->print = true;
	if (o->format)
		return 0;
	refuse(why, _("There is no output format \"%s\"; the formats are:"), arg, strlen(arg));
	for (size_t i = 0; i < nformats; i++)
		text_addf(why, "%s%s", i ? ", " : " ", formats[i].id);
	text_addc(why, '.');
	return -EINVAL;
}

static int
take_no_header(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->no_header = true;
	o->print = true;
	return 0;
}

static int
take_batch(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->print = true;
	return 0;
}

static int
take_readonly(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->readonly = true;
	return 0;
}

static const char *const color_names[COLOR_COUNT] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};

static int
take_color(struct options *o, const char *arg, struct text *why)
{
	int i = find_name(color_names, COLOR_COUNT, arg);

	if (i < 0) {
		refuse(why, _("\"%s\" is no choice of colour; the choices are:"), arg, strlen(arg));
		add_names(why, color_names, COLOR_COUNT);
		return -EINVAL;
	}
	o->color = (enum color_mode)i;
	return 0;
}

const struct option_row options[] = {
	{ "tcp", 't', NULL, N_("show TCP sockets"), CMD_ALL, take_tcp },
	{ "udp", 'u', NULL, N_("show UDP sockets"), CMD_ALL, take_udp },
	{ "listening", 'l', NULL, N_("show only what holds a port: listening, unconnected, bound"),
	  CMD_ALL, take_listening },
	{ "ipv4", '4', NULL, N_("show IPv4 sockets"), CMD_ALL, take_ipv4 },
	{ "ipv6", '6', NULL, N_("show IPv6 sockets"), CMD_ALL, take_ipv6 },
	{ "port", 'p', N_("RANGES"), N_("show these ports of either end: 80,3000-3999,8000-"), CMD_ALL,
	  take_port },
	{ "scope", 0, N_("NAME"), N_("look at loopback (the default), host or all sockets"), CMD_ALL,
	  take_scope },
	{ "all", 'a', NULL, N_("look at all sockets, as --scope all"), CMD_ALL, take_all },
	{ "numeric", 'N', NULL, N_("show numbers instead of service and user names"), CMD_ALL,
	  take_numeric },
	{ "columns", 'c', N_("LIST"), N_("show these columns: fields separated by commas"), CMD_ALL,
	  take_columns },
	{ "sort", 's', N_("[-]FIELD"), N_("sort by this field; a minus reverses"), CMD_ALL, take_sort },
	{ "delay", 'd', N_("SECONDS"), N_("refresh every so many seconds, 0.1 to 3600; the default is 1"),
	  CMD_ALL, take_delay },
	{ "iterations", 'n', N_("COUNT"), N_("print so many snapshots, then exit"), CMD_ALL,
	  take_iterations },
	{ "output", 'o', N_("FORMAT"), N_("print as table, json, ndjson or csv"), CMD_ALL, take_output },
	{ "no-header", 'H', NULL, N_("print no header line"), CMD_ALL, take_no_header },
	{ "batch", 'b', NULL, N_("print instead of opening the live screen, as lotop list"), CMD_ALL,
	  take_batch },
	{ "readonly", 'r', NULL, N_("end no process, whatever key is pressed"), CMD_ALL,
	  take_readonly },
	{ "color", 0, N_("WHEN"), N_("use colour on the live screen: auto, always or never"), CMD_ALL,
	  take_color },
	{ "help", 'h', NULL, N_("show this help and exit"), CMD_ALL, take_help },
	{ "version", 'V', NULL, N_("show the version and exit"), CMD_ALL, take_version },
};
const size_t noptions = ARRAY_SIZE(options);

/* ---- argv ---- */

/* Above every letter: the index of an option is told by its value. */
#define VAL_FIRST 256

/* What getopt_long(3) wants to know, made from options[] for one command. */
struct getopt_tables {
	char          letters[2 * ARRAY_SIZE(options) + 3];
	struct option names[ARRAY_SIZE(options) + 1];
};

/*
 * A leading '-' gives the words in their order, with the options between them;
 * ':' tells a missing argument from an unknown option.
 */
static void
make_tables(struct getopt_tables *t, unsigned command)
{
	char *l = t->letters;
	struct option *n = t->names;

	*l++ = '-';
	*l++ = ':';
	for (size_t i = 0; i < noptions; i++) {
		if (!(options[i].commands & command))
			continue;
		*n++ = (struct option){ options[i].name,
			                options[i].arg ? required_argument : no_argument, NULL,
			                VAL_FIRST + (int)i };
		if (!options[i].letter)
			continue;
		*l++ = options[i].letter;
		if (options[i].arg)
			*l++ = ':';
	}
	*l = '\0';
	*n = (struct option){ 0 };
}

static const struct option_row *
row_of(int val)
{
	if (val >= VAL_FIRST)
		return &options[val - VAL_FIRST];
	for (size_t i = 0; i < noptions; i++)
		if (options[i].letter == val)
			return &options[i];
	return NULL;
}

static int
say_unknown(struct text *why, const char *word)
{
	char letter[3] = { '-', (char)optopt, '\0' };

	/* getopt_long leaves optopt 0 for a long name that it does not know or that is ambiguous. */
	if (optopt > 0 && optopt < VAL_FIRST)
		return refuse(why, _("There is no option %s; lotop --help lists them."), letter, 2);
	if (optopt >= VAL_FIRST)
		return refuse(why, _("The option %s takes no argument; leave out what is behind the =."),
		              word, strlen(word));
	return refuse(why, _("There is no option %s, or it is short for several; lotop --help lists them."),
	              word, strlen(word));
}

static int
say_missing(struct text *why, int val)
{
	const struct option_row *row = row_of(val);

	text_addf(why, _("The option --%s needs an argument: --%s %s."), row->name, row->name,
	          _(row->arg));
	return -EINVAL;
}

static void
add_filter_word(struct options *o, const char *word)
{
	if (o->filter_text.len > 0)
		text_addc(&o->filter_text, ' ');
	text_add(&o->filter_text, word);
}

/* A word: the name of a command if it is the first one, else part of the filter. */
static void
take_word(struct options *o, const char *word, bool first, command_of_fn command_of)
{
	unsigned command = first ? command_of(word) : 0;

	if (command)
		o->command = command;
	else
		add_filter_word(o, word);
}

static int
parse_argv(struct options *o, int argc, char **argv, command_of_fn command_of, struct text *why)
{
	struct getopt_tables t;
	bool first = true;
	int val, r;

	optind = 0;	/* glibc: start anew, and look at the leading '-' again */
	opterr = 0;
	for (;;) {
		make_tables(&t, o->command);
		val = getopt_long(argc, argv, t.letters, t.names, NULL);
		if (val < 0)
			break;
		if (val == 1) {
			take_word(o, optarg, first, command_of);
			first = false;
			continue;
		}
		if (val == '?')
			return say_unknown(why, argv[optind - 1]);
		if (val == ':')
			return say_missing(why, optopt);
		r = row_of(val)->take(o, optarg, why);
		if (r < 0 || o->help || o->version)
			return r;
	}
	for (; optind < argc; optind++)		/* behind "--" */
		add_filter_word(o, argv[optind]);
	return 0;
}

/* ---- filters ---- */

static int
say_filter_error(struct text *why, const char *text, const struct filter_error *err)
{
	text_addf(why, "%s\n", err->message);
	filter_error_show(why, text, err, 2, text_charset_of_locale());
	return -EINVAL;
}

static int
parse_filter(const char *text, struct filter **ret, struct text *why)
{
	struct filter_error err;

	if (filter_parse(text, ret, &err) < 0)
		return say_filter_error(why, text, &err);
	return 0;
}

static int
parse_ports(struct options *o, struct text *why)
{
	struct filter_error err;
	struct text text;
	int r;

	text_init(&text);
	if (filter_from_ports(text_str(&o->ports_text), &text, &err) < 0)
		r = say_filter_error(why, text_str(&o->ports_text), &err);
	else
		r = parse_filter(text_str(&text), &o->ports, why);
	text_done(&text);
	return r;
}

int
options_parse(struct options *o, int argc, char **argv, unsigned command, command_of_fn command_of,
              struct text *why)
{
	int r;

	*o = (struct options){ .command = command, .format = &formats[0] };
	text_init(&o->ports_text);
	text_init(&o->filter_text);
	r = parse_argv(o, argc, argv, command_of, why);
	if (r < 0 || o->help || o->version)
		return r;
	if (o->ports_text.len > 0)
		r = parse_ports(o, why);
	if (r == 0 && o->filter_text.len > 0)
		r = parse_filter(text_str(&o->filter_text), &o->filter, why);
	if (o->command == CMD_LIVE && o->print)
		o->command = CMD_LIST;
	return r;
}

void
options_done(struct options *o)
{
	filter_free(o->ports);
	filter_free(o->filter);
	text_done(&o->ports_text);
	text_done(&o->filter_text);
}

struct view_spec
options_view_spec(const struct options *o)
{
	return (struct view_spec){
		.scope = o->scope,
		.protos = o->protos,
		.families = o->families,
		.holding = o->holding,
		.ports = o->ports,
		.filter = o->filter,
		.sort = o->sort,
		.reverse = o->reverse,
	};
}
