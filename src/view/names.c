/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the caches of names. A number without a name is kept as well, as an empty
 * string: asking for it again and again is what would be slow.
 */

#include "view/names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

struct names {
	bool         numeric;
	struct arena arena;	/* all strings */
	struct map   users;	/* uid -> name, or its digits */
	struct map   uids;	/* uid -> its digits */
	struct map   services;	/* proto and port -> name */
	struct map   ifaces;	/* ifindex -> name */
};

/* What a database entry may take; 1 MiB is a line that nobody meant. */
#define ENTRY_MIN 1024
#define ENTRY_MAX (1024 * 1024)

/* One try with a buffer of size bytes: 0, ERANGE or another errno. Adds the name that there is. */
typedef int (*lookup_fn)(struct text *t, uint32_t number, char *buf, size_t size);

static int
lookup_user(struct text *t, uint32_t uid, char *buf, size_t size)
{
	struct passwd pw, *found = NULL;
	int r = getpwuid_r(uid, &pw, buf, size, &found);

	if (r == 0 && found)
		text_add(t, found->pw_name);
	return r;
}

static uint32_t
service_key(enum sock_proto proto, uint16_t port)
{
	return (uint32_t)proto << 16 | port;
}

static int
lookup_service(struct text *t, uint32_t key, char *buf, size_t size)
{
	const char *proto = sock_proto_names[key >> 16];
	struct servent se, *found = NULL;
	int r = getservbyport_r(htons((uint16_t)key), proto, &se, buf, size, &found);

	if (r == 0 && found)
		text_add(t, found->s_name);
	return r;
}

static int
lookup_iface(struct text *t, uint32_t ifindex, char *buf, size_t size)
{
	if (size < IF_NAMESIZE)
		return ERANGE;
	if (!if_indextoname(ifindex, buf))
		return errno;
	text_add(t, buf);
	return 0;
}

static int
lookup_digits(struct text *t, uint32_t number, char *buf, size_t size)
{
	(void)buf;
	(void)size;
	text_addf(t, "%u", number);
	return 0;
}

/* Asks with a buffer that grows for as long as the entry does not fit. */
static void
lookup(struct text *t, lookup_fn fn, uint32_t number)
{
	size_t size = ENTRY_MIN;
	char *buf = NULL;
	int r;

	do {
		buf = mem_resize(buf, size, 1);
		r = fn(t, number, buf, size);
		size *= 2;
	} while (r == ERANGE && size <= ENTRY_MAX);
	free(buf);
}

/* The kept name of a number, looked up when it is asked for first; "" for none. */
static const char *
kept(struct names *n, struct map *m, lookup_fn fn, uint32_t number)
{
	char *name = map_get(m, number);
	struct text t;

	if (name)
		return name;
	text_init(&t);
	lookup(&t, fn, number);
	name = arena_copy(&n->arena, text_str(&t), t.len);
	text_done(&t);
	map_put(m, number, name);
	return name;
}

struct names *
names_new(bool numeric)
{
	struct names *n = mem_new(sizeof *n);

	n->numeric = numeric;
	arena_init(&n->arena);
	map_init(&n->users);
	map_init(&n->uids);
	map_init(&n->services);
	map_init(&n->ifaces);
	return n;
}

void
names_free(struct names *n)
{
	if (!n)
		return;
	map_done(&n->users);
	map_done(&n->uids);
	map_done(&n->services);
	map_done(&n->ifaces);
	arena_done(&n->arena);
	free(n);
}

void
names_set_numeric(struct names *n, bool numeric)
{
	n->numeric = numeric;
}

bool
names_numeric(const struct names *n)
{
	return n->numeric;
}

const char *
names_user(struct names *n, uint32_t uid)
{
	const char *name = n->numeric ? "" : kept(n, &n->users, lookup_user, uid);

	return *name ? name : kept(n, &n->uids, lookup_digits, uid);
}

const char *
names_service(struct names *n, enum sock_proto proto, uint16_t port)
{
	const char *name;

	if (n->numeric || port == 0)
		return NULL;
	name = kept(n, &n->services, lookup_service, service_key(proto, port));
	return *name ? name : NULL;
}

const char *
names_iface(struct names *n, uint32_t ifindex)
{
	const char *name = kept(n, &n->ifaces, lookup_iface, ifindex);

	return *name ? name : NULL;
}
