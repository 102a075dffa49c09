/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The page of details, on real sockets: what it tells, that it follows, and that it asks nobody unasked. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

TestSuite(details, .init = stage_enter, .timeout = 60);

/* ---- servers ---- */

/* A process that serves a port, and writes a line to its log for each connection. */
struct server {
	pid_t pid;
	char  log[64];
	int   log_fd;	/* to add to it */
};

enum temper { WEB, GREETS, SILENT };

static const char greeting[] = "\033]0;evil\007 made 1.0\r\n";

static void
serve_one(int conn, enum temper temper)
{
	static const char reply[] = "HTTP/1.0 200 OK\r\nServer: made\r\n\r\n";
	char request[256];

	if (write(STDOUT_FILENO, "connected\n", 10) != 10)
		_exit(1);
	if (temper == GREETS && write(conn, greeting, sizeof greeting - 1) < 0)
		_exit(1);
	if (temper == WEB && read(conn, request, sizeof request) > 0) {
		request[strcspn(request, "\r")] = '\n';
		if (write(STDOUT_FILENO, request, strcspn(request, "\n") + 1) < 0 ||
		    write(conn, reply, sizeof reply - 1) < 0)
			_exit(1);
	}
	if (temper != SILENT)
		close(conn);
}

static void
start_server(struct server *s, int port, enum temper temper)
{
	int fd = stage_listen(port);

	snprintf(s->log, sizeof s->log, "/tmp/lotop-details.XXXXXX");
	s->log_fd = mkstemp(s->log);
	cr_assert_geq(s->log_fd, 0);
	s->pid = fork();
	cr_assert_geq(s->pid, 0);
	if (s->pid == 0) {
		int log = open(s->log, O_WRONLY | O_APPEND);

		dup2(log, STDOUT_FILENO);
		for (;;)
			serve_one(accept(fd, NULL, NULL), temper);
	}
	close(fd);
}

static void
stop_server(struct server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	unlink(s->log);
	close(s->log_fd);
}

static size_t
log_size(const struct server *s)
{
	struct stat st;

	cr_assert_eq(stat(s->log, &st), 0);
	return (size_t)st.st_size;
}

static void
write_log(const struct server *s, const char *line)
{
	int fd = open(s->log, O_WRONLY | O_APPEND | O_CLOEXEC);

	cr_assert_eq(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	close(fd);
}

static int
connect_to(int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port),
	                          .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(connect(fd, (struct sockaddr *)&in, sizeof in), 0, "%s", strerror(errno));
	return fd;
}

/*
 * lotop with the page of the only row there is. Higher than 24 lines: the parents of a test may be
 * many.
 */
static struct pty *
open_page(int port)
{
	struct pty *p = stage_lotop(&(struct pty_options){ .rows = 40 }, "");
	char head[64];

	expect_selected(p, port);
	stage_wait_holder(p);
	pty_key(p, "Enter");
	snprintf(head, sizeof head, "^ 127.0.0.1:%d  LISTEN  tcp  loopback", port);
	pty_expect_row(p, head);
	return p;
}

/* What only one socket was asked for comes a moment after the page, which grows by it. */
static void
wait_for_figures(struct pty *p)
{
	pty_expect_row(p, "memory [0-9]");
	pty_key(p, "End");
	pty_expect_row(p, "rcvbuf");
	pty_key(p, "Home");
}

/* ---- what it tells ---- */

Test(details, tell_the_socket_and_the_process)
{
	struct server s;
	struct pty *p;
	char row[128];

	start_server(&s, 8080, WEB);
	p = open_page(8080);
	pty_expect_row(p, "^ Socket +queue 0 of 5 · 0 clients · ");
	pty_expect_row(p, "[· ] inode [0-9]+");	/* behind a line's end, where it is long */
	snprintf(row, sizeof row, "^ Process +[^ ]+ %d · user root · since [A-Z][a-z][a-z] +[0-9]+ "
	    "[0-9][0-9]:[0-9][0-9] · ", (int)s.pid);
	pty_expect_row(p, row);
	pty_expect_row(p, "^ +in /");
	pty_expect_row(p, "memory [0-9]");
	pty_expect_text(p, s.log);
	pty_expect_row(p, "^ Fields +proto tcp");
	pty_expect_row(p, "^ k Kill .*o Does it answer");
	wait_for_figures(p);
	pty_free(p);
	stop_server(&s);
}

