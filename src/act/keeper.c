/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns keepers[]: how a keeper is told by its name and arguments, and where its name for the rest is. */

#include "act/keeper.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "act/container.h"
#include "base/util.h"
#include "model/cgroup.h"

/* ---- arguments ---- */

static const char *
next_arg(const struct task *task, const char *arg)
{
	const char *next = arg ? arg + strlen(arg) + 1 : task->argv;

	return task->argv && next < task->argv + task->argv_len ? next : NULL;
}

/* The value of -name VALUE, --name VALUE, -name=VALUE or --name=VALUE, as Go reads flags; or NULL. */
static const char *
flag_value(const struct task *task, const char *name)
{
	size_t len = strlen(name);

	for (const char *arg = next_arg(task, NULL); arg; arg = next_arg(task, arg)) {
		const char *word = arg + strspn(arg, "-");

		if (word == arg || word > arg + 2 || strncmp(word, name, len) != 0)
			continue;
		if (word[len] == '=')
			return word + len + 1;
		if (word[len] == '\0')
			return next_arg(task, arg);
	}
	return NULL;
}

static bool
has_flag(const struct task *task, const char *flag)
{
	for (const char *arg = next_arg(task, NULL); arg; arg = next_arg(task, arg))
		if (strcmp(arg, flag) == 0)
			return true;
	return false;
}

/* ---- systemd ---- */

/* What a socket unit listens on, as far as it is looked for. */
struct listening {
	const struct sock *sock;
	char               instance[KEEPER_NAME_SIZE];	/* what %i stands for */
	bool               matches;
	char               service[KEEPER_NAME_SIZE];
};

static bool
port_is(const struct sock *s, const char *word, size_t len)
{
	uint64_t port;

	return text_to_uint(word, len, UINT16_MAX, &port) == 0 && port == s->local.port;
}

/*
 * systemd.socket(5): "80" is [::]:80, or 0.0.0.0:80 on a machine without IPv6;
 * "127.0.0.1:80"; "[::1]:80", perhaps with a zone behind. All else is no port.
 */
static bool
address_matches(const struct sock *s, const char *value)
{
	const char *colon = strrchr(value, ':'), *host = value;
	size_t len = colon ? (size_t)(colon - value) : 0;
	uint8_t addr[16];

	if (!colon)
		return addr_is_any(s->local.addr) && port_is(s, value, strlen(value));
	if (*host == '[') {
		const char *close = memchr(host, ']', len);

		if (!close || close + 1 != colon)
			return false;
		host++;
		len = (size_t)(close - host);
	}
	return addr_parse(host, len, addr) == 0 && memcmp(addr, s->local.addr, sizeof addr) == 0 &&
	       port_is(s, colon + 1, strcspn(colon + 1, "%"));
}

/* %i and %I are the only specifiers that make an address. */
static void
expand(const struct listening *l, const char *value, struct text *t)
{
	for (; *value; value++) {
		if (value[0] == '%' && strchr("iI", value[1]) && value[1]) {
			text_add(t, l->instance);
			value++;
		} else {
			text_addc(t, *value);
		}
	}
}

/* An empty value takes back all addresses before it, whichever of the keys gave them. */
static void
take_listen(struct listening *l, const char *key, const char *value)
{
	static const char *const keys[PROTO_COUNT] = {
		[PROTO_TCP] = "ListenStream", [PROTO_UDP] = "ListenDatagram",
	};
	struct text t;

	if (*value == '\0') {
		l->matches = false;
		return;
	}
	if (strcmp(key, keys[l->sock->proto]) != 0)
		return;
	text_init(&t);
	expand(l, value, &t);
	l->matches |= address_matches(l->sock, text_str(&t));
	text_done(&t);
}

static void
take_socket_line(void *arg, const char *section, const char *key, const char *value)
{
	struct listening *l = arg;

	if (strcmp(section, "Socket") != 0)
		return;
	if (strncmp(key, "Listen", strlen("Listen")) == 0)
		take_listen(l, key, value);
	else if (strcmp(key, "Service") == 0)
		snprintf(l->service, sizeof l->service, "%s", value);
}

/* Service=, or by default the service of the same name. */
static void
name_service(struct keeper *k, const char *socket_unit, const char *service)
{
	size_t base = strlen(socket_unit) - strlen(".socket");

	if (*service)
		snprintf(k->service, sizeof k->service, "%s", service);
	else
		snprintf(k->service, sizeof k->service, "%.*s.service", (int)MIN(base, KEEPER_NAME_SIZE - 9),
		         socket_unit);
}

/* A name that systemd itself would take, so that it can be shown and typed as it is. */
static bool
is_sound_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                           ":-_.\\@";

	return strlen(name) < KEEPER_NAME_SIZE && name[strspn(name, good)] == '\0';
}

/* Units that listen on the address by their files, and those of them that run. */
struct candidates {
	size_t all;
	size_t active;
};

/* Returns whether it is the best so far: one that runs comes before one that only has a file. */
static bool
is_better(struct candidates *c, bool active)
{
	c->all++;
	c->active += active;
	return active ? c->active == 1 : c->all == 1;
}

static void
take_unit(struct keeper *k, const struct unit_manager *m, const struct sock *s, const char *name,
          struct candidates *c)
{
	struct listening l = { .sock = s };

	if (!is_sound_name(name))
		return;
	unit_instance(name, l.instance, sizeof l.instance);
	if (unit_read(m, name, take_socket_line, &l) < 0 || !l.matches ||
	    !is_better(c, unit_is_active(m, name)))
		return;
	snprintf(k->name, sizeof k->name, "%s", name);
	if (s->nowners > 1 && is_sound_name(l.service))
		name_service(k, name, l.service);
}

