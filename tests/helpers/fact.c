/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Describe a socket from the outside, without sock_diag: getsockname(2),
 * getpeername(2), fstat(2), and /proc/net/tcp for states. What lotop reads
 * from netlink is held against this, so this must not read netlink too.
 */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fact.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* How a member of struct fact is written. */
enum fact_type {
	FACT_TEXT,		/* a word */
	FACT_NUMBER,
	FACT_BYTES,		/* any bytes: escaped as in a URL */
	FACT_HOLDER_LIST,	/* PID:FD,PID:FD */
};

struct fact_key {
	const char	*name;
	enum fact_type	 type;
	size_t		 offset;
	size_t		 size;
};

#define KEY(name, type)							\
	{ #name, type, offsetof(struct fact, name),			\
	  sizeof(((struct fact *)0)->name) }

static const struct fact_key keys[] = {
	KEY(role, FACT_TEXT),
	KEY(proto, FACT_TEXT),
	KEY(family, FACT_NUMBER),
	KEY(state, FACT_TEXT),
	KEY(laddr, FACT_TEXT),
	KEY(lport, FACT_NUMBER),
	KEY(raddr, FACT_TEXT),
	KEY(rport, FACT_NUMBER),
	KEY(reach, FACT_TEXT),
	KEY(inode, FACT_NUMBER),
	KEY(uid, FACT_NUMBER),
	KEY(holder, FACT_TEXT),
	KEY(owners, FACT_NUMBER),
	KEY(held, FACT_HOLDER_LIST),
	KEY(tid, FACT_NUMBER),
	KEY(parent, FACT_NUMBER),
	KEY(comm, FACT_BYTES),
	KEY(iface, FACT_TEXT),
	KEY(backlog, FACT_NUMBER),
	KEY(backlog_max, FACT_NUMBER),
	KEY(recvq, FACT_NUMBER),
	KEY(sendq, FACT_NUMBER),
	KEY(rx_total, FACT_NUMBER),
	KEY(tx_total, FACT_NUMBER),
};

static void
fact_clear(struct fact *f)
{
	memset(f, 0, sizeof *f);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].type == FACT_NUMBER)
			*(int64_t *)(void *)((char *)f + keys[i].offset) =
			    FACT_UNKNOWN;
	f->owners = 0;
}

static void
copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

/* An address of either family as lotop shows it. */
static void
address_text(const struct sockaddr_storage *ss, char text[46], int64_t *port)
{
	const struct sockaddr_in *in = (const void *)ss;
	const struct sockaddr_in6 *in6 = (const void *)ss;

	if (ss->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, text, 46);
		*port = ntohs(in->sin_port);
		return;
	}
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], text, 46);
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, text, 46);
	*port = ntohs(in6->sin6_port);
}

static bool
reached_by_loopback_only(const struct fact *f)
{
	return strncmp(f->laddr, "127.", 4) == 0 ||
	    strcmp(f->laddr, "::1") == 0 || strcmp(f->iface, "lo") == 0;
}

static int
int_option(int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof value;

	return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

/* The state of a socket that nothing was done to but what it was made for. */
static const char *
plain_state(const struct fact *f, int fd)
{
	bool connected = f->raddr[0] != '\0';

	if (strcmp(f->proto, "udp") == 0)
		return connected ? "ESTABLISHED" : "UNCONN";
	if (int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1)
		return "LISTEN";
	return connected ? "ESTABLISHED" : "BOUND";
}

void
fact_describe(struct fact *f, const char *kind, int fd)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof ss;
	socklen_t iflen = sizeof f->iface;
	struct stat st = { 0 };

	fact_clear(f);
	copy_text(f->kind, sizeof f->kind, kind);
	copy_text(f->proto, sizeof f->proto,
	    int_option(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM ? "udp" : "tcp");
	f->family = int_option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6 ? 6 : 4;
	getsockname(fd, (struct sockaddr *)&ss, &len);
	address_text(&ss, f->laddr, &f->lport);
	len = sizeof ss;
	if (getpeername(fd, (struct sockaddr *)&ss, &len) == 0)
		address_text(&ss, f->raddr, &f->rport);
	if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, f->iface, &iflen) < 0)
		f->iface[0] = '\0';
	copy_text(f->state, sizeof f->state, plain_state(f, fd));
	if (f->raddr[0] == '\0')
		copy_text(f->reach, sizeof f->reach,
		    reached_by_loopback_only(f) ? "loopback" : "exposed");
	if (strcmp(f->state, "LISTEN") == 0) {
		copy_text(f->role, sizeof f->role, "listener");
		f->backlog = 0;
	}
	/* The owner of the inode on sockfs is the uid that sock_diag gives. */
	if (fstat(fd, &st) == 0) {
		f->inode = (int64_t)st.st_ino;
		f->uid = st.st_uid;
	}
	copy_text(f->holder, sizeof f->holder, "known");
	fact_add_holder(f, getpid(), fd);
	prctl(PR_GET_NAME, f->comm);
}

