/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The sequence that copies (RFC 4648 has these vectors), and which address of a row is copied. */

#include <stdio.h>

#include "made.h"
#include "ui/clip.h"

Test(clip, speaks_base64)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" },
		{ "\xfb\xf0", "+/A=" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text t;
		char want[64];

		text_init(&t);
		clip_add_sequence(&t, cases[i].in, strlen(cases[i].in));
		snprintf(want, sizeof want, "\033]52;c;%s\033\\", cases[i].want);
		cr_expect_str_eq(text_str(&t), want);
		text_done(&t);
	}
}

Test(clip, is_bounded)
{
	static const char much[2 * CLIP_MAX];
	struct text t;

	text_init(&t);
	clip_add_sequence(&t, much, sizeof much);
	cr_expect_lt(t.len, 75000);
	text_done(&t);
}

Test(clip, takes_the_address_that_one_connects_to)
{
	static const struct {
		const char *laddr, *raddr;
		enum sock_role role;
		const char *want;
	} cases[] = {
		{ "127.0.0.1", NULL, SOCK_LISTENER, "127.0.0.1:3000" },
		{ "::1", NULL, SOCK_LISTENER, "[::1]:3000" },
		{ "0.0.0.0", NULL, SOCK_LISTENER, "127.0.0.1:3000" },
		{ "::", NULL, SOCK_LISTENER, "[::1]:3000" },
		{ "192.0.2.2", NULL, SOCK_LISTENER, "192.0.2.2:3000" },
		{ "127.0.0.1", "127.0.0.2", SOCK_SERVER, "127.0.0.1:3000" },
		{ "127.0.0.1", "127.0.0.2", SOCK_CLIENT, "127.0.0.2:4000" },
		{ "127.0.0.1", "127.0.0.2", SOCK_NEITHER, "127.0.0.1:3000" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, cases[i].laddr, 3000, cases[i].raddr,
		                          cases[i].raddr ? 4000 : 0);
		struct row r = { .sock = &s };
		struct text t;

		s.role = (uint8_t)cases[i].role;
		text_init(&t);
		clip_add_address(&t, &r);
		cr_expect_str_eq(text_str(&t), cases[i].want, "case %zu: %s", i, text_str(&t));
		text_done(&t);
	}
}

Test(clip, takes_of_a_process_what_holds_a_port)
{
	struct sock conn = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 50000, "127.0.0.1", 80);
	struct sock listener = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 3000, NULL, 0);
	const struct sock *socks[] = { &conn, &listener };
	struct row_sum sum = { .socks = socks, .count = 2 };
	struct row r = { .sock = &conn, .sum = &sum, .kind = ROW_PROCESS };
	struct text t;

	text_init(&t);
	clip_add_address(&t, &r);
	cr_expect_str_eq(text_str(&t), "127.0.0.1:3000");
	text_done(&t);
}
