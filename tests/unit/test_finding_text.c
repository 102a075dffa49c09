/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Each finding in words, with the figures of its socket. */

#include "made.h"
#include "view/finding_text.h"

#include "base/util.h"

static void
expect_words(const char *got, const char *const words[4], const char *what)
{
	for (size_t i = 0; i < 4 && words[i]; i++)
		cr_expect_not_null(strstr(got, words[i]), "%s: no \"%s\" in: %s", what, words[i], got);
}

Test(finding_text, counts_in_a_few_words)
{
	static const struct { size_t n; const char *want; } cases[FINDING_COUNT][2] = {
		[FINDING_STOPPED]    = { { 1, "1 stopped" }, { 2, "2 stopped" } },
		[FINDING_BACKLOG]    = { { 1, "1 queue full" }, { 2, "2 queues full" } },
		[FINDING_CLOSE_WAIT] = { { 1, "1 leak" }, { 40, "40 leaks" } },
		[FINDING_SPLIT]      = { { 1, "1 split port" }, { 3, "3 split ports" } },
		[FINDING_EXPOSED]    = { { 1, "1 exposed" }, { 3, "3 exposed" } },
		[FINDING_ONE_FAMILY] = { { 1, "1 on ::1 alone" }, { 2, "2 on ::1 alone" } },
	};
	struct text t;

	text_init(&t);
	for (size_t f = 0; f < FINDING_COUNT; f++) {
		for (size_t i = 0; i < 2; i++) {
			text_clear(&t);
			finding_add_count(&t, (enum finding)f, cases[f][i].n);
			cr_expect_str_eq(text_str(&t), cases[f][i].want);
		}
	}
	text_done(&t);
}

/* A whole sentence of each that says what to do. */
static void
expect_why(enum finding f, const struct sock *s, const char *const words[4])
{
	struct text t;

	text_init(&t);
	finding_add_why(&t, f, s);
	cr_expect_gt(t.len, 0);
	cr_expect_eq(text_str(&t)[t.len - 1], '.', "%s", text_str(&t));
	cr_expect_null(strchr(text_str(&t), '\n'));
	expect_words(text_str(&t), words, finding_names[f]);
	text_done(&t);
}

Test(finding_text, explains_with_the_figures_of_the_socket)
{
	static const struct {
		enum finding    finding;
		enum sock_proto proto;
		const char     *addr;
		uint32_t        quiet_ms;
		char            state;
		enum sock_holder holder;
		const char     *words[4];
	} cases[] = {
		{ FINDING_BACKLOG, PROTO_TCP, "127.0.0.1", 0, 'S', HOLDER_KNOWN, { "40 of 200" } },
		{ FINDING_CLOSE_WAIT, PROTO_TCP, "127.0.0.1", 13000, 'S', HOLDER_KNOWN, { "closed 13 s ago" } },
		{ FINDING_CLOSE_WAIT, PROTO_TCP, "127.0.0.1", 559000, 'S', HOLDER_KNOWN, { " 9 min ago" } },
		{ FINDING_CLOSE_WAIT, PROTO_TCP, "127.0.0.1", 7300000, 'S', HOLDER_QUEUE,
		  { " 2 h ago", "never accepted" } },
		{ FINDING_SPLIT, PROTO_TCP, "127.0.0.1", 0, 'S', HOLDER_KNOWN, { "port 8080", "another" } },
		{ FINDING_EXPOSED, PROTO_TCP, "0.0.0.0", 0, 'S', HOLDER_KNOWN,
		  { "can connect", "every address", "Bind it to 127.0.0.1" } },
		{ FINDING_EXPOSED, PROTO_UDP, "::", 0, 'S', HOLDER_KNOWN, { "send to it", "every address" } },
		{ FINDING_EXPOSED, PROTO_TCP, "10.0.0.7", 0, 'S', HOLDER_KNOWN, { "reach 10.0.0.7", "connect" } },
		{ FINDING_EXPOSED, PROTO_UDP, "10.0.0.7", 0, 'S', HOLDER_KNOWN, { "reach 10.0.0.7", "send" } },
		{ FINDING_ONE_FAMILY, PROTO_TCP, "::1", 0, 'S', HOLDER_KNOWN, { "127.0.0.1:8080", "::1 alone" } },
		{ FINDING_STOPPED, PROTO_TCP, "127.0.0.1", 0, 'T', HOLDER_KNOWN, { "kill -CONT 4711" } },
		{ FINDING_STOPPED, PROTO_TCP, "127.0.0.1", 0, 't', HOLDER_KNOWN, { "debugger", "4711" } },
		{ FINDING_STOPPED, PROTO_TCP, "127.0.0.1", 0, 'Z', HOLDER_KNOWN, { "zombie", "4711" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task task = { .pid = 4711, .comm = "made", .state = cases[i].state };
		struct owner owner = { &task, 3 };
		struct sock s = made_sock(cases[i].proto, STATE_LISTEN, cases[i].addr, 8080, NULL, 0);

		s.rqueue = 40;
		s.wqueue = 200;
		info_of(&s)->quiet_ms = cases[i].quiet_ms;
		s.holder = (uint8_t)cases[i].holder;
		s.owners = &owner;
		s.nowners = cases[i].holder == HOLDER_KNOWN;
		expect_why(cases[i].finding, &s, cases[i].words);
	}
}
