/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns group_fields[]: what all sockets of one process come to. Other rows have none of it. */

#include "base/i18n.h"
#include "view/row.h"

static const struct task *
task_of(const struct row *r)
{
	return r->sum ? r->sum->task : NULL;
}

static void
get_pid(const struct row *r, struct value *v)
{
	const struct task *task = task_of(r);

	if (task)
		*v = value_number(VAL_NUMBER, (uint64_t)task->pid);
}

/* The process's own, which is that of its sockets as a rule, and the one that a person means. */
static void
get_user(const struct row *r, struct value *v)
{
	const struct task *task = task_of(r);

	if (task && task->has & TASK_HAS_UID)
		*v = value_text(names_user(r->env->names, task->uid));
	else if (r->kind == ROW_PROCESS && !task && r->sock->holder == HOLDER_HIDDEN &&
	         r->sock->has & SOCK_HAS_UID)
		*v = value_text(names_user(r->env->names, r->sock->uid));
}

static void
get_app(const struct row *r, struct value *v)
{
	const struct task *task = task_of(r);

	if (task)
		*v = value_text(task_app(task));
}

static void
get_project(const struct row *r, struct value *v)
{
	const struct task *task = task_of(r);

	if (task)
		*v = value_text(task->project);
}

static void
get_listens(const struct row *r, struct value *v)
{
	if (r->sum && r->sum->nports > 0)
		*v = (struct value){ .kind = VAL_PORTS,
		                     .ports = { r->sum->ports, r->sum->nports } };
}

static void
get_conns(const struct row *r, struct value *v)
{
	if (r->kind == ROW_PROCESS)
		*v = value_number(VAL_NUMBER, r->sum->connections);
}

static void
get_rx(const struct row *r, struct value *v)
{
	if (r->sum && r->sum->has_rate)
		*v = value_number(VAL_RATE, r->sum->rx_rate);
}

static void
get_tx(const struct row *r, struct value *v)
{
	if (r->sum && r->sum->has_rate)
		*v = value_number(VAL_RATE, r->sum->tx_rate);
}

#define NUMBER (FIELD_RIGHT | FIELD_OWNERS)
#define SUM    (NUMBER | FIELD_BIG | FIELD_SCOPE)

const struct field group_fields[] = {
	{ "pid", N_("PID"), N_("Process id"),
	  VAL_NUMBER, NUMBER, .get = get_pid },
	{ "user", N_("USER"), N_("User who runs it"),
	  VAL_TEXT, FIELD_OWNERS, .get = get_user },
	{ "app", N_("APP"), N_("What it is"),
	  VAL_TEXT, FIELD_GROW | FIELD_OWNERS, .get = get_app },
	{ "project", N_("PROJECT"), N_("Git work tree, or folder, that it works in"),
	  VAL_TEXT, FIELD_OWNERS, .get = get_project },
	{ "listens", N_("LISTENS"), N_("Ports that it listens on"),
	  VAL_PORTS, FIELD_GROW | FIELD_OWNERS | FIELD_SCOPE, .get = get_listens },
	{ "conns", N_("CONNS"), N_("Connections that it has, in the scope"),
	  VAL_NUMBER, SUM, .get = get_conns },
	{ "rx", N_("RX/s"), N_("Bytes a second that it receives"),
	  VAL_RATE, SUM | FIELD_INFO, .get = get_rx },
	{ "tx", N_("TX/s"), N_("Bytes a second that it sends"),
	  VAL_RATE, SUM | FIELD_INFO, .get = get_tx },
};

const size_t ngroup_fields = ARRAY_SIZE(group_fields);
