/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The work tree of a process, in folders of this test. */

#include <criterion/criterion.h>

#include "base/util.h"
#include "source/project.h"
#include "unit/tree.h"

Test(project, folders_and_who_has_none)
{
	static const struct { const char *cwd, *cgroup, *want; } cases[] = {
		{ "/home/ann/shop-web", NULL, "shop-web" },
		{ "/home/ann/shop-web", "/user.slice/user-1000.slice/session-3.scope", "shop-web" },
		{ "/home/ann/shop-web", "/system.slice/docker-0.scope", "shop-web" },
		{ "/srv/shop", "/system.slice/shop.service", NULL },
		{ "/", NULL, NULL },
		{ NULL, NULL, NULL },
		{ "", NULL, NULL },
		{ "(unreachable)/x", NULL, NULL },
		{ "/tmp", NULL, "tmp" },
		{ "/usr/src/app", NULL, "app" },
		{ "/var/lib/postgresql/15/main", NULL, NULL },
		{ "/var/lib", NULL, NULL },
		{ "/var/library", NULL, "library" },
		{ "/etc/nginx", NULL, NULL },
		{ "/run/user/1000", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = project_of_folder(cases[i].cwd, cases[i].cgroup);

		cr_expect_eq(got != NULL, cases[i].want != NULL, "%s: %s", cases[i].cwd, got);
		if (got && cases[i].want)
			cr_expect_str_eq(got, cases[i].want);
		free(got);
	}
}

/* The work tree of a process whose working directory is that folder of the tree; free() it. */
static char *
find(struct tree *t, const char *folder, const char *root)
{
	char cwd[256], *found;
	atomic_uint beat = 0;
	int dir;

	snprintf(cwd, sizeof cwd, "%s/%s", t->path, folder);
	tree_link(t, "proc/42/cwd", cwd);
	if (root) {
		char full[256];

		snprintf(full, sizeof full, "%s/%s", t->path, root);
		tree_link(t, "proc/42/root", full);
	}
	dir = openat(t->fd, "proc/42", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(dir, 0);
	found = project_of_work_tree(dir, cwd, &beat);
	cr_expect_gt(beat, 0, "the worker is told that it goes on");
	close(dir);
	return found;
}

Test(project, is_the_nearest_work_tree)
{
	static const struct { const char *folder, *root, *want; } cases[] = {
		{ "home/shop", NULL, "shop" },
		{ "home/shop/src", NULL, "shop" },
		{ "home/shop/src/deep/er", NULL, "shop" },
		{ "home/shop/vendor/lib", NULL, "lib" },
		{ "home/shop/vendor/lib/src", NULL, "lib" },
		{ "home/linked/src", NULL, "linked" },
		{ "home/plain/src", NULL, NULL },
		{ "home/shop/src", "home", "shop" },
		{ "home/shop/src", "home/shop", NULL },	/* its own root is "/", which has no name */
		{ "home/shop/src/deep", "home/shop/src", NULL },
	};
	struct tree t;

	tree_init(&t);
	tree_dirs(&t, "home/shop/.git/objects/");
	tree_dirs(&t, "home/shop/src/deep/er/");
	tree_dirs(&t, "home/shop/vendor/lib/src/");
	tree_text(&t, "home/shop/vendor/lib/.git", "gitdir: ../../.git/modules/lib\n");
	tree_link(&t, "home/linked/.git", "/nonexistent");
	tree_dirs(&t, "home/linked/src/");
	tree_dirs(&t, "home/plain/src/");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = find(&t, cases[i].folder, cases[i].root);

		cr_expect(cases[i].want ? got && strcmp(got, cases[i].want) == 0 : !got,
		          "%s: %s", cases[i].folder, got ? got : "none");
		free(got);
	}
	tree_done(&t);
}

/* Names come from the link, so a folder that was moved since is called as it was. */
Test(project, survives_a_link_that_is_not_true)
{
	atomic_uint beat = 0;
	struct tree t;
	char *got;
	int dir;

	tree_init(&t);
	tree_dirs(&t, "home/shop/.git/");
	tree_dirs(&t, "proc/42/");
	dir = openat(t.fd, "proc/42", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect_null(project_of_work_tree(dir, "/home/shop", &beat), "there is no cwd to open");
	close(dir);

	tree_dirs(&t, "home/shop/a/b/c/d/");
	got = find(&t, "home/shop/a/b/c/d", NULL);
	cr_expect_str_eq(got ? got : "none", "shop");
	free(got);
	dir = openat(t.fd, "proc/42", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect_null(project_of_work_tree(dir, "/short", &beat), "no name is left for it");
	cr_expect_null(project_of_work_tree(dir, "", &beat));
	close(dir);
	tree_done(&t);
}
