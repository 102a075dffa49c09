/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * How a program runs (inet_diag_bc_run() of net/ipv4/inet_diag.c): each operation
 * says yes or no and goes as many bytes forward as its `yes` or `no` says; it
 * accepts who arrives exactly at the end. inet_diag_bc_audit() wants every `yes` to
 * lead to the next operation, and every `no` to one of them, to the end, or 4 bytes
 * behind it, which refuses. Blocks here refuse by leaping to their end + 4:
 *
 *	a and b    a b              the leaps of a are made longer by b
 *	a or b     a JMP(end) b     the leaps of a arrive at b as they are
 *	not a      a JMP(end + 4)   the leaps of a arrive at the end
 */

#include "view/filter_kernel.h"

#include <linux/inet_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "view/filter_priv.h"

/*
 * Far below what a netlink attribute holds: the audit walks the program from its
 * start for each leap. What is longer is not lowered.
 */
#define CODE_MAX 16384

#define OP_SIZE  sizeof(struct inet_diag_bc_op)
#define ALL      UINT32_MAX

enum level {
	LEVEL_NONE,	/* nothing can be said: it accepts all, and has no code */
	LEVEL_WIDER,
	LEVEL_EXACT	/* and what it accepts of one end, it accepts of the other */
};

struct code {
	enum level level;
	uint8_t   *bytes;
	size_t     len;
};

/* ---- blocks ---- */

static void
code_done(struct code *c)
{
	free(c->bytes);
	*c = (struct code){ .level = LEVEL_NONE };
}

static void
append(struct code *c, const void *bytes, size_t len)
{
	c->bytes = mem_resize(c->bytes, c->len + len, 1);
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
}

/* An operation that goes on, or leaps `no` bytes from its own start. */
static void
append_op(struct code *c, unsigned op, size_t size, size_t no)
{
	const struct inet_diag_bc_op o = {
		.code = (unsigned char)op, .yes = (unsigned char)size, .no = (unsigned short)no,
	};

	append(c, &o, sizeof o);
}

static void
append_jump(struct code *c, size_t no)
{
	append_op(c, INET_DIAG_BC_JMP, OP_SIZE, no);
}

/* Makes the leaps that refuse longer. */
static void
extend_leaps(struct code *c, size_t by)
{
	for (size_t at = 0; at < c->len;) {
		struct inet_diag_bc_op *op = (struct inet_diag_bc_op *)(c->bytes + at);

		if (op->no == c->len - at + OP_SIZE)
			op->no = (unsigned short)(op->no + by);
		at += op->yes;
	}
}

/* Both take what is in b. What gets too long says nothing any more. */

static void
code_and(struct code *a, struct code *b)
{
	extend_leaps(a, b->len);
	append(a, b->bytes, b->len);
	a->level = a->level < b->level ? a->level : b->level;
	code_done(b);
	if (a->len > CODE_MAX)
		code_done(a);
}

static void
code_or(struct code *a, struct code *b)
{
	append_jump(a, OP_SIZE + b->len);
	append(a, b->bytes, b->len);
	a->level = a->level < b->level ? a->level : b->level;
	code_done(b);
	if (a->len > CODE_MAX)
		code_done(a);
}

static void
code_not(struct code *a)
{
	append_jump(a, 2 * OP_SIZE);
}

/* ---- places ---- */

enum end { END_LOCAL, END_REMOTE, ENDS };

/* GE and LE, not EQ: that is there since Linux 5.16 alone. */
static const struct { unsigned char ge, le, cond; } ops[ENDS] = {
	[END_LOCAL]  = { INET_DIAG_BC_S_GE, INET_DIAG_BC_S_LE, INET_DIAG_BC_S_COND },
	[END_REMOTE] = { INET_DIAG_BC_D_GE, INET_DIAG_BC_D_LE, INET_DIAG_BC_D_COND },
};

static void
append_bound(struct code *c, unsigned op, uint16_t port)
{
	const struct inet_diag_bc_op arg = { .no = port };

	append_op(c, op, 2 * OP_SIZE, 3 * OP_SIZE);
	append(c, &arg, sizeof arg);
}

