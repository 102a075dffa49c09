/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * lotop who and lotop kill on ports that systemd or docker-proxy hold for something else. Both
 * are played in a world of the test's own: process 1 of a pid namespace, with its own /run
 * and /var/lib.
 */

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

#define NO_WORLD 77	/* exit status: this machine does not allow it */

TestSuite(keeper, .init = cli_enter, .timeout = 120);

static bool
make_world(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("proc", "/proc", "proc", 0, NULL) == 0 &&
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) == 0 &&
	    mount("tmpfs", "/var/lib", "tmpfs", 0, NULL) == 0;
}

/* The rest of this process is process 1's parent: it has what fn writes to out, and no more. */
static void
be_parent_of_init(void (*fn)(void), int out)
{
	int status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID) < 0)
		_exit(NO_WORLD);
	pid = fork();
	if (pid == 0) {
		if (!make_world())
			_exit(NO_WORLD);
		dup2(out, STDOUT_FILENO);
		fn();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* What fn prints as process 1; the caller frees it. */
static char *
said_as_init(void (*fn)(void))
{
	char *said = calloc(1, 16384);
	size_t len = 0;
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		be_parent_of_init(fn, fds[1]);
	close(fds[1]);
	while (len < 16383 && (n = read(fds[0], said + len, 16383 - len)) > 0)
		len += (size_t)n;
	close(fds[0]);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_WORLD)
		CLI_SKIP("no pid namespace of its own here");
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", (unsigned)status);
	return said;
}

static void
expect_said(char *said, const char *const words[])
{
	for (; *words; words++)
		cr_expect_not_null(strstr(said, *words), "no \"%s\" in\n%s", *words, said);
	free(said);
}

static void
write_text(const char *path, const char *text)
{
	char dir[256];
	FILE *f;

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
		mkdir(dir, 0755);
	}
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		_exit(1);
}

/* Both commands, with their exit status. */
static void
ask_for(const char *port)
{
	struct run r;

	run_lotop(NULL, ARGS("who", port), &r);
	printf("who %d\n%s%s\n", r.status, r.out, r.err);
	run_done(&r);
	run_lotop(NULL, ARGS("kill", "--dry-run", port), &r);
	printf("kill %d\n%s%s\n", r.status, r.out, r.err);
	run_done(&r);
}

static void
play_systemd(void)
{
	prctl(PR_SET_NAME, "systemd");
	write_text("/run/systemd/system/web.socket", "[Socket]\nListenStream=127.0.0.1:7201\n");
	cli_listen(7201);
	ask_for("7201");
}

Test(keeper, of_systemd_the_socket_unit_is_named)
{
	expect_said(said_as_init(play_systemd), ARGS("who 0", "Kept: systemd (pid 1, user root)",
	    "for web.socket, which systemctl stop web.socket ends.", "kill 3"));
}

static void
play_unknown_socket(void)
{
	prctl(PR_SET_NAME, "systemd");
	cli_listen(7202);
	ask_for("7202");
}

Test(keeper, of_systemd_alone_it_is_said_how_to_find_the_unit)
{
	expect_said(said_as_init(play_unknown_socket), ARGS("who 0", "systemctl list-sockets",
	    "NAME.socket", "kill 3"));
}

/* A program file of that name, which takes any words: a shell. */
static void
copy_shell(const char *to)
{
	int in = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	while (in >= 0 && out >= 0 && sendfile(out, in, NULL, 1 << 20) > 0)
		;
	close(in);
	close(out);
}

/* Returns when the program runs: the pipe is closed by exec then. */
static void
start_proxy(uint16_t port)
{
	int fd = cli_listen(port), ready[2], life[2];
	char byte;

	copy_shell("/run/docker-proxy");
	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(life, O_CLOEXEC) < 0)
		_exit(1);
	if (fork() == 0) {
		fcntl(fd, F_SETFD, 0);
		dup2(life[0], STDIN_FILENO);
		execl("/run/docker-proxy", "/usr/bin/docker-proxy", "-c", "read x; exit", "-proto", "tcp",
		    "-host-ip", "127.0.0.1", "-host-port", "7203", "-container-ip", "172.17.0.2",
		    "-container-port", "80", (char *)NULL);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) < 0)
		_exit(1);
	close(fd);
}

static void
play_docker(void)
{
	start_proxy(7203);
	ask_for("7203");
	write_text("/var/lib/docker/containers/0123/config.v2.json", "{\"NetworkSettings\":{\"Networks\":"
	    "{\"bridge\":{\"IPAddress\":\"172.17.0.2\"}}},\"Name\":\"/web\"}");
	ask_for("127.0.0.1:7203");
}

Test(keeper, of_docker_proxy_the_container_is_named)
{
	expect_said(said_as_init(play_docker), ARGS("who 0", "docker-proxy (pid ",
	    "docker ps --filter publish=7203, and", "kill 3", "forwards port 7203 to the container web",
	    "forwards port 127.0.0.1:7203 to the container web", "which docker stop web ends."));
}
