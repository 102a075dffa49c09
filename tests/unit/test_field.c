/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The table of fields, and what its getters make of a socket. */

#include <ctype.h>

#include "made.h"
#include "model/cgroup.h"
#include "model/findings.h"
#include "view/field.h"

/* What the others of the program rely on, in this order: CONTRACT section 1. */
static const char *const ids[] = {
	"proto", "family", "state", "laddr", "lport", "raddr", "rport", "local", "peer", "service", "role",
	"reach", "pid", "process", "fd", "holder", "app", "owners", "command", "exe", "cwd", "project", "uid", "user",
	"peer_pid", "peer_process", "peer_app", "clients", "backlog", "backlog_max", "recvq", "sendq", "rx", "tx", "rx_total", "tx_total", "rtt", "retrans",
	"drops", "age", "warn", "inode", "cookie", "iface", "cgroup", "unit", "container",
};

struct fixture {
	struct snapshot snap;
	struct view_env env;
	struct text     text;
};

static void
set_up(struct fixture *x)
{
	made_snapshot(&x->snap);
	x->env = (struct view_env){ .snap = &x->snap, .names = names_new(true) };
	text_init(&x->text);
}

static void
tear_down(struct fixture *x)
{
	text_done(&x->text);
	names_free(x->env.names);
	snapshot_done(&x->snap);
}

static struct value
value_of(const struct fixture *x, const struct sock *s, const char *id)
{
	const struct field *f = field_find(id, strlen(id));
	struct row r = { .sock = s, .env = &x->env };

	cr_assert_not_null(f, "no field %s", id);
	return field_get(f, &r);
}

/* Expects the exact text of a field; NULL: not known. */
static void
expect_field(struct fixture *x, const char *what, const struct sock *s, const char *id,
             const char *want)
{
	struct value v = value_of(x, s, id);

	text_clear(&x->text);
	value_add(&x->text, &v, VALUE_EXACT, TEXT_UTF8);
	cr_expect_eq(v.kind == VAL_NONE, want == NULL, "%s: %s is %s", what, id,
	             text_str(&x->text));
	cr_expect_str_eq(text_str(&x->text), want ? want : "", "%s: %s", what, id);
}

Test(fields, are_those_of_the_contract_in_its_order)
{
	cr_assert_eq(nfields, ARRAY_SIZE(ids));
	for (size_t i = 0; i < nfields; i++)
		cr_expect_str_eq(fields[i].id, ids[i]);
}

static void
expect_identifier(const char *id)
{
	cr_expect(islower((unsigned char)*id), "%s", id);
	for (; *id; id++)
		cr_expect(islower((unsigned char)*id) || *id == '_', "%c", *id);
}

Test(fields, table_is_sound)
{
	for (size_t i = 0; i < nfields; i++) {
		const struct field *f = &fields[i];

		expect_identifier(f->id);
		cr_expect_eq(field_find(f->id, strlen(f->id)), f, "%s is there twice", f->id);
		cr_expect(f->title && *f->title, "%s has no title", f->id);
		cr_expect_null(strchr(f->title, ' '), "%s: a title is one word", f->id);
		cr_expect(f->help && *f->help, "%s has no help", f->id);
		cr_expect_neq(f->help[strlen(f->help) - 1], '.', "%s: help has a full stop", f->id);
		cr_expect(f->kind > VAL_NONE && f->kind < VAL_KINDS, "%s has no kind", f->id);
		cr_expect_not_null(f->get, "%s has no getter", f->id);
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(f->title, fields[j].title, "%s, %s", f->id, fields[j].id);
	}
}

Test(fields, words_are_there_for_enumerations_alone)
{
	for (size_t i = 0; i < nfields; i++) {
		const struct field *f = &fields[i];
		size_t known = 0;

		bool listed = f->kind == VAL_ENUM || f->kind == VAL_WORDS;

		cr_expect_eq(listed, f->words != NULL, "%s", f->id);
		for (size_t w = 0; w < f->nwords; w++)
			known += f->words[w] && *f->words[w];
		cr_expect_eq(listed, known > 1, "%s has %zu words", f->id, known);
	}
}

Test(fields, bare_words_look_into_all_text)
{
	for (size_t i = 0; i < nfields; i++) {
		const struct field *f = &fields[i];

		if (f->kind == VAL_TEXT || f->kind == VAL_ARGV)
			cr_expect(f->flags & FIELD_WORD, "%s", f->id);
		else if (f->kind != VAL_ENUM)
			cr_expect_not(f->flags & FIELD_WORD, "%s", f->id);
	}
	cr_expect(field_find("state", 5)->flags & FIELD_WORD);
	cr_expect(field_find("proto", 5)->flags & FIELD_WORD);
	cr_expect_not(field_find("holder", 6)->flags & FIELD_WORD, "\"known\" is no name");
	cr_expect_not(field_find("reach", 5)->flags & FIELD_WORD);
}

