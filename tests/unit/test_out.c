/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The formats, written to memory and read again. */

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "made.h"
#include "model/findings.h"
#include "out/format.h"

#define BAD "\xef\xbf\xbd"	/* U+FFFD */

struct fixture {
	struct snapshot       snap;
	struct names         *names;
	struct view           view;
	struct format_options options;
	char                 *out;	/* what the last write gave */
	size_t                out_len;
};

/* Names that try what names can: quotes, commas, line ends, escapes, bytes that are no UTF-8. */
static const char evil[] = "=a,\"b\"\r\n\x1b]52;c;\a\xff\xe2\x80\xae";
static const char evil_argv[] = "sh\0-c\0a,\"b\"\n\xc3\0";

static void
set_up(struct fixture *x)
{
	memset(x, 0, sizeof *x);
	made_snapshot(&x->snap);
	x->snap.wall = (struct timespec){ 1795459933, 42000000 };
	x->names = names_new(true);
	view_init(&x->view, x->names);
	x->options = (struct format_options){
		.scope = SCOPE_LOOPBACK, .header = true, .first = true, .charset = TEXT_UTF8,
	};
}

static void
tear_down(struct fixture *x)
{
	free(x->out);
	view_done(&x->view);
	names_free(x->names);
	snapshot_done(&x->snap);
}

static void
add_listener(struct fixture *x, const struct owner *owners, uint32_t n)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "0.0.0.0", 8080, NULL, 0);

	s.owners = owners;
	s.nowners = n;
	s.holder = n ? HOLDER_KNOWN : HOLDER_HIDDEN;
	s.has = SOCK_HAS_UID | SOCK_HAS_QUEUE;
	s.wqueue = 511;
	s.inode = 16108;
	made_add(&x->snap, s);
}

static void
add_connection(struct fixture *x)
{
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "::1", 40000, "::1", 8080);

	s.has = SOCK_HAS_BYTES | SOCK_HAS_RTT;
	info_of(&s)->rx_bytes = 1258291;
	info_of(&s)->rtt_us = 1249;
	s.holder = HOLDER_QUEUE;
	made_add(&x->snap, s);
}

static const char *
write_filtered(struct fixture *x, const char *format, const struct filter *filter)
{
	struct view_spec spec = { .scope = x->options.scope, .filter = filter };
	const struct format *f = format_find(format);
	FILE *out;

	cr_assert_not_null(f, "%s", format);
	free(x->out);
	out = open_memstream(&x->out, &x->out_len);
	cr_assert_not_null(out);
	view_build(&x->view, &x->snap, &spec);
	f->write(out, &x->view, &x->options);
	cr_assert_eq(fclose(out), 0);
	cr_assert_eq(strlen(x->out), x->out_len, "no NUL in any format");
	return x->out;
}

static const char *
write_as(struct fixture *x, const char *format)
{
	return write_filtered(x, format, NULL);
}

