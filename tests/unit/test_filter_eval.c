/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which of nine sockets each kind of filter matches. */

#include <locale.h>
#include <stdlib.h>

#include "made.h"
#include "model/findings.h"
#include "view/filter.h"

#define ARGV(s) (s), sizeof(s)

struct fixture {
	struct snapshot snap;
	struct view_env env;
	struct task     postgres, node, none;
	struct owner    holds_pg[3], holds_node, holds_none;
};

static void
hold(struct sock *s, const struct owner *owners, uint32_t n, uint32_t uid)
{
	s->owners = owners;
	s->nowners = n;
	s->holder = n ? HOLDER_KNOWN : HOLDER_HIDDEN;
	s->uid = uid;
	s->has |= SOCK_HAS_UID;
}

static void
add_tasks(struct fixture *x)
{
	static const char server[] =
		"/usr/bin/node\0server.js\0--title=two words\0Gr\xc3\xbc\xc3\x9f";
	static const char pg[] = "postgres\0-D\0/var/lib/pg";

	x->postgres = made_task(988, "postgres", ARGV(pg), 3);
	x->node = made_task(4211, "Node-Main", ARGV(server), 4);
	x->none = made_task(31, "none", NULL, 0, 0);
	x->none.exe = NULL;
	x->none.cwd = NULL;
	x->holds_pg[0] = (struct owner){ &x->postgres, 5 };
	x->holds_pg[1] = (struct owner){ &x->postgres, 6 };
	x->holds_pg[2] = (struct owner){ &x->node, 7 };
	x->holds_node = (struct owner){ &x->node, 18 };
	x->holds_none = (struct owner){ &x->none, 3 };
}

#define V4 "127.0.0.1"

/* From `a` to `i`, as expect_match() calls them. */
static void
add_socks(struct fixture *x)
{
	const struct sock socks[] = {
		made_sock(PROTO_TCP, STATE_LISTEN, V4, 5432, NULL, 0),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, V4, 40112, V4, 5432),
		made_sock(PROTO_TCP, STATE_CLOSE_WAIT, V4, 5432, V4, 40112),
		made_sock(PROTO_UDP, STATE_UNCONN, "0.0.0.0", 68, NULL, 0),
		made_sock(PROTO_TCP, STATE_LISTEN, "::1", 8080, NULL, 0),
		made_sock(PROTO_TCP, STATE_TIME_WAIT, "10.1.2.3", 8080, "10.9.9.9", 50000),
		made_sock(PROTO_TCP, STATE_ESTABLISHED, "fe80::1", 3000, "fe80::2", 443),
		made_sock(PROTO_UDP, STATE_ESTABLISHED, V4, 5000, V4, 53),
		made_sock(PROTO_TCP, STATE_BOUND, "::", 7000, NULL, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(socks); i++)
		made_add(&x->snap, socks[i]);
}

/* Who holds them; `f` is nobody's, and whose `d` is cannot be seen. */
static void
add_owners(struct fixture *x)
{
	struct sock *s = x->snap.socks;

	hold(&s[0], x->holds_pg, 3, 0);
	hold(&s[1], &x->holds_none, 1, 0);
	hold(&s[2], x->holds_pg, 1, 0);
	hold(&s[3], NULL, 0, 7);
	hold(&s[4], &x->holds_node, 1, 7);
	s[5].holder = HOLDER_NONE;
	hold(&s[6], &x->holds_node, 1, 7);
	hold(&s[7], &x->holds_none, 1, 7);
	hold(&s[8], &x->holds_node, 1, 7);
}

