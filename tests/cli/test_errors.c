/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is wrong is said in at most three lines that show where, with exit
 * status 2 for the command line and 3 for what the system refuses.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

TestSuite(errors, .init = cli_enter, .timeout = 120);

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* Status 2, nothing on standard output, one to three lines that end. */
static void
expect_refused(const char *what, const struct run *r)
{
	size_t lines = count_lines(r->err);
	size_t at;

	cr_expect_eq(r->status, 2, "%s: status %d", what, r->status);
	cr_expect_str_empty(r->out, "%s: standard output: %s", what, r->out);
	cr_expect(lines >= 1 && lines <= 3, "%s: %zu lines:\n%s", what, lines,
	    r->err);
	cr_expect(r->err_len > 0 && r->err[r->err_len - 1] == '\n',
	    "%s: the last line has no end", what);
	cr_expect(cli_is_clean(r->err, r->err_len, false, &at),
	    "%s: byte %#x in the message", what, (unsigned char)r->err[at]);
}

/* The byte of a line that is shown in that cell; nothing here is wide. */
static size_t
byte_of_cell(const char *line, size_t cell)
{
	size_t byte = 0;

	for (; line[byte] != '\0' && line[byte] != '\n'; byte++)
		if ((line[byte] & 0xc0) != 0x80 && cell-- == 0)
			break;
	return byte;
}

/*
 * The line of a message whose first mark is a caret, and the one above, which
 * it points into. false where there is none.
 */
static bool
find_caret(const char *text, const char **line, size_t *column)
{
	const char *above = NULL;

	for (const char *s = text; *s != '\0'; ) {
		size_t len = strcspn(s, "\n");
		size_t blank = strspn(s, " ");

		if (above != NULL && s[blank] == '^') {
			*line = above;
			*column = byte_of_cell(above, blank);
			return true;
		}
		above = s;
		s += len;
		s += *s == '\n';
	}
	return false;
}

/* Is that word there, or, where it is empty, the end of the line? */
static bool
is_at(const char *line, size_t column, const char *word)
{
	size_t len = strcspn(line, "\n");

	if (column > len)
		return false;
	if (*word == '\0')
		return column + 1 >= len;
	return strncmp(line + column, word, strlen(word)) == 0;
}

/* The caret stands under the first byte of that word, in the line above. */
static void
expect_caret(const char *what, const char *message, const char *under,
    const char *or_under)
{
	const char *line;
	size_t column;

	if (!find_caret(message, &line, &column)) {
		cr_expect_fail("%s: no caret in\n%s", what, message);
		return;
	}
	cr_expect(is_at(line, column, under) ||
	    (or_under != NULL && is_at(line, column, or_under)),
	    "%s: the caret is not under %s:\n%s", what,
	    *under != '\0' ? under : "the end", message);
}

/* "" is the end of the text. Where two places are as good, either will do. */
static const struct {
	const char *filter;
	const char *under;
	const char *or_under;
} filters[] = {
	{ "65536", "65536", NULL },
	{ "99999999999999999999", "99999999999999999999", NULL },
	{ "9-1", "9-1", NULL },
	{ "80 1-2-3", "1-2-3", NULL },
	{ "80 1-70000", "1-70000", NULL },
	{ ":70000", ":70000", "70000" },
	{ "80 10.0.0.0/33", "10.0.0.0/33", "33" },
	{ "state:LISTEN nosuch:1", "nosuch", NULL },
	{ "nosuch=1", "nosuch", NULL },
	{ "nosuch~x", "nosuch", NULL },
	{ "nosuch<1", "nosuch", NULL },
	{ "state:foo", "foo", NULL },
	{ "state:LISTEN,foo", "foo", NULL },
	{ "proto:icmp", "icmp", NULL },
	{ "holder:me", "me", NULL },
	{ "reach:near", "near", NULL },
	{ "pid:abc", "abc", NULL },
	{ "lport:99999", "99999", NULL },
	{ "port:x", "x", NULL },
	{ "laddr:300.1.1.1", "300.1.1.1", NULL },
	{ "addr:127.0.0.1/99", "127.0.0.1/99", "99" },
	{ "recvq>abc", "abc", NULL },
	{ "80 recvq>", "", "recvq>" },
	{ "80 state:", "", "state:" },
	{ "80 process~", "", "process~" },
	{ "8080 or", "", "or" },
	{ "8080 and", "", "and" },
	{ "not", "", "not" },
	{ "8080 !", "", "!" },
	{ "or 8080", "or", NULL },
	{ "and 8080", "and", NULL },
	{ "80 or or 90", "or 90", NULL },
	{ "( 80", "", "(" },
	{ "80 )", ")", NULL },
	{ "( )", ")", "(" },
	{ "80 \"unclosed", "\"unclosed", "" },
	{ "80 'unclosed", "'unclosed", "" },
	{ "80 process~\"(\"", "\"(\"", "(\"" },
	{ "80 process~[", "process", "[" },
	{ "80 process<5", "process", "<5" },
	{ "80 state>=LISTEN", "state", ">=" },
};

