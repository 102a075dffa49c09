/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Fuzz target: the filter language. What parses is evaluated on sockets of each
 * kind, and its negation says the opposite; what does not is explained cleanly.
 */

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"
#include "view/filter.h"

#define ROWS 4

static const char argv[] = "/usr/bin/node\0server.js\0--title=a b\0\xff\xc3\xbc";
static const struct task task = { .pid = 42, .comm = "node", .argv = argv, .argc = 4,
	                          .argv_len = sizeof argv, .exe = "/usr/bin/node" };
static const struct owner owners[] = { { &task, 3 } };

static struct sock_info info = { .rx_bytes = 1 << 20 };

static void
fill(struct sock socks[ROWS])
{
	memset(socks, 0, ROWS * sizeof *socks);
	socks[0] = (struct sock){ .proto = PROTO_TCP, .state = STATE_LISTEN, .family = 6,
		                  .owners = owners, .nowners = 1, .holder = HOLDER_KNOWN };
	socks[1] = (struct sock){ .proto = PROTO_TCP, .state = STATE_ESTABLISHED, .family = 4,
		                  .has = UINT32_MAX, .uid = 1000, .inode = 7, .info = &info };
	socks[2] = socks[1];
	socks[2].proto = PROTO_UDP;
	socks[3].state = STATE_TIME_WAIT;
	for (size_t i = 0; i < ROWS; i++) {
		addr_parse("127.0.0.1", strlen("127.0.0.1"), socks[i].local.addr);
		addr_parse("::1", strlen("::1"), socks[i].remote.addr);
		socks[i].local.port = 8080;
		socks[i].remote.port = i > 0 ? 40000 : 0;
	}
}

static void
check_error(const char *text, const struct filter_error *err)
{
	struct text t, safe;

	text_init(&t);
	text_init(&safe);
	filter_error_show(&t, text, err, 2, TEXT_UTF8);
	text_add_safe(&safe, err->message, strlen(err->message), TEXT_UTF8);
	if (err->at > strlen(text) || !*err->message || strcmp(err->message, text_str(&safe)) != 0 ||
	    !strchr(text_str(&t), '\n'))
		abort();
	text_done(&t);
	text_done(&safe);
}

/* NULL where it does not parse. */
static struct filter *
parse(const char *text)
{
	struct filter_error err = { .message = "" };
	struct filter *f = NULL;

	if (filter_parse(text, &f, &err) == 0)
		return f;
	if (f)
		abort();
	check_error(text, &err);
	return NULL;
}

static void
check_rows(const struct filter *f, const struct filter *opposite)
{
	struct snapshot snap;
	struct names *names = names_new(true);
	struct view_env env = { .snap = &snap, .names = names };
	struct sock socks[ROWS];

	snapshot_init(&snap);
	fill(socks);
	for (size_t i = 0; i < ROWS; i++) {
		struct row r = { .sock = &socks[i], .env = &env };
		bool yes = filter_eval(f, &r);

		if (opposite && filter_eval(opposite, &r) == yes)
			abort();
	}
	if (opposite && filter_needs(opposite) != filter_needs(f))
		abort();
	names_free(names);
	snapshot_done(&snap);
}

static void
check_filter(const char *text)
{
	struct filter *f = parse(text), *opposite = NULL;
	struct text t;

	if (!f)
		return;
	text_init(&t);
	text_addf(&t, "not (%s)", text);
	if (text[strspn(text, " \t\n\v\f\r")])	/* "()" is none, and "" is one */
		opposite = parse(text_str(&t));
	check_rows(f, opposite);
	filter_free(opposite);
	filter_free(f);
	text_done(&t);
}

static void
check_ports(const char *text)
{
	struct filter_error err = { .message = "" };
	struct filter *f;
	struct text t;

	text_init(&t);
	if (filter_from_ports(text, &t, &err) < 0)
		check_error(text, &err);
	else if (!(f = parse(text_str(&t))))
		abort();
	else
		filter_free(f);
	text_done(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(size + 1, 1);

	setlocale(LC_ALL, "C.UTF-8");
	if (size > 0)
		memcpy(text, data, size);
	check_filter(text);
	check_ports(text);
	free(text);
	return 0;
}
