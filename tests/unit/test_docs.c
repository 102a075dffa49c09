/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The manual says what the tables say: every option, field, key, command and
 * format, and no other. It is read as mdoc source, lines of `.It` in the section
 * that belongs to a table.
 */

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options.h"
#include "cmd/subcommand.h"
#include "ui/command.h"
#include "view/field.h"

#define WORD_MAX  64
#define WORDS_MAX 256

/* The words that a section documents. */
struct words {
	char   word[WORDS_MAX][WORD_MAX];
	size_t count;
	bool   found[WORDS_MAX];	/* a table has it */
};

static FILE *
open_manual(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/man/lotop.1", srcdir ? srcdir : ".");
	f = fopen(path, "r");
	cr_assert_not_null(f, "%s cannot be opened", path);
	return f;
}

static void
add_word(struct words *w, const char *s)
{
	cr_assert_lt(w->count, WORDS_MAX);
	if (strncmp(s, "\\&", 2) == 0)	/* mdoc: what follows is no macro */
		s += 2;
	snprintf(w->word[w->count++], WORD_MAX, "%.*s", WORD_MAX - 1, s);
}

static bool
is_macro(const char *s)
{
	static const char *const macros[] = { "Ar", "Oo", "Oc", "Op", "Ns", "Li", "Cm", "Fl", "Ic" };

	for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
		if (strcmp(s, macros[i]) == 0)
			return true;
	return false;
}

/*
 * Reads `.It MACRO word , word` lines of one section. With Fl a word gets its dashes:
 * one for each "Fl", which stands before each name again.
 */
static void
read_section(struct words *w, const char *section, const char *macro)
{
	FILE *f = open_manual();
	char line[1024];
	bool in = false;

	*w = (struct words){ .count = 0 };
	while (fgets(line, sizeof line, f)) {
		bool on = false;
		char dashes[3] = "";

		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, ".Sh ", 4) == 0)
			in = strcmp(line + 4, section) == 0;
		if (!in || strncmp(line, ".It ", 4) != 0)
			continue;
		for (char *s = strtok(line + 4, " "); s; s = strtok(NULL, " ")) {
			char word[WORD_MAX + 3];

			if (strcmp(s, macro) == 0) {
				on = true;
				if (strcmp(macro, "Fl") == 0)
					strcat(dashes, "-");
			} else if (strcmp(s, ",") == 0) {
				dashes[0] = '\0';
			} else if (is_macro(s)) {
				on = false;
			} else if (on) {
				snprintf(word, sizeof word, "%s%.*s", dashes, WORD_MAX - 1, s);
				add_word(w, word);
			}
		}
	}
	fclose(f);
}

static void
expect_word(struct words *w, const char *s)
{
	bool found = false;

	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->word[i], s) == 0)
			found = w->found[i] = true;
	cr_expect(found, "the manual does not tell of %s", s);
}

static void
expect_no_others(const struct words *w)
{
	cr_expect_gt(w->count, 0);
	for (size_t i = 0; i < w->count; i++)
		cr_expect(w->found[i], "the manual tells of %s, and no table has it", w->word[i]);
}

Test(docs, manual_has_every_option_and_no_other)
{
	static struct words w;
	char s[WORD_MAX];

	read_section(&w, "OPTIONS", "Fl");
	for (size_t i = 0; i < noptions; i++) {
		snprintf(s, sizeof s, "--%s", options[i].name);
		expect_word(&w, s);
		if (!options[i].letter)
			continue;
		snprintf(s, sizeof s, "-%c", options[i].letter);
		expect_word(&w, s);
	}
	expect_no_others(&w);
}

Test(docs, manual_has_every_field_and_no_other)
{
	static struct words w;

	read_section(&w, "FIELDS", "Cm");
	for (size_t i = 0; i < nfields; i++)
		expect_word(&w, fields[i].id);
	expect_no_others(&w);
}

Test(docs, manual_has_every_format_and_no_other)
{
	static struct words w;

	read_section(&w, "OUTPUT", "Cm");
	for (size_t i = 0; i < nformats; i++)
		expect_word(&w, formats[i].id);
	expect_no_others(&w);
}

Test(docs, manual_has_every_command_and_no_other)
{
	static struct words w;

	read_section(&w, "DESCRIPTION", "Cm");
	for (size_t i = 0; i < nsubcommands; i++)
		if (subcommands[i].name)
			expect_word(&w, subcommands[i].name);
	expect_no_others(&w);
}

Test(docs, manual_has_every_key_and_no_other)
{
	static struct words w;

	read_section(&w, "KEYS", "Ic");
	for (size_t i = 0; i < ncommands; i++) {
		char keys[128];

		snprintf(keys, sizeof keys, "%s", commands[i].keys);
		for (char *s = strtok(keys, " "); s; s = strtok(NULL, " "))
			expect_word(&w, s);
	}
	expect_no_others(&w);
}
