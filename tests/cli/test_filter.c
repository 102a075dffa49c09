/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The filter language on real sockets: each filter and the sockets it leaves.
 * Whatever of it the kernel decides, the answer is the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

TestSuite(filter, .init = cli_enter, .timeout = 120);

static struct mksock made;

/* The sockets of each test, in the order in which names are compared. */
static void
make_sockets(void)
{
	mksock_start(&made, MKSOCK_KINDS("listener4:8080", "listener6:5432",
	    "pair:3000", "dual:9000", "wildcard4:8443", "mapped:3500",
	    "udp:5353", "bound:7000", "timewait:6000", "host:8085",
	    "prefork:8200", "finwait1:4600"));
}

#define PAIR	"pair/listener pair/server pair/client"
#define MAPPED	"mapped/listener mapped/server mapped/client"
#define CHOKED	"finwait1/listener finwait1/server finwait1/client"

struct expectation {
	const char *filter;
	const char *names;
};

static void
expect_names(const char *const args[], const char *filter, const char *want)
{
	json_t *rows = cli_rows(args);
	char *names = cli_names_of(rows, &made);

	cr_expect_str_eq(names, want, "%s:\n  is     %s\n  not    %s", filter,
	    names, want);
	free(names);
	json_decref(rows);
}

static void
expect_all(const struct expectation *e, size_t n)
{
	make_sockets();
	for (size_t i = 0; i < n; i++)
		expect_names(ARGS("-a", "--", e[i].filter), e[i].filter,
		    e[i].names);
	mksock_stop(&made);
}

#define EXPECT_ALL(e)	expect_all(e, CLI_ARRAY_SIZE(e))

Test(filter, ports_are_those_of_either_end)
{
	static const struct expectation e[] = {
		{ "8080", "listener4/listener" },
		{ ":5432", "listener6/listener" },
		{ "3000", PAIR },
		{ "3000-3999", PAIR " " MAPPED },
		{ "8080-8085", "listener4/listener host/listener" },
		{ "5353", "udp" },
		{ "6000", "timewait/server" },
		{ "port:3000", PAIR },
		{ "port:8080,7000", "listener4/listener bound" },
		{ "port:8080-8085,7000", "listener4/listener bound host/listener" },
		{ "lport:3000", "pair/listener pair/server" },
		{ "sport:3000", "pair/listener pair/server" },
		{ "rport:3000", "pair/client" },
		{ "dport:3000", "pair/client" },
		{ "lport=8080", "listener4/listener" },
		{ "lport:8000- state:LISTEN", "listener4/listener dual/listener "
		  "wildcard4/listener host/listener prefork/listener" },
		{ "8000- state:LISTEN", "listener4/listener dual/listener "
		  "wildcard4/listener host/listener prefork/listener" },
		{ "1", "" },
	};

	EXPECT_ALL(e);
}

Test(filter, addresses_are_those_of_either_end_and_mapped_is_ipv4)
{
	static const struct expectation e[] = {
		{ "127.0.0.1", "listener4/listener " PAIR " mapped/server "
		  "mapped/client udp bound timewait/server prefork/listener "
		  CHOKED },
		{ "127.0.0.0/8", "listener4/listener " PAIR " mapped/server "
		  "mapped/client udp bound timewait/server prefork/listener "
		  CHOKED },
		{ "::1", "listener6/listener" },
		{ "::1/128", "listener6/listener" },
		{ "10.0.0.0/8", "host/listener" },
		{ NETNS_HOST_ADDRESS, "host/listener" },
		{ "0.0.0.0", "wildcard4/listener" },
		{ "::", "dual/listener mapped/listener" },
		{ "addr:10.77.0.1", "host/listener" },
		{ "laddr:10.0.0.0/8,::1", "listener6/listener host/listener" },
		{ "raddr:127.0.0.1", "pair/server pair/client mapped/server "
		  "mapped/client timewait/server finwait1/server "
		  "finwait1/client" },
		{ "127.0.0.1:3000", PAIR },
		{ "127.0.0.1:3500", "mapped/server mapped/client" },
		{ "[::1]:5432", "listener6/listener" },
		{ "127.0.0.1:5432", "" },
		{ "192.0.2.0/24", "" },
	};

	EXPECT_ALL(e);
}