static int
compare_holders(const void *a, const void *b)
{
	const struct fact_holder *x = a;
	const struct fact_holder *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

void
fact_add_holder(struct fact *f, pid_t pid, int fd)
{
	if (f->owners == FACT_HOLDERS)
		abort();
	f->held[f->owners].pid = pid;
	f->held[f->owners].fd = fd;
	f->owners++;
	/* Not in the order of birth where the pids have wrapped. */
	qsort(f->held, (size_t)f->owners, sizeof *f->held, compare_holders);
}

void
fact_drop_holders(struct fact *f, const char *holder)
{
	memset(f->held, 0, sizeof f->held);
	memset(f->comm, 0, sizeof f->comm);
	f->owners = 0;
	copy_text(f->holder, sizeof f->holder, holder);
}

/* /proc/net/tcp has the states as numbers of <netinet/tcp.h>. */
static const char *
state_name(unsigned state)
{
	static const char *const names[] = {
		NULL, "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1",
		"FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK",
		"LISTEN", "CLOSING",
	};

	return state < ARRAY_SIZE(names) && names[state] ? names[state] : "?";
}

/* "0100007F": the words of an address, each in the byte order of the host. */
static bool
hex_address(const char *hex, struct sockaddr_storage *ss)
{
	uint32_t word[4] = { 0 };
	size_t n = strlen(hex) / 8;

	if (n != 1 && n != 4)
		return false;
	for (size_t i = 0; i < n; i++)
		if (sscanf(hex + 8 * i, "%8" SCNx32, &word[i]) != 1)
			return false;
	memset(ss, 0, sizeof *ss);
	ss->ss_family = n == 1 ? AF_INET : AF_INET6;
	if (n == 1)
		memcpy(&((struct sockaddr_in *)ss)->sin_addr, word, 4);
	else
		memcpy(&((struct sockaddr_in6 *)ss)->sin6_addr, word, 16);
	return true;
}

static bool
row_matches(const struct fact *f, const char *row)
{
	char local[33];
	char remote[33];
	char laddr[46];
	char raddr[46];
	unsigned lport;
	unsigned rport;
	unsigned state;
	int64_t ignored;
	struct sockaddr_storage ss;

	if (sscanf(row, " %*d: %32[0-9A-F]:%x %32[0-9A-F]:%x %x",
	    local, &lport, remote, &rport, &state) != 5)
		return false;
	if (!hex_address(local, &ss))
		return false;
	address_text(&ss, laddr, &ignored);
	if (!hex_address(remote, &ss))
		return false;
	address_text(&ss, raddr, &ignored);
	if (f->raddr[0] != '\0' &&
	    (strcmp(raddr, f->raddr) != 0 || rport != f->rport))
		return false;
	return strcmp(laddr, f->laddr) == 0 && lport == f->lport &&
	    strcmp(state_name(state), f->state) == 0;
}

static bool
kernel_lists(const struct fact *f)
{
	char row[512];
	bool found = false;
	/* Not /proc/self: a leader that has exited has no network any more. */
	FILE *fp = fopen(f->family == 6 ? "/proc/thread-self/net/tcp6" :
	    "/proc/thread-self/net/tcp", "re");

	if (fp == NULL)
		return false;
	while (!found && fgets(row, sizeof row, fp) != NULL)
		found = row_matches(f, row);
	fclose(fp);
	return found;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

int
fact_await(const struct fact *f, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;

	/* A datagram socket changes state in the call, not on the wire, and a
	 * socket that is only bound is in no file of /proc/net. */
	if (strcmp(f->proto, "tcp") != 0 || strcmp(f->state, "BOUND") == 0)
		return 0;
	while (!kernel_lists(f)) {
		if (now_ms() > deadline)
			return -ETIMEDOUT;
		poll(NULL, 0, 1);
	}
	return 0;
}

static void
print_bytes(FILE *fp, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size && bytes[i] != '\0'; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x80 && (isalnum(c) || strchr("-_.", c) != NULL))
			putc(c, fp);
		else
			fprintf(fp, "%%%02x", c);
	}
}