static void
add_numbers(struct fixture *x)
{
	x->snap.socks[0].has |= SOCK_HAS_QUEUE;
	x->snap.socks[0].rqueue = 2;
	x->snap.socks[0].wqueue = 128;
	x->snap.socks[1].has |= SOCK_HAS_QUEUE;
	x->snap.socks[1].rqueue = 1024;
	x->snap.socks[1].wqueue = 1023;
	x->snap.socks[2].family = 6;
	x->snap.socks[6].has |= SOCK_HAS_BYTES | SOCK_HAS_RTT;
	info_of(&x->snap.socks[6])->rx_bytes = UINT64_MAX;
	info_of(&x->snap.socks[6])->rtt_us = 1500;
	for (size_t i = 0; i < 8; i++)	/* `i` was not looked at */
		x->snap.socks[i].has |= SOCK_HAS_WARN;
	x->snap.socks[0].warn = 1u << FINDING_BACKLOG | 1u << FINDING_SPLIT;
	x->snap.socks[3].warn = 1u << FINDING_EXPOSED;
	x->snap.socks[4].warn = 1u << FINDING_SPLIT;
}

static void
set_up(struct fixture *x)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
	made_snapshot(&x->snap);
	x->env = (struct view_env){ .snap = &x->snap, .names = names_new(true) };
	add_tasks(x);
	add_socks(x);
	add_owners(x);
	add_numbers(x);
}

static void
tear_down(struct fixture *x)
{
	names_free(x->env.names);
	snapshot_done(&x->snap);
}

static struct filter *
parsed(const char *text)
{
	struct filter_error err;
	struct filter *f = NULL;
	int r = filter_parse(text, &f, &err);

	cr_assert_eq(r, 0, "%s: %s (at %zu)", text, r ? err.message : "", r ? err.at : 0);
	return f;
}

/* Expects the letters of the sockets that a filter matches. */
static void
expect_match(struct fixture *x, const char *text, const char *want)
{
	struct filter *f = parsed(text);
	char got[16];
	size_t n = 0;

	for (size_t i = 0; i < x->snap.count; i++) {
		struct row r = { .sock = &x->snap.socks[i], .env = &x->env };

		if (filter_eval(f, &r))
			got[n++] = (char)('a' + i);
	}
	got[n] = '\0';
	cr_expect_str_eq(got, want, "%s: matches \"%s\", not \"%s\"", text, got, want);
	filter_free(f);
}

struct match {
	const char *text;
	const char *want;
};

static void
expect_matches(const struct match *cases, size_t n)
{
	struct fixture x;

	set_up(&x);
	for (size_t i = 0; i < n; i++)
		expect_match(&x, cases[i].text, cases[i].want);
	tear_down(&x);
}

#define EXPECT_MATCHES(...)                                             \
	do {                                                            \
		static const struct match cases[] = { __VA_ARGS__ };    \
		expect_matches(cases, sizeof cases / sizeof *cases);    \
	} while (0)

Test(filter_eval, an_empty_filter_and_none_at_all_match_everything)
{
	struct fixture x;
	struct row r;

	EXPECT_MATCHES({ "", "abcdefghi" }, { " \t\n", "abcdefghi" });
	set_up(&x);
	r = (struct row){ .sock = &x.snap.socks[0], .env = &x.env };
	cr_expect(filter_eval(NULL, &r));
	filter_free(NULL);
	tear_down(&x);
}

Test(filter_eval, a_word_is_looked_for_in_every_text_field)
{
	EXPECT_MATCHES({ "postgres", "ac" }, { "POSTGRES", "ac" }, { "server.js", "egi" },
	               { "listen", "ae" }, { "udp", "dh" }, { "/usr/bin/made", "acegi" },
	               { "nothing-like-it", "" }, { "'and'", "" }, { "tcp listen", "ae" });
}

Test(filter_eval, of_several_words_any_one_is_enough)
{
	EXPECT_MATCHES({ "warn:split", "ae" }, { "warn:SPLIT,exposed", "ade" },
	               { "warn:backlog warn:split", "a" }, { "warn!=split", "bcdfghi" },
	               { "warn:none", "bcfghi" }, { "warn!=none", "ade" },
	               { "warn:none,exposed", "bcdfghi" }, { "warn~'^backlog split$'", "a" },
	               { "warn~ed", "d" }, { "warn:close-wait", "" }, { "split", "" });
}

Test(filter_eval, a_quoted_word_is_a_text_whatever_it_looks_like)
{
	EXPECT_MATCHES({ "\"5432\"", "" }, { "'two words'", "egi" }, { "\"js --title\"", "egi" },
	               { "'pid:988'", "" }, { "\"GR\xc3\x9c\"", "egi" });
}