Test(filter, enumerations_are_whole_names_and_case_is_ignored)
{
	static const struct expectation e[] = {
		{ "state:bound", "bound" },
		{ "state:UNCONN", "udp" },
		{ "state:time_wait", "timewait/server" },
		{ "state:Fin_Wait1", "finwait1/client" },
		{ "state:bound,unconn", "udp bound" },
		{ "state:estab", "pair/server pair/client mapped/server "
		  "mapped/client finwait1/server" },
		{ "state:ESTABLISHED", "pair/server pair/client mapped/server "
		  "mapped/client finwait1/server" },
		{ "state:listening family:6", "listener6/listener dual/listener "
		  "mapped/listener" },
		{ "state:connected", "pair/server pair/client mapped/server "
		  "mapped/client timewait/server finwait1/server "
		  "finwait1/client" },
		{ "proto:udp", "udp" },
		{ "proto:UDP", "udp" },
		{ "family:6", "listener6/listener dual/listener mapped/listener "
		  "mapped/server" },
		{ "reach:exposed", "dual/listener wildcard4/listener "
		  "mapped/listener host/listener" },
		{ "holder:none", "timewait/server" },
		{ "holder:known proto:udp", "udp" },
	};

	EXPECT_ALL(e);
}

Test(filter, texts_contain_and_numbers_compare)
{
	static const struct expectation e[] = {
		{ "process:listener", "listener4/listener listener6/listener" },
		{ "process=listener4", "listener4/listener" },
		{ "process:dual,bound", "dual/listener bound" },
		{ "process:\"pre\"", "prefork/listener" },
		{ "process:'fork'", "prefork/listener" },
		{ "owners>1", "prefork/listener" },
		{ "owners:5", "prefork/listener" },
		{ "owners>=5", "prefork/listener" },
		{ "owners>5", "" },
		{ "lport<=4600 state:LISTEN", "pair/listener mapped/listener "
		  "finwait1/listener" },
		{ "lport<4600 state:LISTEN", "pair/listener mapped/listener" },
		{ "lport>=9000 state:LISTEN", "dual/listener" },
		{ "sendq>1K", "finwait1/client" },
		{ "sendq>1k sendq<1M", "finwait1/client" },
		{ "sendq>1G", "" },
		{ "backlog_max:16 lport:8080-8100", "listener4/listener "
		  "host/listener" },
	};

	EXPECT_ALL(e);
}

Test(filter, null_matches_only_not_and_none)
{
	static const struct expectation e[] = {
		{ "pid:none", "timewait/server" },
		{ "process:none", "timewait/server" },
		{ "uid:none", "timewait/server" },
		{ "raddr:none 3000-3999", "pair/listener mapped/listener" },
		{ "rport!=3000 3000-3999", "pair/listener pair/server "
		  MAPPED },
		{ "rport>=1 3000-3999", "pair/server pair/client mapped/server "
		  "mapped/client" },
		{ "not rport>0 3000-3999", "pair/listener mapped/listener" },
		{ "not pid>0", "timewait/server" },
		{ "lport!=8080 8080-8085", "host/listener" },
	};

	EXPECT_ALL(e);
}

Test(filter, regular_expressions_are_posix_extended_and_ignore_case)
{
	static const struct expectation e[] = {
		{ "process~^listener", "listener4/listener listener6/listener" },
		{ "process~^LISTENER[0-9]$", "listener4/listener "
		  "listener6/listener" },
		{ "process~\"^(dual|bound)$\"", "dual/listener bound" },
		{ "process~'^.{4}$' state:LISTEN", "pair/listener dual/listener "
		  "host/listener" },
		{ "process~x{9}", "" },
	};

	EXPECT_ALL(e);
}