static struct unit_manager
manager_of(const char *root, const struct task *task, bool user)
{
	struct unit_manager m = { .root = root, .user = user, .uid = task->uid };
	const struct passwd *pw = user && task->has & TASK_HAS_UID ? getpwuid(task->uid) : NULL;

	m.home = pw ? pw->pw_dir : NULL;
	return m;
}

static bool
is_user_manager(const struct task *task)
{
	return task->pid != 1 && has_flag(task, "--user");
}

static void
find_systemd(const char *root, const struct task *task, const struct sock *s, struct keeper *k)
{
	struct candidates c = { .all = 0 };
	struct unit_manager m;
	char **names;
	size_t n;

	k->user = is_user_manager(task);
	if (k->user ? !(task->has & TASK_HAS_UID) : task->pid != 1)
		return;	/* that of a container: its files are not ours */
	m = manager_of(root, task, k->user);
	n = unit_names(&m, ".socket", &names);
	for (size_t i = 0; i < n; i++)
		take_unit(k, &m, s, names[i], &c);
	unit_names_free(names, n);
	if (c.active != 1 && c.all != 1)
		k->name[0] = k->service[0] = '\0';
}

/* ---- containers ---- */

static void
find_docker(const char *root, const struct task *task, const struct sock *s, struct keeper *k)
{
	const char *ip = flag_value(task, "container-ip");

	(void)s;
	if (ip && !container_name_of_ip(root, ip, k->name, sizeof k->name))
		k->name[0] = '\0';
}

/* conmon(8) is told the name of its container with -n, and holds the ports that it publishes. */
static void
find_podman(const char *root, const struct task *task, const struct sock *s, struct keeper *k)
{
	const char *name = flag_value(task, "n");

	(void)root;
	(void)s;
	if (name && *name && *name != '-' && is_sound_name(name))
		snprintf(k->name, sizeof k->name, "%s", name);
}

/* ---- all of them ---- */

/* Names as the kernel cuts them, to 15 bytes. */
static const struct {
	const char      *comm;
	enum keeper_kind kind;
	void           (*find)(const char *root, const struct task *task, const struct sock *s,
	                       struct keeper *k);
} keepers[] = {
	{ "systemd", KEEPER_SYSTEMD, find_systemd },
	{ "docker-proxy", KEEPER_DOCKER, find_docker },
	{ "rootlesskit", KEEPER_DOCKER, NULL },
	{ "conmon", KEEPER_PODMAN, find_podman },
	{ "rootlessport", KEEPER_PODMAN, NULL },
};

bool
keeper_find(const char *root, const struct task *task, const struct sock *s, struct keeper *ret)
{
	*ret = (struct keeper){ .kind = KEEPER_NONE, .port = s->local.port };
	for (size_t i = 0; i < ARRAY_SIZE(keepers); i++) {
		if (strcmp(task->comm, keepers[i].comm) != 0)
			continue;
		ret->kind = keepers[i].kind;
		if (keepers[i].find)
			keepers[i].find(root, task, s, ret);
		return true;
	}
	return false;
}

bool
keeper_is_named(const struct keeper *k)
{
	return k->name[0] != '\0';
}

/* systemd escapes as foo\x2dbar, and a shell would take the backslash away. */
static void
add_unit(struct text *t, const char *name)
{
	const char *quote = strchr(name, '\\') ? "'" : "";

	text_addf(t, " %s%s%s", quote, name, quote);
}

static void
add_systemctl(struct text *t, const struct keeper *k)
{
	text_addf(t, "systemctl%s", k->user ? " --user" : "");
	if (!keeper_is_named(k)) {
		text_add(t, " list-sockets");
		return;
	}
	text_add(t, " stop");
	add_unit(t, k->name);
	if (k->service[0])
		add_unit(t, k->service);
}

static void
add_docker(struct text *t, const struct keeper *k)
{
	if (keeper_is_named(k))
		text_addf(t, "docker stop %s", k->name);
	else
		text_addf(t, "docker ps --filter publish=%u", k->port);
}

static void
add_podman(struct text *t, const struct keeper *k)
{
	if (keeper_is_named(k))
		text_addf(t, "podman stop %s", k->name);
	else
		text_add(t, "podman ps");
}

void
keeper_add_command(struct text *t, const struct keeper *k)
{
	static void (*const adds[KEEPER_KINDS])(struct text *t, const struct keeper *k) = {
		[KEEPER_SYSTEMD] = add_systemctl,
		[KEEPER_DOCKER]  = add_docker,
		[KEEPER_PODMAN]  = add_podman,
	};

	if (adds[k->kind])
		adds[k->kind](t, k);
}

/* ---- what is started again ---- */

/* A user's manager, and all that it starts, is below user@UID.service of the system. */
bool
restarter_find(const char *root, const struct task *task, struct restarter *ret)
{
	char unit[CGROUP_NAME_SIZE];
	struct unit_manager m;

	*ret = (struct restarter){ .user = false };
	if (!task->cgroup || cgroup_unit(task->cgroup, unit) == 0 || !is_sound_name(unit))
		return false;
	ret->user = strstr(task->cgroup, "/user@") != NULL;
	snprintf(ret->unit, sizeof ret->unit, "%s", unit);
	m = manager_of(root, task, ret->user);
	return unit_restart(&m, unit, ret->how, sizeof ret->how);
}

void
restarter_add_command(struct text *t, const struct restarter *r)
{
	text_addf(t, "systemctl%s stop", r->user ? " --user" : "");
	add_unit(t, r->unit);
}