Test(details, tell_a_python_server_with_its_command_line)
{
	pid_t pid;
	struct pty *p;
	int fd;

	if (system("python3 -c 'import http.server' >/dev/null 2>&1") != 0)
		cr_skip_test("there is no python3 here");
	pid = fork();
	if (pid == 0) {
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		dup2(STDOUT_FILENO, STDERR_FILENO);
		if (chdir("/usr") == 0)
			execlp("python3", "python3", "-m", "http.server", "--bind", "127.0.0.1", "8000", NULL);
		_exit(127);
	}
	p = stage_lotop(NULL, "");
	expect_selected(p, 8000);
	stage_wait_holder(p);
	pty_key(p, "Enter");
	pty_expect_row(p, "^ +[^ ]*python3[.0-9]* -m http.server");
	pty_expect_row(p, "^ +in /usr( |$)");
	fd = connect_to(8000);
	pty_expect_row(p, "^ Clients +[^ ]+ [0-9]+ :[0-9]+");
	pty_expect_text(p, "1 client");
	pty_key(p, "o");
	pty_expect_row(p, "^ Answer +It answers: connected in [0-9.]+ ms, HTTP/1.0 200 OK after");
	close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pty_expect_text(p, "closed; below is how it was last seen");
	pty_expect_text(p, "-m http.server");
	pty_free(p);
}

/* ---- it follows ---- */

Test(details, follow_clients_and_say_when_it_is_closed)
{
	struct server s;
	struct pty *p;
	int fd;

	start_server(&s, 8080, SILENT);
	p = open_page(8080);
	pty_expect_text(p, "0 clients");
	fd = connect_to(8080);
	pty_expect_text(p, "1 client");
	pty_expect_row(p, "^ Clients +[^ ]+ [0-9]+ :[0-9]+$");
	close(fd);
	pty_expect_text(p, "0 clients");
	stop_server(&s);
	pty_expect_row(p, "^ 127.0.0.1:8080  tcp .*closed");
	pty_expect_row(p, "^ Process ");
	pty_key(p, "Esc");
	expect_no_port(p, 8080);
	pty_free(p);
}

Test(details, tell_both_ends_of_a_connection)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("pair:7000"));
	p = stage_lotop(NULL, "rport:7000");
	pty_expect_text(p, "No socket matches.");
	pty_key(p, "l");
	pty_expect_row(p, " 127.0.0.1:7000 +ESTABLISHED");
	pty_key(p, "Enter");
	pty_expect_row(p, "^ 127.0.0.1:[0-9]+ → 127.0.0.1:7000  ESTABLISHED  tcp  client");
	pty_expect_row(p, "^ Other end +127.0.0.1:7000  ESTABLISHED");
	pty_expect_row(p, "^ Process ");
	pty_expect_row(p, "memory [0-9]");
	pty_key(p, "End");
	pty_expect_row(p, "^ Window +congestion [a-z]+");
	pty_expect_row(p, "cwnd [0-9]+");
	pty_free(p);
	mksock_stop(&m);
}

/* ---- does it answer ---- */

