/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The unit files of systemd: their syntax, and which of several files counts. */

#include <criterion/criterion.h>

#include <errno.h>

#include "act/unit.h"
#include "base/text.h"
#include "base/util.h"
#include "unit/tree.h"

/* Writes "Section.Key=value;" of each line. */
static void
note(void *arg, const char *section, const char *key, const char *value)
{
	text_addf(arg, "%s.%s=%s;", section, key, value);
}

Test(unit, reads_lines_as_systemd_does)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "", "" },
		{ "[Socket]\nListenStream=80\n", "Socket.ListenStream=80;" },
		{ "[Socket]\nListenStream=80", "Socket.ListenStream=80;" },
		{ " [Socket] \n\t ListenStream = 80 \r\n", "Socket.ListenStream=80;" },
		{ "# [Socket]\n; A=1\n[Unit]\n\nA=1\n", "Unit.A=1;" },
		{ "[A]\nX=1\n[B]\nX=2\n", "A.X=1;B.X=2;" },
		{ "[A]\nX=1 \\\n  2\nY=3\n", "A.X=1    2;A.Y=3;" },
		{ "[A]\nX=1 \\\n# between\n2\n", "A.X=1  2;" },
		{ "[A]\nX=\n", "A.X=;" },
		{ "[A]\nX=a=b\n", "A.X=a=b;" },
		{ "X=1\n", ".X=1;" },
		{ "[A]\nno sign\n", "" },
		{ "[A\nX=1\n", ".X=1;" },
		{ "[A]\nX=1\\", "A.X=1;" },
	};
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_clear(&t);
		unit_parse(cases[i].text, strlen(cases[i].text), note, &t);
		cr_expect_str_eq(text_str(&t), cases[i].want, "%zu: %s", i, text_str(&t));
	}
	text_done(&t);
}

Test(unit, any_bytes_are_survived)
{
	static const char bytes[] = "[A]\nX=1\\\n[B\0]=\\\n#\n\xff=\xfe\n[C]";
	struct text t;

	text_init(&t);
	for (size_t from = 0; from < sizeof bytes; from++)
		for (size_t len = 0; from + len <= sizeof bytes; len++)
			unit_parse(bytes + from, len, note, &t);
	text_done(&t);
}

static void
expect_unit(const struct unit_manager *m, const char *name, int r, const char *want)
{
	struct text t;

	text_init(&t);
	cr_expect_eq(unit_read(m, name, note, &t), r, "%s", name);
	cr_expect_str_eq(text_str(&t), want, "%s: %s", name, text_str(&t));
	text_done(&t);
}

#define ETC "etc/systemd/system/"
#define LIB "usr/lib/systemd/system/"

Test(unit, of_files_with_one_name_the_strongest_counts)
{
	struct tree t;
	struct unit_manager m;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path };
	tree_text(&t, LIB "a.service", "[S]\nX=lib\n");
	expect_unit(&m, "a.service", 0, "S.X=lib;");
	tree_text(&t, "run/systemd/system/a.service", "[S]\nX=run\n");
	expect_unit(&m, "a.service", 0, "S.X=run;");
	tree_text(&t, ETC "a.service", "[S]\nX=etc\n");
	expect_unit(&m, "a.service", 0, "S.X=etc;");
	expect_unit(&m, "b.service", -ENOENT, "");
	expect_unit(&m, "../system/a.service", -ENOENT, "");
	tree_done(&t);
}

Test(unit, a_masked_unit_is_none)
{
	struct tree t;
	struct unit_manager m;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path };
	tree_text(&t, LIB "a.service", "[S]\nX=lib\n");
	tree_link(&t, ETC "a.service", "/dev/null");
	expect_unit(&m, "a.service", -ENOENT, "");
	tree_fifo(&t, ETC "a.service");
	expect_unit(&m, "a.service", -ENOENT, "");
	tree_done(&t);
}

Test(unit, drop_ins_come_after_it_by_their_names)
{
	struct tree t;
	struct unit_manager m;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path };
	tree_text(&t, LIB "a.service", "[S]\nX=1\n");
	tree_text(&t, ETC "a.service.d/20-b.conf", "[S]\nX=3\n");
	tree_text(&t, LIB "a.service.d/10-a.conf", "[S]\nX=2\n");
	tree_text(&t, LIB "a.service.d/20-b.conf", "[S]\nX=weaker\n");
	tree_text(&t, LIB "a.service.d/30-c.txt", "[S]\nX=no drop-in\n");
	expect_unit(&m, "a.service", 0, "S.X=1;S.X=2;S.X=3;");
	tree_done(&t);
}

