/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Both ends of each connection: the process at the other end, and who serves whom. */

#include <stdio.h>
#include <string.h>

#include "cli.h"

TestSuite(peers, .init = cli_enter, .timeout = 120);

static struct mksock made;

static const char *const kinds[] = { "pair", "pair6", "mapped", "udp-pair", "self", "unaccepted",
	"timewait", "listener4", "half-closed", NULL };

/* The fact of the other end of a connection, or NULL. */
static const struct fact *
other_end(const struct fact *f)
{
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *o = &made.facts[i];

		if (strcmp(o->proto, f->proto) == 0 && o->lport == f->rport && o->rport == f->lport &&
		    strcmp(o->laddr, f->raddr) == 0 && strcmp(o->raddr, f->laddr) == 0)
			return o;
	}
	return NULL;
}

Test(peers, each_end_names_the_process_of_the_other)
{
	size_t joined = 0;
	json_t *rows;

	mksock_start(&made, kinds);
	rows = cli_rows(NO_ARGS);
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i], *o = other_end(f);
		const json_t *row = cli_row_of(rows, f);
		char name[64];

		if (!row)
			continue;	/* an end that is gone already */
		if (!o || o->owners == 0) {
			cr_expect_null(cli_text(row, "peer_process"), "%s", cli_name(f, name));
			continue;
		}
		joined++;
		cr_expect_eq(cli_number(row, "peer_pid"), o->held[0].pid, "%s", cli_name(f, name));
		cr_expect_str_eq(cli_text(row, "peer_process"), o->comm, "%s", cli_name(f, name));
	}
	cr_expect_geq(joined, 8, "%zu", joined);
	json_decref(rows);
	mksock_stop(&made);
}

Test(peers, roles_are_those_that_were_played)
{
	json_t *rows;

	mksock_start(&made, MKSOCK_KINDS("pair", "pair6", "mapped", "half-closed", "udp", "self"));
	rows = cli_rows(NO_ARGS);
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i];
		const json_t *row = cli_row_of(rows, f);
		const char *role = row ? cli_text(row, "role") : NULL;
		char name[64];

		if (strcmp(f->kind, "udp") == 0 || strcmp(f->kind, "self") == 0)
			cr_expect_null(role, "%s: %s", cli_name(f, name), role);
		else
			cr_expect(role && strcmp(role, f->role) == 0, "%s: %s", cli_name(f, name),
			    role ? role : "null");
	}
	json_decref(rows);
	mksock_stop(&made);
}

/* Whatever is filtered: what the kernel leaves out would be counted wrong. */
Test(peers, clients_are_counted_whatever_the_filter)
{
	static const struct { const char *kind; const char *option; int clients; } cases[] = {
		{ "pair", "-a", 1 }, { "pair", "-l", 1 }, { "pair6", "-l", 1 }, { "mapped", "-l", 1 },
		{ "unaccepted", "-l", 2 }, { "listener4", "-l", 0 }, { "half-closed", "-l", 0 },
	};

	mksock_start(&made, kinds);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(cases); i++) {
		const struct fact *f = mksock_fact(&made, cases[i].kind, "listener");
		char filter[64], want[16];
		struct run r;

		if (!f)
			f = mksock_fact(&made, cases[i].kind, NULL);
		snprintf(filter, sizeof filter, "lport:%d", (int)f->lport);
		snprintf(want, sizeof want, "%d\r\n", cases[i].clients);
		run_lotop(NULL, ARGS("list", "-H", "-o", "csv", "-c", "clients", cases[i].option,
		    filter, "state:listen"), &r);
		cr_expect_str_eq(r.out, want, "%s %s: %s", cases[i].kind, cases[i].option, r.out);
		run_done(&r);
	}
	mksock_stop(&made);
}

Test(peers, the_other_end_can_be_filtered_by)
{
	const struct fact *client;
	char filter[64], want[64];
	struct run r;

	mksock_start(&made, MKSOCK_KINDS("pair", "pair6", "half-closed"));
	client = mksock_fact(&made, "half-closed", "client");
	snprintf(filter, sizeof filter, "peer_pid:%d", (int)client->held[0].pid);
	snprintf(want, sizeof want, "CLOSE_WAIT,%d\r\n", (int)client->lport);
	run_lotop(NULL, ARGS("list", "-H", "-o", "csv", "-c", "state,rport", filter, "state:close_wait"), &r);
	cr_expect_str_eq(r.out, want, "%s", r.out);
	run_done(&r);
	mksock_stop(&made);
}

/* A connection may have an end in each family, and its listener is in one. */
Test(peers, roles_are_the_same_where_one_family_is_asked_for)
{
	const struct fact *ends[2];

	mksock_start(&made, MKSOCK_KINDS("mapped"));
	ends[0] = mksock_fact(&made, "mapped", "client");
	ends[1] = mksock_fact(&made, "mapped", "server");
	for (size_t i = 0; i < 2; i++) {
		char filter[64], want[64];
		struct run r;

		snprintf(filter, sizeof filter, "lport:%d", (int)ends[i]->lport);
		snprintf(want, sizeof want, "%s,%d\r\n", ends[i]->role, (int)ends[1 - i]->held[0].pid);
		run_lotop(NULL, ARGS("list", "-H", "-o", "csv", "-c", "role,peer_pid",
		    ends[i]->family == 4 ? "-4" : "-6", filter, "state:established"), &r);
		cr_expect_str_eq(r.out, want, "%s: %s", ends[i]->role, r.out);
		run_done(&r);
	}
	mksock_stop(&made);
}