Test(filter, a_space_is_and_and_binds_tighter_than_or)
{
	static const struct expectation e[] = {
		{ "8080 or 5432", "listener4/listener listener6/listener" },
		{ "8080 OR 5432 or 7000", "listener4/listener "
		  "listener6/listener bound" },
		{ "8080 or 5432 family:4", "listener4/listener" },
		{ "8080 or 5432 and family:4", "listener4/listener" },
		{ "family:4 8080 or 5432", "listener4/listener "
		  "listener6/listener" },
		{ "(8080 or 5432) family:6", "listener6/listener" },
		{ "( 8080 or 5432 ) and family:6", "listener6/listener" },
		{ "8080 and 5432", "" },
		{ "((((8080))))", "listener4/listener" },
	};

	EXPECT_ALL(e);
}

Test(filter, not_and_the_exclamation_mark_negate_one_term)
{
	static const struct expectation e[] = {
		{ "3000-3999 not state:LISTEN", "pair/server pair/client "
		  "mapped/server mapped/client" },
		{ "3000-3999 !state:LISTEN", "pair/server pair/client "
		  "mapped/server mapped/client" },
		{ "3000-3999 ! state:LISTEN", "pair/server pair/client "
		  "mapped/server mapped/client" },
		{ "3000 !:3000", "" },
		{ "3000-3999 not (state:LISTEN or family:6)", "pair/server "
		  "pair/client mapped/client" },
		{ "not not 8080", "listener4/listener" },
		{ "not 3000-65535", "" },
		{ "!proto:tcp", "udp" },
	};

	EXPECT_ALL(e);
}

Test(filter, pids_are_found)
{
	const struct fact *f;
	char filter[64];

	make_sockets();
	f = mksock_fact(&made, "bound", NULL);
	snprintf(filter, sizeof filter, "pid:%d", (int)f->held[0].pid);
	expect_names(ARGS("-a", filter), filter, "bound");
	snprintf(filter, sizeof filter, "pid=%d,%d", (int)f->held[0].pid,
	    (int)mksock_fact(&made, "udp", NULL)->held[0].pid);
	expect_names(ARGS("-a", filter), filter, "udp bound");
	snprintf(filter, sizeof filter, "pid!=%d 7000", (int)f->held[0].pid);
	expect_names(ARGS("-a", filter), filter, "");
	mksock_stop(&made);
}

/* As words of the command line, in any number. */
Test(filter, words_of_the_command_line_are_one_filter)
{
	make_sockets();
	expect_names(ARGS("-a", "8080", "or", "5432"), "8080 or 5432",
	    "listener4/listener listener6/listener");
	expect_names(ARGS("-a", "(8080", "or", "5432)", "family:6"),
	    "(8080 or 5432) family:6", "listener6/listener");
	expect_names(ARGS("8080", "-a", "or", "-H", "5432"), "8080 or 5432",
	    "listener4/listener listener6/listener");
	expect_names(ARGS("-a", "-p", "3000-3999", "-t", "-6", "state:LISTEN"),
	    "with options", "mapped/listener");
	expect_names(ARGS("-a", "", "8080", " "), "blank words",
	    "listener4/listener");
	mksock_stop(&made);
}

/*
 * A word is looked for in every text field. Each process has all kinds of its
 * mksock in its command line, so there are two.
 */
Test(filter, a_word_is_in_any_text_and_case_is_ignored)
{
	struct mksock other;

	mksock_start(&made, MKSOCK_KINDS("listener4:8080"));
	mksock_start(&other, MKSOCK_KINDS("bound:7000"));
	expect_names(ARGS("LISTENER4"), "LISTENER4", "listener4/listener");
	expect_names(ARGS("\"lISTEner4:80\""), "in the command",
	    "listener4/listener");
	expect_names(ARGS("'stener4'"), "quoted", "listener4/listener");
	expect_names(ARGS("no-such-word"), "no-such-word", "");
	expect_names(ARGS("not", "bound", "process~."), "not bound",
	    "listener4/listener");
	mksock_stop(&other);
	mksock_stop(&made);
}