static struct code
code_of_range(enum end end, uint64_t lo, uint64_t hi)
{
	struct code c = { .level = LEVEL_EXACT }, le = { .level = LEVEL_EXACT };

	if (lo > hi || lo > UINT16_MAX) {	/* holds nothing */
		append_jump(&c, 2 * OP_SIZE);
		return c;
	}
	append_bound(&c, ops[end].ge, (uint16_t)lo);
	append_bound(&le, ops[end].le, (uint16_t)(hi < UINT16_MAX ? hi : UINT16_MAX));
	code_and(&c, &le);
	return c;
}

/* A prefix of IPv6 addresses that has the mapped ones in it, which are IPv4 to us. */
static bool
has_mapped(const struct filter_place *p)
{
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff };

	return !p->v4 && p->bits <= 96 && addr_in_prefix(mapped, p->addr, p->bits);
}

/* A condition of AF_INET also looks at mapped addresses, which is what we want. */
static struct code
code_of_addr(enum end end, const struct filter_place *p)
{
	struct code c = { .level = has_mapped(p) ? LEVEL_WIDER : LEVEL_EXACT };
	size_t len = p->v4 ? 4 : 16;
	const struct inet_diag_hostcond cond = {
		.family = p->v4 ? AF_INET : AF_INET6,
		.prefix_len = (unsigned char)(p->v4 ? p->bits - 96 : p->bits),
		.port = -1,
	};
	size_t size = OP_SIZE + sizeof cond + len;

	append_op(&c, ops[end].cond, size, size + OP_SIZE);
	append(&c, &cond, sizeof cond);
	append(&c, p->v4 ? p->addr + 12 : p->addr, len);
	return c;
}

static struct code
code_of_place(enum end end, const struct filter_place *p)
{
	struct code c, port;

	if (!p->has_addr)
		return code_of_range(end, p->lo, p->hi);
	c = code_of_addr(end, p);
	if (!p->has_port)
		return c;
	port = code_of_range(end, p->lo, p->hi);
	code_and(&c, &port);
	return c;
}

/* ---- the tree ---- */

static struct code lower(const struct filter_node *n);

static bool
is_place(const struct field *f)
{
	return f->kind == VAL_PORT || f->kind == VAL_ADDR || f->kind == VAL_ENDPOINT;
}

static struct code
code_of_operand(enum end end, enum value_kind kind, const union filter_operand *o)
{
	if (kind == VAL_PORT)
		return code_of_range(end, o->range.lo, o->range.hi);
	return code_of_place(end, &o->place);
}

/*
 * Also a test for one end is made for both, so that the other end of what it finds
 * comes too: then it is wider, unless it was one for either end from the start.
 */
static struct code
lower_values(const struct filter_node *n)
{
	struct code c = { .level = LEVEL_NONE };
	enum value_kind kind = n->field[0]->kind;

	if (!is_place(n->field[0]))
		return c;
	c.level = LEVEL_EXACT;
	append_jump(&c, 2 * OP_SIZE);	/* none of no values */
	for (size_t i = 0; i < n->values.count && c.level != LEVEL_NONE; i++) {
		for (enum end end = 0; end < ENDS && c.level != LEVEL_NONE; end++) {
			struct code one = code_of_operand(end, kind, &n->values.operand[i]);

			code_or(&c, &one);
		}
	}
	if (c.level == LEVEL_EXACT && !n->field[1])
		c.level = LEVEL_WIDER;
	return c;
}

/* A child of which nothing can be said leaves the others as they are. */
static struct code
lower_and(const struct filter_node *n)
{
	struct code c = { .level = LEVEL_NONE };
	bool all = true;

	for (const struct filter_node *child = n->children; child; child = child->next) {
		struct code one = lower(child);

		all = all && one.level != LEVEL_NONE;
		if (one.level == LEVEL_NONE)
			continue;
		if (c.level == LEVEL_NONE)
			c = one;
		else
			code_and(&c, &one);
	}
	if (c.level == LEVEL_EXACT && !all)
		c.level = LEVEL_WIDER;
	return c;
}

static struct code
lower_or(const struct filter_node *n)
{
	struct code c = lower(n->children);

	for (const struct filter_node *child = n->children->next; child && c.level != LEVEL_NONE;
	     child = child->next) {
		struct code one = lower(child);

		if (one.level == LEVEL_NONE)
			code_done(&c);
		else
			code_or(&c, &one);
	}
	return c;
}

