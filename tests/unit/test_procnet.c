/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The tables of /proc/net. Addresses in them are in the byte order of the
 * machine, so the texts here are made by the same printf() that the kernel uses.
 */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>

#include "base/util.h"
#include "source/procnet.h"
#include "source/source.h"
#include "unit/tree.h"

/* A line of family 4: 127.0.0.1:8080 with a peer at 127.0.0.2:40000. */
static const char *
line_v4(char buf[256], unsigned state, const char *behind)
{
	snprintf(buf, 256,
		 "   0: %08X:1F90 %08X:9C40 %02X 00000009:00000005 02:000A7214 00000000 %s\n",
		 htonl(0x7f000001), htonl(0x7f000002), state, behind);
	return buf;
}

static int
parse(const char *line, enum sock_proto proto, unsigned family, struct sock *ret)
{
	static struct sock_alone parsed;
	int r;

	parsed.sock = *ret;
	r = procnet_parse_line(line, strlen(line), proto, family, &parsed);
	*ret = parsed.sock;
	return r;
}

static void
expect_ends(const struct sock *s, const char *wanted)
{
	struct text t;

	text_init(&t);
	endpoint_add_text(&t, &s->local);
	text_addc(&t, ' ');
	endpoint_add_text(&t, &s->remote);
	cr_expect_str_eq(text_str(&t), wanted);
	text_done(&t);
}

Test(procnet, reads_a_connection)
{
	static const char behind[] = " 1000        0 16108 2 00 20 4 30 10 -1";
	char buf[256];
	struct sock s;

	cr_assert_eq(parse(line_v4(buf, STATE_ESTABLISHED, behind), PROTO_TCP, 4, &s), 0);
	expect_ends(&s, "127.0.0.1:8080 127.0.0.2:40000");
	cr_expect_eq(s.proto, PROTO_TCP);
	cr_expect_eq(s.family, 4);
	cr_expect_eq(s.state, STATE_ESTABLISHED);
	cr_expect_eq(s.uid, 1000);
	cr_expect_eq(s.inode, 16108);
	cr_expect_eq(s.rqueue, 5);
	cr_expect_eq(s.wqueue, 9);
	cr_expect_eq(s.has, SOCK_HAS_UID | SOCK_HAS_QUEUE, "has=%#x", s.has);
}

Test(procnet, reads_ipv6)
{
	static const char one[] = "0: 00000000000000000000000001000000:0050 "
				  "00000000000000000000000000000000:0000 0A 00000000:00000000 "
				  "00:00000000 00000000     0        0 77 1 0 100 0 0 10 0";
	static const char mapped[] = "0: 0000000000000000FFFF00000100007F:0050 "
				     "0000000000000000FFFF00000200007F:FFFF 01 00000000:00000000 "
				     "00:00000000 00000000     0        0 78 1 0 100 0 0 10 0";
	struct sock s;

	if (htonl(1) == 1)
		cr_skip("these texts are of a little-endian machine");
	cr_assert_eq(parse(one, PROTO_TCP, 6, &s), 0);
	expect_ends(&s, "[::1]:80 [::]:0");
	cr_expect_eq(s.family, 6);
	cr_assert_eq(parse(mapped, PROTO_TCP, 6, &s), 0);
	expect_ends(&s, "127.0.0.1:80 127.0.0.2:65535");
	cr_expect_eq(s.family, 6);
}