Test(errors, filters_are_refused_with_a_caret_under_the_place)
{
	for (size_t i = 0; i < CLI_ARRAY_SIZE(filters); i++) {
		struct run r;

		run_lotop(NULL, ARGS("list", "-a", "--", filters[i].filter), &r);
		expect_refused(filters[i].filter, &r);
		expect_caret(filters[i].filter, r.err, filters[i].under,
		    filters[i].or_under);
		run_done(&r);
	}
}

Test(errors, digits_that_are_no_port_get_a_hint)
{
	struct run r;

	run_lotop(NULL, ARGS("list", "70000"), &r);
	expect_refused("70000", &r);
	cr_expect_not_null(strstr(r.err, "pid:"), "%s", r.err);
	run_done(&r);
}

/* The filter is one text, in however many words it came. */
Test(errors, words_of_a_filter_are_joined_before_the_place_is_shown)
{
	struct run r;

	run_lotop(NULL, ARGS("list", "8080", "or", "state:LISTEN", "bogus:1"),
	    &r);
	expect_refused("joined", &r);
	expect_caret("joined", r.err, "bogus", NULL);
	run_done(&r);
}

Test(errors, of_a_long_filter_only_the_place_is_shown)
{
	char filter[20000];
	struct run r;

	memset(filter, 0, sizeof filter);
	while (strlen(filter) < sizeof filter / 2)
		strcat(filter, "not lport:80 ");
	strcat(filter, "bogus:1");
	while (strlen(filter) < sizeof filter - 20)
		strcat(filter, " lport:80");
	run_lotop(NULL, ARGS("list", filter), &r);
	expect_refused("long", &r);
	expect_caret("long", r.err, "bogus", NULL);
	cr_expect_lt(r.err_len, 600, "%zu bytes", r.err_len);
	run_done(&r);
}

Test(errors, what_a_wrong_word_contains_does_not_reach_the_terminal)
{
	static const char *const words[] = {
		"\033[31mred", "new\nline", "\x9bJ", "\xff\xfe", "\xe2\x80\xae",
		"\xc2\x9b", "\xe2\x80\x8b:1", "a\tb:1", "\r",
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(words); i++) {
		char filter[64];
		struct run r;

		snprintf(filter, sizeof filter, "state:%s", words[i]);
		run_lotop(NULL, ARGS("list", "--", filter), &r);
		expect_refused("a bad value", &r);
		run_done(&r);
		run_lotop(NULL, ARGS("list", "-o", words[i]), &r);
		expect_refused("a bad format", &r);
		run_done(&r);
		run_lotop(NULL, ARGS("list", "-c", words[i]), &r);
		expect_refused("a bad column", &r);
		run_done(&r);
		run_lotop(NULL, ARGS("list", "-p", words[i]), &r);
		expect_refused("a bad port", &r);
		run_done(&r);
	}
}

Test(errors, deep_and_endless_filters_are_refused_or_answered)
{
	static char filter[60000];
	struct run r;

	memset(filter, '(', sizeof filter - 1);
	run_lotop(NULL, ARGS("list", filter), &r);
	expect_refused("many parentheses", &r);
	run_done(&r);
	memset(filter, '!', sizeof filter - 1);
	run_lotop(NULL, ARGS("list", filter), &r);
	expect_refused("many negations", &r);
	run_done(&r);
	memset(filter, '9', sizeof filter - 1);
	run_lotop(NULL, ARGS("list", filter), &r);
	expect_refused("many digits", &r);
	run_done(&r);
}