/* A socket of which everything is known, with two holders. */
static struct sock
full_sock(void)
{
	static const char argv[] = "made\0--port\0""8080";
	static struct task tasks[2];
	static struct owner owners[2];
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000,
	                          "127.0.0.1", 5432);

	tasks[0] = made_task(10, "made", argv, sizeof argv, 3);
	tasks[1] = made_task(11, "made", argv, sizeof argv, 3);
	owners[0] = (struct owner){ &tasks[0], 3 };
	owners[1] = (struct owner){ &tasks[1], 7 };
	s.has = SOCK_HAS_COOKIE | SOCK_HAS_UID | SOCK_HAS_QUEUE | SOCK_HAS_RTT | SOCK_HAS_RETRANS |
	        SOCK_HAS_BYTES | SOCK_HAS_DROPS | SOCK_HAS_WARN | SOCK_HAS_RATE | SOCK_HAS_AGE;
	s.warn = 1u << FINDING_CLOSE_WAIT;
	s.cookie = 0xabc;
	s.inode = 16108;
	info_of(&s)->rx_bytes = 1ull << 40;
	info_of(&s)->tx_bytes = 17;
	info_of(&s)->rx_rate = 1ull << 33;
	info_of(&s)->tx_rate = 18;
	info_of(&s)->age_ns = 7999999999;
	s.uid = 1000;
	s.rqueue = 5;
	s.wqueue = 6;
	info_of(&s)->rtt_us = 45;
	info_of(&s)->retrans = 2;
	info_of(&s)->drops = 1;
	s.holder = HOLDER_KNOWN;
	s.owners = owners;
	s.nowners = 2;
	return s;
}

Test(fields, values_have_the_kind_that_the_table_says)
{
	struct sock listener = full_sock(), connection = full_sock();
	struct fixture x;

	set_up(&x);
	listener.state = STATE_LISTEN;
	listener.remote = made_endpoint("0.0.0.0", 0);
	for (size_t i = 0; i < nfields; i++) {
		struct row a = { .sock = &listener, .env = &x.env }, b = { .sock = &connection, .env = &x.env };
		struct value va = field_get(&fields[i], &a), vb = field_get(&fields[i], &b);

		cr_expect(va.kind == VAL_NONE || va.kind == fields[i].kind, "%s", fields[i].id);
		cr_expect(vb.kind == VAL_NONE || vb.kind == fields[i].kind, "%s", fields[i].id);
	}
	tear_down(&x);
}

Test(fields, survive_a_row_that_knows_nothing)
{
	static const struct sock blank;
	struct snapshot nothing;
	struct fixture x;
	struct row r = { .sock = &blank, .env = &x.env };

	set_up(&x);
	snapshot_init(&nothing);
	x.env.snap = &nothing;
	for (size_t i = 0; i < nfields; i++) {
		struct value v = field_get(&fields[i], &r);

		text_clear(&x.text);
		value_add(&x.text, &v, VALUE_TABLE, TEXT_UTF8);
		value_rank(&v);
		if (fields[i].flags & (FIELD_OWNERS | FIELD_INFO))
			cr_expect_eq(v.kind, VAL_NONE, "%s is %s", fields[i].id, text_str(&x.text));
	}
	snapshot_done(&nothing);
	tear_down(&x);
}