static void
print_holders(FILE *fp, const struct fact *f)
{
	for (int64_t i = 0; i < f->owners; i++)
		fprintf(fp, "%s%d:%d", i > 0 ? "," : "",
		    (int)f->held[i].pid, f->held[i].fd);
}

static void
print_value(FILE *fp, const struct fact *f, const struct fact_key *k)
{
	const void *value = (const char *)f + k->offset;
	const char *text = value;
	int64_t number;

	switch (k->type) {
	case FACT_NUMBER:
		memcpy(&number, value, sizeof number);
		if (number == FACT_UNKNOWN)
			putc('-', fp);
		else
			fprintf(fp, "%" PRId64, number);
		return;
	case FACT_HOLDER_LIST:
		if (f->owners == 0)
			putc('-', fp);
		print_holders(fp, f);
		return;
	case FACT_BYTES:
		if (text[0] == '\0')
			putc('-', fp);
		print_bytes(fp, text, k->size);
		return;
	case FACT_TEXT:
		fputs(text[0] != '\0' ? text : "-", fp);
		return;
	}
}

size_t
fact_print(const struct fact *f, char line[FACT_LINE])
{
	FILE *fp = fmemopen(line, FACT_LINE, "w");
	long len;

	if (fp == NULL)
		abort();
	fputs(f->kind, fp);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		fprintf(fp, " %s=", keys[i].name);
		print_value(fp, f, &keys[i]);
	}
	putc('\n', fp);
	len = ftell(fp);
	fclose(fp);
	if (len < 0 || len >= FACT_LINE)
		abort();
	return (size_t)len;
}

static int
parse_number(const char *text, int64_t *ret)
{
	char *end;

	if (strcmp(text, "-") == 0) {
		*ret = FACT_UNKNOWN;
		return 0;
	}
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return errno != 0 || end == text || *end != '\0' ? -EBADMSG : 0;
}

static int
parse_bytes(const char *text, char *ret, size_t size)
{
	size_t n = 0;
	unsigned c;

	for (; *text != '\0'; text++) {
		if (n + 1 >= size)
			return -EBADMSG;
		if (*text != '%') {
			ret[n++] = *text;
			continue;
		}
		if (sscanf(text + 1, "%2x", &c) != 1)
			return -EBADMSG;
		ret[n++] = (char)c;
		text += 2;
	}
	ret[n] = '\0';
	return 0;
}

static int
parse_holders(char *text, struct fact *f)
{
	char *rest;
	size_t n = 0;

	for (char *one = strtok_r(text, ",", &rest); one != NULL;
	     one = strtok_r(NULL, ",", &rest), n++) {
		if (n == FACT_HOLDERS ||
		    sscanf(one, "%d:%d", &f->held[n].pid, &f->held[n].fd) != 2)
			return -EBADMSG;
	}
	return 0;
}

static int
parse_value(char *text, struct fact *f, const struct fact_key *k)
{
	char *value = (char *)f + k->offset;

	if (k->type == FACT_NUMBER)
		return parse_number(text, (int64_t *)(void *)value);
	if (strcmp(text, "-") == 0)
		return 0;
	switch (k->type) {
	case FACT_HOLDER_LIST:
		return parse_holders(text, f);
	case FACT_BYTES:
		return parse_bytes(text, value, k->size);
	default:
		if (strlen(text) >= k->size)
			return -EBADMSG;
		copy_text(value, k->size, text);
		return 0;
	}
}

static const struct fact_key *
key_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

int
fact_parse(const char *line, struct fact *ret)
{
	char copy[FACT_LINE];
	char *rest;
	char *word;
	size_t n = 0;
	struct fact f;

	if (strlen(line) >= sizeof copy)
		return -EBADMSG;
	copy_text(copy, sizeof copy, line);
	fact_clear(&f);
	word = strtok_r(copy, " \n", &rest);
	if (word == NULL || strlen(word) >= sizeof f.kind)
		return -EBADMSG;
	copy_text(f.kind, sizeof f.kind, word);
	while ((word = strtok_r(NULL, " \n", &rest)) != NULL) {
		char *value = strchr(word, '=');
		const struct fact_key *k;

		if (value == NULL)
			return -EBADMSG;
		*value++ = '\0';
		k = key_find(word);
		if (k == NULL || parse_value(value, &f, k) < 0)
			return -EBADMSG;
		n++;
	}
	if (n != ARRAY_SIZE(keys))
		return -EBADMSG;
	*ret = f;
	return 0;
}
