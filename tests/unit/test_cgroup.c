/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Control groups by their paths, as the managers of services and containers name them. */

#include <criterion/criterion.h>

#include <string.h>

#include "base/util.h"
#include "model/cgroup.h"

#define ID "4e9a3f0c5b7d1e2f8a6b0c9d7e5f3a1b2c4d6e8f0a1b3c5d7e9f1a2b4c6d8e0f"
#define ID12 "4e9a3f0c5b7d"
#define POD "pod0f9c4e1a-1c7b-4c51-9e55-8c1b2f3a4d5e"
#define POD_SLICE "kubepods-burstable-pod0f9c4e1a_1c7b_4c51_9e55_8c1b2f3a4d5e.slice"

Test(cgroup, path_that_says_most)
{
	static const struct { const char *what, *text, *want; } cases[] = {
		{ "v2", "0::/user.slice/user-1000.slice/session-3.scope\n",
		  "/user.slice/user-1000.slice/session-3.scope" },
		{ "v2, the root", "0::/\n", "/" },
		{ "v1", "12:pids:/system.slice/cron.service\n11:memory:/system.slice/cron.service\n"
		        "1:name=systemd:/system.slice/cron.service/x\n", "/system.slice/cron.service/x" },
		{ "v1 without systemd", "4:memory:/docker/" ID "\n3:pids:/docker/" ID "/p\n2:cpuset:/\n",
		  "/docker/" ID "/p" },
		{ "hybrid", "9:name=systemd:/\n8:pids:/\n4:memory:/box/1\n0::/\n", "/box/1" },
		{ "hybrid with systemd", "2:pids:/user.slice\n1:name=systemd:/user.slice/a.scope\n"
		  "0::/user.slice/a.scope/b\n", "/user.slice/a.scope/b" },
		{ "hybrid whose unified one is empty", "2:pids:/a\n1:name=systemd:/b.service\n0::/\n",
		  "/b.service" },
		{ "a controller that is not known", "7:misc:/only/here\n", "/only/here" },
		{ "the last line is not ended", "0::/a", "/a" },
		{ "colons and blanks in the name", "0::/a:b c:d\n", "/a:b c:d" },
		{ "it is deleted", "0::/user.slice/a.scope (deleted)\n", "/user.slice/a.scope" },
		{ "outside the namespace", "0::/../../b.service\n", "/../../b.service" },
		{ "garbage before it", "\n:\n::\n0\n0::\n0::x\n1:pids:/a\n", "/a" },
		{ "garbage", "::\nabc\n", NULL },
		{ "nothing", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = NULL;
		size_t len = 0;
		bool found = cgroup_pick(cases[i].text, strlen(cases[i].text), &path, &len);

		cr_expect_eq(found, cases[i].want != NULL, "%s", cases[i].what);
		if (found && cases[i].want)
			cr_expect(strlen(cases[i].want) == len && memcmp(path, cases[i].want, len) == 0,
			          "%s: %.*s", cases[i].what, (int)len, path);
	}
}

Test(cgroup, unit_and_container)
{
	static const struct { const char *path, *unit, *container; } cases[] = {
		{ "/", "", "" },
		{ "", "", "" },
		{ "/system.slice/nginx.service", "nginx.service", "" },
		{ "/system.slice/system-postgresql.slice/postgresql@15-main.service",
		  "postgresql@15-main.service", "" },
		{ "/system.slice/nginx.service/", "nginx.service", "" },
		{ "/system.slice/ssh.socket", "ssh.socket", "" },
		{ "/system.slice/sys-fs-fuse-connections.mount", "sys-fs-fuse-connections.mount", "" },
		{ "/system.slice/redis.service/control", "redis.service", "" },
		{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo-123.scope",
		  "app-foo-123.scope", "" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope",
		  "vte-spawn-1.scope", "" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-my\\x2dtool-9.scope",
		  "app-gnome-my\\x2dtool-9.scope", "" },
		{ "/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service", "" },
		{ "/init.scope", "init.scope", "" },
		{ "/system.slice/_cpu.service", "cpu.service", "" },
		{ "/system.slice/.service", "", "" },
		{ "/user.slice/user-1000.slice", "", "" },

		{ "/docker/" ID, "", ID12 },
		{ "/system.slice/docker-" ID ".scope", "", ID12 },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope",
		  "user@1000.service", ID12 },
		{ "/docker/" ID "/system.slice/nginx.service", "nginx.service", ID12 },
		{ "/system.slice/docker.service", "docker.service", "" },
		{ "/machine.slice/libpod-" ID ".scope", "", ID12 },
		{ "/machine.slice/libpod-" ID ".scope/container", "", ID12 },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
		  "user@1000.service", ID12 },
		{ "/system.slice/web.service/libpod-payload-" ID, "web.service", ID12 },
		{ "/libpod_parent/libpod-" ID, "", ID12 },
		{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", "" },
		{ "/kubepods.slice/kubepods-burstable.slice/" POD_SLICE "/cri-containerd-" ID ".scope", "", ID12 },
		{ "/kubepods.slice/kubepods-burstable.slice/" POD_SLICE "/crio-" ID ".scope", "", ID12 },
		{ "/kubepods/burstable/" POD "/" ID, "", ID12 },
		{ "/system.slice/containerd.service/" POD_SLICE ":cri-containerd:" ID,
		  "containerd.service", ID12 },
		{ "/kubepods/besteffort/" POD, "", "" },
		{ "/docker/" ID "/kubepods/" POD "/f" ID, "", ID12 },
		{ "/lxc/web", "", "web" },
		{ "/lxc.payload/web", "", "web" },
		{ "/lxc.payload.web/system.slice/nginx.service", "nginx.service", "web" },
		{ "/lxc.monitor.web", "", "" },
		{ "/machine.slice/machine-deb\\x2d12.scope", "machine-deb\\x2d12.scope", "deb-12" },
		{ "/machine.slice/systemd-nspawn@web.service/payload", "systemd-nspawn@web.service", "web" },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dwin.scope", "machine-qemu\\x2d1\\x2dwin.scope", "" },
		{ "/machine.slice/machine-a\\x00\\x1b\\x.scope", "machine-a\\x00\\x1b\\x.scope", "a\\x00\x1b\\x" },
		{ "/docker/4e9a3f", "", "" },
		{ "/docker/4E9A3F0C5B7D1E2F8A6B0C9D7E5F3A1B2C4D6E8F0A1B3C5D7E9F1A2B4C6D8E0F", "", "" },
	};
	char buf[CGROUP_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_expect_eq(cgroup_unit(cases[i].path, buf), strlen(buf));
		cr_expect_str_eq(buf, cases[i].unit, "%s: unit %s", cases[i].path, buf);
		cr_expect_eq(cgroup_container(cases[i].path, buf), strlen(buf));
		cr_expect_str_eq(buf, cases[i].container, "%s: container %s", cases[i].path, buf);
	}
}

Test(cgroup, longest_names_have_room)
{
	char path[1024] = "/lxc/", buf[CGROUP_NAME_SIZE];

	memset(path + 5, 'n', 255);
	cr_expect_eq(cgroup_container(path, buf), 255);
	memset(path + 5, 'n', 600);	/* no folder is that long: it is cut, not followed */
	cr_expect_eq(cgroup_container(path, buf), CGROUP_NAME_SIZE - 1);
}

Test(cgroup, services_of_the_system)
{
	static const struct { const char *path; bool is; } cases[] = {
		{ "/system.slice/nginx.service", true },
		{ "/system.slice/system-postgresql.slice/postgresql@15-main.service", true },
		{ "/lxc.payload.web/system.slice/nginx.service", true },
		{ "/system.slice/docker-" ID ".scope", false },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service", false },
		{ "/user.slice/user-1000.slice/session-3.scope", false },
		{ "/system.slice", false },
		{ "/", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(cgroup_is_system_service(cases[i].path), cases[i].is, "%s", cases[i].path);
}
