/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the options of `lotop list` choose: scope, protocols, ports, columns,
 * order, repetition.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

TestSuite(options, .init = cli_enter, .timeout = 120);

static struct mksock made;

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool
is_any(const struct fact *f)
{
	return f != NULL;
}

static bool
is_tcp(const struct fact *f)
{
	return strcmp(f->proto, "tcp") == 0;
}

static bool
is_udp(const struct fact *f)
{
	return strcmp(f->proto, "udp") == 0;
}

static bool
is_ipv4(const struct fact *f)
{
	return f->family == 4;
}

static bool
is_ipv6(const struct fact *f)
{
	return f->family == 6;
}

/* Listening, unconnected or bound: it holds its port. */
static bool
holds_port(const struct fact *f)
{
	return f->raddr[0] == '\0';
}

static bool
is_udp_holder(const struct fact *f)
{
	return is_udp(f) && holds_port(f);
}

static bool
is_tcp6_holder(const struct fact *f)
{
	return is_tcp(f) && is_ipv6(f) && holds_port(f);
}

static bool
is_loopback_end(const char *addr)
{
	return starts_with(addr, "127.") || strcmp(addr, "::1") == 0;
}

static bool
is_wildcard(const char *addr)
{
	return strcmp(addr, "0.0.0.0") == 0 || strcmp(addr, "::") == 0;
}

static bool
in_loopback_scope(const struct fact *f)
{
	return is_loopback_end(f->laddr) || is_loopback_end(f->raddr) ||
	    (holds_port(f) && is_wildcard(f->laddr));
}

static bool
in_host_scope(const struct fact *f)
{
	return strcmp(f->kind, "away") != 0;
}

/* Either end, as -p looks at it. */
static bool
has_port_between(const struct fact *f, int64_t first, int64_t last)
{
	return (f->lport >= first && f->lport <= last) ||
	    (f->rport >= first && f->rport <= last);
}

static bool
has_port_8080(const struct fact *f)
{
	return has_port_between(f, 8080, 8080);
}

static bool
has_port_in_lists(const struct fact *f)
{
	return has_port_between(f, 80, 80) || has_port_between(f, 3000, 3999) ||
	    has_port_between(f, 9000, 65535);
}

struct choice {
	const char	*what;
	const char	*args[6];
	bool		(*want)(const struct fact *f);
};

static void
expect_choices(const struct choice *choices, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *rows = cli_rows(choices[i].args);

		cli_expect_rows(choices[i].what, rows, &made, choices[i].want);
		json_decref(rows);
	}
}

Test(options, scope_says_which_addresses_count)
{
	static const struct choice choices[] = {
		{ "by default", { NULL }, in_loopback_scope },
		{ "loopback", { "--scope", "loopback" }, in_loopback_scope },
		{ "host", { "--scope=host" }, in_host_scope },
		{ "all", { "--scope", "all" }, is_any },
		{ "-a", { "-a" }, is_any },
		{ "--all", { "--all" }, is_any },
	};

	mksock_start(&made, MKSOCK_KINDS("all"));
	cr_assert_not_null(mksock_fact(&made, "host", NULL));
	cr_assert_not_null(mksock_fact(&made, "away", NULL));
	expect_choices(choices, CLI_ARRAY_SIZE(choices));
	mksock_stop(&made);
}

Test(options, protocol_family_and_listening_are_as_in_ss)
{
	static const struct choice choices[] = {
		{ "-t", { "-a", "-t" }, is_tcp },
		{ "--tcp", { "-a", "--tcp" }, is_tcp },
		{ "-u", { "-a", "-u" }, is_udp },
		{ "--udp", { "-a", "--udp" }, is_udp },
		{ "-tu", { "-a", "-tu" }, is_any },
		{ "-l", { "-a", "-l" }, holds_port },
		{ "--listening", { "-a", "--listening" }, holds_port },
		{ "-4", { "-a", "-4" }, is_ipv4 },
		{ "-6", { "-a", "-6" }, is_ipv6 },
		{ "-46", { "-a", "-46" }, is_any },
		{ "-ul", { "-a", "-ul" }, is_udp_holder },
		{ "-tl6", { "-a", "-tl6" }, is_tcp6_holder },
	};

	mksock_start(&made, MKSOCK_KINDS("all"));
	expect_choices(choices, CLI_ARRAY_SIZE(choices));
	mksock_stop(&made);
}

