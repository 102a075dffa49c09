/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Network namespaces by system calls alone: the test machine need not have
 * ip(8) or unshare(1).
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netns.h"

static int
write_file(const char *path, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;
	int r = 0;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		r = -errno;
	else if ((size_t)n != len)
		r = -EIO;
	close(fd);
	return r;
}

/* Be root of a user namespace of our own. The maps allow one id each. */
static int
enter_user_namespace(uid_t uid, gid_t gid)
{
	char map[32];
	int r;

	if (unshare(CLONE_NEWUSER) < 0)
		return -errno;
	/* Since Linux 3.19 a gid_map is refused before this. */
	r = write_file("/proc/self/setgroups", "deny");
	if (r < 0 && r != -ENOENT)
		return r;
	snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
	r = write_file("/proc/self/uid_map", map);
	if (r < 0)
		return r;
	snprintf(map, sizeof map, "0 %u 1", (unsigned)gid);
	return write_file("/proc/self/gid_map", map);
}

/* What came of the next, for netns_enter() to say. */
static int early_error;

/*
 * Before main(): a process that has threads may not enter a user namespace
 * (EINVAL), and where Criterion runs a test there are threads. Root needs none,
 * unless it is one of a container, without CAP_SYS_ADMIN.
 */
static void __attribute__((constructor))
become_root_early(void)
{
	if (geteuid() != 0 || prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) != 1)
		early_error = enter_user_namespace(geteuid(), getegid());
}

/* The ioctl, on a socket that is there for that alone. */
static int
configure(unsigned long request, void *arg)
{
	int r = 0;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, request, arg) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int
loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };

	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	return configure(SIOCSIFFLAGS, &ifr);
}

int
netns_enter(void)
{
	if (early_error < 0)
		return early_error;
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	return loopback_up();
}

static struct sockaddr
ipv4(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr sa;

	inet_pton(AF_INET, text, &in.sin_addr);
	memcpy(&sa, &in, sizeof sa);
	return sa;
}

int
netns_add_host(void)
{
	static char device[] = "lo";
	struct ifreq ifr = { .ifr_name = "lo:1" };	/* a second address */
	struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = device };
	int r;

	ifr.ifr_addr = ipv4(NETNS_HOST_ADDRESS);
	r = configure(SIOCSIFADDR, &ifr);
	if (r < 0)
		return r;
	/* Not /8, as its class would have it: on the loopback device each
	 * address of the prefix is an address of this host. */
	ifr.ifr_netmask = ipv4("255.255.255.255");
	r = configure(SIOCSIFNETMASK, &ifr);
	if (r < 0)
		return r;
	route.rt_dst = ipv4("0.0.0.0");
	route.rt_genmask = ipv4("0.0.0.0");
	return configure(SIOCADDRT, &route);
}
