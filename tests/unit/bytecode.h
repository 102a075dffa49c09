/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The kernel's side of a program: its audit and its interpreter, written anew from
 * what inet_diag_bc_audit() and inet_diag_bc_run() of net/ipv4/inet_diag.c do.
 */

#ifndef LOTOP_TESTS_BYTECODE_H
#define LOTOP_TESTS_BYTECODE_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "model/sock.h"

static inline struct inet_diag_bc_op
bytecode_at(const uint8_t *code, size_t at)
{
	struct inet_diag_bc_op op;

	memcpy(&op, code + at, sizeof op);
	return op;
}

static inline size_t
bytecode_addr_len(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

/* Bytes of the operation at `at` with its arguments; 0 where it is none. */
static inline size_t
bytecode_size(const uint8_t *code, size_t len, size_t at)
{
	struct inet_diag_bc_op op = bytecode_at(code, at);
	struct inet_diag_hostcond cond;

	switch (op.code) {
	case INET_DIAG_BC_NOP:
	case INET_DIAG_BC_JMP:
		return 4;
	case INET_DIAG_BC_S_GE:
	case INET_DIAG_BC_S_LE:
	case INET_DIAG_BC_D_GE:
	case INET_DIAG_BC_D_LE:
		return 8;
	case INET_DIAG_BC_S_COND:
	case INET_DIAG_BC_D_COND:
		if (at + 4 + sizeof cond > len)
			return 0;
		memcpy(&cond, code + at + 4, sizeof cond);
		if (cond.prefix_len > 8 * bytecode_addr_len(cond.family))
			return 0;
		return 4 + sizeof cond + bytecode_addr_len(cond.family);
	default:
		return 0;
	}
}

/* Is `to` one of the operations that the `yes` of each leads to in turn, or the end? */
static inline bool
bytecode_reaches(const uint8_t *code, size_t len, size_t to)
{
	for (size_t at = 0; at < to && at < len;) {
		struct inet_diag_bc_op op = bytecode_at(code, at);

		if (op.yes < 4 || op.yes & 3)
			return false;
		at += op.yes;
		if (at == to)
			return true;
	}
	return to == 0 || to == len;
}

static inline bool
bytecode_audit(const uint8_t *code, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t left = len - at, size = bytecode_size(code, len, at);
		struct inet_diag_bc_op op = bytecode_at(code, at);

		if (size == 0 || size > left)
			return false;
		if (op.code != INET_DIAG_BC_NOP) {
			if (op.no < size || op.no > left + 4 || op.no & 3)
				return false;
			if (op.no < left && !bytecode_reaches(code, len, at + op.no))
				return false;
		}
		if (op.yes < size || op.yes > left + 4 || op.yes & 3)
			return false;
		at += op.yes;
	}
	return at == len;
}

/* Do the first bits agree? */
static inline bool
bytecode_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++)
		if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* As the kernel has the address: 4 bytes of an IPv4 socket, 16 of an IPv6 one. */
static inline bool
bytecode_host(const uint8_t *arg, const struct endpoint *e, unsigned family)
{
	struct inet_diag_hostcond cond;
	const uint8_t *addr = family == 4 ? e->addr + 12 : e->addr;
	const uint8_t *want = arg + sizeof cond;
	int af = family == 4 ? AF_INET : AF_INET6;

	memcpy(&cond, arg, sizeof cond);
	if (cond.port != -1 && cond.port != e->port)
		return false;
	if (cond.family != AF_UNSPEC && cond.family != af)
		return af == AF_INET6 && cond.family == AF_INET && addr_is_v4(e->addr) &&
		       bytecode_bits(e->addr + 12, want, cond.prefix_len);
	return cond.prefix_len == 0 || bytecode_bits(addr, want, cond.prefix_len);
}

static inline bool
bytecode_yes(const uint8_t *code, size_t at, const struct sock *s)
{
	struct inet_diag_bc_op op = bytecode_at(code, at);
	uint16_t port = op.code == INET_DIAG_BC_NOP || op.code == INET_DIAG_BC_JMP
	                ? 0 : bytecode_at(code, at + 4).no;

	switch (op.code) {
	case INET_DIAG_BC_JMP:
		return false;
	case INET_DIAG_BC_S_GE:
		return s->local.port >= port;
	case INET_DIAG_BC_S_LE:
		return s->local.port <= port;
	case INET_DIAG_BC_D_GE:
		return s->remote.port >= port;
	case INET_DIAG_BC_D_LE:
		return s->remote.port <= port;
	case INET_DIAG_BC_S_COND:
		return bytecode_host(code + at + 4, &s->local, s->family);
	case INET_DIAG_BC_D_COND:
		return bytecode_host(code + at + 4, &s->remote, s->family);
	default:
		return true;
	}
}

/* Does the program let the socket out of the kernel? */
static inline bool
bytecode_run(const uint8_t *code, size_t len, const struct sock *s)
{
	size_t at = 0;

	while (at < len) {
		struct inet_diag_bc_op op = bytecode_at(code, at);

		at += bytecode_yes(code, at, s) ? op.yes : op.no;
	}
	return at == len;
}

#endif