Test(unit, an_instance_reads_its_template)
{
	struct tree t;
	struct unit_manager m;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path };
	tree_text(&t, LIB "pg@.service", "[S]\nX=1\n");
	tree_text(&t, ETC "pg@.service.d/a.conf", "[S]\nX=2\n");
	tree_text(&t, ETC "pg@15-main.service.d/b.conf", "[S]\nX=3\n");
	expect_unit(&m, "pg@15-main.service", 0, "S.X=1;S.X=2;S.X=3;");
	tree_text(&t, ETC "pg@15-main.service", "[S]\nX=own\n");
	expect_unit(&m, "pg@15-main.service", 0, "S.X=own;S.X=2;S.X=3;");
	tree_done(&t);
}

Test(unit, names_are_those_of_units_once_each)
{
	static const char *const want[] = { "a.socket", "b.socket", "t@80.socket" };
	struct tree t;
	struct unit_manager m;
	char **names;
	size_t n;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path };
	tree_text(&t, LIB "b.socket", "");
	tree_text(&t, ETC "b.socket", "");
	tree_text(&t, LIB "a.socket", "");
	tree_text(&t, LIB "a.service", "");
	tree_text(&t, LIB "t@.socket", "");
	tree_link(&t, ETC "other-name.socket", "../../../usr/lib/systemd/system/a.socket");
	tree_link(&t, ETC "sockets.target.wants/a.socket", "/usr/lib/systemd/system/a.socket");
	tree_link(&t, ETC "sockets.target.wants/t@80.socket", "/usr/lib/systemd/system/t@.socket");
	n = unit_names(&m, ".socket", &names);
	cr_assert_eq(n, ARRAY_SIZE(want));
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(names[i], want[i]);
	unit_names_free(names, n);
	tree_remove(&t, "usr");
	tree_remove(&t, "etc");
	cr_expect_eq(unit_names(&m, ".socket", &names), 0);
	unit_names_free(names, 0);
	tree_done(&t);
}

Test(unit, a_user_has_units_of_their_own)
{
	struct tree t;
	struct unit_manager m;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path, .user = true, .uid = 1000 };
	tree_text(&t, LIB "a.service", "[S]\nX=the machine's\n");
	expect_unit(&m, "a.service", -ENOENT, "");
	tree_text(&t, "usr/lib/systemd/user/a.service", "[S]\nX=lib\n");
	expect_unit(&m, "a.service", 0, "S.X=lib;");
	tree_text(&t, "run/user/1000/systemd/transient/a.service", "[S]\nX=run\n");
	expect_unit(&m, "a.service", 0, "S.X=run;");
	tree_remove(&t, "run");
	tree_text(&t, "home/ann/.config/systemd/user/a.service", "[S]\nX=home\n");
	expect_unit(&m, "a.service", 0, "S.X=lib;");
	m.home = "/home/ann";
	expect_unit(&m, "a.service", 0, "S.X=home;");
	tree_done(&t);
}

Test(unit, tells_what_starts_a_service_again)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "[Service]\nRestart=always\n", "always" },
		{ "[Service]\nRestart=on-failure\n", "on-failure" },
		{ "[Service]\nRestart=no\nRestart=on-abort\n", "on-abort" },
		{ "[Service]\nRestart=always\nRestart=no\n", NULL },
		{ "[Service]\nRestart=\n", NULL },
		{ "[Service]\nRestart=\x1b[31m\n", NULL },
		{ "[Unit]\nRestart=always\n", NULL },
		{ "", NULL },
	};
	char word[32];
	struct tree t;
	struct unit_manager m;

	tree_init(&t);
	m = (struct unit_manager){ .root = t.path };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_text(&t, LIB "pg@.service", cases[i].text);
		cr_expect_eq(unit_restart(&m, "pg@15.service", word, sizeof word), cases[i].want != NULL,
		             "%zu", i);
		if (cases[i].want)
			cr_expect_str_eq(word, cases[i].want);
	}
	cr_expect_not(unit_restart(&m, "none.service", word, sizeof word));
	tree_text(&t, LIB "a.socket", "[Service]\nRestart=always\n");
	cr_expect_not(unit_restart(&m, "a.socket", word, sizeof word), "no service");
	tree_done(&t);
}