static size_t
count_char(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

Test(formats, table_is_sound)
{
	for (size_t i = 0; i < nformats; i++) {
		cr_expect_eq(format_find(formats[i].id), &formats[i], "%s", formats[i].id);
		cr_expect(formats[i].help && *formats[i].help, "%s", formats[i].id);
		cr_expect_not_null(formats[i].write, "%s", formats[i].id);
	}
	cr_expect_null(format_find(""));
	cr_expect_null(format_find("yaml"));
	cr_expect_null(format_find("JSON"));
}

Test(formats, default_columns_are_columns_and_their_needs_are_said)
{
	struct columns c;
	const char *bad;
	size_t len;

	cr_assert_eq(columns_parse(&c, format_default_columns, &bad, &len), 0);
	cr_expect_eq(format_find("table")->needs, columns_needs(&c));
	cr_expect_eq(format_find("json")->needs, FIELD_NEEDS);
	cr_expect_eq(format_find("ndjson")->needs, FIELD_NEEDS);
	cr_expect_eq(format_find("csv")->needs, FIELD_NEEDS);
}

/* No byte that a terminal obeys, but the line ends that are asked for. */
static void
expect_clean(const char *what, const char *s)
{
	size_t len = strlen(s), used;
	uint32_t cp;

	for (; len > 0; s += used, len -= used) {
		used = text_decode(s, len, &cp);
		cr_assert_neq(cp, UINT32_MAX, "%s: invalid UTF-8 at: %.20s", what, s);
		cr_expect(cp == '\n' || (cp >= 0x20 && cp != 0x7f && !(cp >= 0x80 && cp < 0xa0)),
		          "%s: control U+%04X", what, (unsigned)cp);
		cr_expect_neq(cp, 0x202e, "%s: bidi override", what);
	}
}

Test(formats, names_of_others_are_safe_in_each)
{
	struct task task = made_task(7, evil, evil_argv, sizeof evil_argv - 1, 3);
	struct owner owner = { &task, 3 };

	task.exe = task.cwd = evil;
	for (size_t i = 0; i < nformats; i++) {
		struct fixture x;
		struct text t;

		set_up(&x);
		add_listener(&x, &owner, 1);
		text_init(&t);
		text_add(&t, write_as(&x, formats[i].id));
		for (char *cr = t.s; (cr = strstr(cr, "\r\n")); )
			*cr = ' ';	/* the line ends of CSV */
		expect_clean(formats[i].id, text_str(&t));
		text_done(&t);
		tear_down(&x);
	}
}

/* JSON */

static json_t *
parse(const char *s, size_t len)
{
	json_error_t err;
	json_t *j = json_loadb(s, len, JSON_REJECT_DUPLICATES, &err);

	cr_assert_not_null(j, "%s in: %.*s", err.text, (int)len, s);
	return j;
}

static json_t *
document(struct fixture *x)
{
	write_as(x, "json");
	return parse(x->out, x->out_len);
}

static const char *
string_of(const json_t *object, const char *key)
{
	const json_t *j = json_object_get(object, key);

	return json_is_string(j) ? json_string_value(j) : "(no string)";
}

Test(json, document_says_what_it_is)
{
	static const char *const keys[] = {
		"schema", "time", "host", "scope", "source", "partial", "sockets",
	};
	struct fixture x;
	const char *key;
	json_t *doc, *value;
	size_t i = 0;

	set_up(&x);
	add_listener(&x, NULL, 0);
	doc = document(&x);
	json_object_foreach(doc, key, value)
		cr_expect_str_eq(key, i < ARRAY_SIZE(keys) ? keys[i++] : "no more");
	cr_expect_eq(i, ARRAY_SIZE(keys));
	cr_expect_eq(json_integer_value(json_object_get(doc, "schema")), 1);
	cr_expect_str_eq(string_of(doc, "time"), "2026-11-23T18:52:13.042Z");
	cr_expect(json_is_string(json_object_get(doc, "host")));
	cr_expect_str_eq(string_of(doc, "scope"), "loopback");
	cr_expect_str_eq(string_of(doc, "source"), "netlink");
	/* Its holder is out of this user's sight, so an owner is missing. */
	cr_expect_not_null(strstr(string_of(doc, "partial"), "1 socket is hidden"));
	cr_expect_eq(json_array_size(json_object_get(doc, "sockets")), 1);
	json_decref(doc);
	tear_down(&x);
}

Test(json, says_where_rows_came_from_and_what_may_be_missing)
{
	static const struct shortfall why = { .kind = SHORT_PROCFS, .err = EACCES };
	struct fixture x;
	json_t *doc;

	set_up(&x);
	x.options.scope = SCOPE_ALL;
	x.snap.source = FROM_PROCFS;
	snapshot_short(&x.snap, &why);
	doc = document(&x);
	cr_expect_str_eq(string_of(doc, "source"), "procfs");
	cr_expect_str_eq(string_of(doc, "scope"), "all");
	cr_expect_not_null(strstr(string_of(doc, "partial"), "/proc/net"));
	json_decref(doc);
	tear_down(&x);
}

static json_t *
socket_at(json_t *doc, size_t i)
{
	json_t *sockets = json_object_get(doc, "sockets");

	cr_assert_lt(i, json_array_size(sockets));
	return json_array_get(sockets, i);
}

Test(json, a_set_of_words_is_an_array_and_nothing_wrong_an_empty_one)
{
	struct fixture x;
	json_t *doc, *warn;

	set_up(&x);
	add_listener(&x, NULL, 0);
	x.snap.socks[0].has |= SOCK_HAS_WARN;
	doc = document(&x);
	warn = json_object_get(socket_at(doc, 0), "warn");
	cr_expect(json_is_array(warn) && json_array_size(warn) == 0);
	json_decref(doc);
	x.snap.socks[0].warn = 1u << FINDING_BACKLOG | 1u << FINDING_EXPOSED;
	doc = document(&x);
	warn = json_object_get(socket_at(doc, 0), "warn");
	cr_assert_eq(json_array_size(warn), 2);
	cr_expect_str_eq(json_string_value(json_array_get(warn, 0)), "backlog");
	cr_expect_str_eq(json_string_value(json_array_get(warn, 1)), "exposed");
	json_decref(doc);
	x.snap.socks[0].has &= ~SOCK_HAS_WARN;
	doc = document(&x);
	cr_expect(json_is_null(json_object_get(socket_at(doc, 0), "warn")));
	json_decref(doc);
	tear_down(&x);
}

Test(json, socket_has_every_field_in_order)
{
	struct fixture x;
	json_t *doc, *value;

	set_up(&x);
	add_listener(&x, NULL, 0);
	add_connection(&x);
	doc = document(&x);
	for (size_t s = 0; s < 2; s++) {
		const char *key;
		size_t i = 0;

		json_object_foreach(socket_at(doc, s), key, value) {
			while (i < nfields && (fields[i].flags & FIELD_NOJSON))
				i++;
			cr_assert_lt(i, nfields);
			cr_expect_str_eq(key, fields[i++].id);
		}
		cr_expect_null(json_object_get(socket_at(doc, s), "local"));
		cr_expect_null(json_object_get(socket_at(doc, s), "peer"));
	}
	json_decref(doc);
	tear_down(&x);
}

Test(json, values_have_their_types)
{
	static const char *const numbers[] = { "family", "lport", "rport", "rx_total", "rtt" };
	static const char *const strings[] = {
		"proto", "state", "laddr", "raddr", "holder", "cookie",
	};
	static const char *const nulls[] = {
		"reach", "pid", "process", "fd", "command", "exe", "cwd", "uid", "user", "backlog",
		"backlog_max", "recvq", "sendq", "retrans", "drops", "inode", "iface",
	};
	struct fixture x;
	json_t *doc, *s;

	set_up(&x);
	add_connection(&x);
	doc = document(&x);
	s = socket_at(doc, 0);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		cr_expect(json_is_integer(json_object_get(s, numbers[i])), "%s", numbers[i]);
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		cr_expect(json_is_string(json_object_get(s, strings[i])), "%s", strings[i]);
	for (size_t i = 0; i < ARRAY_SIZE(nulls); i++)
		cr_expect(json_is_null(json_object_get(s, nulls[i])), "%s", nulls[i]);
	cr_expect_eq(json_integer_value(json_object_get(s, "rx_total")), 1258291, "not rounded");
	cr_expect_str_eq(string_of(s, "cookie"), "0000000000000001");
	cr_expect_eq(json_array_size(json_object_get(s, "owners")), 0, "nobody accepted it yet");
	cr_expect(json_is_array(json_object_get(s, "owners")));
	json_decref(doc);
	tear_down(&x);
}

Test(json, wildcards_are_spelled)
{
	struct fixture x;
	json_t *doc;

	set_up(&x);
	add_listener(&x, NULL, 0);
	doc = document(&x);
	cr_expect_str_eq(string_of(socket_at(doc, 0), "laddr"), "0.0.0.0");
	cr_expect(json_is_null(json_object_get(socket_at(doc, 0), "raddr")));
	cr_expect(json_is_null(json_object_get(socket_at(doc, 0), "owners")), "hidden, not none");
	json_decref(doc);
	tear_down(&x);
}

static void
expect_owner(const json_t *o, json_int_t pid, json_int_t fd, const char *process, const char *user)
{
	cr_expect_eq(json_object_size(o), 5);
	cr_expect_eq(json_integer_value(json_object_get(o, "pid")), pid);
	cr_expect_eq(json_integer_value(json_object_get(o, "fd")), fd);
	cr_expect_str_eq(string_of(o, "process"), process);
	if (user)
		cr_expect_str_eq(string_of(o, "user"), user);
	else
		cr_expect(json_is_null(json_object_get(o, "user")));
	cr_expect_eq(strlen(string_of(o, "start")), strlen("2026-11-23T18:52:13.042Z"));
}

Test(json, all_owners_and_all_arguments_are_there)
{
	static const char argv[] = "nginx\0-g\0daemon off;\0";
	static const char *const want[] = { "nginx", "-g", "daemon off;", "" };
	struct task tasks[2];
	struct owner owners[2] = { { &tasks[0], 6 }, { &tasks[1], 8 } };
	struct fixture x;
	json_t *doc, *s, *args;

	tasks[0] = made_task(40, "nginx", argv, sizeof argv, 4);
	tasks[1] = made_task(41, "worker", argv, sizeof argv, 4);
	tasks[1].has = TASK_HAS_UID;
	tasks[1].uid = 33;
	set_up(&x);
	add_listener(&x, owners, 2);
	doc = document(&x);
	s = socket_at(doc, 0);
	cr_assert_eq(json_array_size(json_object_get(s, "owners")), 2);
	expect_owner(json_array_get(json_object_get(s, "owners"), 0), 40, 6, "nginx", NULL);
	expect_owner(json_array_get(json_object_get(s, "owners"), 1), 41, 8, "worker", "33");
	args = json_object_get(s, "command");
	cr_assert_eq(json_array_size(args), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		cr_expect_str_eq(json_string_value(json_array_get(args, i)), want[i]);
	json_decref(doc);
	tear_down(&x);
}

Test(json, hostile_names_stay_strings)
{
	struct task task = made_task(7, evil, evil_argv, sizeof evil_argv - 1, 3);
	struct owner owner = { &task, 3 };
	struct fixture x;
	json_t *doc;

	set_up(&x);
	add_listener(&x, &owner, 1);
	doc = document(&x);
	cr_expect_str_eq(string_of(socket_at(doc, 0), "process"),
	                 "=a,\"b\"" BAD BAD BAD "]52;c;" BAD BAD BAD);
	json_decref(doc);
	tear_down(&x);
}

Test(json, one_socket_a_line_or_one_document_a_line)
{
	struct fixture x;

	set_up(&x);
	add_listener(&x, NULL, 0);
	add_connection(&x);
	cr_expect_eq(count_char(write_as(&x, "json"), '\n'), 4, "head, two sockets, end");
	x.options.again = true;
	cr_expect_eq(count_char(write_as(&x, "json"), '\n'), 1);
	json_decref(parse(x.out, x.out_len));
	tear_down(&x);
}

Test(json, nothing_matched_is_a_document_too)
{
	for (int again = 0; again < 2; again++) {
		struct fixture x;
		json_t *doc;

		set_up(&x);
		x.options.again = again;
		doc = document(&x);
		cr_expect(json_is_array(json_object_get(doc, "sockets")));
		cr_expect_eq(json_array_size(json_object_get(doc, "sockets")), 0);
		cr_expect_eq(count_char(x.out, '\n'), 1);
		json_decref(doc);
		tear_down(&x);
	}
}

Test(ndjson, is_a_socket_a_line_with_its_time)
{
	struct fixture x;
	const char *line, *end;
	size_t lines = 0;

	set_up(&x);
	add_listener(&x, NULL, 0);
	add_connection(&x);
	for (line = write_as(&x, "ndjson"); *line; line = end + 1, lines++) {
		json_t *s;

		end = strchr(line, '\n');
		cr_assert_not_null(end);
		s = parse(line, (size_t)(end - line));
		cr_expect_str_eq(json_object_iter_key(json_object_iter(s)), "time");
		cr_expect_str_eq(string_of(s, "time"), "2026-11-23T18:52:13.042Z");
		cr_expect_str_eq(string_of(s, "proto"), "tcp");
		json_decref(s);
	}
	cr_expect_eq(lines, 2);
	tear_down(&x);
}

Test(ndjson, nothing_matched_is_nothing)
{
	struct fixture x;

	set_up(&x);
	cr_expect_str_eq(write_as(&x, "ndjson"), "");
	tear_down(&x);
}

/* CSV */

/*
 * Reads one field as RFC 4180 has it. Returns what follows it: ',', '\r' of the
 * line's end, or NUL.
 */
static const char *
read_csv(const char *s, struct text *field)
{
	text_clear(field);
	if (*s != '"') {
		size_t len = strcspn(s, ",\r\n\"");

		text_addn(field, s, len);
		return s + len;
	}
	for (s++; *s && !(s[0] == '"' && s[1] != '"'); s++) {
		s += *s == '"';
		text_addc(field, *s);
	}
	cr_assert_eq(*s, '"', "a quote is not closed");
	return s + 1;
}

static struct columns
columns_of(const char *list)
{
	struct columns c;
	const char *bad;
	size_t len;

	cr_assert_eq(columns_parse(&c, list, &bad, &len), 0, "%s", list);
	return c;
}

Test(csv, header_has_the_ids_of_all_fields_of_their_own)
{
	struct fixture x;
	struct text id;
	const char *s;

	set_up(&x);
	text_init(&id);
	s = write_as(&x, "csv");
	for (size_t i = 0; i < nfields; i++) {
		if (fields[i].flags & FIELD_NOJSON)
			continue;
		s = read_csv(s, &id);
		cr_expect_str_eq(text_str(&id), fields[i].id);
		s += *s == ',';
	}
	cr_expect_str_eq(s, "\r\n", "nothing else where nothing matched");
	text_done(&id);
	tear_down(&x);
}

Test(csv, hostile_names_come_back_as_the_sanitizer_left_them)
{
	struct task task = made_task(7, evil, evil_argv, sizeof evil_argv - 1, 3);
	struct columns c = columns_of("process,pid,command,rx_total,owners,laddr");
	static const char *const want[] = {
		"=a,\"b\"" BAD BAD BAD "]52;c;" BAD BAD BAD,
		"7", "sh -c a,\"b\"" BAD BAD, "", "1", "0.0.0.0",
	};
	struct owner owner = { &task, 3 };
	struct fixture x;
	struct text field;
	const char *s;

	set_up(&x);
	x.options.columns = &c;
	x.options.header = false;
	x.options.charset = TEXT_ASCII;	/* the terminal's, not the file's */
	add_listener(&x, &owner, 1);
	text_init(&field);
	s = write_as(&x, "csv");
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		s = read_csv(s, &field);
		cr_expect_str_eq(text_str(&field), want[i], "%zu", i);
		s += *s == ',';
	}
	cr_expect_str_eq(s, "\r\n");
	text_done(&field);
	tear_down(&x);
}

Test(csv, an_empty_record_is_no_empty_line)
{
	struct columns c = columns_of("pid");
	struct fixture x;

	set_up(&x);
	x.options.columns = &c;
	add_listener(&x, NULL, 0);
	cr_expect_str_eq(write_as(&x, "csv"), "pid\r\n\"\"\r\n");
	tear_down(&x);
}

Test(csv, has_one_header_however_often_it_is_written)
{
	struct columns c = columns_of("lport,state");
	struct fixture x;

	set_up(&x);
	x.options.columns = &c;
	x.options.again = true;
	add_listener(&x, NULL, 0);
	cr_expect_str_eq(write_as(&x, "csv"), "lport,state\r\n8080,LISTEN\r\n");
	x.options.first = false;
	cr_expect_str_eq(write_as(&x, "csv"), "8080,LISTEN\r\n");
	tear_down(&x);
}

/* Table */

Test(table, columns_are_as_wide_as_their_content)
{
	struct columns c = columns_of("lport,local,state,peer,rx_total,pid");
	struct fixture x;

	set_up(&x);
	x.options.columns = &c;
	add_listener(&x, NULL, 0);
	add_connection(&x);
	cr_expect_str_eq(write_as(&x, "table"),
	                 " PORT  LOCAL        STATE        PEER        RXTOTAL  PID\n"
	                 " 8080  *:8080       LISTEN\n"
	                 "40000  [::1]:40000  ESTABLISHED  [::1]:8080     1.2M\n");
	x.options.header = false;
	cr_expect_str_eq(write_as(&x, "table"),
	                 " 8080  *:8080       LISTEN\n"
	                 "40000  [::1]:40000  ESTABLISHED  [::1]:8080     1.2M\n");
	tear_down(&x);
}

Test(table, has_its_header_where_nothing_matched)
{
	struct columns c = columns_of("lport,process");
	struct fixture x;

	set_up(&x);
	x.options.columns = &c;
	cr_expect_str_eq(write_as(&x, "table"), "PORT  PROCESS\n");
	tear_down(&x);
}

Test(table, tables_are_separated_by_an_empty_line)
{
	struct columns c = columns_of("lport");
	struct fixture x;

	set_up(&x);
	x.options.columns = &c;
	x.options.again = true;
	add_listener(&x, NULL, 0);
	cr_expect_str_eq(write_as(&x, "table"), "PORT\n8080\n");
	x.options.first = false;
	cr_expect_str_eq(write_as(&x, "table"), "\nPORT\n8080\n");
	tear_down(&x);
}

/* Every line of s, with what is wrong with it said. */
static void
expect_lines_fit(const char *s, size_t width)
{
	struct text line;

	text_init(&line);
	for (const char *end; *s; s = end + 1) {
		end = strchr(s, '\n');
		cr_assert_not_null(end, "the last line has no end");
		text_clear(&line);
		text_addn(&line, s, (size_t)(end - s));
		cr_expect_leq(text_width(text_str(&line)), width, "too wide for %zu: %s", width,
		              text_str(&line));
		cr_expect(end == s || end[-1] != ' ', "blanks at the end: %s", text_str(&line));
	}
	text_done(&line);
}

Test(table, lines_fit_the_terminal_and_never_end_with_blanks)
{
	static const char argv[] = "/usr/bin/node\0/srv/app/server.js\0--port\0""8080";
	struct task task = made_task(4194303, "a-name-of-16-let", argv, sizeof argv, 4);
	struct owner owner = { &task, 3 };
	struct fixture x;

	set_up(&x);
	add_listener(&x, &owner, 1);
	add_connection(&x);
	for (size_t width = 5; width < 200; width++) {
		x.options.width = width;
		expect_lines_fit(write_as(&x, "table"), width);
	}
	x.options.width = 0;
	cr_expect_not_null(strstr(write_as(&x, "table"), "/srv/app/server.js --port 8080"),
	                   "whole where there is no terminal");
	x.options.width = 80;
	cr_expect_not_null(strstr(write_as(&x, "table"), "4194303"), "a pid is never cut");
	tear_down(&x);
}

/* Of the same processes and addresses again and again, and often nothing in the last column. */
static void
add_many(struct fixture *x, const struct owner *owners, size_t n)
{
	for (uint16_t i = 0; i < 2000; i++) {
		struct sock s = made_sock(PROTO_TCP, i % 7 ? STATE_ESTABLISHED : STATE_LISTEN, "127.0.0.1",
		                          (uint16_t)(1000 + i / 3), i % 7 ? "127.0.0.1" : NULL, i % 7 ? 80 : 0);

		s.has = SOCK_HAS_QUEUE;
		s.rqueue = i / 50 % 3 * 1000;
		if (i % 5) {
			s.owners = &owners[i / 11 % n];
			s.nowners = 1;
		}
		made_add(&x->snap, s);
	}
}

/* The line that the row has by itself, between others of the same widths. */
static void
add_alone(struct text *t, const struct columns *c, const struct row *r)
{
	struct text cell;
	size_t from = t->len;

	text_init(&cell);
	for (size_t i = 0; i < c->count; i++) {
		struct value v = field_get(c->field[i], r);

		text_clear(&cell);
		value_add(&cell, &v, VALUE_TABLE, TEXT_UTF8);
		columns_add_cell(t, c, i, text_str(&cell), i + 1 == c->count, TEXT_UTF8);
		if (i + 1 < c->count)
			text_add(t, "  ");
	}
	while (t->len > from && t->s[t->len - 1] == ' ')
		text_cut(t, t->len - 1);
	text_addc(t, '\n');
	text_done(&cell);
}

Test(table, a_row_does_not_depend_on_the_one_above)
{
	static const char *const comms[] = { "node", "\xe6\x97\xa5\xe6\x9c\xac", "a-long-name-of-one", "  x  " };
	static const char *const orders[] = { "recvq,peer,local,process,state,command", "local,recvq,process" };
	struct task tasks[ARRAY_SIZE(comms)];
	struct owner owners[ARRAY_SIZE(comms)];

	for (size_t i = 0; i < ARRAY_SIZE(comms); i++) {
		tasks[i] = made_task((pid_t)i + 1, comms[i], comms[i], strlen(comms[i]) + 1, 1);
		owners[i] = (struct owner){ &tasks[i], 3 };
	}
	for (size_t k = 0; k < ARRAY_SIZE(orders) * 2; k++) {
		struct columns c = columns_of(orders[k / 2]);
		struct fixture x;
		struct text want;

		set_up(&x);
		text_init(&want);
		add_many(&x, owners, ARRAY_SIZE(owners));
		x.options.columns = &c;
		x.options.header = false;
		x.options.width = k % 2 ? 60 : 0;
		write_as(&x, "table");
		columns_measure_begin(&c, NULL, 0);
		columns_measure(&c, x.view.rows, x.view.count, TEXT_UTF8);
		c.count = columns_fit(&c, x.options.width, 2);
		cr_assert_eq(x.view.count, 2000);
		for (size_t i = 0; i < x.view.count; i++)
			add_alone(&want, &c, &x.view.rows[i]);
		cr_assert_gt(want.len, 40000);
		cr_assert(strcmp(x.out, text_str(&want)) == 0, "%s", orders[k / 2]);
		text_done(&want);
		tear_down(&x);
	}
}

Test(table, one_column_is_shown_however_narrow_it_is)
{
	struct fixture x;

	set_up(&x);
	add_listener(&x, NULL, 0);
	x.options.width = 1;
	cr_expect_str_eq(write_as(&x, "table"), "PROTO\ntcp\n");
	tear_down(&x);
}

Test(table, ascii_terminals_get_ascii)
{
	static const char argv[] = "\xc3\xa9t\xc3\xa9\0a long line of arguments behind it";
	struct task task = made_task(7, "caf\xc3\xa9", argv, sizeof argv, 2);
	struct owner owner = { &task, 3 };
	struct fixture x;

	set_up(&x);
	add_listener(&x, &owner, 1);
	x.options.charset = TEXT_ASCII;
	x.options.width = 80;
	for (const char *s = write_as(&x, "table"); *s; s++)
		cr_assert_lt((unsigned char)*s, 0x7f, "%s", x.out);
	cr_expect_not_null(strstr(x.out, "caf?"));
	tear_down(&x);
}

Test(formats, a_full_disk_stays_in_the_stream)
{
	for (size_t i = 0; i < nformats; i++) {
		FILE *full = fopen("/dev/full", "w");
		struct view_spec spec = { .scope = SCOPE_ALL };
		struct fixture x;

		if (!full)
			cr_skip_test("there is no /dev/full");
		set_up(&x);
		add_connection(&x);
		view_build(&x.view, &x.snap, &spec);
		formats[i].write(full, &x.view, &x.options);
		cr_expect(fflush(full) != 0 || ferror(full), "%s", formats[i].id);
		fclose(full);
		tear_down(&x);
	}
}

/* ---- openmetrics ---- */

static size_t
count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void
add_pair_end(struct fixture *x, const char *laddr, uint64_t rx, bool has_bytes)
{
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, laddr, 8080, laddr,
	                          (uint16_t)(40000 + x->snap.count));

	s.has = has_bytes ? SOCK_HAS_BYTES : 0;
	info_of(&s)->rx_bytes = rx;
	info_of(&s)->tx_bytes = 2 * rx;
	made_add(&x->snap, s);
}

