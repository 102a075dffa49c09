/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Processes that hold a port for something else - systemd for a socket unit, docker-proxy for a
 * container - so that to end them ends too much, or helps for a moment; and what is to be
 * stopped in their stead. What it is is read from files: quick, and no call into any daemon.
 */

#ifndef LOTOP_ACT_KEEPER_H
#define LOTOP_ACT_KEEPER_H

#include "act/unit.h"
#include "base/text.h"
#include "model/sock.h"
#include "model/task.h"

enum keeper_kind {
	KEEPER_NONE,		/* it holds the port for itself */
	KEEPER_SYSTEMD,		/* for a .socket unit */
	KEEPER_DOCKER,		/* for a container */
	KEEPER_PODMAN,
	KEEPER_KINDS
};

#define KEEPER_ROOT ""	/* what root is outside of tests */
#define KEEPER_NAME_SIZE 256

struct keeper {
	enum keeper_kind kind;
	bool             user;	/* KEEPER_SYSTEMD: the manager of a user, not of the machine */
	uint16_t         port;	/* as the host sees it */
	char             name[KEEPER_NAME_SIZE];	/* "cups.socket", "web"; "": not found out */
	char             service[KEEPER_NAME_SIZE];	/* started already, and holds the socket too; "" */
};

/*
 * For what does the task hold the socket? root (KEEPER_ROOT) is put before every path that is
 * read. Returns whether it is a keeper at all. A name is only set where exactly one fits.
 */
bool keeper_find(const char *root, const struct task *task, const struct sock *s,
                 struct keeper *ret);

/*
 * Adds the command that frees the port, "systemctl stop cups.socket", to be typed as it is; where
 * the name is not known, the command that finds it, "docker ps --filter publish=8080".
 * keeper_is_named() says which of them.
 */
void keeper_add_command(struct text *t, const struct keeper *k);
bool keeper_is_named(const struct keeper *k);

/* The service that a task belongs to, where systemd starts it again by itself. */
struct restarter {
	char unit[KEEPER_NAME_SIZE];	/* "postgresql@15-main.service" */
	char how[32];			/* what Restart= says: "on-failure", see unit_restart() */
	bool user;			/* of a user's own manager */
};

/* By the control group of the task and the files of its unit. Returns whether there is one. */
bool restarter_find(const char *root, const struct task *task, struct restarter *ret);

/* Adds the command that ends the service for good, "systemctl stop web.service". */
void restarter_add_command(struct text *t, const struct restarter *r);

#endif
