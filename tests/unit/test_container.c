/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The name of a container from the file that Docker keeps of it. */

#include <criterion/criterion.h>

#include "act/container.h"
#include "base/util.h"
#include "unit/tree.h"

/* As Docker 24 writes it, shortened: there are other names, and braces and quotes in strings. */
static const char web[] =
	"{\"StreamConfig\":{},\"State\":{\"Running\":true,\"Pid\":4242},\"ID\":\"0123abcd\","
	"\"Args\":[\"-g\",\"daemon off; } \\\"Name\\\":\\\"/no\\\"\"],"
	"\"Config\":{\"Hostname\":\"0123abcd\",\"Labels\":{\"Name\":\"/label\"}},"
	"\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"8080\"}]},"
	"\"Networks\":{\"bridge\":{\"IPAddress\":\"172.17.0.2\",\"GlobalIPv6Address\":\"fd00::2\"}}},"
	"\"MountPoints\":{\"/data\":{\"Name\":\"volume\"}},"
	"\"Name\" : \"/web\",\"Driver\":\"overlay2\"}";

Test(container, is_named_by_the_outermost_object)
{
	static const struct { const char *ip, *want; } cases[] = {
		{ "172.17.0.2", "web" }, { "fd00::2", "web" }, { "172.17.0.20", NULL }, { "172.17.0", NULL },
		{ "0.0.0.0", NULL },
	};
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool found = container_scan(web, strlen(web), cases[i].ip, name, sizeof name);

		cr_expect_eq(found, cases[i].want != NULL, "%s", cases[i].ip);
		if (found)
			cr_expect_str_eq(name, cases[i].want);
	}
}

Test(container, a_name_that_docker_would_not_give_is_none)
{
	static const char *const names[] = {
		"web", "/", "", "/a b", "/a;b", "/-f", "/\\u001b[31m", "/a/b", "/$(reboot)",
	};
	char json[256], name[16];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(json, sizeof json, "{\"N\":{\"IPAddress\":\"10.0.0.1\"},\"Name\":\"%s\"}", names[i]);
		cr_expect_not(container_scan(json, strlen(json), "10.0.0.1", name, sizeof name), "%s", json);
	}
	snprintf(json, sizeof json, "{\"N\":{\"IPAddress\":\"10.0.0.1\"},\"Name\":\"/%s\"}",
	         "sixteen-bytes-it-");
	cr_expect_not(container_scan(json, strlen(json), "10.0.0.1", name, sizeof name), "no room");
}

Test(container, a_text_that_is_cut_anywhere_is_survived)
{
	char name[64], *copy;

	for (size_t len = 0; len < sizeof web; len++) {
		copy = malloc(len + 1);	/* so that a sanitizer sees a byte too many */
		memcpy(copy, web, len);
		copy = realloc(copy, len ? len : 1);
		container_scan(copy, len, "172.17.0.2", name, sizeof name);
		free(copy);
	}
	cr_expect_not(container_scan("", 0, "", name, sizeof name));
	cr_expect_not(container_scan("}]\"\\", 4, "", name, sizeof name));
}

Test(container, is_looked_for_among_all)
{
	struct tree t;
	char name[64];

	tree_init(&t);
	cr_expect_not(container_name_of_ip(t.path, "172.17.0.2", name, sizeof name));
	tree_text(&t, "var/lib/docker/containers/1/config.v2.json",
	          "{\"N\":{\"IPAddress\":\"172.17.0.3\"},\"Name\":\"/db\"}");
	tree_dirs(&t, "var/lib/docker/containers/2/");
	tree_fifo(&t, "var/lib/docker/containers/3/config.v2.json");
	tree_text(&t, "var/lib/docker/containers/4/config.v2.json", web);
	cr_assert(container_name_of_ip(t.path, "172.17.0.2", name, sizeof name));
	cr_expect_str_eq(name, "web");
	cr_assert(container_name_of_ip(t.path, "172.17.0.3", name, sizeof name));
	cr_expect_str_eq(name, "db");
	cr_expect_not(container_name_of_ip(t.path, "172.17.0.4", name, sizeof name));
	tree_done(&t);
}
