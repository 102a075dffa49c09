/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The command line: THE options[] table, and what it makes of argv. The table
 * feeds getopt_long, --help, the completions and the check of the manual.
 */

#ifndef LOTOP_APP_OPTIONS_H
#define LOTOP_APP_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

#include "app/port_word.h"
#include "model/port.h"
#include "out/format.h"
#include "view/view.h"

/* Exit statuses, of every command. */
enum exit_status { EXIT_DONE = 0, EXIT_NO_MATCH = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3 };

/* Which commands take an option; a bit each, as in subcommands[]. */
#define CMD_LIVE   0x01u
#define CMD_LIST   0x02u
#define CMD_EVENTS 0x04u
#define CMD_WHO    0x08u
#define CMD_KILL   0x10u
#define CMD_WAIT   0x20u
#define CMD_FREE   0x40u
#define CMD_HELP   0x80u

#define CMD_ROWS    (CMD_LIVE | CMD_LIST | CMD_EVENTS)	/* their words are a filter */
#define CMD_PORTS   (CMD_WHO | CMD_KILL | CMD_WAIT)	/* their words are ports */
#define CMD_SOCKETS (CMD_ROWS | CMD_PORTS | CMD_FREE)
#define CMD_ALL     (CMD_SOCKETS | CMD_HELP)

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER, COLOR_COUNT };

struct options {
	unsigned             command;		/* CMD_* */
	bool                 help;
	bool                 version;
	enum scope           scope;
	unsigned             protos;		/* as struct view_spec has it */
	unsigned             families;
	bool                 holding;
	bool                 numeric;
	bool                 no_header;
	bool                 readonly;
	bool                 print;		/* -b, -o, -H, -n: a list, also on a terminal */
	double               delay;		/* seconds; 0: not given */
	uint64_t             iterations;	/* 0: not given */
	enum color_mode      color;
	const struct format *format;
	const char          *columns;		/* as given; NULL: not given */
	const struct field  *sort;		/* NULL: not given */
	bool                 reverse;
	struct text          ports_text;	/* of -p, as given; empty: not given */
	struct filter       *ports;
	struct text          filter_text;	/* all FILTER words, joined by blanks */
	struct filter       *filter;
	struct port_word    *wanted;		/* PORT words */
	size_t               nwanted;
	const char          *range;		/* of free, as given; NULL: not given */
	uint16_t             range_lo, range_hi;
	const char          *topic;		/* of help; NULL: not given */
	unsigned             count;		/* of free; 1 where not given */
	int                  signal;		/* 0: not given */
	bool                 yes;
	bool                 force;
	bool                 dry_run;
	bool                 all_holders;
	bool                 until_free;	/* wait --free */
	double               timeout;		/* seconds; negative: not given */
	pid_t                pid;		/* of wait; 0: not given */
	const char          *process;		/* of wait; NULL: not given */
};

struct option_row {
	const char *name;	/* long name */
	char        letter;	/* 0: none */
	const char *arg;	/* N_(): what it takes; NULL: nothing */
	const char *help;	/* N_() */
	unsigned    commands;
	/* Returns 0, or -EINVAL and adds a sentence to why. */
	int       (*take)(struct options *o, const char *arg, struct text *why);
};

extern const struct option_row options[];
extern const size_t            noptions;

/* The CMD_* bit of a word, or 0. */
typedef unsigned (*command_of_fn)(const char *word);

/*
 * Reads argv. `command` is what runs where no word names one. Returns 0, or
 * -EINVAL and adds to why what is wrong: up to three lines, the first a
 * sentence. options_done() either way. The strings of argv are borrowed.
 */
int  options_parse(struct options *o, int argc, char **argv, unsigned command,
                   command_of_fn command_of, struct text *why);
void options_done(struct options *o);

/* The part of the options that says which rows to show. Points into o. */
struct view_spec options_view_spec(const struct options *o);

/* Which sockets the i-th PORT word, with -t, -u, -4 and -6, means. */
struct port_query options_port_query(const struct options *o, size_t i);

#endif
