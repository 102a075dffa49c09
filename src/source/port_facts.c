/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/port_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/host.h"

#define RESERVED_FILE     "sys/net/ipv4/ip_local_reserved_ports"	/* for IPv6 too */
#define UNPRIVILEGED_FILE "sys/net/ipv4/ip_unprivileged_port_start"	/* for IPv6 too */

/* Every other port is the longest list: 32768 numbers of five digits, each with a comma. */
#define RESERVED_SIZE (32768 * 6 + 2)

/*
 * A whole file in one read: proc_do_large_bitmap() has nothing more to say to a
 * second one. Returns text to free, or NULL.
 */
static char *
read_file(int proc_fd, const char *path, size_t size)
{
	int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	text = mem_new(size + 1);
	n = read(fd, text, size);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
reserve(struct port_facts *f, unsigned long lo, unsigned long hi)
{
	for (unsigned long port = lo; port <= hi && port <= UINT16_MAX; port++)
		f->reserved[port / 8] |= (uint8_t)(1u << port % 8);
}

void
port_facts_parse_reserved(struct port_facts *f, const char *list)
{
	char *end;

	while (*list >= '0' && *list <= '9') {
		unsigned long lo = strtoul(list, &end, 10), hi = lo;

		if (*end == '-')
			hi = strtoul(end + 1, &end, 10);
		reserve(f, lo, hi);
		list = *end == ',' ? end + 1 : end;
	}
}

void
port_facts_read(struct port_facts *f, int proc_fd)
{
	char *reserved = read_file(proc_fd, RESERVED_FILE, RESERVED_SIZE);
	char *start = read_file(proc_fd, UNPRIVILEGED_FILE, 32);

	memset(f, 0, sizeof *f);
	host_port_range(proc_fd, &f->eph_lo, &f->eph_hi);
	if (reserved)
		port_facts_parse_reserved(f, reserved);
	if (start)
		f->unprivileged_start = (uint32_t)strtoul(start, NULL, 10);
	free(reserved);
	free(start);
}

bool
port_facts_ephemeral(const struct port_facts *f, uint16_t port)
{
	return f->eph_lo > 0 && port >= f->eph_lo && port <= f->eph_hi;
}

bool
port_facts_reserved(const struct port_facts *f, uint16_t port)
{
	return f->reserved[port / 8] >> port % 8 & 1;
}
