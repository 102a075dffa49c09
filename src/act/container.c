/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the reading of /var/lib/docker/containers/ID/config.v2.json (moby, container/container.go):
 * "Name" of the outermost object is "/web"; "IPAddress" and "GlobalIPv6Address" of each network
 * below NetworkSettings are empty while it does not run. Two texts of a file that Docker
 * wrote are all that is wanted, so strings and braces are looked at and nothing else.
 */

#include "act/container.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define CONTAINERS_MAX 4096
#define CONFIG_MAX     (256u * 1024)	/* bytes; those of real ones are a few thousand */

struct scan {
	const char *at, *end;
	unsigned    depth;
};

struct slice {
	const char *s;
	size_t      len;
};

/* From behind a quote to the next that is not escaped. False at the end of the text. */
static bool
scan_string(struct scan *scan, struct slice *ret)
{
	ret->s = scan->at;
	for (; scan->at < scan->end && *scan->at != '"'; scan->at++)
		if (*scan->at == '\\' && scan->at + 1 < scan->end)
			scan->at++;
	if (scan->at == scan->end)
		return false;
	ret->len = (size_t)(scan->at++ - ret->s);
	return true;
}

static void
skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
		scan->at++;
}

/* The next string that is the value of a key, and the key. */
static bool
scan_pair(struct scan *scan, struct slice *key, struct slice *value)
{
	while (scan->at < scan->end) {
		char c = *scan->at++;

		if (c == '{' || c == '[')
			scan->depth++;
		else if ((c == '}' || c == ']') && scan->depth > 0)
			scan->depth--;
		if (c != '"')
			continue;
		if (!scan_string(scan, key))
			return false;
		skip_blanks(scan);
		if (scan->at == scan->end || *scan->at != ':')
			continue;
		scan->at++;
		skip_blanks(scan);
		if (scan->at == scan->end || *scan->at != '"')
			continue;
		scan->at++;
		return scan_string(scan, value);
	}
	return false;
}

static bool
slice_is(const struct slice *slice, const char *s)
{
	return strlen(s) == slice->len && memcmp(slice->s, s, slice->len) == 0;
}

/* Docker's own rule for names, so that what is shown can be typed as it is. */
static bool
take_name(const struct slice *v, char *ret, size_t size)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t len = v->len;

	if (len < 2 || len > size || v->s[0] != '/' || v->s[1] == '-')
		return false;
	memcpy(ret, v->s + 1, len - 1);
	ret[len - 1] = '\0';
	return strspn(ret, good) == len - 1;
}

bool
container_scan(const char *json, size_t len, const char *ip, char *ret, size_t size)
{
	struct scan scan = { .at = json, .end = json + len };
	struct slice key, value;
	bool has_ip = false, has_name = false;

	while (!(has_ip && has_name) && scan_pair(&scan, &key, &value)) {
		if (slice_is(&key, "IPAddress") || slice_is(&key, "GlobalIPv6Address"))
			has_ip |= slice_is(&value, ip);
		else if (scan.depth == 1 && slice_is(&key, "Name"))
			has_name = take_name(&value, ret, size);
	}
	return has_ip && has_name;
}

/* ---- files ---- */

/* Returns how many bytes were read, 0 where none can be. */
static size_t
read_config(int dir, const char *id, char *buf)
{
	char path[NAME_MAX + sizeof "/config.v2.json"];
	struct stat st;
	ssize_t n = 0;
	size_t len = 0;
	int fd;

	snprintf(path, sizeof path, "%s/config.v2.json", id);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while (len < CONFIG_MAX && (n = read(fd, buf + len, CONFIG_MAX - len)) > 0)
			len += (size_t)n;
	close(fd);
	return len;
}

bool
container_name_of_ip(const char *root, const char *ip, char *ret, size_t size)
{
	char path[PATH_MAX];
	DIR *dir;
	struct dirent *e;
	bool found = false;
	char *buf;

	if ((size_t)snprintf(path, sizeof path, "%s/var/lib/docker/containers", root) >= sizeof path)
		return false;
	dir = opendir(path);
	if (!dir)
		return false;
	buf = mem_new(CONFIG_MAX);
	for (size_t n = 0; !found && n < CONTAINERS_MAX && (e = readdir(dir)); n++)
		if (e->d_name[0] != '.')
			found = container_scan(buf, read_config(dirfd(dir), e->d_name, buf), ip, ret, size);
	closedir(dir);
	free(buf);
	return found;
}
