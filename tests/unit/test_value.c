/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* How each kind of value is written and ordered. */

#include <locale.h>

#include "made.h"
#include "view/value.h"

#define NUMBER(kind_, n) { .kind = (kind_), .number = (n) }
#define BAD              "\xef\xbf\xbd"	/* U+FFFD */
#define WORDS(set_)      { .kind = VAL_WORDS, .words = { letters, (set_) } }
#define TEXT(s_)         { .kind = VAL_TEXT, .text = { (s_), sizeof(s_) - 1 } }

static const char *const letters[] = { "a", "b", "c" };

static const char *
written(struct text *t, struct value v, enum value_style style, enum text_charset cs)
{
	text_clear(t);
	value_add(t, &v, style, cs);
	return text_str(t);
}

static void
expect_text(struct value v, const char *table, const char *exact)
{
	struct text t;

	text_init(&t);
	cr_expect_str_eq(written(&t, v, VALUE_TABLE, TEXT_UTF8), table);
	cr_expect_str_eq(written(&t, v, VALUE_EXACT, TEXT_UTF8), exact);
	text_done(&t);
}

static void
check_numbers(void)
{
	static const struct { struct value v; const char *table, *exact; } cases[] = {
		{ { .kind = VAL_NONE }, "", "" },
		{ NUMBER(VAL_NUMBER, 0), "0", "0" },
		{ NUMBER(VAL_NUMBER, 1234567), "1234567", "1234567" },
		{ NUMBER(VAL_NUMBER, UINT64_MAX), "18446744073709551615", "18446744073709551615" },
		{ NUMBER(VAL_PORT, 65535), "65535", "65535" },
		{ NUMBER(VAL_BYTES, 0), "0", "0" },
		{ NUMBER(VAL_BYTES, 1258291), "1.2M", "1258291" },
		{ NUMBER(VAL_RATE, 0), "0", "0" },
		{ NUMBER(VAL_RATE, 1258291), "1.2M", "1258291" },
		{ NUMBER(VAL_SECONDS, 0), "0s", "0" },
		{ NUMBER(VAL_SECONDS, 7440), "2h 4m", "7440" },
		{ NUMBER(VAL_USEC, 0), "0us", "0" },
		{ NUMBER(VAL_USEC, 45), "45us", "45" },
		{ NUMBER(VAL_USEC, 999), "999us", "999" },
		{ NUMBER(VAL_USEC, 1000), "1.0ms", "1000" },
		{ NUMBER(VAL_USEC, 1249), "1.2ms", "1249" },
		{ NUMBER(VAL_USEC, 9949), "9.9ms", "9949" },
		{ NUMBER(VAL_USEC, 9950), "10ms", "9950" },
		{ NUMBER(VAL_USEC, 999499), "999ms", "999499" },
		{ NUMBER(VAL_USEC, 999500), "1.0s", "999500" },
		{ NUMBER(VAL_USEC, 3000000), "3.0s", "3000000" },
		{ NUMBER(VAL_USEC, 61000000), "61s", "61000000" },
		{ NUMBER(VAL_USEC, UINT32_MAX), "4295s", "4294967295" },
		{ NUMBER(VAL_COOKIE, 0x1f), "000000000000001f", "000000000000001f" },
		{ NUMBER(VAL_COOKIE, UINT64_MAX), "ffffffffffffffff", "ffffffffffffffff" },
		{ { .kind = VAL_ENUM, .name = "LISTEN" }, "LISTEN", "LISTEN" },
		{ WORDS(0), "-", "" },
		{ WORDS(2), "b", "b" },
		{ WORDS(7), "a b c", "a b c" },
		{ WORDS(5), "a c", "a c" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_text(cases[i].v, cases[i].table, cases[i].exact);
}

Test(value, is_rounded_for_people_and_whole_for_machines)
{
	check_numbers();
}

/* Columns are laid out by what is said without looking at the text. */
Test(value, takes_no_more_cells_than_is_said_of_it_and_its_kind)
{
	static const enum value_kind numbers[] = {
		VAL_NUMBER, VAL_PORT, VAL_BYTES, VAL_RATE, VAL_USEC, VAL_SECONDS, VAL_COOKIE,
	};
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		unsigned bits = numbers[i] == VAL_PORT ? 16 : 64;

		for (unsigned bit = 0; bit < bits; bit++) {
			struct value v = value_number(numbers[i], UINT64_MAX >> (64 - bits) >> bit);
			size_t width = text_width(written(&t, v, VALUE_TABLE, TEXT_UTF8));

			cr_expect_leq(width, value_most(&v), "%s", text_str(&t));
			cr_expect_leq(width, value_kind_limit(v.kind), "%s", text_str(&t));
		}
	}
	text_done(&t);
}

Test(value, arguments_take_as_many_cells_as_is_said_or_fewer)
{
	static const struct { const char *argv; size_t len; } cases[] = {
		{ "node\0server.js", 15 }, { "node\0server.js", 14 }, { "a\0\0", 3 }, { "\0\0", 2 },
		{ "a\0\xe6\x97\xa5", 6 }, { "\x1b\n\xff", 4 },
	};
	struct text t;

	setlocale(LC_ALL, "C.UTF-8");
	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct task task = { .argv = cases[i].argv, .argv_len = cases[i].len, .argc = 1 };
		struct value v = { .kind = VAL_ARGV, .task = &task };
		size_t width = text_width(written(&t, v, VALUE_TABLE, TEXT_UTF8));

		cr_expect_leq(width, value_most(&v), "case %zu: \"%s\"", i, text_str(&t));
		cr_expect(width == value_most(&v) || !text_is_plain(&t, 0), "case %zu: %zu of %zu", i, width,
		          value_most(&v));
	}
	text_done(&t);
}

