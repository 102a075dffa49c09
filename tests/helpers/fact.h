/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is true of one socket that mksock made: the line that mksock prints
 * and a test reads back. The format is defined here and nowhere else:
 *
 *	KIND key=value key=value ...
 *
 * Every key is on every line, in one order; "-" is "there is none", or "not
 * promised". Addresses are written as lotop writes them: a v4-mapped address
 * is IPv4, and family tells that the socket is an IPv6 one all the same.
 */

#ifndef TESTS_HELPERS_FACT_H
#define TESTS_HELPERS_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FACT_HOLDERS	16	/* processes that hold one socket, at most */
#define FACT_LINE	1024	/* a line with its newline and NUL, at most */
#define FACT_UNKNOWN	(-1)	/* a number that is written "-" */

struct fact_holder {
	pid_t	pid;
	int	fd;
};

/* A text that is empty and a number that is FACT_UNKNOWN are written "-". */
struct fact {
	char	kind[24];
	char	role[12];	/* listener, server, client, or nothing */
	char	proto[8];
	int64_t	family;		/* 4 or 6 */
	char	state[16];	/* as lotop spells it */
	char	laddr[46];
	int64_t	lport;
	char	raddr[46];
	int64_t	rport;
	char	reach[12];	/* loopback, exposed, or nothing */
	int64_t	inode;		/* 0: the kernel has none for it */
	int64_t	uid;		/* of the socket; unknown where it has none */
	char	holder[12];	/* known, queue, none, unseen */
	int64_t	owners;		/* length of the next */
	struct fact_holder held[FACT_HOLDERS];	/* lowest pid first */
	int64_t	tid;		/* the one thread that has it, if only one has */
	int64_t	parent;		/* who starts the holder again */
	char	comm[16];	/* of the holders, raw bytes */
	char	iface[16];	/* bound to this device */
	int64_t	backlog;
	int64_t	backlog_max;
	int64_t	recvq;
	int64_t	sendq;
	int64_t	rx_total;
	int64_t	tx_total;
};

/* Everything that the kernel says about an open socket; this process holds it. */
void	fact_describe(struct fact *f, const char *kind, int fd);

/* One more process holds it, under this number. */
void	fact_add_holder(struct fact *f, pid_t pid, int fd);

/* Nobody holds it any more; the word says why. */
void	fact_drop_holders(struct fact *f, const char *holder);

/*
 * Wait until the kernel lists a TCP socket as f says, and return 0, or
 * -ETIMEDOUT after that many milliseconds. A FIN or an ACK may still be on its
 * way when close(2) or shutdown(2) returns, on the loopback too.
 */
int	fact_await(const struct fact *f, int timeout_ms);

/* Write the line, newline included; returns its length. */
size_t	fact_print(const struct fact *f, char line[FACT_LINE]);

/* Read a line back: 0, or -EBADMSG. *ret is written only on success. */
int	fact_parse(const char *line, struct fact *ret);

#endif
