/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The text tables of /proc/net (proc(5), Documentation/networking/proc_net_tcp.rst).
 * A line is words between blanks:
 *
 *	0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1540 …
 *	sl local         remote        st send     receive  tr when     retrnsmt uid timeout inode
 *
 * Behind the inode come a reference count and a kernel address, and for UDP the
 * datagrams dropped; for TCP they are other things in other states.
 */

#include "source/procnet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "source/diag_parse.h"
#include "source/source.h"

/* Where each word stands. Not counted: what nobody uses. */
enum { W_LOCAL = 1, W_REMOTE, W_STATE, W_QUEUES, W_UID = 7, W_INODE = 9, W_DROPS = 12, W_COUNT };

struct word {
	const char *s;
	size_t      len;
};

static const struct table {
	unsigned    want;
	uint8_t     proto;
	uint8_t     family;
	const char *path;
} tables[] = {
	{ SOURCE_TCP | SOURCE_IPV4, PROTO_TCP, 4, "net/tcp" },
	{ SOURCE_TCP | SOURCE_IPV6, PROTO_TCP, 6, "net/tcp6" },
	{ SOURCE_UDP | SOURCE_IPV4, PROTO_UDP, 4, "net/udp" },
	{ SOURCE_UDP | SOURCE_IPV6, PROTO_UDP, 6, "net/udp6" },
};

static size_t
split(const char *line, size_t len, struct word words[W_COUNT])
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < W_COUNT; ) {
		size_t from = i;

		while (i < len && line[i] != ' ' && line[i] != '\n')
			i++;
		if (i > from)
			words[n++] = (struct word){ line + from, i - from };
		else
			i++;
	}
	return n;
}

/* Reads exactly len hexadecimal digits. */
static bool
hex(const char *s, size_t len, uint32_t *ret)
{
	static const char digits[] = "0123456789ABCDEF0123456789abcdef";
	uint32_t v = 0;

	for (size_t i = 0; i < len; i++) {
		const char *d = s[i] ? strchr(digits, s[i]) : NULL;

		if (!d)
			return false;
		v = v << 4 | (uint32_t)((d - digits) & 15);
	}
	*ret = v;
	return true;
}

/*
 * An address is printed as 32-bit words in the byte order of the machine
 * (tcp4_seq_show(): "%08X" of a __be32), so that the words in memory are what
 * the network order asks for.
 */
static bool
parse_endpoint(struct word w, unsigned family, struct endpoint *ret)
{
	size_t words = family == 4 ? 1 : 4;
	uint32_t addr[4], port;

	if (w.len != words * 8 + 5 || w.s[words * 8] != ':')
		return false;
	for (size_t i = 0; i < words; i++)
		if (!hex(w.s + i * 8, 8, &addr[i]))
			return false;
	if (!hex(w.s + words * 8 + 1, 4, &port))
		return false;
	if (family == 4)
		addr_from_v4(ret->addr, addr);
	else
		memcpy(ret->addr, addr, sizeof ret->addr);
	ret->port = (uint16_t)port;
	return true;
}

static bool
parse_number(struct word w, uint64_t max, uint64_t *ret)
{
	return text_to_uint(w.s, w.len, max, ret) == 0;
}

static bool
parse_queues(struct word w, struct sock *s)
{
	return w.len == 17 && w.s[8] == ':' &&
	       hex(w.s, 8, &s->wqueue) && hex(w.s + 9, 8, &s->rqueue);
}

/* The receive queue of a listener is its accept queue; the limit is not told, so neither is. */
static void
forget_backlog(struct sock *s)
{
	if (s->state == STATE_LISTEN)
		s->has &= ~SOCK_HAS_QUEUE;
}

int
procnet_parse_line(const char *line, size_t len, enum sock_proto proto, unsigned family,
		   struct sock_alone *ret)
{
	struct word w[W_COUNT];
	struct sock s = { .proto = (uint8_t)proto, .family = (uint8_t)family };
	size_t n = split(line, len, w);
	uint64_t uid, inode, drops = 0;
	uint32_t state;

	if (n <= W_INODE || w[W_STATE].len != 2 || !hex(w[W_STATE].s, 2, &state) ||
	    !parse_endpoint(w[W_LOCAL], family, &s.local) ||
	    !parse_endpoint(w[W_REMOTE], family, &s.remote) ||
	    !parse_queues(w[W_QUEUES], &s) || !parse_number(w[W_UID], UINT32_MAX, &uid) ||
	    !parse_number(w[W_INODE], UINT32_MAX, &inode))
		return -EBADMSG;
	s.uid = (uint32_t)uid;
	s.inode = (uint32_t)inode;
	if (diag_set_state(&s, state) < 0)
		return -EBADMSG;
	forget_backlog(&s);
	if (proto == PROTO_UDP && n > W_DROPS && parse_number(w[W_DROPS], UINT32_MAX, &drops))
		s.has |= SOCK_HAS_DROPS;
	*ret = (struct sock_alone){ s, { .drops = (uint32_t)drops } };
	ret->sock.info = s.has & SOCK_HAS_DROPS ? &ret->info : NULL;
	return 0;
}

static FILE *
open_table(int proc_fd, const char *path)
{
	int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

/* A line that cannot be read is passed over: the first is the header. */
static int
read_table(int proc_fd, const struct table *t, struct snapshot *into)
{
	FILE *f = open_table(proc_fd, t->path);
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int r;

	if (!f)
		return -errno;
	while ((len = getline(&line, &size, f)) >= 0) {
		struct sock_alone s;

		if (procnet_parse_line(line, (size_t)len, t->proto, t->family, &s) == 0)
			snapshot_add(into, &s.sock);
	}
	r = ferror(f) ? -EIO : 0;
	free(line);
	fclose(f);
	return r;
}

int
procnet_read(int proc_fd, unsigned want, struct snapshot *into)
{
	bool read = false;
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct table *t = &tables[i];
		int r;

		if ((want & t->want) != t->want)
			continue;
		r = read_table(proc_fd, t, into);
		if (r == 0)
			read = true;
		else
			err = r;
		if (r == 0 || r == -ENOENT)	/* no such protocol, as with IPv6 off */
			continue;
		snapshot_short(into, &(struct shortfall){ .kind = SHORT_DUMP, .proto = t->proto,
							  .family = t->family, .err = -r });
	}
	return read ? 0 : err;
}