/* Whoever draws a table copies the cell above for it. */
Test(value, same_at_a_glance_means_one_text)
{
	static const char name[] = "node", other[] = "node";
	static const struct sock few = { .nowners = 1 }, many = { .nowners = 2 };
	struct endpoint e[] = {
		made_endpoint("127.0.0.1", 9), made_endpoint("127.0.0.1", 9),
		made_endpoint("127.0.0.1", 80), made_endpoint("127.0.0.2", 9),
	};
	struct task tasks[2] = { { .pid = 1 }, { .pid = 2 } };
	const struct { struct value a, b; bool want; } cases[] = {
		{ { .kind = VAL_NONE }, { .kind = VAL_NONE }, true },
		{ { .kind = VAL_NONE }, NUMBER(VAL_NUMBER, 0), false },
		{ NUMBER(VAL_NUMBER, 7), NUMBER(VAL_NUMBER, 7), true },
		{ NUMBER(VAL_NUMBER, 7), NUMBER(VAL_NUMBER, 8), false },
		{ NUMBER(VAL_NUMBER, 7), NUMBER(VAL_BYTES, 7), false },
		{ value_name(name), value_name(name), true },
		{ value_name(name), value_name(name + 1), false },
		{ value_text(name), value_text(name), true },
		{ value_text(name), { .kind = VAL_TEXT, .text = { name, 3 } }, false },
		{ value_text(name), value_text(other), false },
		{ value_endpoint(&e[0]), value_endpoint(&e[1]), true },
		{ value_endpoint(&e[0]), value_endpoint(&e[2]), false },
		{ value_endpoint(&e[0]), value_endpoint(&e[3]), false },
		{ value_endpoint(&e[0]), value_addr(&e[0]), false },
		{ { .kind = VAL_ARGV, .task = tasks }, { .kind = VAL_ARGV, .task = tasks }, true },
		{ { .kind = VAL_ARGV, .task = tasks }, { .kind = VAL_ARGV, .task = tasks + 1 }, false },
		{ { .kind = VAL_OWNERS, .owners = &few }, { .kind = VAL_OWNERS, .owners = &few }, true },
		{ { .kind = VAL_OWNERS, .owners = &few }, { .kind = VAL_OWNERS, .owners = &many }, false },
		{ WORDS(1), WORDS(1), false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(value_same(&cases[i].a, &cases[i].b), cases[i].want, "case %zu", i);
}

Test(value, numbers_are_the_same_in_every_locale)
{
	if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "de_DE.utf8"))
		cr_skip_test("there is no locale de_DE.UTF-8");
	check_numbers();
}