Test(options, ports_are_those_of_either_end)
{
	static const struct choice choices[] = {
		{ "-p 8080", { "-p", "8080" }, has_port_8080 },
		{ "-p8080", { "-p8080" }, has_port_8080 },
		{ "--port=8080-8080", { "--port=8080-8080" }, has_port_8080 },
		{ "a list", { "-p", "80,3000-3999,9000-" }, has_port_in_lists },
	};

	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "pair:3000",
	    "udp:3999", "wildcard4:80", "dual:9000", "listener6:2999",
	    "bound:4000", "timewait:3001"));
	expect_choices(choices, CLI_ARRAY_SIZE(choices));
	mksock_stop(&made);
}

Test(options, nothing_found_is_status_1_and_a_complete_document)
{
	struct run r;
	struct csv csv;
	json_t *rows = cli_rows(ARGS("-p", "1"));

	cr_expect_eq(json_array_size(rows), 0);
	json_decref(rows);
	run_lotop(NULL, ARGS("list", "-o", "csv", "-p", "1"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect(csv_parse(r.out, r.out_len, &csv));
	cr_expect_eq(csv_rows(&csv), 1, "CSV has its header");
	csv_done(&csv);
	run_done(&r);
	run_lotop(NULL, ARGS("list", "-o", "ndjson", "-p", "1"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect_str_empty(r.out);
	run_done(&r);
	run_lotop(NULL, ARGS("list", "-p", "1"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect_str_empty(r.err, "%s", r.err);
	run_done(&r);
}

/*
 * Columns, header, numbers
 */

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

Test(options, columns_are_shown_in_the_order_asked_for)
{
	struct run r;
	struct csv csv;
	const struct fact *f;
	char pid[16];

	mksock_start(&made, MKSOCK_KINDS("listener4:8080"));
	f = mksock_fact(&made, "listener4", NULL);
	snprintf(pid, sizeof pid, "%d", (int)f->held[0].pid);
	run_lotop(NULL, ARGS("list", "-o", "csv", "-c",
	    "pid,lport,process,raddr"), &r);
	cr_assert_eq(r.status, 0, "%s", r.err);
	cr_assert(csv_parse(r.out, r.out_len, &csv));
	cr_assert_eq(csv.width, 4);
	cr_assert_eq(csv_rows(&csv), 2);
	cr_expect_str_eq(csv_field(&csv, 0, 0), "pid");
	cr_expect_str_eq(csv_field(&csv, 0, 1), "lport");
	cr_expect_str_eq(csv_field(&csv, 0, 2), "process");
	cr_expect_str_eq(csv_field(&csv, 0, 3), "raddr");
	cr_expect_str_eq(csv_field(&csv, 1, 0), pid);
	cr_expect_str_eq(csv_field(&csv, 1, 1), "8080");
	cr_expect_str_eq(csv_field(&csv, 1, 2), "listener4");
	cr_expect_str_eq(csv_field(&csv, 1, 3), "", "null is blank");
	csv_done(&csv);
	run_done(&r);

	run_lotop(NULL, ARGS("list", "-H", "-c", "lport,process"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_eq(count_lines(r.out), 1, "%s", r.out);
	cr_expect_not_null(strstr(r.out, "8080"));
	cr_expect_not_null(strstr(r.out, "listener4"));
	cr_expect_null(strstr(r.out, "127.0.0.1"), "%s", r.out);
	run_done(&r);
	mksock_stop(&made);
}

Test(options, no_header_leaves_the_rows_alone)
{
	static const char *const formats[] = { "table", "csv" };
	struct run with;
	struct run without;
	const char *second;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "udp:5353"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(formats); i++) {
		run_lotop(NULL, ARGS("list", "-o", formats[i]), &with);
		run_lotop(NULL, ARGS("list", "-o", formats[i], "-H"), &without);
		cr_expect_eq(count_lines(with.out), 3, "%s", with.out);
		cr_expect_eq(count_lines(without.out), 2, "%s", without.out);
		second = strchr(with.out, '\n');
		cr_assert_not_null(second);
		/* Columns are as wide as their title, or as what is in them. */
		if (strcmp(formats[i], "csv") == 0)
			cr_expect_str_eq(second + 1, without.out);
		run_done(&with);
		run_done(&without);
	}
	mksock_stop(&made);
}

Test(options, numeric_gives_no_names_of_services_and_users)
{
	const struct servent *se = getservbyport(htons(80), "tcp");
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("listener4:80"));
	run_lotop(NULL, ARGS("list", "-o", "csv", "-H", "-c", "service,user"),
	    &r);
	cr_expect_not_null(strstr(r.out, "root"), "%s", r.out);
	if (se != NULL)
		cr_expect(starts_with(r.out, se->s_name), "%s", r.out);
	run_done(&r);
	run_lotop(NULL, ARGS("list", "-N", "-o", "csv", "-H", "-c",
	    "service,user,lport"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_null(strstr(r.out, "root"), "%s", r.out);
	cr_expect_null(strstr(r.out, "http"), "%s", r.out);
	cr_expect_not_null(strstr(r.out, "80"), "%s", r.out);
	run_done(&r);
	mksock_stop(&made);
}

/*
 * Order
 */

static void
expect_order(const json_t *rows, const char *key, int sign)
{
	json_int_t before = 0;
	bool none = false;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_int_t now = cli_number(row, key);

		if (now < 0) {
			none = true;
			continue;
		}
		cr_expect(!none, "%s: a number behind what has none", key);
		cr_expect(i == 0 || sign * (now - before) >= 0,
		    "%s: %" JSON_INTEGER_FORMAT " behind %" JSON_INTEGER_FORMAT,
		    key, now, before);
		before = now;
	}
}

Test(options, sort_is_by_a_field_and_a_minus_reverses)
{
	static const struct {
		const char	*option;
		const char	*key;
		int		 sign;
	} cases[] = {
		{ "lport", "lport", 1 },	{ "-lport", "lport", -1 },
		{ "pid", "pid", 1 },		{ "-pid", "pid", -1 },
		{ "rport", "rport", 1 },
	};

	mksock_start(&made, MKSOCK_KINDS("all"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		json_t *rows = cli_rows(ARGS("-a", "-s", cases[i].option));

		cr_expect_eq(json_array_size(rows), made.n);
		expect_order(rows, cases[i].key, cases[i].sign);
		json_decref(rows);
	}
	mksock_stop(&made);
}

Test(options, addresses_are_sorted_as_numbers)
{
	json_t *rows;
	json_t *first;

	mksock_start(&made, MKSOCK_KINDS("listener9", "listener4", "host"));
	rows = cli_rows(ARGS("-a", "-s", "laddr"));
	first = json_array_get(rows, 0);
	cr_expect_str_eq(cli_text(first, "laddr"), NETNS_HOST_ADDRESS);
	json_decref(rows);
	mksock_stop(&made);
}

/*
 * Again and again
 */

Test(options, delay_and_iterations_print_one_object_a_line)
{
	struct run r;
	char *rest;
	char before[64] = "";
	size_t n = 0;
	int64_t start;
	int64_t took;

	mksock_start(&made, MKSOCK_KINDS("listener4", "pair"));
	start = run_now_ms();
	run_lotop(NULL, ARGS("list", "-o", "json", "-d", "0.1", "-n", "3"), &r);
	took = run_now_ms() - start;
	cr_expect_eq(r.status, 0, "status %d: %s", r.status, r.err);
	for (char *line = strtok_r(r.out, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest), n++) {
		json_t *doc = json_loads(line, 0, NULL);
		const char *now;

		cr_assert_not_null(doc, "no object: %.80s", line);
		now = cli_text(doc, "time");
		cr_assert_not_null(now);
		cr_expect_geq(strcmp(now, before), 0, "%s before %s", before,
		    now);
		snprintf(before, sizeof before, "%s", now);
		cr_expect_eq(json_array_size(json_object_get(doc, "sockets")),
		    made.n);
		json_decref(doc);
	}
	cr_expect_eq(n, 3, "%zu lines", n);
	cr_expect_geq(took, 200, "three refreshes took %d ms", (int)took);
	run_done(&r);
	mksock_stop(&made);
}

Test(options, ndjson_and_csv_repeat_their_rows)
{
	struct run r;
	struct csv csv;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080"));
	run_lotop(NULL, ARGS("list", "-o", "ndjson", "-d", "0.1", "-n", "4"),
	    &r);
	cr_expect_eq(r.status, 0);
	cr_expect_eq(count_lines(r.out), 4, "%s", r.out);
	run_done(&r);
	run_lotop(NULL, ARGS("list", "-o", "csv", "-d", "0.1", "-n", "4", "-c",
	    "lport"), &r);
	cr_expect_eq(r.status, 0);
	cr_assert(csv_parse(r.out, r.out_len, &csv));
	cr_expect_eq(csv_rows(&csv), 5, "one header, and %zu rows",
	    csv_rows(&csv) - 1);
	csv_done(&csv);
	run_done(&r);
	mksock_stop(&made);
}

Test(options, one_iteration_needs_no_delay)
{
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	run_lotop(NULL, ARGS("list", "-o", "ndjson", "-n", "1"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_eq(count_lines(r.out), 1);
	run_done(&r);
	mksock_stop(&made);
}

/*
 * The command itself
 */

Test(options, without_a_terminal_lotop_is_lotop_list)
{
	struct run bare;
	struct run list;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "udp:5353", "pair"));
	run_lotop(NULL, ARGS("-a", "-H", "-c", "state,local,peer,pid,process"),
	    &bare);
	run_lotop(NULL, ARGS("list", "-a", "-H", "-c",
	    "state,local,peer,pid,process"), &list);
	cr_expect_eq(bare.status, 0, "%s", bare.err);
	cr_expect_eq(count_lines(list.out), made.n, "%s", list.out);
	cr_expect_str_eq(bare.out, list.out);
	run_done(&bare);
	run_lotop(NULL, NO_ARGS, &bare);
	cr_expect_eq(bare.status, 0, "%s", bare.err);
	cr_expect_eq(count_lines(bare.out), made.n + 1, "%s", bare.out);
	run_done(&bare);
	run_done(&list);
	mksock_stop(&made);
}

/* A second mksock, as each process has all kinds in its command line. */
Test(options, after_two_dashes_list_is_a_filter_word)
{
	struct mksock other;
	struct run r;
	json_error_t error;
	json_t *doc;
	json_t *rows;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080"));
	mksock_start(&other, MKSOCK_KINDS("udp:5353"));
	run_lotop(NULL, ARGS("-o", "json", "--", "list"), &r);
	doc = json_loadb(r.out, r.out_len, 0, &error);
	cr_assert_not_null(doc, "%s", error.text);
	rows = json_object_get(doc, "sockets");
	cr_expect_not_null(cli_row_of(rows, mksock_fact(&made, "listener4",
	    NULL)), "list is in listener4");
	cr_expect_null(cli_row_of(rows, mksock_fact(&other, "udp", NULL)),
	    "list was taken for the command");
	json_decref(doc);
	run_done(&r);
	mksock_stop(&other);
	mksock_stop(&made);
}

Test(options, options_may_stand_behind_filter_words)
{
	json_t *rows;
	char *names;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "udp:5353"));
	rows = cli_rows(ARGS("5353", "-u"));
	names = cli_names_of(rows, &made);
	cr_expect_str_eq(names, "udp");
	free(names);
	json_decref(rows);
	mksock_stop(&made);
}

Test(options, help_and_version_go_to_standard_output)
{
	static const char *const asks[][3] = {
		{ "--help" }, { "-h" }, { "list", "--help" },
		{ "--version" }, { "-V" }, { "list", "-V" },
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(asks); i++) {
		struct run r;
		size_t at;

		run_lotop(NULL, asks[i], &r);
		cr_expect_eq(r.status, 0, "%s: status %d", asks[i][0], r.status);
		cr_expect_str_empty(r.err, "%s: %s", asks[i][0], r.err);
		cr_expect_not_null(strstr(r.out, "lotop"), "%s", r.out);
		cr_expect(cli_is_clean(r.out, r.out_len, false, &at));
		run_done(&r);
	}
}

Test(options, help_names_every_option_of_this_version)
{
	static const char *const names[] = {
		"--tcp", "--udp", "--listening", "-4", "-6", "--port",
		"--scope", "--all", "--numeric", "--columns", "--sort",
		"--delay", "--iterations", "--output", "--no-header", "--help",
		"--version", "list",
	};
	struct run r;

	run_lotop(NULL, ARGS("--help"), &r);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(names); i++)
		cr_expect_not_null(strstr(r.out, names[i]), "no %s", names[i]);
	run_done(&r);
}

/*
 * On a terminal
 */

/* What `lotop list` prints on a terminal of that many columns. */
static char *
print_on_terminal(unsigned short columns, const char *const args[],
    struct run *r)
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };
	struct run_how how = { 0 };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	size_t len = 0;
	ssize_t n;
	char *text = calloc(1, 1 << 16);

	cr_assert_geq(master, 0);
	cr_assert_eq(grantpt(master), 0);
	cr_assert_eq(unlockpt(master), 0);
	how.out_fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert_geq(how.out_fd, 0);
	cr_assert_eq(ioctl(how.out_fd, TIOCSWINSZ, &size), 0);
	run_lotop(&how, args, r);
	/* All of it waits in the terminal's buffer: a few rows. */
	while ((n = read(master, text + len, (1 << 16) - 1 - len)) > 0)
		len += (size_t)n;
	close(how.out_fd);
	close(master);
	return text;
}

/* In cells: of these sockets nothing is wider or narrower than one. */
static size_t
longest_line(const char *text)
{
	size_t longest = 0;
	size_t cells = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\r')
			cells = 0;
		else if ((*text & 0xc0) != 0x80)
			cells++;
		longest = cells > longest ? cells : longest;
	}
	return longest;
}

Test(options, a_table_fits_its_terminal_and_is_whole_without_one)
{
	static const unsigned short widths[] = { 10, 20, 40, 80, 132 };
	const char *const args[] = { "list", "-c", "lport,state,process,command",
	    NULL };
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "listener9",
	    "unaccepted-closed", "hostile-quote", "unaccepted",
	    "backlog-full", "reuseport"));
	for (size_t i = 0; i < CLI_ARRAY_SIZE(widths); i++) {
		char *text = print_on_terminal(widths[i], args, &r);

		cr_expect_eq(r.status, 0, "status %d: %s", r.status, r.err);
		cr_expect_eq(count_lines(text), made.n + 1);
		cr_expect_not_null(strstr(text, "8080"), "%d columns:\n%s",
		    widths[i], text);
		cr_expect_leq(longest_line(text), widths[i],
		    "%zu cells on %d columns:\n%s", longest_line(text),
		    widths[i], text);
		free(text);
		run_done(&r);
	}
	run_lotop(NULL, args, &r);
	cr_expect_not_null(strstr(r.out, "reuseport\n"),
	    "the last word of a long command is there:\n%s", r.out);
	run_done(&r);
	mksock_stop(&made);
}
