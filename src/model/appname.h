/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What a person calls a process: the script, module or command behind an interpreter
 * ("flask run", "server.js", "app.jar"), and which forward an ssh is for. It is read from
 * the program file and the command line alone. Pure; allocates nothing.
 */

#ifndef LOTOP_MODEL_APPNAME_H
#define LOTOP_MODEL_APPNAME_H

#include <stddef.h>

struct task;

#define APPNAME_SIZE 128	/* a longer name is cut, between two characters */

/*
 * Writes the name, raw bytes of the process with a NUL behind them. Returns its length;
 * 0: no better name than its comm is known, as for -c, -e and standard input. argv must
 * end in a whole string: a name would be cut with it.
 */
size_t appname_write(const struct task *t, char ret[APPNAME_SIZE]);

#endif
