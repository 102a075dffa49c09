/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A process with a name that opens sockets, moves bytes and closes when a test
 * tells it to: a server or a client of which the test knows all that is true.
 *
 *	struct actor web, chrome;
 *
 *	actor_start(&web, "web");
 *	actor_start(&chrome, "chrome");
 *	listener = actor_listen(&web, "127.0.0.1", 3000, 128);
 *	client = actor_connect(&chrome, "127.0.0.1", 3000);
 *	server = actor_accept(&web, listener);
 *
 * Sockets are named by their descriptors in the actor. Each order is obeyed when
 * the call returns; one that fails ends the test with a message and abort(3).
 */

#ifndef TESTS_HELPERS_ACTOR_H
#define TESTS_HELPERS_ACTOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct actor {
	pid_t	pid;
	int	orders;
	char	name[16];
};

/* The name is its comm, which is what lotop calls it too. */
void	actor_start(struct actor *a, const char *name);

/* Kills it. */
void	actor_stop(struct actor *a);

/* On an IPv4 or IPv6 address; one of :: takes IPv4 too. */
int	actor_listen(struct actor *a, const char *addr, uint16_t port, int backlog);
int	actor_connect(struct actor *a, const char *addr, uint16_t port);
int	actor_accept(struct actor *a, int listener);

/* The local port. */
uint16_t actor_port(struct actor *a, int fd);

/* So many bytes, all of them. What is sent must have room where it goes. */
void	actor_send(struct actor *a, int fd, size_t bytes);
void	actor_take(struct actor *a, int fd, size_t bytes);

/* From now on: sends so many a hundredth of a second, and takes all that comes. */
void	actor_pour(struct actor *a, int fd, size_t bytes);
void	actor_drain(struct actor *a, int fd);

/* Sends no more, and says so. */
void	actor_finish(struct actor *a, int fd);
void	actor_close(struct actor *a, int fd);

/* Closes at once, with a reset: nothing of it lingers. */
void	actor_reset(struct actor *a, int fd);

#endif
