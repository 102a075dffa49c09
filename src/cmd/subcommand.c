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
};
const size_t nsubcommands = ARRAY_SIZE(subcommands);

static unsigned
command_of(const char *word)
{
	for (size_t i = 0; i < nsubcommands; i++)
		if (subcommands[i].name && strcmp(subcommands[i].name, word) == 0)
			return subcommands[i].bit;
	return 0;
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

static int
dispatch(const struct options *o)
{
	const struct subcommand *c = subcommand_of(o->command);

	if (o->version)
		return version_print();
	if (o->help)
		return usage_print(c);
	return c->run(o);
}

int
subcommand_main(int argc, char **argv)
{
	unsigned usual = isatty(STDOUT_FILENO) ? CMD_LIVE : CMD_LIST;
	struct options o;
	struct text why;
	int status = EXIT_USAGE;

	text_init(&why);
	if (options_parse(&o, argc, argv, usual, command_of, &why) < 0)
		fprintf(stderr, "lotop: %s\n", text_str(&why));
	else
		status = dispatch(&o);
	options_done(&o);
	text_done(&why);
	return status;
}
