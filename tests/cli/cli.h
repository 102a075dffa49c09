/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the tests of the command line share: the private network, lotop's JSON,
 * and the comparison of its rows with what mksock said.
 */

#ifndef TESTS_CLI_CLI_H
#define TESTS_CLI_CLI_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "helpers/fact.h"
#include "helpers/netns.h"
#include "helpers/run.h"

#define CLI_ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* .init of a suite: enter a private network, or skip the test and say why. */
void	cli_enter(void);

/* Say on standard error why the test does not run, and skip it. */
#define CLI_SKIP(...)							\
	do {								\
		fprintf(stderr, "skipped: " __VA_ARGS__);		\
		fputc('\n', stderr);					\
		cr_skip_test(__VA_ARGS__);				\
	} while (0)

/*
 * Run `lotop list -o json ARGS`, which must go well and print one document;
 * the exit status is 0, or 1 where there are no rows. The caller has a
 * reference to free with json_decref().
 */
json_t	*cli_document(const struct run_how *how, const char *const args[]);

/* The rows of that document alone. */
json_t	*cli_rows(const char *const args[]);

/* The row of the socket that f describes; NULL, or NULL and a failure if two. */
json_t	*cli_row_of(json_t *rows, const struct fact *f);

/* A listener on 127.0.0.1 of this process; returns its descriptor, to close. */
int	cli_listen(uint16_t port);

/* Every program that is started from here on gets EPERM for a socket of that domain (AF_NETLINK). */
void	cli_forbid_sockets(int domain);

/* What mksock called it, for messages: "pair/server". */
const char *cli_name(const struct fact *f, char name[64]);

/* A member of a row: its text or number; NULL or -1 where it is null. */
const char *cli_text(const json_t *row, const char *key);
json_int_t cli_number(const json_t *row, const char *key);

/*
 * Are the rows exactly the sockets that want() is true of? Expects so, and
 * tells each that is missing or too much.
 */
void	cli_expect_rows(const char *what, json_t *rows, const struct mksock *m,
	    bool (*want)(const struct fact *f));

/*
 * Names of the sockets that the rows show, in mksock's order, separated by
 * spaces; a row that is none of them is "?". The caller frees the text.
 */
char	*cli_names_of(json_t *rows, const struct mksock *m);

/* Is the text UTF-8 without control, bidi or zero-width code points, line ends
 * (and CR where allowed) apart? Writes where it is not. */
bool	cli_is_clean(const char *text, size_t len, bool cr, size_t *at);

/* An RFC 4180 table: rows of fields, all of it freed by csv_done(). */
struct csv {
	char	**field;	/* row by row */
	size_t	  n;
	size_t	  width;	/* fields a row */
};

/* Takes nothing but what RFC 4180 allows; false and a failure where it is not. */
bool	csv_parse(const char *text, size_t len, struct csv *ret);
const char *csv_field(const struct csv *c, size_t row, size_t column);
size_t	csv_rows(const struct csv *c);		/* header included */
void	csv_done(struct csv *c);

#endif
