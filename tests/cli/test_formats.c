/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The shape of each output format, and that no process can break it with the
 * name that it gives itself.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

TestSuite(formats, .init = cli_enter, .timeout = 120);

static struct mksock made;

/* What this version promises; later ones add to it. */
static const char *const json_fields[] = {
	"proto", "family", "state", "laddr", "lport", "raddr", "rport",
	"service", "reach", "pid", "process", "fd", "holder", "owners",
	"command", "exe", "cwd", "uid", "user", "backlog", "backlog_max",
	"recvq", "sendq", "rx_total", "tx_total", "rtt", "retrans", "drops",
	"inode", "cookie", "iface", "role", "peer_pid", "peer_process",
	"clients", "app", "project", "peer_app", "cgroup", "unit", "container",
};

/* RFC 3339: 2026-01-31T12:00:00Z, with a fraction and an offset where it has. */
static bool
is_rfc3339(const char *text)
{
	int year, month, day, hour, minute, second, n = 0;

	if (text == NULL || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year,
	    &month, &day, &hour, &minute, &second, &n) != 6 || n != 19)
		return false;
	text += n;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (strcmp(text, "Z") == 0)
		return true;
	return (*text == '+' || *text == '-') && strlen(text) == 6 &&
	    text[3] == ':';
}

static void
expect_fields(const json_t *row)
{
	for (size_t i = 0; i < CLI_ARRAY_SIZE(json_fields); i++)
		cr_expect_not_null(json_object_get(row, json_fields[i]),
		    "no %s", json_fields[i]);
	cr_expect_null(json_object_get(row, "local"));
	cr_expect_null(json_object_get(row, "peer"));
}

Test(formats, json_is_one_object_of_the_promised_shape)
{
	bool hidden;
	char host[256] = "";
	json_t *doc;
	json_t *row;
	size_t i;

	mksock_start(&made, MKSOCK_KINDS("all"));
	gethostname(host, sizeof host - 1);
	doc = cli_document(NULL, ARGS("--scope", "host"));
	cr_expect_eq(cli_number(doc, "schema"), 1);
	cr_expect(is_rfc3339(cli_text(doc, "time")), "%s",
	    cli_text(doc, "time"));
	cr_expect_str_eq(cli_text(doc, "host"), host);
	cr_expect_str_eq(cli_text(doc, "scope"), "host");
	cr_expect_str_eq(cli_text(doc, "source"), "netlink");
	hidden = false;
	json_array_foreach(json_object_get(doc, "sockets"), i, row)
		hidden |= strcmp(cli_text(row, "holder"), "hidden") == 0;
	cr_expect_eq(json_is_null(json_object_get(doc, "partial")), !hidden, "partial: %s",
	    cli_text(doc, "partial"));
	cr_expect_eq(json_object_size(doc), 7);
	json_array_foreach(json_object_get(doc, "sockets"), i, row)
		expect_fields(row);
	json_decref(doc);
	mksock_stop(&made);
}

/* Which fields there are is a property of the program, not of the socket. */
Test(formats, every_row_has_the_same_fields)
{
	json_t *rows;
	const json_t *first;
	json_t *row;
	const json_t *value;
	const char *key;
	size_t i;

	mksock_start(&made, MKSOCK_KINDS("all"));
	rows = cli_rows(ARGS("-a"));
	first = json_array_get(rows, 0);
	json_array_foreach(rows, i, row) {
		cr_expect_eq(json_object_size(row), json_object_size(first));
		json_object_foreach((json_t *)(uintptr_t)first, key, value)
			cr_expect_not_null(json_object_get(row, key), "no %s",
			    key);
	}
	json_decref(rows);
	mksock_stop(&made);
}