Test(value, only_the_table_draws_a_wildcard_as_a_star)
{
	static const struct { const char *addr; const char *table, *exact; } cases[] = {
		{ "127.0.0.1", "127.0.0.1", "127.0.0.1" },
		{ "::ffff:127.0.0.1", "127.0.0.1", "127.0.0.1" },
		{ "::1", "::1", "::1" },
		{ "0.0.0.0", "*", "0.0.0.0" },
		{ "::", "*", "::" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e = made_endpoint(cases[i].addr, 80);

		expect_text(value_addr(&e), cases[i].table, cases[i].exact);
	}
}

Test(value, endpoint_is_one_word)
{
	static const struct { const char *addr; const char *table, *exact; } cases[] = {
		{ "127.0.0.1", "127.0.0.1:80", "127.0.0.1:80" },
		{ "::1", "[::1]:80", "[::1]:80" },
		{ "0.0.0.0", "*:80", "0.0.0.0:80" },
		{ "::", "*:80", "[::]:80" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e = made_endpoint(cases[i].addr, 80);

		expect_text(value_endpoint(&e), cases[i].table, cases[i].exact);
	}
}

Test(value, a_missing_text_or_name_is_none)
{
	cr_expect_eq(value_text(NULL).kind, VAL_NONE);
	cr_expect_eq(value_name(NULL).kind, VAL_NONE);
	cr_expect_eq(value_text("").kind, VAL_TEXT);
}

Test(value, hostile_text_is_made_safe_for_its_reader)
{
	static const struct value evil = TEXT("a\x1b[31m\n\xff" "b\0c\xc3\xa9");
	struct text t;

	text_init(&t);
	written(&t, evil, VALUE_TABLE, TEXT_UTF8);
	cr_expect_str_eq(text_str(&t), "a" BAD "[31m" BAD BAD "b" BAD "c\xc3\xa9");
	written(&t, evil, VALUE_EXACT, TEXT_ASCII);
	cr_expect_str_eq(text_str(&t), "a?[31m??b?c?");
	text_done(&t);
}

static struct value
argv_value(struct task *task, const char *argv, size_t len, size_t argc)
{
	*task = made_task(1, "made", argv, len, argc);
	return (struct value){ .kind = VAL_ARGV, .task = task };
}

Test(value, arguments_are_joined_by_blanks)
{
	static const char quoted[] = "sh\0-c\0echo \"a b\"";
	static const char empty[] = "sh\0\0-x";
	struct task task;

	expect_text(argv_value(&task, quoted, sizeof quoted, 3),
	            "sh -c echo \"a b\"", "sh -c echo \"a b\"");
	expect_text(argv_value(&task, empty, sizeof empty, 3), "sh  -x", "sh  -x");
	expect_text(argv_value(&task, NULL, 0, 0), "", "");
}

Test(value, next_arg_gives_each_argument_once)
{
	static const char argv[] = "node\0\0srv.js";
	static const char *const want[] = { "node", "", "srv.js" };
	struct task task;
	struct value v = argv_value(&task, argv, sizeof argv, 3);
	size_t at = 0, len, n = 0;
	const char *arg;

	while ((arg = value_next_arg(&v, &at, &len))) {
		cr_assert_lt(n, ARRAY_SIZE(want));
		cr_expect_str_eq(arg, want[n]);
		cr_expect_eq(len, strlen(want[n]));
		n++;
	}
	cr_expect_eq(n, ARRAY_SIZE(want));
	cr_expect_null(value_next_arg(&v, &at, &len), "the end stays the end");
}

Test(value, owners_are_a_count_in_one_cell)
{
	static const struct sock s = { .nowners = 5 };
	struct value v = { .kind = VAL_OWNERS, .owners = &s };

	expect_text(v, "5", "5");
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

/* a comes before b. */
static void
expect_ranks(const char *what, const struct value *a, const struct value *b)
{
	if (value_rank_is_whole(a->kind))
		cr_expect_lt(value_rank(a), value_rank(b), "%s", what);
	else
		cr_expect_leq(value_rank(a), value_rank(b), "%s", what);
}

/* Holds every pair of a list that ascends strictly against value_compare and value_rank. */
static void
expect_ascending(const char *what, const struct value *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			int want = (i > j) - (i < j);

			cr_expect_eq(sign(value_compare(&v[i], &v[j])), want,
			             "%s: %zu against %zu", what, i, j);
			if (v[i].kind == v[j].kind && i < j)
				expect_ranks(what, &v[i], &v[j]);
		}
	}
}

Test(value, numbers_sort_by_size_and_the_unknown_is_last)
{
	static const struct value v[] = {
		NUMBER(VAL_NUMBER, 0), NUMBER(VAL_NUMBER, 9), NUMBER(VAL_NUMBER, 10),
		NUMBER(VAL_NUMBER, UINT64_MAX), { .kind = VAL_NONE },
	};

	expect_ascending("numbers", v, ARRAY_SIZE(v));
}

Test(value, text_sorts_with_case_ignored_first)
{
	static const struct value v[] = {
		TEXT(""), TEXT("A"), TEXT("a"), TEXT("a\0"), TEXT("ab"), TEXT("abcdefgh"),
		TEXT("abcdefghi"), TEXT("ABCDEFGHJ"), TEXT("b"), TEXT("Node"), TEXT("node"),
		TEXT("\xff"), { .kind = VAL_NONE },
	};

	expect_ascending("text", v, ARRAY_SIZE(v));
}

Test(value, names_sort_by_letters)
{
	static const struct value v[] = {
		{ .kind = VAL_ENUM, .name = "ESTABLISHED" },
		{ .kind = VAL_ENUM, .name = "FIN_WAIT1" },
		{ .kind = VAL_ENUM, .name = "FIN_WAIT2" }, { .kind = VAL_ENUM, .name = "LISTEN" },
		{ .kind = VAL_NONE },
	};

	expect_ascending("names", v, ARRAY_SIZE(v));
}

Test(value, sets_of_words_sort_by_their_first)
{
	static const struct value v[] = {
		WORDS(0), WORDS(4), WORDS(2), WORDS(6), WORDS(1), WORDS(5), WORDS(3), WORDS(7),
		{ .kind = VAL_NONE },
	};

	expect_ascending("words", v, ARRAY_SIZE(v));
}

Test(value, a_party_is_its_process_and_its_port)
{
	static const struct { const char *addr, *with, *alone; } cases[] = {
		{ "127.0.0.1", "chrome 33 :80", ":80" }, { "::1", "chrome 33 :80", ":80" },
		{ "127.0.0.2", "chrome 33 127.0.0.2:80", "127.0.0.2:80" },
		{ "2001:db8::1", "chrome 33 [2001:db8::1]:80", "[2001:db8::1]:80" },
	};
	struct task task = { .pid = 33, .comm = "chrome" }, vile = { .pid = 1, .comm = "a\033b" };
	struct value v;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e = made_endpoint(cases[i].addr, 80);

		v = value_party(&task, &e);
		expect_text(v, cases[i].with, cases[i].with);
		v = value_party(NULL, &e);
		expect_text(v, cases[i].alone, cases[i].alone);
	}
	v = value_party(&task, NULL);
	expect_text(v, "chrome 33", "chrome 33");
	v = value_party(&vile, NULL);
	expect_text(v, "a\357\277\275b 1", "a\357\277\275b 1");
	cr_expect_eq(value_party(NULL, NULL).kind, VAL_NONE);
}

