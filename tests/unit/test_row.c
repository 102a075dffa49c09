/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The tables of pairs and processes, and what rows say that no table of theirs has. */

#include "made_view.h"

static const struct { const struct field *table; const size_t *n; } tables[] = {
	{ fields, &nfields }, { pair_fields, &npair_fields }, { group_fields, &ngroup_fields },
};

Test(row, tables_are_sound)
{
	for (size_t t = 1; t < ARRAY_SIZE(tables); t++)
		for (size_t i = 0; i < *tables[t].n; i++) {
			const struct field *f = &tables[t].table[i];

			cr_expect(f->id && *f->id && f->title && *f->title && f->help && *f->help, "%zu", i);
			cr_expect_neq(f->help[strlen(f->help) - 1], '.', "%s", f->id);
			cr_expect(f->kind > VAL_NONE && f->kind < VAL_KINDS, "%s", f->id);
			cr_assert_not_null(f->get, "%s", f->id);
			for (size_t j = 0; j < i; j++) {
				cr_expect_str_neq(f->id, tables[t].table[j].id);
				cr_expect_str_neq(f->title, tables[t].table[j].title);
			}
		}
}

/* Whatever the row, a getter gives the kind that its field says, or nothing. */
Test(row, every_field_of_every_table_goes_with_every_row)
{
	static const enum view_kind views[] = { VIEW_SOCKETS, VIEW_TREE, VIEW_PAIRS, VIEW_PROCESSES };
	struct task task = made_task(7, "web", "web", 4, 1);
	const struct owner owner = { &task, 3 };

	for (size_t k = 0; k < ARRAY_SIZE(views); k++) {
		struct made_view x;

		made_view_init(&x, views[k]);
		x.spec.fold_time_wait = true;
		made_listener(&x, "127.0.0.1", 80, &owner);
		made_listener(&x, "::", 81, NULL);
		made_pair(&x, 40000, &owner, 80, &owner);
		for (uint16_t i = 0; i < 2; i++)
			made_end(&x, STATE_TIME_WAIT, "127.0.0.1", 80, "127.0.0.1", (uint16_t)(40001 + i), NULL);
		made_end(&x, STATE_CLOSE_WAIT, "127.0.0.1", 80, "127.0.0.1", 40009, &owner);
		made_join(&x);
		made_rows(&x);
		cr_assert_gt(x.view.count, 0);
		for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
			for (size_t i = 0; i < x.view.count * *tables[t].n; i++) {
				const struct field *f = &tables[t].table[i % *tables[t].n];
				struct value v = row_value(f, &x.view.rows[i / *tables[t].n]);

				cr_expect(v.kind == VAL_NONE || v.kind == f->kind, "%s, view %zu", f->id, k);
			}
		made_view_done(&x);
	}
}

/* One that was made by hand, as that of an event, has no links and perhaps no snapshot of its own. */
Test(row, a_row_outside_a_view_knows_its_own_end)
{
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 80);
	struct snapshot snap;
	struct view_env env = { .snap = &snap };
	struct row r = { .sock = &s, .env = &env };
	struct party p;

	made_snapshot(&snap);
	s.role = SOCK_CLIENT;
	s.cookie = 5;
	s.has = SOCK_HAS_COOKIE;
	cr_expect_null(row_peer(&r));
	p = row_party(&r, PARTY_CLIENT);
	cr_expect_eq(p.sock, &s);
	cr_expect_eq(p.at, &s.local);
	p = row_party(&r, PARTY_SERVER);
	cr_expect_null(p.sock);
	cr_expect_eq(p.at, &s.remote);
	cr_expect_eq(row_id(&r), 5);
	snapshot_done(&snap);
}

Test(row, what_holds_a_port_has_one_party)
{
	struct made_view x;
	struct party p;

	made_view_init(&x, VIEW_TREE);
	made_listener(&x, "127.0.0.1", 80, NULL);
	made_join(&x);
	made_rows(&x);
	p = row_party(&x.view.rows[0], PARTY_SERVER);
	cr_expect_eq(p.sock, x.view.rows[0].sock);
	p = row_party(&x.view.rows[0], PARTY_CLIENT);
	cr_expect_null(p.at);
	cr_expect_null(p.sock);
	cr_expect_not(p.gone);
	made_view_done(&x);
}