Test(formats, ndjson_is_a_socket_a_line_each_with_the_time)
{
	json_t *rows = json_array();
	struct run r;
	char *rest;

	mksock_start(&made, MKSOCK_KINDS("all"));
	run_lotop(NULL, ARGS("list", "-a", "-o", "ndjson"), &r);
	cr_expect_eq(r.status, 0, "%s", r.err);
	for (char *line = strtok_r(r.out, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		cr_assert_not_null(row, "no object: %s", line);
		cr_expect(is_rfc3339(cli_text(row, "time")));
		expect_fields(row);
		json_array_append_new(rows, row);
	}
	cr_expect_eq(json_array_size(rows), made.n, "%zu lines",
	    json_array_size(rows));
	for (size_t i = 0; i < made.n; i++)
		cr_expect_not_null(cli_row_of(rows, &made.facts[i]), "%s",
		    made.facts[i].kind);
	json_decref(rows);
	run_done(&r);
	mksock_stop(&made);
}

/*
 * CSV
 */

static bool
csv_has_column(const struct csv *csv, const char *id)
{
	for (size_t i = 0; i < csv->width; i++)
		if (strcmp(csv_field(csv, 0, i), id) == 0)
			return true;
	return false;
}

/* What CSV has for a value of JSON. */
static void
csv_text(const json_t *value, const char *id, char *text, size_t size)
{
	const json_t *item;
	size_t i;

	text[0] = '\0';
	if (strcmp(id, "owners") == 0 && json_is_array(value))
		snprintf(text, size, "%zu", json_array_size(value));
	else if (json_is_array(value))
		json_array_foreach(value, i, item)
			snprintf(text + strlen(text), size - strlen(text), "%s%s",
			    i > 0 ? " " : "", json_string_value(item));
	else if (json_is_string(value))
		snprintf(text, size, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(text, size, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
}

/* Each socket once more by its cookie: CSV says what JSON says. */
Test(formats, csv_has_the_values_of_json)
{
	static const char all[] = "cookie,proto,family,state,laddr,lport,raddr,"
	    "rport,reach,pid,process,fd,holder,owners,command,exe,cwd,uid,user,"
	    "backlog,backlog_max,recvq,sendq,rx_total,tx_total,inode,iface";
	struct run r;
	struct csv csv;
	json_t *rows;
	json_t *row;
	size_t i;
	char want[8192];

	mksock_start(&made, MKSOCK_KINDS("all"));
	rows = cli_rows(ARGS("-a", "-s", "cookie"));
	run_lotop(NULL, ARGS("list", "-a", "-o", "csv", "-s", "cookie", "-c",
	    all), &r);
	cr_assert(csv_parse(r.out, r.out_len, &csv));
	cr_assert_eq(csv_rows(&csv), json_array_size(rows) + 1);
	json_array_foreach(rows, i, row) {
		for (size_t c = 0; c < csv.width; c++) {
			const char *id = csv_field(&csv, 0, c);

			csv_text(json_object_get(row, id), id, want, sizeof want);
			cr_expect_str_eq(csv_field(&csv, i + 1, c), want,
			    "%s of %s", id, cli_text(row, "process"));
		}
	}
	csv_done(&csv);
	run_done(&r);
	json_decref(rows);
	mksock_stop(&made);
}

Test(formats, csv_has_ids_as_its_header)
{
	struct run r;
	struct csv csv;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	run_lotop(NULL, ARGS("list", "-o", "csv"), &r);
	cr_expect_eq(r.status, 0);
	cr_assert(csv_parse(r.out, r.out_len, &csv));
	for (size_t i = 0; i < csv.width; i++) {
		const char *id = csv_field(&csv, 0, i);

		cr_expect_gt(strlen(id), 0);
		cr_expect_eq(strspn(id, "abcdefghijklmnopqrstuvwxyz_"),
		    strlen(id), "%s is no id", id);
	}
	cr_expect(csv_has_column(&csv, "process"));
	csv_done(&csv);
	run_done(&r);
	mksock_stop(&made);
}

/*
 * Hostile names
 */

static const char *const hostile_kinds[] = {
	"hostile", "hostile-quote", "hostile-width", "hostile-argv", NULL,
};

static void
expect_clean(const char *what, const struct run *r, bool cr)
{
	size_t at;

	cr_expect_eq(r->status, 0, "%s: status %d: %s", what, r->status, r->err);
	cr_expect(cli_is_clean(r->out, r->out_len, cr, &at),
	    "%s: byte %zu is %#x, in \"%.20s\"", what, at,
	    (unsigned char)r->out[at < r->out_len ? at : 0],
	    r->out + (at > 10 ? at - 10 : 0));
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* Everywhere: a terminal in Latin-1 or C is one that 0x9b can hurt. */
Test(formats, no_name_gets_a_control_byte_into_any_format)
{
	static const char *const formats[] = { "table", "json", "ndjson", "csv" };
	static const char *const locales[] = {
		"LC_ALL=C.UTF-8", "LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=nosuch",
		"LC_ALL",
	};

	mksock_start(&made, hostile_kinds);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(locales); i++) {
		const char *const env[] = { locales[i], NULL };
		const struct run_how how = { .env = env };

		for (size_t j = 0; j < CLI_ARRAY_SIZE(formats); j++) {
			char what[64];
			struct run r;

			snprintf(what, sizeof what, "%s, %s", locales[i],
			    formats[j]);
			run_lotop(&how, ARGS("list", "-o", formats[j]), &r);
			expect_clean(what, &r, strcmp(formats[j], "csv") == 0);
			if (strcmp(formats[j], "ndjson") == 0)
				cr_expect_eq(count_lines(r.out), made.n, "%s",
				    what);
			if (strcmp(formats[j], "json") != 0 &&
			    strcmp(formats[j], "ndjson") != 0)
				cr_expect_eq(count_lines(r.out), made.n + 1,
				    "%s: a name made a line:\n%s", what, r.out);
			run_done(&r);
		}
	}
	mksock_stop(&made);
}

Test(formats, without_utf8_a_table_is_ascii)
{
	static const char *const env[] = { "LC_ALL=C", NULL };
	const struct run_how how = { .env = env };
	struct run r;

	mksock_start(&made, hostile_kinds);
	run_lotop(&how, ARGS("list", "-c", "lport,process,command"), &r);
	cr_expect_eq(r.status, 0);
	for (size_t i = 0; i < r.out_len; i++)
		cr_expect_lt((unsigned char)r.out[i], 0x80, "%s", r.out);
	cr_expect_not_null(strchr(r.out, '?'), "%s", r.out);
	run_done(&r);
	mksock_stop(&made);
}

/* Each bad byte or code point is one U+FFFD; the rest stays as it is. */
Test(formats, what_is_bad_in_a_name_is_replaced_and_the_rest_kept)
{
	static const struct {
		const char *kind;
		const char *process;
	} cases[] = {
		{ "hostile", "\xef\xbf\xbd[2J\xef\xbf\xbd) S\xef\xbf\xbd\xef\xbf\xbd"
		  "\xef\xbf\xbdx" },
		{ "hostile-quote", "\",\"pid\":1,\xef\xbf\xbd\xef\xbf\xbd';" },
		{ "hostile-width", "\xef\xbf\xbd\xef\xbf\xbd" "e\xcc\x81\xcc\x81"
		  "\xef\xbf\xbd" },
	};
	json_t *rows;

	mksock_start(&made, hostile_kinds);
	rows = cli_rows(NO_ARGS);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		const json_t *row = cli_row_of(rows,
		    mksock_fact(&made, cases[i].kind, NULL));
		const char *process = cli_text(row, "process");

		cr_assert_not_null(process, "%s", cases[i].kind);
		cr_expect_str_eq(process, cases[i].process, "%s: %s",
		    cases[i].kind, process);
	}
	json_decref(rows);
	mksock_stop(&made);
}

/* A name that looks like JSON or CSV is a text in it. */
Test(formats, quotes_in_a_name_forge_nothing)
{
	const struct fact *f;
	json_t *rows;
	struct run r;
	struct csv csv;

	mksock_start(&made, MKSOCK_KINDS("hostile-quote"));
	f = mksock_fact(&made, "hostile-quote", NULL);
	rows = cli_rows(NO_ARGS);
	cr_expect_eq(json_array_size(rows), 1);
	cr_expect_eq(cli_number(json_array_get(rows, 0), "pid"),
	    f->held[0].pid);
	run_lotop(NULL, ARGS("list", "-o", "csv", "-c", "process,lport"), &r);
	cr_assert(csv_parse(r.out, r.out_len, &csv));
	cr_assert_eq(csv_rows(&csv), 2);
	cr_expect_str_eq(csv_field(&csv, 1, 0),
	    cli_text(json_array_get(rows, 0), "process"));
	csv_done(&csv);
	run_done(&r);
	json_decref(rows);
	mksock_stop(&made);
}

/* Skips, and says why, where Debian's package prometheus is not installed. */
Test(formats, promtool_accepts_the_metrics)
{
	static const char *const check[] = { "/usr/bin/promtool", "check", "metrics", NULL };
	FILE *file = tmpfile();
	struct run_how how = { 0 };
	struct run r;

	if (access(check[0], X_OK) < 0)
		CLI_SKIP("there is no promtool to check metrics");
	cr_assert_not_null(file);
	mksock_start(&made, MKSOCK_KINDS("listener4", "pair", "prefork", "reuseport", "hostile",
	    "hostile-quote", "udp"));
	how.out_fd = fileno(file);
	run_lotop(&how, ARGS("list", "-o", "openmetrics"), &r);
	cr_expect_eq(r.status, 0, "%s", r.err);
	run_done(&r);
	cr_assert_eq(lseek(fileno(file), 0, SEEK_SET), 0);
	how = (struct run_how){ .in_fd = fileno(file) };
	run_program(&how, check, &r);
	cr_expect_eq(r.status, 0, "%s%s", r.out, r.err);
	cr_expect_eq(r.err_len + r.out_len, 0, "%s%s", r.out, r.err);
	run_done(&r);
	fclose(file);
	mksock_stop(&made);
}

Test(formats, metrics_of_a_listener_are_those_of_its_connections)
{
	const struct fact *f;
	char want[256];
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("pair"));
	f = mksock_fact(&made, "pair", "listener");
	run_lotop(NULL, ARGS("list", "-l", "-o", "openmetrics"), &r);
	cr_expect_eq(r.status, 0, "%s", r.err);
	snprintf(want, sizeof want, "lotop_listener_connections{proto=\"tcp\",address=\"%s\","
	    "port=\"%d\",process=\"%s\"} 1\n", f->laddr, (int)f->lport, f->comm);
	cr_expect_not_null(strstr(r.out, want), "no %s in %s", want, r.out);
	f = mksock_fact(&made, "pair", "server");
	snprintf(want, sizeof want, "lotop_listener_rx_bytes{proto=\"tcp\",address=\"%s\","
	    "port=\"%d\",process=\"%s\"} %d\n", f->laddr, (int)f->lport, f->comm,
	    (int)f->rx_total);
	cr_expect_not_null(strstr(r.out, want), "no %s in %s", want, r.out);
	run_done(&r);
	mksock_stop(&made);
}

/* "# EOF" ends it: of several there is one, which can tell rates. */
Test(formats, metrics_of_several_looks_are_one_document)
{
	struct run r;
	const char *end;

	mksock_start(&made, MKSOCK_KINDS("listener4"));
	run_lotop(NULL, ARGS("list", "-o", "openmetrics", "-n", "2", "-d", "0.1"), &r);
	cr_expect_eq(r.status, 0);
	end = strstr(r.out, "# EOF\n");
	cr_assert_not_null(end, "%s", r.out);
	cr_expect_str_eq(end, "# EOF\n", "nothing follows");
	cr_expect_not_null(strstr(r.out, "\nlotop_listener_rx_bytes_per_second{"), "%s", r.out);
	run_done(&r);
	mksock_stop(&made);
}

Test(formats, metrics_of_nothing_are_a_whole_document)
{
	struct run r;

	run_lotop(NULL, ARGS("list", "-o", "openmetrics"), &r);
	cr_expect_eq(r.status, 1);
	cr_expect_not_null(strstr(r.out, "# TYPE lotop_sockets gauge\n"));
	cr_expect_not_null(strstr(r.out, "# EOF\n"));
	run_done(&r);
}