Test(value, states_are_two_words_where_they_differ)
{
	static const struct { const char *client, *server, *text; } cases[] = {
		{ "ESTABLISHED", "ESTABLISHED", "ESTABLISHED" }, { "FIN_WAIT2", NULL, "FIN_WAIT2" },
		{ "FIN_WAIT2", "CLOSE_WAIT", "FIN_WAIT2/CLOSE_WAIT" }, { NULL, "LAST_ACK", "LAST_ACK" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct value v = { .kind = VAL_STATES, .states = { cases[i].client, cases[i].server } };

		expect_text(v, cases[i].text, cases[i].text);
	}
}

Test(value, ports_are_a_list)
{
	static const uint16_t list[] = { 80, 443, 9000 };
	struct value v = { .kind = VAL_PORTS, .ports = { list, 3 } };

	expect_text(v, "80 443 9000", "80 443 9000");
}

Test(value, parties_sort_by_name_pid_and_port_with_the_unknown_behind)
{
	struct endpoint e[] = {
		made_endpoint("127.0.0.1", 9), made_endpoint("127.0.0.1", 80), made_endpoint("::1", 80),
	};
	struct task tasks[] = {
		{ .pid = 9, .comm = "a-long-name-1" }, { .pid = 1, .comm = "a-long-name-2" },
		{ .pid = 2, .comm = "a-long-name-2" }, { .pid = 1, .comm = "b" },
	};
	const struct value v[] = {
		value_party(&tasks[0], &e[1]), value_party(&tasks[1], NULL),
		value_party(&tasks[1], &e[0]), value_party(&tasks[1], &e[1]),
		value_party(&tasks[1], &e[2]), value_party(&tasks[2], &e[0]),
		value_party(&tasks[3], &e[0]), value_party(NULL, &e[0]), value_party(NULL, &e[1]),
		{ .kind = VAL_NONE },
	};

	expect_ascending("parties", v, ARRAY_SIZE(v));
}

Test(value, states_sort_by_the_clients_and_ports_as_numbers)
{
	static const uint16_t lists[][5] = {
		{ 80 }, { 80, 81 }, { 80, 81, 82, 83 }, { 80, 81, 82, 83, 84 }, { 80, 9000 }, { 9000 },
	};
	static const size_t counts[] = { 1, 2, 4, 5, 2, 1 };
	const struct value states[] = {
		{ .kind = VAL_STATES, .states = { "CLOSE_WAIT", "FIN_WAIT2" } },
		{ .kind = VAL_STATES, .states = { "ESTABLISHED", "CLOSE_WAIT" } },
		{ .kind = VAL_STATES, .states = { "ESTABLISHED", "ESTABLISHED" } },
		{ .kind = VAL_STATES, .states = { NULL, "LAST_ACK" } },
		{ .kind = VAL_NONE },
	};
	struct value ports[ARRAY_SIZE(lists)];

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		ports[i] = (struct value){ .kind = VAL_PORTS, .ports = { lists[i], counts[i] } };
	expect_ascending("states", states, ARRAY_SIZE(states));
	expect_ascending("ports", ports, ARRAY_SIZE(ports));
}

Test(value, addresses_sort_v4_first_then_by_bits)
{
	static const char *const addrs[] = {
		"0.0.0.0", "10.0.0.2", "10.0.0.10", "127.0.0.1", "255.255.255.255",
		"::", "::1", "2001:db8::1", "2001:db8::2", "fe80::1", "ffff:ffff:ffff:ffff::",
	};
	struct endpoint e[ARRAY_SIZE(addrs)];
	struct value addr[ARRAY_SIZE(addrs)], endpoint[ARRAY_SIZE(addrs)];

	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
		e[i] = made_endpoint(addrs[i], (uint16_t)(1000 - i));
		addr[i] = value_addr(&e[i]);
		endpoint[i] = value_endpoint(&e[i]);
	}
	expect_ascending("addresses", addr, ARRAY_SIZE(addrs));
	expect_ascending("endpoints", endpoint, ARRAY_SIZE(addrs));
}