Test(openmetrics, listeners_count_their_connections_whatever_the_filter)
{
	struct task task = made_task(7, "web", "web", 4, 1);
	struct owner owner = { &task, 3 };
	struct filter_error err;
	struct filter *filter;
	struct fixture x;
	const char *out;

	set_up(&x);
	add_listener(&x, &owner, 1);
	add_pair_end(&x, "127.0.0.1", 100, true);
	add_pair_end(&x, "127.0.0.2", 11, true);
	cr_assert_eq(filter_parse("state:listen", &filter, &err), 0);
	out = write_filtered(&x, "openmetrics", filter);
	cr_expect_not_null(strstr(out, "lotop_sockets{proto=\"tcp\",state=\"LISTEN\"} 1\n"));
	cr_expect_null(strstr(out, "state=\"ESTABLISHED\""));
	cr_expect_not_null(strstr(out,
		"lotop_listener_connections{proto=\"tcp\",address=\"0.0.0.0\",port=\"8080\","
		"process=\"web\"} 2\n"));
	cr_expect_not_null(strstr(out, "process=\"web\"} 111\n"));
	cr_expect_not_null(strstr(out, "process=\"web\"} 222\n"));
	cr_expect_not_null(strstr(out, "process=\"web\"} 511\n"));
	cr_expect_str_eq(out + strlen(out) - 6, "# EOF\n");
	filter_free(filter);
	tear_down(&x);
}

