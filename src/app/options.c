/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The way through argv, and what is checked once all of it is known. */

#include "app/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "act/signal.h"
#include "app/refuse.h"
#include "base/i18n.h"
#include "base/mem.h"

/* ---- argv ---- */

/* Above every letter: the index of an option is told by its value. */
#define VAL_FIRST 256

#define ROWS_MAX 64	/* options[] has no more: each is a bit in struct words.seen */

/* What getopt_long(3) wants to know, made from options[] for one command. */
struct getopt_tables {
	char          letters[2 * ROWS_MAX + 3];
	struct option names[ROWS_MAX + 1];
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

/* One letter is several options: each command has its own. */
static const struct option_row *
row_of(int val, unsigned command)
{
	if (val >= VAL_FIRST)
		return &options[val - VAL_FIRST];
	for (size_t i = 0; i < noptions; i++)
		if (options[i].letter == val && options[i].commands & command)
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
	if (optopt < 0)		/* a byte of a letter that is none of ASCII */
		return refuse(why, _("There is no option %s; lotop --help lists them."), word, strlen(word));
	return refuse(why, _("There is no option %s, or it is short for several; lotop --help lists them."),
	              word, strlen(word));
}

static int
say_missing(struct text *why, const struct option_row *row)
{
	text_addf(why, _("The option --%s needs an argument: --%s %s."), row->name, row->name,
	          _(row->arg));
	return -EINVAL;
}

/* argv under way. */
struct words {
	char        **argv;
	int           argc;
	command_of_fn command_of;
	uint64_t      seen;	/* 1 << index in options[] */
	bool          first;	/* no word yet: the next may name the command */
};

/* The one that is refused. It is not over where that is the first byte of a letter of several. */
static const char *
option_word(const struct words *w)
{
	if (optopt < 0 && optind < w->argc && w->argv[optind][0] == '-')
		return w->argv[optind];
	return w->argv[optind - 1];
}

static void
add_filter_word(struct options *o, const char *word)
{
	if (o->filter_text.len > 0)
		text_addc(&o->filter_text, ' ');
	text_add(&o->filter_text, word);
}

static int
add_port_word(struct options *o, const char *word, struct text *why)
{
	struct port_word port;
	int r = port_word_parse(word, &port, why);

	if (r < 0)
		return r;
	o->wanted = mem_resize(o->wanted, o->nwanted + 1, sizeof *o->wanted);
	o->wanted[o->nwanted++] = port;
	return 0;
}

static int
take_only_word(const char **to, const char *word, struct text *why)
{
	if (*to)
		return refuse(why, _("One word is enough here: leave out \"%s\"."), word, strlen(word));
	*to = word;
	return 0;
}

/* A word behind the options, as the command has it. */
static int
take_operand(struct options *o, const char *word, struct text *why)
{
	if (o->command & CMD_PORTS)
		return add_port_word(o, word, why);
	if (o->command & CMD_FREE && o->range)
		return take_only_word(&o->range, word, why);
	if (o->command & CMD_FREE) {
		o->range = word;
		return port_range_parse(word, &o->range_lo, &o->range_hi, why);
	}
	if (o->command & CMD_HELP)
		return take_only_word(&o->topic, word, why);
	add_filter_word(o, word);
	return 0;
}

/* A word: the name of a command if it is the first one. */
static int
take_word(struct options *o, struct words *w, const char *word, struct text *why)
{
	unsigned command = w->first ? w->command_of(word) : 0;

	w->first = false;
	if (!command)
		return take_operand(o, word, why);
	o->command = command;
	return 0;
}

/* Would getopt read the word as options of this command, all digits? `-46` is no signal. */
static bool
is_cluster(const char *s, unsigned command)
{
	for (; *s; s++)
		if (!row_of((unsigned char)*s, command))
			return false;
	return true;
}

/* -9, -KILL and -SIGKILL, as kill(1) takes them and getopt cannot. */
static bool
takes_signal(struct options *o, const struct words *w)
{
	const char *word = optind > 0 && optind < w->argc ? w->argv[optind] : "";
	int sig;

	if (o->command != CMD_KILL || word[0] != '-' || is_cluster(word + 1, o->command))
		return false;
	if (!isdigit((unsigned char)word[1]) && !isupper((unsigned char)word[1]))
		return false;
	sig = signal_parse(word + 1);
	if (sig <= 0)
		return false;
	o->signal = sig;
	optind++;
	return true;
}

static int
take_option(struct options *o, struct words *w, int val, struct text *why)
{
	const struct option_row *row = row_of(val, o->command);

	w->seen |= UINT64_C(1) << (row - options);
	return row->take(o, optarg, why);
}

/* Options that stood before the word that named the command are to be its own, too. */
static int
check_seen(const struct options *o, const struct words *w, struct text *why)
{
	for (size_t i = 0; i < noptions; i++) {
		if (!(w->seen >> i & 1) || options[i].commands & o->command)
			continue;
		text_addf(why, _("The option --%s is not for this command; look at its --help."),
		          options[i].name);
		return -EINVAL;
	}
	return 0;
}

/* One step through argv. Returns 0, 1 at its end, or -EINVAL. */
static int
next_word(struct options *o, struct words *w, struct text *why)
{
	struct getopt_tables t;
	int val;

	if (takes_signal(o, w))
		return 0;
	make_tables(&t, o->command);
	val = getopt_long(w->argc, w->argv, t.letters, t.names, NULL);
	if (val < 0)
		return 1;
	if (val == 1)
		return take_word(o, w, optarg, why);
	if (val == '?')
		return say_unknown(why, option_word(w));
	if (val == ':')
		return say_missing(why, row_of(optopt, o->command));
	return take_option(o, w, val, why);
}

static int
parse_argv(struct options *o, struct words *w, struct text *why)
{
	int r = 0;

	optind = 0;	/* glibc: start anew, and look at the leading '-' again */
	opterr = 0;
	while (r == 0 && !o->version && !o->help)
		r = next_word(o, w, why);
	if (r < 0 || o->help || o->version)
		return r;
	for (r = 0; r == 0 && optind < w->argc; optind++)	/* behind "--" */
		r = take_operand(o, w->argv[optind], why);
	return r < 0 ? r : check_seen(o, w, why);
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

/* Which kind of document a command prints. */
static unsigned
kind_of(unsigned command)
{
	if (command == CMD_EVENTS)
		return FORMAT_EVENTS;
	return command == CMD_WHO ? FORMAT_PORTS : FORMAT_SOCKETS;
}

static int
check_format(const struct options *o, struct text *why)
{
	const char *names[ROWS_MAX];
	size_t n = 0;
	unsigned kind = kind_of(o->command);

	if (o->format->kinds & kind)
		return 0;
	for (size_t i = 0; i < nformats && n < ROWS_MAX; i++)
		if (formats[i].kinds & kind)
			names[n++] = formats[i].id;
	return refuse_name(why, _("This command does not print %s; its formats are:"), o->format->id,
	                   names, n);
}

static int
check_operands(const struct options *o, struct text *why)
{
	if (!(o->command & CMD_PORTS) || o->nwanted > 0)
		return 0;
	text_add(why, _("Which port? Give one or several, as in 8080 or 127.0.0.1:8080."));
	return -EINVAL;
}

static int
check_all(struct options *o, struct text *why)
{
	int r = check_operands(o, why);

	if (r == 0)
		r = check_format(o, why);
	if (r == 0 && o->ports_text.len > 0)
		r = parse_ports(o, why);
	if (r == 0 && o->filter_text.len > 0)
		r = parse_filter(text_str(&o->filter_text), &o->filter, why);
	return r;
}

int
options_parse(struct options *o, int argc, char **argv, unsigned command, command_of_fn command_of,
              struct text *why)
{
	struct words w = { .argv = argv, .argc = argc, .command_of = command_of, .first = true };
	int r;

	*o = (struct options){ .command = command, .format = &formats[0], .timeout = -1, .count = 1 };
	text_init(&o->ports_text);
	text_init(&o->filter_text);
	r = parse_argv(o, &w, why);
	if (r < 0 || o->help || o->version)
		return r;
	if (o->command == CMD_LIVE && o->print)
		o->command = CMD_LIST;
	return check_all(o, why);
}

void
options_done(struct options *o)
{
	filter_free(o->ports);
	filter_free(o->filter);
	free(o->wanted);
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

struct port_query
options_port_query(const struct options *o, size_t i)
{
	return (struct port_query){
		.end = o->wanted[i].end,
		.has_addr = o->wanted[i].has_addr,
		.protos = o->protos,
		.families = (o->families & VIEW_IPV4 ? PORT_IPV4 : 0) |
			    (o->families & VIEW_IPV6 ? PORT_IPV6 : 0),
	};
}