Test(fields, tell_a_connection)
{
	static const struct { const char *id, *want; } cases[] = {
		{ "proto", "tcp" }, { "family", "4" }, { "state", "ESTABLISHED" },
		{ "laddr", "127.0.0.1" }, { "lport", "40000" }, { "raddr", "127.0.0.1" },
		{ "rport", "5432" }, { "local", "127.0.0.1:40000" }, { "peer", "127.0.0.1:5432" },
		{ "reach", NULL }, { "pid", "10" }, { "process", "made" }, { "fd", "3" },
		{ "holder", "known" }, { "app", "made" }, { "owners", "2" }, { "command", "made --port 8080" },
		{ "exe", "/usr/bin/made" }, { "cwd", "/srv" }, { "project", NULL },
		{ "uid", "1000" }, { "user", "1000" },
		{ "backlog", NULL }, { "backlog_max", NULL }, { "recvq", "5" }, { "sendq", "6" },
		{ "rx", "8589934592" }, { "tx", "18" }, { "age", "7" },
		{ "rx_total", "1099511627776" }, { "tx_total", "17" }, { "rtt", "45" },
		{ "retrans", "2" }, { "drops", "1" }, { "inode", "16108" },
		{ "cookie", "0000000000000abc" }, { "iface", NULL },
		{ "warn", "close-wait" },
		{ "cgroup", NULL }, { "unit", NULL }, { "container", NULL },
	};
	struct sock s = full_sock();
	struct fixture x;

	set_up(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_field(&x, "connection", &s, cases[i].id, cases[i].want);
	tear_down(&x);
}

Test(fields, tell_a_listener)
{
	static const struct { const char *id, *want; } cases[] = {
		{ "laddr", "::" }, { "lport", "8080" }, { "local", "[::]:8080" }, { "family", "6" },
		{ "raddr", NULL }, { "rport", NULL }, { "peer", NULL }, { "reach", "exposed" },
		{ "backlog", "5" }, { "backlog_max", "6" }, { "recvq", NULL }, { "sendq", NULL },
	};
	struct sock s = full_sock();
	struct fixture x;

	set_up(&x);
	s.state = STATE_LISTEN;
	s.family = 6;
	s.local = made_endpoint("::", 8080);
	s.remote = made_endpoint("::", 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_field(&x, "listener", &s, cases[i].id, cases[i].want);
	tear_down(&x);
}

Test(fields, zero_is_not_unknown)
{
	static const char *const ids_of_zero[] = {
		"uid", "recvq", "sendq", "rx", "tx", "rx_total", "tx_total", "rtt", "retrans", "drops",
	};
	struct sock s = full_sock();
	struct fixture x;

	set_up(&x);
	s.uid = s.rqueue = s.wqueue = info_of(&s)->rtt_us = info_of(&s)->retrans = info_of(&s)->drops = 0;
	info_of(&s)->rx_bytes = info_of(&s)->tx_bytes = info_of(&s)->rx_rate = info_of(&s)->tx_rate = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ids_of_zero); i++)
		expect_field(&x, "known", &s, ids_of_zero[i], "0");
	s.has = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ids_of_zero); i++)
		expect_field(&x, "unknown", &s, ids_of_zero[i], NULL);
	expect_field(&x, "unknown", &s, "user", NULL);
	expect_field(&x, "unknown", &s, "cookie", NULL);
	tear_down(&x);
}

Test(fields, nothing_wrong_is_known_and_empty)
{
	struct sock s = full_sock();
	struct fixture x;

	set_up(&x);
	s.warn = 0;
	expect_field(&x, "sound", &s, "warn", "");
	s.has &= ~SOCK_HAS_WARN;
	expect_field(&x, "not looked at", &s, "warn", NULL);
	tear_down(&x);
}

Test(fields, without_a_holder_there_is_no_process)
{
	static const struct { uint8_t holder; const char *word, *owners; } cases[] = {
		{ HOLDER_UNKNOWN, NULL, NULL }, { HOLDER_HIDDEN, "hidden", NULL },
		{ HOLDER_UNSEEN, "unseen", NULL }, { HOLDER_QUEUE, "queue", "0" },
		{ HOLDER_NONE, "none", "0" },
	};
	static const char *const empty[] = { "pid", "process", "fd", "app", "command", "exe", "cwd",
		"project" };
	struct fixture x;

	set_up(&x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = full_sock();

		s.holder = cases[i].holder;
		s.owners = NULL;
		s.nowners = 0;
		expect_field(&x, "no holder", &s, "holder", cases[i].word);
		expect_field(&x, "no holder", &s, "owners", cases[i].owners);
		for (size_t j = 0; j < ARRAY_SIZE(empty); j++)
			expect_field(&x, "no holder", &s, empty[j], NULL);
	}
	tear_down(&x);
}

Test(fields, what_a_process_does_not_tell_is_unknown)
{
	struct task silent = { .pid = 9, .comm = "kthread" };
	struct owner owner = { &silent, 0 };
	struct sock s = full_sock();
	struct fixture x;

	set_up(&x);
	s.owners = &owner;
	s.nowners = 1;
	expect_field(&x, "silent", &s, "process", "kthread");
	expect_field(&x, "silent", &s, "app", "kthread");
	expect_field(&x, "silent", &s, "project", NULL);
	expect_field(&x, "silent", &s, "cgroup", NULL);
	expect_field(&x, "silent", &s, "fd", "0");
	expect_field(&x, "silent", &s, "command", NULL);
	expect_field(&x, "silent", &s, "exe", NULL);
	expect_field(&x, "silent", &s, "cwd", NULL);
	tear_down(&x);
}

