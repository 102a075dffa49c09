/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The files in which systemd is told what a unit is: the same folders in the same order,
 * with drop-ins, read as they stand. systemd itself is not asked. What was edited and not
 * loaded yet differs.
 */

#ifndef LOTOP_ACT_UNIT_H
#define LOTOP_ACT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whose units: those of the machine, or of a user's own manager. */
struct unit_manager {
	const char *root;	/* put before every path; "" outside of tests */
	bool        user;
	uid_t       uid;	/* of that user */
	const char *home;	/* and their home; NULL: not known */
};

/* One KEY=VALUE of a section, without blanks around it. */
typedef void (*unit_line_fn)(void *arg, const char *section, const char *key, const char *value);

/*
 * Calls fn for each line of a unit's file (for foo@1.service that of foo@.service, unless it
 * has one), and then of its drop-ins. Returns 0, or -ENOENT where there is no such unit or it
 * is masked.
 */
int unit_read(const struct unit_manager *m, const char *name, unit_line_fn fn, void *arg);

/*
 * The names of all units with that suffix (".socket") that have a file, in *names, sorted, each
 * once and owned by the caller; instances of templates as far as they are enabled. Neither
 * templates themselves nor second names. Returns how many.
 */
size_t unit_names(const struct unit_manager *m, const char *suffix, char ***names);
void   unit_names_free(char **names, size_t count);

/* Does it run, as far as the system's manager notes it for the journal? False of a user's. */
bool unit_is_active(const struct unit_manager *m, const char *name);

/* What is between @ and the suffix of an instance's name, in ret; false for other units. */
bool unit_instance(const char *name, char *ret, size_t size);

/*
 * What Restart= says of a service ("always", "on-failure"), in ret. False where it is not
 * started again by itself or nothing is known of it.
 */
bool unit_restart(const struct unit_manager *m, const char *name, char *ret, size_t size);

/* Reads the text of one file. Pure. */
void unit_parse(const char *text, size_t len, unit_line_fn fn, void *arg);

#endif
