/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Numbers of control groups to their paths, in trees that look like a cgroup2 mount. */

#include <criterion/criterion.h>

#include <sys/syscall.h>

#include "base/util.h"
#include "model/cgroup.h"
#include "source/cgroup.h"
#include "unit/tree.h"

/* Added to every clock, so that pauses need not be waited for. */
static unsigned long skew_s;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += (time_t)skew_s;
	return r;
}


static uint64_t
number_of(const struct tree *t, const char *folder)
{
	struct stat st;

	cr_assert_eq(fstatat(t->fd, folder, &st, 0), 0, "%s: %s", folder, strerror(errno));
	return st.st_ino;
}

struct world {
	struct tree      t;
	struct cgroups  *c;
	struct snapshot  s;
};

/* A mount of the control group `root`, with a blank in its path. */
static void
world_init(struct world *w, const char *root)
{
	char line[512];

	tree_init(&w->t);
	tree_dirs(&w->t, "my cgroup/system.slice/nginx.service/");
	tree_dirs(&w->t, "my cgroup/user.slice/user-1000.slice/session-3.scope/");
	tree_dirs(&w->t, "my cgroup/lxc/box/");
	tree_text(&w->t, "my cgroup/cgroup.procs", "");
	snprintf(line, sizeof line,
	         "22 1 0:5 / /proc rw - proc proc rw\n"
	         "30 1 0:9 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
	         "31 1 0:10 %s %s/my\\040cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n",
	         root, w->t.path);
	tree_text(&w->t, "self/mountinfo", line);
	w->c = cgroups_new(w->t.fd);
	snapshot_init(&w->s);
}

static void
world_done(struct world *w)
{
	snapshot_done(&w->s);
	cgroups_free(w->c);
	tree_done(&w->t);
}

/* The control group of one socket with that number. */
static const struct cgroup *
attach(struct world *w, uint64_t number)
{
	struct sock_info info = { .cgroup_id = number };
	struct sock s = { .has = SOCK_HAS_COOKIE | SOCK_HAS_CGROUP_ID, .cookie = 1, .info = &info };

	snapshot_clear(&w->s);
	snapshot_add(&w->s, &s);
	cgroups_attach(w->c, &w->s);
	return sock_cgroup(&w->s.socks[0]);
}

static void
expect_cgroup(struct world *w, const char *folder, const char *path, const char *unit,
              const char *container)
{
	const struct cgroup *c = attach(w, number_of(&w->t, folder));

	cr_assert_not_null(c, "%s", folder);
	cr_expect_str_eq(c->path, path, "%s: %s", folder, c->path);
	cr_expect_str_eq(c->unit ? c->unit : "", unit, "%s: %s", folder, c->unit);
	cr_expect_str_eq(c->container ? c->container : "", container, "%s: %s", folder, c->container);
}

Test(cgroups, numbers_lead_to_paths)
{
	struct world w;

	world_init(&w, "/");
	expect_cgroup(&w, "my cgroup", "/", "", "");
	expect_cgroup(&w, "my cgroup/system.slice", "/system.slice", "", "");
	expect_cgroup(&w, "my cgroup/system.slice/nginx.service", "/system.slice/nginx.service",
	              "nginx.service", "");
	expect_cgroup(&w, "my cgroup/user.slice/user-1000.slice/session-3.scope",
	              "/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "");
	expect_cgroup(&w, "my cgroup/lxc/box", "/lxc/box", "", "box");
	cr_expect_null(attach(&w, number_of(&w.t, "my cgroup/cgroup.procs")), "it is no folder");
	cr_expect_null(attach(&w, 1ull << 60));
	world_done(&w);
}

Test(cgroups, a_part_of_the_tree_may_be_mounted)
{
	struct world w;

	world_init(&w, "/docker/a");
	expect_cgroup(&w, "my cgroup", "/docker/a", "", "");
	expect_cgroup(&w, "my cgroup/lxc/box", "/docker/a/lxc/box", "", "box");
	world_done(&w);
}

Test(cgroups, sockets_share_a_copy_and_some_have_none)
{
	struct sock_info info = { .cgroup_id = 0 };
	struct sock s = { .has = SOCK_HAS_COOKIE | SOCK_HAS_CGROUP_ID, .info = &info };
	struct world w;

	world_init(&w, "/");
	for (s.cookie = 1; s.cookie <= 6; s.cookie++) {
		info.cgroup_id = number_of(&w.t, s.cookie % 2 ? "my cgroup/lxc/box" : "my cgroup/lxc");
		if (s.cookie == 6)
			s.has = SOCK_HAS_COOKIE;
		snapshot_add(&w.s, &s);
	}
	cgroups_attach(w.c, &w.s);
	cr_expect_eq(sock_cgroup(&w.s.socks[0]), sock_cgroup(&w.s.socks[2]));
	cr_expect_eq(sock_cgroup(&w.s.socks[1]), sock_cgroup(&w.s.socks[3]));
	cr_expect_neq(sock_cgroup(&w.s.socks[0]), sock_cgroup(&w.s.socks[1]));
	cr_expect_null(sock_cgroup(&w.s.socks[5]), "the kernel named none");
	world_done(&w);
}

/* A new one is found, but not by a walk at each refresh. */
Test(cgroups, are_walked_again_after_a_pause)
{
	struct world w;
	uint64_t late;

	world_init(&w, "/");
	cr_expect_not_null(attach(&w, number_of(&w.t, "my cgroup/lxc")));
	tree_dirs(&w.t, "my cgroup/system.slice/late.service/");
	late = number_of(&w.t, "my cgroup/system.slice/late.service");
	cr_expect_null(attach(&w, late), "the last walk is too near");
	cr_expect_null(attach(&w, late));
	skew_s += 3;
	expect_cgroup(&w, "my cgroup/system.slice/late.service", "/system.slice/late.service",
	              "late.service", "");
	cr_expect_not_null(attach(&w, number_of(&w.t, "my cgroup/lxc")), "the others are there, too");
	world_done(&w);
}

/* One that no walk found is not looked for at each refresh. */
Test(cgroups, what_is_out_of_sight_is_looked_for_once)
{
	struct world w;

	world_init(&w, "/");
	cr_expect_null(attach(&w, 12345678901));
	tree_dirs(&w.t, "my cgroup/system.slice/late.service/");
	skew_s += 3;
	cr_expect_null(attach(&w, 12345678901));
	skew_s += 3;
	cr_expect_not_null(attach(&w, number_of(&w.t, "my cgroup/system.slice/late.service")),
	                   "only the number was given up");
	world_done(&w);
}

Test(cgroups, without_a_mount_there_are_none)
{
	struct world w;

	world_init(&w, "/");
	tree_text(&w.t, "self/mountinfo", "22 1 0:5 / /proc rw - proc proc rw\ngarbage\n - cgroup2 \n");
	cr_expect_null(attach(&w, number_of(&w.t, "my cgroup/lxc")));
	skew_s += 3;
	tree_remove(&w.t, "self");
	cr_expect_null(attach(&w, number_of(&w.t, "my cgroup")));
	world_done(&w);
	cgroups_free(NULL);
}