Test(details, ask_a_web_server_only_when_told_to)
{
	struct server s;
	struct pty *p;

	start_server(&s, 8080, WEB);
	p = open_page(8080);
	wait_for_figures(p);
	cr_expect_eq(log_size(&s), 0, "nobody asked it to connect");
	pty_key(p, "o");
	pty_expect_row(p, "^ Answer +It answers: connected in [0-9.]+ ms, HTTP/1.0 200 OK after [0-9.]+ ms\\.");
	pty_key(p, "L");
	pty_expect_row(p, "^   HEAD / HTTP/1.0$");
	cr_expect_eq(log_size(&s), strlen("connected\nHEAD / HTTP/1.0\n"));
	pty_free(p);
	stop_server(&s);
}

Test(details, make_a_hostile_greeting_harmless)
{
	struct server s;
	struct pty *p;
	const char *raw;
	size_t len;

	start_server(&s, 2525, GREETS);
	p = open_page(2525);
	pty_key(p, "o");
	pty_expect_row(p, "^ Answer +It answers: .* made 1.0 after");
	raw = pty_raw(p, &len);
	cr_expect_null(memmem(raw, len, greeting, 8));
	pty_free(p);
	stop_server(&s);
}

/* Who does not speak first, and is no web server, gets nothing; a second o is an order. */
Test(details, send_nothing_to_a_silent_service_unless_told_twice)
{
	struct server s;
	struct pty *p;

	start_server(&s, 7777, SILENT);
	p = open_page(7777);
	pty_key(p, "o");
	pty_expect_text(p, "waits for its client to speak first");
	pty_key(p, "o");
	pty_expect_row(p, "^ Answer +It does not answer: connected in .* no reply to");
	pty_free(p);
	stop_server(&s);
}

Test(details, say_that_nobody_accepts)
{
	struct mksock m;
	struct pty *p;

	mksock_start(&m, MKSOCK_KINDS("listener4:7777"));
	p = open_page(7777);
	pty_key(p, "o");
	pty_expect_row(p, "^ Answer +It does not answer: the kernel connected in ");
	pty_expect_text(p, "(in accept queue)");
	pty_free(p);
	mksock_stop(&m);
}

/* ---- log files ---- */

Test(details, show_log_lines_and_keep_up_with_them)
{
	struct server s;
	struct pty *p;

	start_server(&s, 8080, WEB);
	write_log(&s, "first line\n");
	p = open_page(8080);
	pty_expect_text(p, s.log);
	cr_expect_not(pty_has(p, "first line"), "%s", pty_dump(p));
	pty_key(p, "L");
	pty_expect_row(p, "^   first line$");
	write_log(&s, "second line\n");
	pty_expect_row(p, "^   second line$");
	pty_key(p, "L");
	pty_expect_gone(p, "second line");
	pty_free(p);
	stop_server(&s);
}

/* ---- keys ---- */

Test(details, kill_what_is_shown)
{
	struct server s;
	struct pty *p;

	start_server(&s, 8080, SILENT);
	p = open_page(8080);
	pty_key(p, "k");
	pty_expect_text(p, "End what holds 127.0.0.1:8080 ?");
	stage_pass(p, GUARD_MS + 20);
	stage_close_menu(p, "Esc");
	pty_expect_row(p, "^ 127.0.0.1:8080  LISTEN");
	pty_key(p, "k");
	pty_expect_text(p, "End what holds 127.0.0.1:8080 ?");
	stage_pass(p, GUARD_MS + 20);
	stage_close_menu(p, "Enter");
	waitpid(s.pid, NULL, 0);
	pty_expect_text(p, "Port 8080 is free");
	pty_expect_text(p, "closed; below");
	pty_free(p);
	unlink(s.log);
}

Test(details, are_opened_by_o_and_l_as_well)
{
	struct server s;
	struct pty *p;

	start_server(&s, 8080, WEB);
	p = stage_lotop(NULL, "");
	expect_selected(p, 8080);
	stage_wait_holder(p);
	pty_key(p, "o");
	pty_expect_row(p, "^ Answer +It answers");
	pty_key(p, "Esc");
	expect_selected(p, 8080);
	pty_key(p, "L");
	pty_expect_row(p, "^   connected$");
	pty_free(p);
	stop_server(&s);
}