static struct code
lower_nothing(const struct filter_node *n)
{
	(void)n;
	return (struct code){ .level = LEVEL_NONE };
}

static struct code (*const lowers[NODE_KINDS])(const struct filter_node *n) = {
	[NODE_AND]     = lower_and,
	[NODE_OR]      = lower_or,
	[NODE_WORD]    = lower_nothing,
	[NODE_VALUES]  = lower_values,
	[NODE_STATES]  = lower_nothing,	/* a program does not see the state; the mask does */
	[NODE_PATTERN] = lower_nothing,
};

static struct code
lower(const struct filter_node *n)
{
	struct code c = lowers[n->kind](n);

	if (!n->negated)
		return c;
	if (c.level == LEVEL_EXACT)
		code_not(&c);
	else
		code_done(&c);
	return c;
}

/* ---- states ---- */

/* In which states the node can be true, and in which false. */
struct masks {
	uint32_t yes;
	uint32_t no;
};

static struct masks
masks_of(const struct filter_node *n, enum sock_proto proto)
{
	struct masks m = { ALL, ALL };

	if (n->kind == NODE_STATES)
		m = (struct masks){ n->states[proto], ~n->states[proto] };
	if (n->kind == NODE_AND)
		m.no = 0;
	if (n->kind == NODE_OR)
		m.yes = 0;
	if (n->kind == NODE_AND || n->kind == NODE_OR) {
		for (const struct filter_node *c = n->children; c; c = c->next) {
			struct masks one = masks_of(c, proto);

			m.yes = n->kind == NODE_AND ? m.yes & one.yes : m.yes | one.yes;
			m.no  = n->kind == NODE_AND ? m.no | one.no : m.no & one.no;
		}
	}
	return n->negated ? (struct masks){ m.no, m.yes } : m;
}

static uint32_t
states_of(const struct filter *f, enum sock_proto proto)
{
	return f && f->root ? masks_of(f->root, proto).yes : ALL;
}

/* ---- all of it ---- */

#define HOLDING (1u << STATE_LISTEN | 1u << STATE_UNCONN | 1u << STATE_BOUND)

static struct code
lower_scope(enum scope scope)
{
	static const struct filter_place v4 = { .has_addr = true, .v4 = true, .bits = 96 + 8,
		.addr = { [10] = 0xff, [11] = 0xff, [12] = 127 } };
	static const struct filter_place v6 = { .has_addr = true, .bits = 128,
		.addr = { [15] = 1 } };
	struct code c = { .level = LEVEL_NONE };

	if (scope != SCOPE_LOOPBACK)
		return c;
	c = code_of_place(END_LOCAL, &v4);
	for (unsigned i = 1; i < 2 * ENDS; i++) {
		struct code one = code_of_place(i % ENDS, i < ENDS ? &v4 : &v6);

		code_or(&c, &one);
	}
	return c;
}

static void
add(struct code *c, struct code one)
{
	if (one.level == LEVEL_NONE)
		return;
	if (c->level == LEVEL_NONE)
		*c = one;
	else
		code_and(c, &one);
}

static void
add_filter(struct code *c, const struct filter *f)
{
	if (f && f->root)
		add(c, lower(f->root));
}

/* Those that hold a port have no other end. */
static uint32_t
lower_states(const struct view_spec *spec, enum sock_proto proto, unsigned needs)
{
	uint32_t states = spec->holding ? HOLDING : ALL;

	if (needs & FIELD_SCOPE)
		return ALL;
	if (needs & FIELD_PEERS)
		return states;
	return states & states_of(spec->filter, proto) & states_of(spec->ports, proto);
}

void
filter_kernel_lower(struct filter_kernel *k, const struct view_spec *spec, unsigned needs)
{
	struct code c = lower_scope(spec->scope);

	*k = (struct filter_kernel){ .scope_alone = true };
	for (enum sock_proto p = 0; p < PROTO_COUNT; p++)
		k->states[p] = lower_states(spec, p, needs);
	if (!(needs & FIELD_SCOPE)) {
		add_filter(&c, spec->ports);
		add_filter(&c, spec->filter);
		k->scope_alone = !spec->ports && !spec->filter;
	}
	k->code = c.bytes;
	k->len = c.len;
}

void
filter_kernel_done(struct filter_kernel *k)
{
	free(k->code);
	*k = (struct filter_kernel){ .len = 0 };
}
