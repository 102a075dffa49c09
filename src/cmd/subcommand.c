/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "cmd/subcommand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/util.h"

const struct subcommand subcommands[] = {
	{ NULL, N_("[OPTION]... [FILTER]..."), N_("watch the sockets live on the screen"), CMD_LIVE,
	  live_screen_run },
	{ "list", N_("[OPTION]... [FILTER]..."), N_("print one snapshot of the sockets"), CMD_LIST,
	  list_run },
	{ "events", N_("[OPTION]... [FILTER]..."),
	  N_("print a line whenever a socket opens, changes state or closes"), CMD_EVENTS, events_run },
	{ "who", N_("[OPTION]... PORT..."), N_("say who holds each port, and why it can or cannot be bound"),
	  CMD_WHO, who_run },
	{ "kill", N_("[OPTION]... PORT..."), N_("end the processes that hold each port"), CMD_KILL,
	  kill_run },
	{ "wait", N_("[OPTION]... PORT..."), N_("wait until every port is listening, or free"), CMD_WAIT,
	  wait_run },
	{ "free", N_("[OPTION]... [RANGE]"), N_("print a port that can be bound now"), CMD_FREE,
	  free_run },
	{ "help", N_("[TOPIC]"), N_("explain commands, fields, filters, keys, states, formats"), CMD_HELP,
	  help_run },
};
const size_t nsubcommands = ARRAY_SIZE(subcommands);

const struct subcommand *
subcommand_find(const char *name)
{
	for (size_t i = 0; i < nsubcommands; i++)
		if (subcommands[i].name && strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

static unsigned
command_of(const char *word)
{
	const struct subcommand *c = subcommand_find(word);

	return c ? c->bit : 0;
}

static const struct subcommand *
subcommand_of(unsigned bit)
{
	for (size_t i = 0; i < nsubcommands; i++)
		if (subcommands[i].bit == bit)
			return &subcommands[i];
	return &subcommands[0];
}

/*
 * Called right behind the last write: stdio keeps that a write failed, and not
 * why. Standard output may be a pipe whose reader has left: that is no error of ours.
 */
int
output_finish(void)
{
	int err = ferror(stdout) ? errno : 0;

	if (fflush(stdout) != 0)
		err = errno;
	if (err == 0 && !ferror(stdout))
		return EXIT_DONE;
	if (err == EPIPE)
		return EXIT_DONE;
	fprintf(stderr, _("lotop: The output could not be written (%s); what is there is not complete.\n"),
	        strerror(err ? err : EIO));
	return EXIT_REFUSED;
}

/* Without a terminal to draw on the live screen is a list. */
static int
dispatch(struct options *o)
{
	if (o->version)
		return version_print();
	if (o->help)
		return usage_print(subcommand_of(o->command));
	if (o->command == CMD_LIVE && !isatty(STDOUT_FILENO))
		o->command = CMD_LIST;
	return subcommand_of(o->command)->run(o);
}

int
subcommand_main(int argc, char **argv)
{
	struct options o;
	struct text why;
	int status = EXIT_USAGE;

	text_init(&why);
	if (options_parse(&o, argc, argv, CMD_LIVE, command_of, &why) < 0)
		fprintf(stderr, "lotop: %s\n", text_str(&why));
	else
		status = dispatch(&o);
	options_done(&o);
	text_done(&why);
	return status;
}
