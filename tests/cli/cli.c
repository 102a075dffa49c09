/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "cli.h"

void
cli_enter(void)
{
	int r = netns_enter();

	if (r < 0)
		CLI_SKIP("no private network here: %s", strerror(-r));
	r = netns_add_host();
	cr_assert_eq(r, 0, "netns_add_host: %s", strerror(-r));
}

/* "list -o json" and the words of args. The words stay the caller's. */
static const char **
list_json(const char *const args[])
{
	size_t n = 0;
	const char **all;

	while (args[n] != NULL)
		n++;
	all = calloc(n + 4, sizeof *all);
	cr_assert_not_null(all);
	all[0] = "list";
	all[1] = "-o";
	all[2] = "json";
	memcpy(all + 3, args, n * sizeof *args);
	return all;
}

json_t *
cli_document(const struct run_how *how, const char *const args[])
{
	const char **all = list_json(args);
	const char *last = "";
	json_error_t error;
	json_t *doc;
	json_t *rows;
	struct run r;

	for (size_t i = 0; args[i] != NULL; i++)
		last = args[i];
	run_lotop(how, all, &r);
	cr_assert(r.status == 0 || r.status == 1,
	    "lotop list -o json ... %s: status %d, stderr: %s", last, r.status,
	    r.err);
	cr_expect_str_empty(r.err, "%s: stderr: %s", last, r.err);
	doc = json_loadb(r.out, r.out_len, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(doc, "%s: no JSON: %s, line %d", last, error.text,
	    error.line);
	rows = json_object_get(doc, "sockets");
	cr_assert(json_is_array(rows), "%s: no sockets", last);
	cr_expect_eq(r.status, json_array_size(rows) == 0,
	    "%s: status %d with %zu rows", last, r.status,
	    json_array_size(rows));
	run_done(&r);
	free(all);
	return doc;
}

json_t *
cli_rows(const char *const args[])
{
	json_t *doc = cli_document(NULL, args);
	json_t *rows = json_incref(json_object_get(doc, "sockets"));

	json_decref(doc);
	return rows;
}

const char *
cli_text(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

json_int_t
cli_number(const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static bool
same_text(const json_t *row, const char *key, const char *want)
{
	const char *text = cli_text(row, key);

	return text == NULL ? want[0] == '\0' : strcmp(text, want) == 0;
}

/* An inode is one socket. What has none is known by its ends. */
static bool
is_row_of(const json_t *row, const struct fact *f)
{
	int64_t inode = cli_number(row, "inode");

	if (f->inode > 0 || inode > 0)
		return inode == f->inode;
	return same_text(row, "proto", f->proto) &&
	    cli_number(row, "family") == f->family &&
	    same_text(row, "laddr", f->laddr) &&
	    cli_number(row, "lport") == f->lport &&
	    same_text(row, "raddr", f->raddr) &&
	    cli_number(row, "rport") == f->rport;
}

const char *
cli_name(const struct fact *f, char name[64])
{
	snprintf(name, 64, "%s%s%s", f->kind, f->role[0] != '\0' ? "/" : "",
	    f->role);
	return name;
}

json_t *
cli_row_of(json_t *rows, const struct fact *f)
{
	json_t *found = NULL;
	json_t *row;
	size_t i;
	size_t n = 0;
	char name[64];

	json_array_foreach(rows, i, row) {
		if (!is_row_of(row, f))
			continue;
		found = row;
		n++;
	}
	cr_expect_leq(n, 1, "%s is there %zu times", cli_name(f, name), n);
	return n == 1 ? found : NULL;
}

static const struct fact *
fact_of(const json_t *row, const struct mksock *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (is_row_of(row, &m->facts[i]))
			return &m->facts[i];
	return NULL;
}

static void
tell_strange_row(const char *what, const json_t *row)
{
	char *text = json_dumps(row, JSON_COMPACT);

	cr_expect_fail("%s: a row of no socket that was made: %s", what, text);
	free(text);
}

void
cli_expect_rows(const char *what, json_t *rows, const struct mksock *m,
    bool (*want)(const struct fact *f))
{
	json_t *row;
	size_t i;
	char name[64];

	for (i = 0; i < m->n; i++) {
		const struct fact *f = &m->facts[i];
		bool there = cli_row_of(rows, f) != NULL;

		cr_expect_eq(there, want(f), "%s: %s %s, %s:%" PRId64 " is %s",
		    what, cli_name(f, name), f->state, f->laddr, f->lport,
		    there ? "there" : "missing");
	}
	json_array_foreach(rows, i, row)
		if (fact_of(row, m) == NULL)
			tell_strange_row(what, row);
}

char *
cli_names_of(json_t *rows, const struct mksock *m)
{
	char *names = NULL;
	size_t len = 0;
	FILE *fp = open_memstream(&names, &len);
	json_t *row;
	size_t i;
	char name[64];

	cr_assert_not_null(fp);
	for (i = 0; i < m->n; i++)
		if (cli_row_of(rows, &m->facts[i]) != NULL)
			fprintf(fp, "%s%s", ftell(fp) > 0 ? " " : "",
			    cli_name(&m->facts[i], name));
	json_array_foreach(rows, i, row)
		if (fact_of(row, m) == NULL)
			fputs(" ?", fp);
	fclose(fp);
	return names;
}

/*
 * Clean text
 */

struct range {
	uint32_t	first;
	uint32_t	last;
};

/* Controls, what turns the direction of text, and what has no width. */
static const struct range unclean[] = {
	{ 0x0000, 0x0009 }, { 0x000b, 0x001f }, { 0x007f, 0x009f },
	{ 0x061c, 0x061c }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x2069 }, { 0xfeff, 0xfeff },
};

/* Length of the UTF-8 character at s, and the character; 0 where there is none. */
static size_t
decode(const unsigned char *s, size_t left, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
	    s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	uint32_t c = len == 1 ? s[0] : s[0] & (0xffu >> (len + 1));

	if (len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return len;
}

bool
cli_is_clean(const char *text, size_t len, bool cr, size_t *at)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c = 0;
	size_t n;

	for (*at = 0; *at < len; *at += n) {
		n = decode(s + *at, len - *at, &c);
		if (n == 0)
			return false;
		if (cr && c == '\r')
			continue;
		for (size_t i = 0; i < CLI_ARRAY_SIZE(unclean); i++)
			if (c >= unclean[i].first && c <= unclean[i].last)
				return false;
	}
	return true;
}

/*
 * CSV
 */

/* What is read of the table so far. */
struct csv_reader {
	const char	*s;
	const char	*end;
	struct csv	 table;
};

static void
add_field(struct csv *c, char *text)
{
	c->field = realloc(c->field, (c->n + 1) * sizeof *c->field);
	cr_assert_not_null(c->field);
	c->field[c->n++] = text;
}

/* "a ""quoted"" field": s is behind the first quote, and ends behind the last. */
static bool
read_quoted(struct csv_reader *r)
{
	char *text = calloc(1, (size_t)(r->end - r->s) + 1);
	size_t len = 0;

	cr_assert_not_null(text);
	add_field(&r->table, text);
	for (; r->s < r->end; r->s++) {
		if (*r->s == '"' && ++r->s < r->end && *r->s != '"')
			return true;
		text[len++] = *r->s;
	}
	cr_expect_fail("CSV: a quote is not closed");
	return false;
}

static bool
read_plain(struct csv_reader *r)
{
	size_t len = 0;

	while (r->s + len < r->end && strchr(",\r\n\"", r->s[len]) == NULL)
		len++;
	add_field(&r->table, strndup(r->s, len));
	r->s += len;
	if (r->s < r->end && *r->s == '"')
		cr_expect_fail("CSV: a quote within a plain field");
	return r->s >= r->end || *r->s != '"';
}

static bool
read_record(struct csv_reader *r)
{
	size_t first = r->table.n;

	for (;;) {
		bool quoted = *r->s == '"';

		r->s += quoted;
		if (!(quoted ? read_quoted(r) : read_plain(r)))
			return false;
		if (r->s < r->end && *r->s == ',') {
			r->s++;
			continue;
		}
		break;
	}
	if (r->end - r->s < 2 || r->s[0] != '\r' || r->s[1] != '\n') {
		cr_expect_fail("CSV: a record that does not end in CRLF");
		return false;
	}
	r->s += 2;
	if (first == 0)
		r->table.width = r->table.n;
	cr_expect_eq(r->table.n - first, r->table.width,
	    "CSV: record of %zu fields, header has %zu", r->table.n - first,
	    r->table.width);
	return r->table.n - first == r->table.width;
}

bool
csv_parse(const char *text, size_t len, struct csv *ret)
{
	struct csv_reader r = { .s = text, .end = text + len };
	bool good = true;

	while (good && r.s < r.end)
		good = read_record(&r);
	*ret = r.table;
	return good;
}

size_t
csv_rows(const struct csv *c)
{
	return c->width > 0 ? c->n / c->width : 0;
}

const char *
csv_field(const struct csv *c, size_t row, size_t column)
{
	return c->field[row * c->width + column];
}

void
csv_done(struct csv *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->field[i]);
	free(c->field);
	memset(c, 0, sizeof *c);
}

int
cli_listen(uint16_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(bind(fd, (const struct sockaddr *)&addr, sizeof addr), 0, "port %u", port);
	cr_assert_eq(listen(fd, 8), 0);
	return fd;
}

void
cli_forbid_sockets(int domain)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)domain, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { CLI_ARRAY_SIZE(code), code };

	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		CLI_SKIP("no seccomp here");
}
