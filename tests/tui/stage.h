/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What every test of the screen needs: a network with nothing in it but the
 * test's own sockets (run.h makes them), lotop on a terminal (pty.h), and where
 * things are on its screen. The layout is known here and nowhere else.
 */

#ifndef TESTS_TUI_STAGE_H
#define TESTS_TUI_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "helpers/run.h"
#include "pty.h"

/* CONTRACT: nothing answers a menu within 300 ms after it was drawn. */
#define GUARD_MS	300

/* lotop with these words, and -d 0.1 before them. o may be NULL. */
struct pty *stage_lotop(const struct pty_options *o, const char *words);
/* The same without -d. */
struct pty *stage_lotop_plain(const struct pty_options *o, const char *words);
/* Columns in which nothing changes with time. */
#define STAGE_STEADY "-c lport,laddr,process,pid,user,command"
/* What is below the two lines that change with time, of pty_screen(). */
const char *stage_below_head(const char *screen);
/* To be called first: skips the test where there is no private network. */
void stage_enter(void);

/* A listener of this process itself on 127.0.0.1; its descriptor. */
int stage_listen(int port);
bool process_lives(pid_t pid);
bool process_ends(pid_t pid, int ms);

/* The table. A row is found by its local port; -1 where it is not there. */
int look_header_row(struct pty *p);
int look_port_row(struct pty *p, int port);
int look_port_at(struct pty *p, int row);	/* 0: no row of the table */
int look_ports(struct pty *p, int *ports, int max);	/* as shown, from above */
int look_selected_row(struct pty *p);
int look_selected_port(struct pty *p);
bool look_wait_port(struct pty *p, int port);
bool look_wait_no_port(struct pty *p, int port);
bool look_wait_selected(struct pty *p, int port);
/* Exactly these, in this order; 0 ends. */
bool look_wait_ports(struct pty *p, const int *ports);
bool look_menu(struct pty *p);		/* is the kill menu on the screen? */

#define PORTS(...)	((const int []){ __VA_ARGS__, 0 })

#define expect_port(p, port) \
	pty_check(p, look_wait_port(p, port), "port %d does not appear", port)
#define expect_no_port(p, port) \
	pty_check(p, look_wait_no_port(p, port), "port %d stays", port)
#define expect_ports(p, ...) \
	pty_check(p, look_wait_ports(p, PORTS(__VA_ARGS__)), "not the ports " #__VA_ARGS__)
#define expect_selected(p, port) \
	pty_check(p, look_wait_selected(p, port), "port %d is not selected", port)

/* Does a key have an effect? Help opens and closes again. */
void stage_round_trip(struct pty *p);
/* The process of the selected row is on the screen. */
void stage_wait_holder(struct pty *p);
/* The selected row's kill menu, open and past the guard. */
void stage_open_menu(struct pty *p);
/*
 * The menu, open already, is answered by the key and goes. When the guard ends is
 * lotop's to say, and late on a busy machine: as a person would, press again.
 */
void stage_close_menu(struct pty *p, const char *key);
/* Lets time that the contract names pass, and reads on meanwhile. */
void stage_pass(struct pty *p, int ms);

#endif
