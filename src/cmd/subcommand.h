/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* THE table of subcommands, and the way from the command line to one of them. */

#ifndef LOTOP_CMD_SUBCOMMAND_H
#define LOTOP_CMD_SUBCOMMAND_H

#include <stddef.h>

#include "app/options.h"

struct subcommand {
	const char *name;	/* NULL: the live screen, which has no word of its own */
	const char *words;	/* N_(): what follows the options */
	const char *help;	/* N_(): one line */
	unsigned    bit;	/* CMD_* */
	/* Returns an exit status; has said on standard error what went wrong. */
	int       (*run)(const struct options *o);
};

extern const struct subcommand subcommands[];
extern const size_t            nsubcommands;

/* The command of that name, or NULL. */
const struct subcommand *subcommand_find(const char *name);

/* Runs the whole program behind main(). Returns the exit status. */
int subcommand_main(int argc, char **argv);

/* One file each. */
int live_screen_run(const struct options *o);
int list_run(const struct options *o);
int events_run(const struct options *o);
int who_run(const struct options *o);
int kill_run(const struct options *o);
int wait_run(const struct options *o);
int free_run(const struct options *o);
int help_run(const struct options *o);

/* --help and --version: returns the exit status. */
int usage_print(const struct subcommand *c);
int version_print(void);

/* Writes out what is buffered. Returns EXIT_DONE, or EXIT_REFUSED after a sentence. */
int output_finish(void);

#endif
