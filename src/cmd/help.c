/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop help: the tables, drawn. To add a topic is to add a row to topics[]. */

#include "cmd/subcommand.h"

#include <stdio.h>
#include <string.h>

#include "app/refuse.h"
#include "base/i18n.h"
#include "base/util.h"
#include "ui/command.h"
#include "view/glossary.h"

#define GAP 2

/* Two columns under way: lines of the first are as wide as its longest term. */
struct lines {
	struct text *t;
	size_t       widest;	/* cells; while it is measured nothing is added */
	bool         measuring;
};

static void
add_line(struct lines *l, const char *term, const char *help)
{
	size_t cells = text_width(term);

	if (l->measuring) {
		l->widest = MAX(l->widest, cells);
		return;
	}
	text_addf(l->t, "  %s", term);
	text_fill(l->t, ' ', l->widest - cells + GAP);
	text_addf(l->t, "%s\n", help);
}

static void
add_title(struct lines *l, const char *title)
{
	if (l->measuring)
		return;
	text_addf(l->t, "%s%s\n", l->t->len > 0 ? "\n" : "", title);
}

static void
add_commands(struct lines *l)
{
	for (size_t i = 0; i < nsubcommands; i++)
		add_line(l, subcommands[i].name ? subcommands[i].name : "lotop",
		         _(subcommands[i].help));
}

static void
add_fields(struct lines *l)
{
	for (size_t i = 0; i < nfields; i++)
		add_line(l, fields[i].id, _(fields[i].help));
}

static void
add_keys(struct lines *l)
{
	for (size_t i = 0; i < ncommands; i++)
		add_line(l, commands[i].keys, _(commands[i].help));
}

static void
add_words(struct lines *l)
{
	for (size_t i = 0; i < nglossary; i++) {
		if (glossary[i].term)
			add_line(l, glossary_term(&glossary[i]), _(glossary[i].text));
		else
			add_title(l, _(glossary[i].text));
	}
}

static void
add_formats(struct lines *l)
{
	for (size_t i = 0; i < nformats; i++)
		add_line(l, formats[i].id, _(formats[i].help));
}

static const struct {
	const char *example;
	const char *help;	/* N_() */
} filters[] = {
	{ "node", N_("a text field, the state or the protocol contains it; case is ignored") },
	{ "\"two words\"  'quoted'", N_("the same, of what would else be several words or a number") },
	{ "8080  3000-3999  8000-  :5432", N_("the port of either end") },
	{ "127.0.0.1  ::1  10.0.0.0/8", N_("the address of either end") },
	{ "127.0.0.1:5432  [::1]:5432", N_("either end is this address and port") },
	{ "FIELD:VALUE[,VALUE...]  FIELD=...",
	  N_("equal, in the range or prefix, or (text) containing; one value is enough") },
	{ "FIELD!=VALUE", N_("none of the values, or not known") },
	{ "FIELD<N  <=  >  >=", N_("numbers; 1K 1M 1G are powers of 1024") },
	{ "FIELD~REGEX", N_("a POSIX extended regular expression matches; case is ignored") },
	{ "FIELD:none", N_("the value is not known") },
	{ "not X   !X   X Y   X and Y   X or Y   ( ... )",
	  N_("a blank is \"and\", which binds tighter than \"or\"") },
	{ "port:  addr:  sport:  dport:",
	  N_("the port or address of either end; the local and the peer's port") },
	{ "state:estab,listening,connected", N_("ESTABLISHED; LISTEN; whatever has a peer") },
};

static void
add_filters(struct lines *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		add_line(l, filters[i].example, _(filters[i].help));
}

static const struct topic {
	const char *name;
	const char *help;	/* N_() */
	void      (*add)(struct lines *l);
} topics[] = {
	{ "commands", N_("what lotop can do"), add_commands },
	{ "fields", N_("what is known of a socket: columns, sort keys, filters, JSON keys"),
	  add_fields },
	{ "filters", N_("how to choose rows"), add_filters },
	{ "keys", N_("what keys do on the live screen"), add_keys },
	{ "states", N_("what the words and signs in the table mean"), add_words },
	{ "formats", N_("what -o can print"), add_formats },
};

static void
add_topics(struct lines *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		add_line(l, topics[i].name, _(topics[i].help));
}

/* What `lotop help` alone shows. */
static void
add_overview(struct lines *l)
{
	add_title(l, _("Commands (lotop COMMAND --help lists the options of one)"));
	add_commands(l);
	add_title(l, _("Topics (lotop help TOPIC)"));
	add_topics(l);
}

static const struct topic overview = { .add = add_overview };

static const struct topic *
topic_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		if (strcmp(topics[i].name, name) == 0)
			return &topics[i];
	return NULL;
}

static void
add_topic(struct text *t, const struct topic *topic)
{
	struct lines l = { .t = t, .measuring = true };

	topic->add(&l);
	l.measuring = false;
	topic->add(&l);
}

static int
print_topic(const struct topic *topic)
{
	struct text t;

	text_init(&t);
	add_topic(&t, topic);
	fputs(text_str(&t), stdout);
	text_done(&t);
	return output_finish();
}

static int
refuse_topic(const char *word)
{
	const char *names[ARRAY_SIZE(topics)];
	struct text why;

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		names[i] = topics[i].name;
	text_init(&why);
	refuse_name(&why, _("There is no help on \"%s\"; the topics are:"), word, names,
	            ARRAY_SIZE(names));
	fprintf(stderr, "lotop: %s\n", text_str(&why));
	text_done(&why);
	return EXIT_USAGE;
}

int
help_run(const struct options *o)
{
	const struct topic *topic = o->topic ? topic_find(o->topic) : &overview;
	const struct subcommand *command = o->topic ? subcommand_find(o->topic) : NULL;

	if (topic)
		return print_topic(topic);
	return command ? usage_print(command) : refuse_topic(o->topic);
}