Test(filter_eval, the_arguments_are_joined_by_blanks_and_end_with_none)
{
	EXPECT_MATCHES({ "command:'postgres -D /var'", "ac" }, { "command:'/pg '", "" },
	               { "command:-d", "ac" }, { "command:none", "bdfh" });
}

Test(filter_eval, a_port_is_that_of_either_end)
{
	EXPECT_MATCHES({ "5432", "abc" }, { ":5432", "abc" }, { "5000-5432", "abch" },
	               { "40112-", "bcf" }, { "53", "h" }, { "65535", "" },
	               { "1-65535", "abcdefghi" }, { "port:53,68", "dh" }, { "sport:5432", "ac" },
	               { "dport:5432", "b" }, { "lport:5432", "ac" }, { "rport:5432", "b" },
	               { "port:none", "adei" }, { "rport:none", "adei" },
	               { "rport!=none", "bcfgh" }, { "lport:none", "" });
}

Test(filter_eval, an_address_is_that_of_either_end)
{
	EXPECT_MATCHES({ "127.0.0.1", "abch" }, { "::1", "e" }, { "[::1]", "e" },
	               { "0.0.0.0", "d" }, { "::", "i" }, { "10.9.9.9", "f" },
	               { "raddr:10.9.9.9", "f" }, { "laddr:10.9.9.9", "" },
	               { "addr:10.9.9.9,::1", "ef" }, { "::ffff:127.0.0.1", "abch" },
	               { "raddr:none", "adei" }, { "raddr:0.0.0.0", "" }, { "raddr:::", "" });
}

Test(filter_eval, a_prefix_is_of_its_own_family_and_v4_takes_mapped_ones)
{
	EXPECT_MATCHES({ "127.0.0.0/8", "abch" }, { "10.0.0.0/8", "f" }, { "10.9.0.0/16", "f" },
	               { "10.1.2.3/8", "f" }, { "0.0.0.0/0", "abcdfh" }, { "::/0", "egi" },
	               { "fe80::/10", "g" }, { "fe80::2/128", "g" }, { "::/127", "ei" },
	               { "laddr:fe80::2/127", "" }, { "raddr:fe80::2/127", "g" },
	               { "::ffff:0:0/96", "abcdfh" }, { "::ffff:10.0.0.0/104", "f" });
}

Test(filter_eval, an_address_and_port_are_of_one_and_the_same_end)
{
	EXPECT_MATCHES({ "127.0.0.1:5432", "abc" }, { "[::1]:8080", "e" },
	               { "10.9.9.9:8080", "" }, { "10.1.2.3:8080", "f" },
	               { "127.0.0.1:5000-5432", "abch" }, { "[::ffff:127.0.0.1]:53", "h" });
}

Test(filter_eval, local_and_peer_take_ports_addresses_and_both)
{
	EXPECT_MATCHES({ "local:5432", "ac" }, { "local::5432", "ac" },
	               { "local:5000-6000", "ach" }, { "peer:53,443", "gh" },
	               { "local:127.0.0.0/8", "abch" }, { "peer:127.0.0.1:53", "h" },
	               { "peer:[fe80::2]:443", "g" }, { "local:::1", "e" },
	               { "peer:none", "adei" }, { "peer!=127.0.0.0/8", "adefgi" });
}

Test(filter_eval, any_one_of_the_values_is_enough_and_not_equal_is_none_of_them)
{
	EXPECT_MATCHES({ "pid:988", "ac" }, { "pid=988", "ac" }, { "pid:31,988", "abch" },
	               { "pid:30-40,5000", "bh" }, { "pid:100-", "acegi" },
	               { "pid!=31,988", "defgi" }, { "process:post,NODE", "acegi" },
	               { "process:'x,y',\"node\"", "egi" }, { "process!=post,node", "bdfh" });
}