Test(errors, ports_are_refused_with_a_caret_under_the_place)
{
	static const struct {
		const char *ports;
		const char *under;
	} cases[] = {
		{ "65536", "65536" },	{ "80,65536", "65536" },
		{ "9-1", "9-1" },	{ "x", "x" },
		{ "80,http", "http" },	{ "1-2-3", "" },
		{ "0x50", "0x50" },	{ "8e1", "8e1" },
		{ "80,,90", "" },	{ "80 90", "" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		struct run r;

		run_lotop(NULL, ARGS("list", "-p", cases[i].ports), &r);
		expect_refused(cases[i].ports, &r);
		if (cases[i].under[0] != '\0')
			expect_caret(cases[i].ports, r.err, cases[i].under,
			    NULL);
		run_done(&r);
	}
}

/* The message has the word that is wrong; for a missing one, the option. */
Test(errors, options_are_refused_by_name)
{
	static const struct {
		const char *args[4];
		const char *names;
	} cases[] = {
		{ { "list", "-o", "xml" }, "xml" },
		{ { "list", "-o", "JSON " }, "JSON" },
		{ { "list", "-o", "" }, "" },
		{ { "list", "--scope", "world" }, "world" },
		{ { "list", "-c", "lport,nofield" }, "nofield" },
		{ { "list", "-c", "" }, "" },
		{ { "list", "-c", "lport,,pid" }, "" },
		{ { "list", "-s", "nofield" }, "nofield" },
		{ { "list", "-s", "-nofield" }, "nofield" },
		{ { "list", "-s", "" }, "" },
		{ { "list", "-s", "-" }, "" },
		{ { "list", "-d", "0" }, "0" },
		{ { "list", "-d", "0.05" }, "0.05" },
		{ { "list", "-d", "3601" }, "3601" },
		{ { "list", "-d", "nan" }, "nan" },
		{ { "list", "-d", "inf" }, "inf" },
		{ { "list", "-d", "-1" }, "-1" },
		{ { "list", "-d", "1e9" }, "1e9" },
		{ { "list", "-d", "0x1" }, "0x1" },
		{ { "list", "-d", "1s" }, "1s" },
		{ { "list", "-d", "0,5" }, "0,5" },
		{ { "list", "-d", "" }, "" },
		{ { "list", "-n", "0" }, "0" },
		{ { "list", "-n", "-3" }, "-3" },
		{ { "list", "-n", "1.5" }, "1.5" },
		{ { "list", "-n", "x" }, "x" },
		{ { "list", "-n", "99999999999999999999" }, "9999" },
		{ { "list", "-p", "" }, "" },
		{ { "list", "--nosuch" }, "--nosuch" },
		{ { "list", "-Q" }, "-Q" },
		{ { "list", "-tQ" }, "Q" },
		{ { "list", "-o" }, "o" },
		{ { "list", "--output" }, "output" },
		{ { "list", "--tcp=yes" }, "tcp" },
		{ { "--nosuch" }, "--nosuch" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		const char *const *a = cases[i].args;
		char what[64];
		struct run r;

		snprintf(what, sizeof what, "%s %s %s", a[0],
		    a[1] != NULL ? a[1] : "", a[1] != NULL && a[2] != NULL ?
		    a[2] : "");
		run_lotop(NULL, a, &r);
		expect_refused(what, &r);
		cr_expect_not_null(strstr(r.err, cases[i].names),
		    "%s: no %s in\n%s", what, cases[i].names, r.err);
		run_done(&r);
	}
}

Test(errors, the_habit_of_ss_tulpn_is_told_that_owners_are_always_shown)
{
	static const char *const habits[][4] = {
		{ "list", "-tulpn" }, { "-tulpn" }, { "list", "-ltnp" },
		{ "list", "-p", "n" }, { "list", "-n", "p" },
		{ "list", "-tunlp" }, { "-plnt" }, { "-ltnp" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(habits); i++) {
		const char *last = habits[i][habits[i][1] != NULL];
		struct run r;

		run_lotop(NULL, habits[i], &r);
		expect_refused(last, &r);
		cr_expect_not_null(strcasestr(r.err, "always shown"), "%s:\n%s",
		    last, r.err);
		run_done(&r);
	}
}

/*
 * Output that cannot be written
 */

static const char *const formats[] = { "table", "json", "ndjson", "csv" };

/*
 * Of many lengths: whether stdio(3) learns of it while rows are printed or when
 * it is flushed at the end is a matter of where its buffer ends.
 */
#define LENGTHS	20

static const char *
filter_of_length(size_t i, char filter[32])
{
	snprintf(filter, 32, "lport<=%zu", 60999 - 1300 * i);
	return filter;
}

Test(errors, a_full_disk_is_status_3_and_a_sentence)
{
	struct mksock made;
	struct run_how how = { 0 };
	char filter[32];

	how.out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (how.out_fd < 0)
		CLI_SKIP("no /dev/full here");
	mksock_start(&made, MKSOCK_KINDS("all", "listener4:1024"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(formats) * LENGTHS; i++) {
		const char *format = formats[i / LENGTHS];
		struct run r;

		run_lotop(&how, ARGS("list", "-a", "-o", format,
		    filter_of_length(i % LENGTHS, filter)), &r);
		cr_expect_eq(r.status, 3, "%s, %s: status %d", format, filter,
		    r.status);
		cr_expect_eq(count_lines(r.err), 1, "%s: %s", format, r.err);
		cr_expect_not_null(strstr(r.err, strerror(ENOSPC)),
		    "%s, %s: %s", format, filter, r.err);
		run_done(&r);
	}
	for (size_t i = 0; i < 2; i++) {
		struct run r;

		run_lotop(&how, ARGS(i == 0 ? "--help" : "--version"), &r);
		cr_expect_eq(r.status, 3, "%zu: status %d", i, r.status);
		cr_expect_eq(count_lines(r.err), 1, "%s", r.err);
		run_done(&r);
	}
	close(how.out_fd);
	mksock_stop(&made);
}

/* Also where it would go on for ever. */
Test(errors, a_full_disk_ends_a_list_that_is_repeated)
{
	struct mksock made;
	struct run_how how = { 0 };

	how.out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (how.out_fd < 0)
		CLI_SKIP("no /dev/full here");
	mksock_start(&made, MKSOCK_KINDS("listener4", "pair"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(formats); i++) {
		struct run r;

		run_lotop(&how, ARGS("list", "-o", formats[i], "-d", "0.1"), &r);
		cr_expect_eq(r.status, 3, "%s: status %d", formats[i], r.status);
		cr_expect_eq(count_lines(r.err), 1, "%s: %s", formats[i], r.err);
		cr_expect_not_null(strstr(r.err, strerror(ENOSPC)), "%s",
		    r.err);
		run_done(&r);
	}
	close(how.out_fd);
	mksock_stop(&made);
}

/* The writing end of a pipe that nobody reads. */
static int
closed_pipe(void)
{
	int fd[2];

	cr_assert_eq(pipe2(fd, O_CLOEXEC), 0);
	close(fd[0]);
	return fd[1];
}

Test(errors, a_closed_pipe_ends_it_quietly)
{
	struct mksock made;
	struct run_how how = { 0 };

	mksock_start(&made, MKSOCK_KINDS("all"));
	how.out_fd = closed_pipe();
	for (size_t i = 0; i < CLI_ARRAY_SIZE(formats); i++) {
		struct run r;

		run_lotop(&how, ARGS("list", "-a", "-o", formats[i], "-d", "0.1"),
		    &r);
		cr_expect(r.status == 0 || r.status == 128 + SIGPIPE,
		    "%s: status %d", formats[i], r.status);
		cr_expect_str_empty(r.err, "%s: %s", formats[i], r.err);
		run_done(&r);
	}
	close(how.out_fd);
	mksock_stop(&made);
}

/* Some parents leave SIGPIPE ignored to their children; then write(2) fails. */
Test(errors, a_closed_pipe_is_no_error_where_sigpipe_is_ignored)
{
	struct mksock made;
	struct run_how how = { 0 };
	char filter[32];

	mksock_start(&made, MKSOCK_KINDS("all", "listener4:1024"));
	how.out_fd = closed_pipe();
	for (size_t i = 0; i < CLI_ARRAY_SIZE(formats) * LENGTHS; i++) {
		const char *format = formats[i / LENGTHS];
		struct run r;

		run_program(&how, ARGS("/bin/sh", "-c",
		    "trap '' PIPE; exec \"$@\"", "sh", run_lotop_path(), "list",
		    "-a", "-d", "0.1", "-o", format,
		    filter_of_length(i % LENGTHS, filter)), &r);
		cr_expect_eq(r.status, 0, "%s, %s: status %d", format, filter,
		    r.status);
		cr_expect_str_empty(r.err, "%s, %s: %s", format, filter, r.err);
		run_done(&r);
	}
	close(how.out_fd);
	mksock_stop(&made);
}