Test(value, endpoints_of_one_address_sort_by_port)
{
	struct endpoint e[] = {
		made_endpoint("127.0.0.1", 9), made_endpoint("127.0.0.1", 80),
		made_endpoint("127.0.0.1", 65535), made_endpoint("127.0.0.2", 1),
		made_endpoint("::1", 9), made_endpoint("::1", 80),
	};
	struct value v[ARRAY_SIZE(e)];

	for (size_t i = 0; i < ARRAY_SIZE(e); i++)
		v[i] = value_endpoint(&e[i]);
	expect_ascending("endpoints", v, ARRAY_SIZE(v));
}

Test(value, arguments_sort_as_text_and_owners_by_count)
{
	static const char a[] = "Node\0b", b[] = "node\0c";
	static const struct sock few = { .nowners = 1 }, many = { .nowners = 12 };
	struct task ta, tb;
	struct value argv[] = {
		argv_value(&ta, a, sizeof a, 2), argv_value(&tb, b, sizeof b, 2),
		{ .kind = VAL_NONE },
	};
	struct value owners[] = {
		{ .kind = VAL_OWNERS, .owners = &few }, { .kind = VAL_OWNERS, .owners = &many },
		{ .kind = VAL_NONE },
	};

	expect_ascending("arguments", argv, ARRAY_SIZE(argv));
	expect_ascending("owners", owners, ARRAY_SIZE(owners));
}
