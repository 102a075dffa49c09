/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * THE table of commands, what keys do on the list. The help screen, the key line
 * and the manual come from it: to add a key is to add a row and its run().
 */

#ifndef LOTOP_UI_COMMAND_H
#define LOTOP_UI_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "ui/key.h"

struct ui;

/* What must hold before run() is called, and where it may be. */
#define CMD_NEEDS_ROW 0x1u
#define CMD_WRITES    0x2u	/* changes the world outside: not with --readonly */
#define CMD_ANYWHERE  0x4u	/* also on other screens, by those of its keys that type no text */
#define CMD_ON_DETAILS 0x8u	/* also on the page of details; so is what needs a row */
#define CMD_TAGGED    0x20u	/* does with tags where there is no row */
#define CMD_ORDERS    0x10u	/* of views whose rows can be sorted */
#define CMD_OF_EVENTS 0x40u	/* does with an event where it needs a row */

struct command {
	const char *name;
	const char *keys;	/* names of keys (key.h), separated by blanks */
	const char *shown_key;	/* the one on the key line; NULL: not there */
	const char *shown;	/* N_(): its word there */
	const char *help;	/* N_(): one line */
	unsigned    flags;	/* CMD_* */
	/* Returns FX_* bits. */
	unsigned  (*run)(struct ui *ui, const struct command *self, const struct input *in);
	int         arg;	/* what run() makes of it: a direction, a movement */
};

extern const struct command commands[];
extern const size_t         ncommands;

/* The command of a key, or of a name, or NULL. */
const struct command *command_find(uint32_t key);
const struct command *command_named(const char *name);

/* Looks at what must hold, then runs it. */
unsigned command_run(const struct command *c, struct ui *ui, const struct input *in);

#endif