/* What it says beside what it cannot know. */
Test(procnet, knows_what_is_not_told)
{
	static const struct {
		const char *what, *behind;
		uint8_t     proto, kernel, state;
		uint32_t    has;
	} cases[] = {
		{ "listener: no limit of its queue", "0 0 5 1 0", PROTO_TCP, STATE_LISTEN,
		  STATE_LISTEN, SOCK_HAS_UID },
		{ "TIME_WAIT: nobody's", "0 0 0 3 0", PROTO_TCP, STATE_TIME_WAIT,
		  STATE_TIME_WAIT, 0 },
		{ "closed: nobody's", "0 0 0 3 0", PROTO_TCP, STATE_FIN_WAIT2, STATE_FIN_WAIT2,
		  SOCK_HAS_QUEUE },
		{ "udp", "0 0 5 2 0000000000000000 17", PROTO_UDP, STATE_CLOSE, STATE_UNCONN,
		  SOCK_HAS_UID | SOCK_HAS_QUEUE | SOCK_HAS_DROPS },
		{ "udp without drops", "0 0 5 2 0000000000000000", PROTO_UDP, STATE_ESTABLISHED,
		  STATE_ESTABLISHED, SOCK_HAS_UID | SOCK_HAS_QUEUE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[256];
		struct sock s;

		line_v4(buf, cases[i].kernel, cases[i].behind);
		cr_assert_eq(parse(buf, cases[i].proto, 4, &s), 0, "%s", cases[i].what);
		cr_expect_eq(s.state, cases[i].state, "%s", cases[i].what);
		cr_expect_eq(s.has, cases[i].has, "%s: has=%#x", cases[i].what, s.has);
		cr_expect_eq(sock_info(&s)->drops, s.has & SOCK_HAS_DROPS ? 17 : 0);
	}
}

Test(procnet, refuses_what_is_no_socket)
{
	static const char *const lines[] = {
		"",
		"\n",
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
		"0: 0100007F:1F90 0200007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0",
		"0: 0100007F:1F90 0200007F:9C40 00 00000000:00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007F:1F90 0200007F:9C40 0E 00000000:00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007F:1F90 0200007F:9C40 001 00000000:00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007F:1F9 0200007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007F1F90: 0200007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007G:1F90 0200007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007F:1F90 0200007F:9C40 01 00000000 00:00000000 00000000 0 0 1 1",
		"0: 0100007F:1F90 0200007F:9C40 01 00000000:00000000 00:00000000 00000000 -1 0 1 1",
		"0: 0100007F:1F90 0200007F:9C40 01 00000000:00000000 00: 0 4294967296 0 1 1",
		"0: 0100007F:1F90 0200007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 x 1",
		"0 00000000000000000000000001000000:0050 0200007F:9C40 01 00000000:00000000 0 0 0 0 1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct sock s = { .inode = 4711 };

		cr_expect_eq(parse(lines[i], PROTO_TCP, 4, &s), -EBADMSG, "line %zu", i);
		cr_expect_eq(s.inode, 4711, "line %zu: *ret was written", i);
	}
	cr_expect_eq(procnet_parse_line("0: \0", 4, PROTO_TCP, 4, &(struct sock_alone){ .sock.inode = 0 }), -EBADMSG);
}

/* --------------------------------------------------------------- whole tables */

#define BOTH (SOURCE_TCP | SOURCE_IPV4 | SOURCE_IPV6)

static void
add_table(const struct tree *t, const char *path, unsigned lines)
{
	char text[4096] = "  sl  local_address rem_address   st ...\n", buf[256], behind[32];

	for (unsigned i = 0; i < lines; i++) {
		snprintf(behind, sizeof behind, "0 0 %u 1 0", i + 1);
		strcat(text, line_v4(buf, STATE_LISTEN, behind));
	}
	tree_text(t, path, text);
}

Test(procnet, reads_the_tables_that_are_wanted)
{
	static const struct { unsigned want; size_t count; } cases[] = {
		{ SOURCE_TCP | SOURCE_IPV4, 3 },
		{ SOURCE_TCP, 0 },
		{ SOURCE_UDP | SOURCE_IPV4, 0 },
		{ BOTH, 3 },
	};
	struct tree t;

	tree_init(&t);
	add_table(&t, "net/tcp", 3);
	add_table(&t, "net/udp", 2);	/* in a state that UDP has not */
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot s;

		snapshot_init(&s);
		cr_expect_eq(procnet_read(t.fd, cases[i].want, &s), 0, "case %zu", i);
		cr_expect_eq(s.count, cases[i].count, "case %zu: %zu", i, s.count);
		cr_expect_eq(s.nshortfalls, 0, "no IPv6 is no shortfall");
		snapshot_done(&s);
	}
	tree_done(&t);
}

Test(procnet, one_unreadable_table_does_not_hide_the_other)
{
	struct snapshot s;
	struct tree t;

	tree_init(&t);
	add_table(&t, "net/tcp", 3);
	tree_dirs(&t, "net/tcp6/");	/* a folder: open() is well, read() is not */
	snapshot_init(&s);
	cr_expect_eq(procnet_read(t.fd, BOTH, &s), 0);
	cr_expect_eq(s.count, 3);
	cr_assert_eq(s.nshortfalls, 1);
	cr_expect_eq(s.shortfalls[0].kind, SHORT_DUMP);
	cr_expect_eq(s.shortfalls[0].family, 6);
	cr_expect_gt(s.shortfalls[0].err, 0);
	snapshot_done(&s);
	tree_done(&t);
}

Test(procnet, fails_when_no_table_can_be_read)
{
	struct snapshot s;
	struct tree t;

	tree_init(&t);
	snapshot_init(&s);
	cr_expect_eq(procnet_read(t.fd, BOTH, &s), -ENOENT);
	cr_expect_eq(s.count, 0);
	snapshot_done(&s);
	tree_done(&t);
}
