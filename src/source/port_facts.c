/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/port_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define SYSCTL     "sys/net/ipv4/"
#define PORT_COUNT 65536u

/* No set is longer than that of two in three ports: "10000-10001,10003-10004,". */
#define SET_TEXT_MAX (PORT_COUNT / 3 * 12 + 12)

/* ---- text ---- */

static int
read_set_port(const char *s, size_t len, uint32_t *ret)
{
	uint64_t n;

	if (text_to_uint(s, len, PORT_COUNT - 1, &n) < 0)
		return -EBADMSG;
	*ret = (uint32_t)n;
	return 0;
}

/* "80" or "100-200". */
static int
parse_piece(const char *s, size_t len, uint8_t set[PORT_SET_SIZE])
{
	const char *dash = memchr(s, '-', len);
	size_t first = dash ? (size_t)(dash - s) : len;
	uint32_t lo, hi;

	if (read_set_port(s, first, &lo) < 0)
		return -EBADMSG;
	hi = lo;
	if (dash && read_set_port(dash + 1, len - first - 1, &hi) < 0)
		return -EBADMSG;
	if (lo > hi)
		return -EBADMSG;
	for (uint32_t port = lo; port <= hi; port++)
		set[port / 8] |= (uint8_t)(1u << port % 8);
	return 0;
}

int
port_set_parse(const char *s, size_t len, uint8_t set[PORT_SET_SIZE])
{
	uint8_t made[PORT_SET_SIZE] = { 0 };
	size_t at = 0;

	if (len > 0 && s[len - 1] == '\n')
		len--;
	while (at < len) {
		const char *comma = memchr(s + at, ',', len - at);
		size_t piece = comma ? (size_t)(comma - s) - at : len - at;

		if (parse_piece(s + at, piece, made) < 0)
			return -EBADMSG;
		at += piece + (comma != NULL);
		if (comma && at == len)
			return -EBADMSG;
	}
	memcpy(set, made, sizeof made);
	return 0;
}

/* ---- files ---- */

/*
 * One read(2): a sysctl answers only one that begins at its start, so what does
 * not fit is lost (proc_do_large_bitmap() of kernel/sysctl.c). Returns the bytes
 * read, behind which buf has a NUL, or -errno.
 */
static ssize_t
read_sysctl(int proc_fd, const char *path, char *buf, size_t size)
{
	int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

bool
port_facts_read_ephemeral(int proc_fd, uint16_t *lo, uint16_t *hi)
{
	char buf[32];
	unsigned from, to;

	if (read_sysctl(proc_fd, SYSCTL "ip_local_port_range", buf, sizeof buf) <= 0 ||
	    sscanf(buf, "%5u %5u", &from, &to) != 2)
		return false;
	if (from == 0 || from > to || to >= PORT_COUNT)
		return false;
	*lo = (uint16_t)from;
	*hi = (uint16_t)to;
	return true;
}

static bool
read_privileged(int proc_fd, uint32_t *start)
{
	char buf[32];
	uint64_t n;

	if (read_sysctl(proc_fd, SYSCTL "ip_unprivileged_port_start", buf, sizeof buf) <= 0 ||
	    text_to_uint(buf, strcspn(buf, "\n"), PORT_COUNT, &n) < 0)
		return false;
	*start = (uint32_t)n;
	return true;
}

static bool
read_reserved(int proc_fd, uint8_t set[PORT_SET_SIZE])
{
	char *buf = mem_new(SET_TEXT_MAX + 1);
	ssize_t n = read_sysctl(proc_fd, SYSCTL "ip_local_reserved_ports", buf, SET_TEXT_MAX + 1);
	bool good = n >= 0 && port_set_parse(buf, (size_t)n, set) == 0;

	free(buf);
	return good;
}

void
port_facts_read(const char *proc_root, struct port_facts *ret)
{
	int proc_fd = open(proc_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*ret = (struct port_facts){ 0 };
	if (proc_fd < 0)
		return;
	if (port_facts_read_ephemeral(proc_fd, &ret->eph_lo, &ret->eph_hi))
		ret->has |= PORT_HAS_EPHEMERAL;
	if (read_privileged(proc_fd, &ret->unprivileged_start))
		ret->has |= PORT_HAS_PRIVILEGED;
	if (read_reserved(proc_fd, ret->reserved))
		ret->has |= PORT_HAS_RESERVED;
	close(proc_fd);
}

/* ---- answers ---- */

bool
port_facts_ephemeral(const struct port_facts *f, uint16_t port)
{
	return f->has & PORT_HAS_EPHEMERAL && port >= f->eph_lo && port <= f->eph_hi;
}

bool
port_facts_privileged(const struct port_facts *f, uint16_t port)
{
	return f->has & PORT_HAS_PRIVILEGED && port < f->unprivileged_start;
}

bool
port_facts_reserved(const struct port_facts *f, uint16_t port)
{
	return f->has & PORT_HAS_RESERVED && f->reserved[port / 8] >> port % 8 & 1;
}
