/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the patterns by which service and container managers name control groups, as seen
 * with systemd, Docker, Podman, containerd, CRI-O, Kubernetes, LXC, Incus and systemd-nspawn.
 */

#include "model/cgroup.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/util.h"

#define ID_DIGITS   64	/* of a container's id */
#define ID_SHOWN    12	/* as `docker ps` does */

struct slice {
	const char *s;
	size_t      len;
};

static bool
is(struct slice a, const char *b)
{
	return a.len == strlen(b) && memcmp(a.s, b, a.len) == 0;
}

static bool
begins_with(struct slice a, const char *b)
{
	size_t len = strlen(b);

	return a.len >= len && memcmp(a.s, b, len) == 0;
}

static bool
ends_with(struct slice a, const char *b)
{
	size_t len = strlen(b);

	return a.len >= len && memcmp(a.s + a.len - len, b, len) == 0;
}

static const char *
copy_string(struct arena *a, const char *s)
{
	return s ? arena_copy(a, s, strlen(s)) : NULL;
}

const struct cgroup *
cgroup_copy(struct arena *a, const struct cgroup *from)
{
	struct cgroup *c;

	if (!from)
		return NULL;
	c = arena_alloc(a, sizeof *c);
	c->path      = copy_string(a, from->path);
	c->unit      = copy_string(a, from->unit);
	c->container = copy_string(a, from->container);
	return c;
}

/* ---- /proc/PID/cgroup ---- */

/* Hierarchies by how much they say, the best first. "" is the unified one. */
static const char *const hierarchies[] = { "", "name=systemd", "pids", "memory", "cpu,cpuacct",
	"cpu", "devices" };

/* Lower is better. What leads to the root alone is worse than all that leads elsewhere. */
static size_t
rank_of(struct slice controllers, struct slice path)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(hierarchies) && !is(controllers, hierarchies[i]))
		i++;
	return path.len > 1 ? i : ARRAY_SIZE(hierarchies) + 1;
}

/* A line is "7:pids:/user.slice"; a path may have colons in it. */
static bool
split_line(struct slice line, struct slice *controllers, struct slice *path)
{
	static const char gone[] = " (deleted)";
	const char *first = memchr(line.s, ':', line.len);
	const char *end = line.s + line.len;
	const char *second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;

	if (!second || second + 1 == end || second[1] != '/')
		return false;
	*controllers = (struct slice){ first + 1, (size_t)(second - first - 1) };
	*path = (struct slice){ second + 1, (size_t)(end - second - 1) };
	if (ends_with(*path, gone))
		path->len -= sizeof gone - 1;
	return true;
}

bool
cgroup_pick(const char *text, size_t len, const char **path, size_t *path_len)
{
	size_t best = SIZE_MAX;

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		struct slice line = { text, end ? (size_t)(end - text) : len }, controllers, found;

		text += line.len + (end != NULL);
		len -= line.len + (end != NULL);
		if (!split_line(line, &controllers, &found) || rank_of(controllers, found) >= best)
			continue;
		best = rank_of(controllers, found);
		*path = found.s;
		*path_len = found.len;
	}
	return best != SIZE_MAX;
}

/* ---- paths ---- */

/* The folder before at, which moves to its beginning; false where there is none. */
static bool
folder_before(const char *path, size_t *at, struct slice *ret)
{
	size_t end = *at, start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	*at = start;
	*ret = (struct slice){ path + start, end - start };
	return end > 0;
}

static size_t
write_name(struct slice name, char ret[CGROUP_NAME_SIZE])
{
	size_t len = MIN(name.len, CGROUP_NAME_SIZE - 1);

	memcpy(ret, name.s, len);
	ret[len] = '\0';
	return len;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool
is_id(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_hex(s.s[i]))
			return false;
	return s.len == ID_DIGITS;
}

/* ---- containers ---- */

enum called { BY_ID, BY_NAME };

/* A folder of a container: what is between `before` and `after` is what it is called. */
static const struct pattern {
	const char *above;	/* the folder that it is in; NULL: any */
	const char *before;
	const char *after;
	enum called called;
} patterns[] = {
	{ NULL, "docker-", ".scope", BY_ID },
	{ NULL, "libpod-", ".scope", BY_ID },
	{ NULL, "libpod-payload-", "", BY_ID },
	{ NULL, "libpod-", "", BY_ID },
	{ NULL, "cri-containerd-", ".scope", BY_ID },
	{ NULL, "crio-", ".scope", BY_ID },
	{ NULL, "crio-", "", BY_ID },
	{ NULL, "nerdctl-", ".scope", BY_ID },
	{ NULL, "", "", BY_ID },	/* /docker/ID, /kubepods/burstable/podUID/ID, … */
	{ "lxc", "", "", BY_NAME },
	{ "lxc.payload", "", "", BY_NAME },
	{ NULL, "lxc.payload.", "", BY_NAME },
	{ "machine.slice", "machine-", ".scope", BY_NAME },
	{ "machine.slice", "systemd-nspawn@", ".service", BY_NAME },
};