Test(openmetrics, warnings_that_nothing_has_are_zero)
{
	struct fixture x;
	const char *out;

	set_up(&x);
	add_listener(&x, NULL, 0);
	x.snap.socks[0].warn = 1u << FINDING_BACKLOG;
	out = write_as(&x, "openmetrics");
	cr_expect_not_null(strstr(out, "\nlotop_warnings{warn=\"backlog\"} 1\n"), "%s", out);
	cr_expect_not_null(strstr(out, "\nlotop_warnings{warn=\"split\"} 0\n"), "%s", out);
	tear_down(&x);
}

Test(openmetrics, unknown_bytes_are_no_number)
{
	struct fixture x;
	const char *out;

	set_up(&x);
	add_listener(&x, NULL, 0);
	add_pair_end(&x, "127.0.0.1", 100, true);
	add_pair_end(&x, "127.0.0.1", 0, false);
	out = write_as(&x, "openmetrics");
	cr_expect_null(strstr(out, "\nlotop_listener_rx_bytes{"));
	cr_expect_not_null(strstr(out, "\nlotop_listener_connections{"));
	tear_down(&x);
}

Test(openmetrics, equal_labels_are_one_series)
{
	struct fixture x;
	const char *out;

	set_up(&x);
	add_listener(&x, NULL, 0);
	add_listener(&x, NULL, 0);
	out = write_as(&x, "openmetrics");
	cr_expect_eq(count_of(out, "\nlotop_listener_backlog_max{"), 1);
	cr_expect_not_null(strstr(out, "process=\"\"} 1022\n"));
	tear_down(&x);
}