/* The process's own control group says more: the socket may have been made elsewhere. */
Test(fields, tell_who_a_process_is)
{
	static const struct cgroup of_sock = { "/system.slice/web.socket", "web.socket", NULL };
	struct task task = { .pid = 9, .comm = "node", .app = "next dev", .project = "shop-web",
		.cgroup = "/lxc/box/a.service", .unit = "a.service", .container = "box" };
	struct owner owner = { &task, 0 };
	struct sock s = full_sock();
	struct fixture x;

	set_up(&x);
	s.owners = &owner;
	s.nowners = 1;
	info_of(&s);
	sock_set_cgroup(&s, &of_sock);
	expect_field(&x, "owned", &s, "process", "node");
	expect_field(&x, "owned", &s, "app", "next dev");
	expect_field(&x, "owned", &s, "project", "shop-web");
	expect_field(&x, "owned", &s, "cgroup", "/lxc/box/a.service");
	expect_field(&x, "owned", &s, "unit", "a.service");
	expect_field(&x, "owned", &s, "container", "box");

	task.cgroup = task.unit = task.container = NULL;
	expect_field(&x, "not readable", &s, "unit", "web.socket");
	s.nowners = 0;
	expect_field(&x, "another user's", &s, "cgroup", "/system.slice/web.socket");
	expect_field(&x, "another user's", &s, "unit", "web.socket");
	expect_field(&x, "another user's", &s, "container", NULL);
	tear_down(&x);
}

Test(fields, tell_the_app_of_the_other_end)
{
	struct task task = { .pid = 9, .comm = "node", .app = "worker.js" };
	struct owner owner = { &task, 0 };
	struct sock s = full_sock(), other = full_sock();
	struct fixture x;

	set_up(&x);
	other.owners = &owner;
	made_add(&x.snap, other);
	expect_field(&x, "no other end", &s, "peer_app", NULL);
	s.peer = 1;
	expect_field(&x, "joined", &s, "peer_app", "worker.js");
	x.snap.socks[0].nowners = 0;
	expect_field(&x, "nobody's", &s, "peer_app", NULL);
	tear_down(&x);
}

Test(fields, service_is_of_the_end_that_is_not_ephemeral)
{
	static const struct {
		const char *what;
		const char *raddr;
		uint16_t lport, rport;
		bool named;
	} cases[] = {
		{ "client", "127.0.0.1", 40000, 22, true },
		{ "server", "127.0.0.1", 22, 40000, true },
		{ "listener", NULL, 22, 0, true },
		{ "ephemeral listener", NULL, 40000, 0, false },
		{ "two ephemeral ports", "127.0.0.1", 40000, 40001, false },
	};
	struct fixture x;
	const char *ssh;

	set_up(&x);
	names_set_numeric(x.env.names, false);
	ssh = names_service(x.env.names, PROTO_TCP, 22);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum sock_state state = cases[i].raddr ? STATE_ESTABLISHED : STATE_LISTEN;
		struct sock s = made_sock(PROTO_TCP, state, "127.0.0.1", cases[i].lport,
		                          cases[i].raddr, cases[i].rport);

		expect_field(&x, cases[i].what, &s, "service", cases[i].named ? ssh : NULL);
	}
	tear_down(&x);
}

Test(field_find, wants_the_whole_id)
{
	cr_expect_null(field_find("", 0));
	cr_expect_null(field_find("PID", 3), "case counts");
	cr_expect_null(field_find("pi", 2));
	cr_expect_null(field_find("pids", 4));
	cr_expect_str_eq(field_find("pids", 3)->id, "pid", "len ends the word");
}

Test(field_nearest, knows_what_was_meant)
{
	static const struct { const char *word, *id; } cases[] = {
		{ "proces", "process" }, { "porcess", "process" }, { "PID", "pid" },
		{ "port", "lport" },
		{ "addr", "laddr" }, { "locla", "local" }, { "recv-q", "recvq" }, { "usr", "user" },
		{ "comm", "command" }, { "sta", "state" }, { "backlogmax", "backlog_max" },
		{ "xyzzy", NULL }, { "", NULL }, { "p", NULL }, { "roll", "role" },
		{ "a-word-that-is-far-longer-than-any-id-there-will-ever-be", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct field *f = field_nearest(cases[i].word, strlen(cases[i].word));

		cr_expect_str_eq(f ? f->id : "none", cases[i].id ? cases[i].id : "none", "%s",
		                 cases[i].word);
	}
}

Test(field_nearest, every_id_is_nearest_to_itself)
{
	for (size_t i = 0; i < nfields; i++) {
		const char *id = fields[i].id;

		cr_expect_str_eq(field_nearest(id, strlen(id))->id, id);
	}
}