/* Virtual machines are in machine.slice, too. */
static bool
is_machine(struct slice name)
{
	return begins_with(name, "qemu-") || begins_with(name, "qemu\\x2d");
}

static bool
fits(const struct pattern *p, struct slice above, struct slice folder, struct slice *ret)
{
	size_t around = strlen(p->before) + strlen(p->after);

	if (p->above && !is(above, p->above))
		return false;
	if (folder.len <= around || !begins_with(folder, p->before) || !ends_with(folder, p->after))
		return false;
	*ret = (struct slice){ folder.s + strlen(p->before), folder.len - around };
	return p->called == BY_ID ? is_id(*ret) : !is_machine(*ret);
}

/* "SLICE:cri-containerd:ID" is one folder, where the runtime does without systemd. */
static struct slice
behind_colons(struct slice folder)
{
	const char *colon = memrchr(folder.s, ':', folder.len);

	if (colon && is_id((struct slice){ colon + 1, folder.len - (size_t)(colon + 1 - folder.s) })) {
		folder.len -= (size_t)(colon + 1 - folder.s);
		folder.s = colon + 1;
	}
	return folder;
}

static const struct pattern *
pattern_of(struct slice above, struct slice folder, struct slice *ret)
{
	folder = behind_colons(folder);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (fits(&patterns[i], above, folder, ret))
			return &patterns[i];
	return NULL;
}

static int
hex_value(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* systemd writes a byte that a unit's name cannot have, and every '-', as "\x2d". */
static size_t
write_decoded(struct slice name, char ret[CGROUP_NAME_SIZE])
{
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < CGROUP_NAME_SIZE - 1; i++) {
		const char *s = name.s + i;

		if (i + 3 < name.len && s[0] == '\\' && s[1] == 'x' && is_hex(s[2]) && is_hex(s[3]) &&
		    (s[2] != '0' || s[3] != '0')) {
			ret[len++] = (char)(hex_value(s[2]) * 16 + hex_value(s[3]));
			i += 3;
		} else {
			ret[len++] = *s;
		}
	}
	ret[len] = '\0';
	return len;
}

size_t
cgroup_container(const char *path, char ret[CGROUP_NAME_SIZE])
{
	size_t at = strlen(path);
	struct slice folder, above, name;

	ret[0] = '\0';
	while (folder_before(path, &at, &folder)) {
		size_t further = at;
		const struct pattern *p;

		folder_before(path, &further, &above);
		p = pattern_of(above, folder, &name);
		if (p && p->called == BY_ID)
			return write_name((struct slice){ name.s, ID_SHOWN }, ret);
		if (p)
			return write_decoded(name, ret);
	}
	return 0;
}

/* ---- units ---- */

static bool
is_unit(struct slice folder)
{
	static const char *const kinds[] = { ".service", ".socket", ".scope", ".mount", ".swap" };
	struct slice any = { "", 0 }, name;
	const struct pattern *p;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (folder.len <= strlen(kinds[i]) || !ends_with(folder, kinds[i]))
			continue;
		p = pattern_of(any, folder, &name);
		return !p || p->called != BY_ID;
	}
	return false;
}

size_t
cgroup_unit(const char *path, char ret[CGROUP_NAME_SIZE])
{
	size_t at = strlen(path);
	struct slice folder, init = { "", 0 };

	while (folder_before(path, &at, &folder)) {
		if (is(folder, "init.scope")) {
			init = folder;
			continue;
		}
		if (!is_unit(folder))
			continue;
		if (folder.s[0] == '_') {	/* what would look like a file of the kernel's */
			folder.s++;
			folder.len--;
		}
		return write_name(folder, ret);
	}
	return write_name(init, ret);
}

bool
cgroup_is_system_service(const char *path)
{
	char unit[CGROUP_NAME_SIZE];
	struct slice name = { unit, cgroup_unit(path, unit) };

	return ends_with(name, ".service") && strstr(path, "/system.slice/");
}