Test(filter_eval, a_field_without_a_value_matches_not_not_equal_and_none_alone)
{
	EXPECT_MATCHES({ "pid:0-", "abceghi" }, { "pid>=0", "abceghi" }, { "pid:none", "df" },
	               { "pid!=31", "acdefgi" }, { "not pid:31", "acdefgi" },
	               { "pid!=none", "abceghi" }, { "not pid>0", "df" }, { "uid:none", "f" },
	               { "rtt:none", "abcdefhi" }, { "rtt<1G", "g" }, { "process~.*", "abceghi" },
	               { "process!~x", "abcdefghi" }, { "pid:none,31", "bdfh" },
	               { "pid:NONE", "df" });
}

Test(filter_eval, a_text_that_says_none_is_found_in_quotes)
{
	EXPECT_MATCHES({ "process:none", "df" }, { "process:'none'", "bh" }, { "none", "bh" });
}

Test(filter_eval, numbers_are_compared_exactly)
{
	EXPECT_MATCHES({ "pid>31", "acegi" }, { "pid>=31", "abceghi" }, { "pid<988", "bh" },
	               { "pid<=988", "abch" }, { "pid<0", "" },
	               { "pid>18446744073709551615", "" },
	               { "rx_total>=18446744073709551615", "g" }, { "rx_total>16777215G", "g" },
	               { "recvq:1K", "b" }, { "recvq>=1k", "b" }, { "recvq>1K", "" },
	               { "sendq:1K-", "" }, { "sendq<1K", "b" }, { "backlog:2", "a" },
	               { "rtt:1K-2K", "g" }, { "lport<1024", "d" }, { "lport>=1K", "abcefghi" },
	               { "rport<1K", "gh" }, { "port>50K", "" }, { "port>=40000", "bcf" },
	               { "family:6", "cegi" }, { "owners:3", "a" }, { "owners>1", "a" },
	               { "owners:0", "f" }, { "owners:none", "d" });
}

Test(filter_eval, enumerations_are_whole_names_in_any_case)
{
	EXPECT_MATCHES({ "proto:UDP", "dh" }, { "proto!=udp", "abcefgi" },
	               { "holder:hidden", "d" }, { "holder:none", "f" },
	               { "holder:known,none", "abcefghi" }, { "reach:loopback", "ae" },
	               { "reach:Exposed", "di" }, { "reach:none", "bcfgh" },
	               { "state:listen", "ae" }, { "state:TIME_WAIT,bound", "fi" },
	               { "state:time-wait", "f" }, { "state:none", "" },
	               { "state!=none", "abcdefghi" }, { "state:unconn", "d" });
}

Test(filter_eval, states_have_groups)
{
	EXPECT_MATCHES({ "state:estab", "bgh" }, { "state:listening", "ae" },
	               { "state:connected", "bcfgh" }, { "state!=connected", "adei" },
	               { "state:Connected,listening", "abcefgh" }, { "state~^fin|wait$", "cf" });
}

Test(filter_eval, cookies_are_sixteen_digits_and_kept_apart)
{
	EXPECT_MATCHES({ "cookie:0000000000000002", "b" },
	               { "cookie!=0000000000000002", "acdefghi" },
	               { "cookie:0000000000000001,000000000000000a", "a" });
}

Test(filter_eval, patterns_search_the_text_of_any_field)
{
	EXPECT_MATCHES({ "process~^node", "egi" }, { "process~'^(node|post)'", "acegi" },
	               { "command~^(node|postgres)", "ac" }, { "command~server\\.js$", "" },
	               { "command~'js --t.*s'", "egi" }, { "command~gr\xc3\x9c", "egi" },
	               { "lport~^50", "h" }, { "port~^50", "fh" }, { "peer~^\\[", "g" },
	               { "owners~^3$", "a" }, { "(process~e$)", "bh" },
	               { "!(process~e$)", "acdefgi" });
}