Test(openmetrics, rates_are_those_since_the_last_look_or_nothing)
{
	struct fixture x;
	const char *out;

	set_up(&x);
	add_listener(&x, NULL, 0);
	add_listener(&x, NULL, 0);
	for (size_t i = 0; i < 2; i++) {
		x.snap.socks[i].has |= SOCK_HAS_RATE;
		info_of(&x.snap.socks[i])->rx_rate = 1000 + i;
	}
	out = write_as(&x, "openmetrics");
	cr_expect_not_null(strstr(out, "\n# TYPE lotop_listener_rx_bytes_per_second gauge\n"));
	cr_expect_eq(count_of(out, "\nlotop_listener_rx_bytes_per_second{"), 1);
	cr_expect_not_null(strstr(out, "process=\"\"} 2001\n"));
	x.snap.socks[1].has &= ~SOCK_HAS_RATE;
	out = write_as(&x, "openmetrics");
	cr_expect_eq(count_of(out, "\nlotop_listener_rx_bytes_per_second{"), 0);
	tear_down(&x);
}

Test(openmetrics, names_are_escaped)
{
	struct task task = made_task(7, "a\"b\\c\nd", "x", 2, 1);
	struct owner owner = { &task, 3 };
	struct fixture x;

	set_up(&x);
	add_listener(&x, &owner, 1);
	cr_expect_not_null(strstr(write_as(&x, "openmetrics"),
	                          "process=\"a\\\"b\\\\c" BAD "d\"}"));
	tear_down(&x);
}