Test(filter_eval, and_binds_tighter_than_or_and_not_tighter_still)
{
	EXPECT_MATCHES({ "tcp 5432 or 68", "abcd" }, { "68 or 5432 tcp", "abcd" },
	               { "tcp and (5432 or 8080)", "abcef" }, { "tcp (5432 or 68)", "abc" },
	               { "not tcp or 5432", "abcdh" }, { "not (tcp or 68)", "h" },
	               { "!tcp !68", "h" }, { "! tcp and ! 68", "h" },
	               { "NOT tcp AND NOT 68", "h" }, { "not not not tcp", "dh" },
	               { "!!udp", "dh" }, { "!(!(udp))", "dh" }, { "not tcp!x", "abcdefghi" },
	               { "((((udp))))", "dh" }, { "(80 or 443)(tcp)", "g" },
	               { "udp or udp or listen", "adeh" });
}

Test(filter_eval, words_that_only_look_like_fields_are_texts)
{
	EXPECT_MATCHES({ "--title=two", "egi" }, { "http://x", "" }, { "std::string", "" },
	               { "it's", "" }, { "12:30", "" }, { "3.11", "" }, { "2024/11", "" },
	               { "-", "acegi" }, { "/var/lib", "ac" }, { "~/bin", "" });
}

Test(filter_eval, needs_are_those_of_the_fields_it_looks_at)
{
	static const struct {
		const char *text;
		unsigned    needs;
	} cases[] = {
		{ "", 0 },
		{ "5432 127.0.0.1 [::1]:80 state:listen uid:0", 0 },
		{ "node", FIELD_OWNERS | FIELD_PEERS | FIELD_FACTS },
		{ "not pid:1", FIELD_OWNERS },
		{ "rtt>1", FIELD_INFO },
		{ "80 or (rtt:none or process~x)", FIELD_INFO | FIELD_OWNERS },
		{ "holder:hidden", FIELD_OWNERS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *f = parsed(cases[i].text);

		cr_expect_eq(filter_needs(f), cases[i].needs, "%s: %#x", cases[i].text,
		             filter_needs(f));
		filter_free(f);
	}
	cr_expect_eq(filter_needs(NULL), 0);
}

/* Holds for the fields there are, and for the one you add tomorrow. */
Test(filter_eval, every_field_can_be_filtered_and_survives_every_row)
{
	static const struct {
		const char *before, *after;
	} forms[] = { { "", ":none" }, { "", "!=none" }, { "not ", "=none" }, { "", "~." } };
	struct fixture x;
	struct text t;

	set_up(&x);
	text_init(&t);
	for (size_t i = 0; i < nfields * ARRAY_SIZE(forms); i++) {
		struct filter *f;

		text_clear(&t);
		text_add(&t, forms[i / nfields].before);
		text_add(&t, fields[i % nfields].id);
		text_add(&t, forms[i / nfields].after);
		f = parsed(text_str(&t));
		for (size_t n = 0; n < x.snap.count; n++)
			filter_eval(f, &(struct row){ .sock = &x.snap.socks[n], .env = &x.env });
		filter_free(f);
	}
	text_done(&t);
	tear_down(&x);
}

/* Of several words each finds the row; the first stands for them. */
static void
add_value(struct text *t, const struct value *v)
{
	unsigned at = 0;
	const char *word = v->kind == VAL_WORDS ? value_next_word(v, &at) : NULL;

	if (v->kind == VAL_NONE || v->kind == VAL_WORDS) {
		text_add(t, word ? word : "none");
		return;
	}
	text_addc(t, '"');
	value_add(t, v, VALUE_EXACT, TEXT_UTF8);
	text_addc(t, '"');
}

/* A value taken from a row, written as the machine formats write it, finds the row again. */
Test(filter_eval, what_a_field_says_of_a_row_finds_that_row)
{
	struct fixture x;
	struct text t;

	set_up(&x);
	text_init(&t);
	for (size_t i = 0; i < nfields * x.snap.count; i++) {
		struct row r = { .sock = &x.snap.socks[i / nfields], .env = &x.env };
		const struct field *f = &fields[i % nfields];
		struct value v = field_get(f, &r);
		struct filter *filter;

		text_clear(&t);
		text_addf(&t, "%s:", f->id);
		add_value(&t, &v);
		filter = parsed(text_str(&t));
		cr_expect(filter_eval(filter, &r), "%s", text_str(&t));
		filter_free(filter);
	}
	text_done(&t);
	tear_down(&x);
}
