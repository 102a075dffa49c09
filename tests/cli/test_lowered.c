/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Filters that the kernel decides in part: it takes every program that is made, and
 * the rows are those that user space finds alone.
 */

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "source/source.h"
#include "unit/random_filter.h"
#include "view/filter_kernel.h"

TestSuite(lowered, .init = cli_enter, .timeout = 240);

#define PROGRAMS 400
#define SEED     20261124ull

static struct mksock made;

static const char *const all_kinds[] = { "listener4", "listener6", "wildcard4", "dual", "bound",
	"pair", "pair6", "mapped", "unaccepted", "half-closed", "timewait", "finwait2", "udp",
	"udp-pair", "udp-wildcard", "away", "host", NULL };

/* What the kernel answers to a dump with this program: 0 or a negative errno. */
static int
ask_kernel(struct mnl_socket *nl, const void *code, size_t len)
{
	static char buf[65536];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *r;
	int status = 1;

	h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	r = mnl_nlmsg_put_extra_header(h, sizeof *r);
	*r = (struct inet_diag_req_v2){ .sdiag_family = AF_INET6, .sdiag_protocol = IPPROTO_TCP,
	                                .idiag_states = ~0u };
	mnl_attr_put(h, INET_DIAG_REQ_BYTECODE, len, code);
	if (mnl_socket_sendto(nl, h, h->nlmsg_len) < 0)
		return -errno;
	while (status > 0) {
		ssize_t n = mnl_socket_recvfrom(nl, buf, sizeof buf);
		int left = (int)n;

		if (n < 0)
			return -errno;
		for (h = (struct nlmsghdr *)buf; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			if (h->nlmsg_type == NLMSG_DONE)
				status = 0;
			else if (h->nlmsg_type == NLMSG_ERROR)
				status = *(const int *)mnl_nlmsg_get_payload(h);
		}
	}
	return status;
}

Test(lowered, the_kernel_takes_every_program)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_SOCK_DIAG);
	uint64_t seed = SEED;
	size_t tried = 0;

	cr_assert_not_null(nl);
	cr_assert_eq(mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID), 0);
	while (tried < PROGRAMS) {
		struct view_spec spec = { .scope = tried % 2 ? SCOPE_LOOPBACK : SCOPE_ALL };
		struct filter_error err;
		struct filter_kernel k;
		struct filter *f;
		struct text t;

		text_init(&t);
		random_filter(&t, &seed, 3);
		cr_assert_eq(filter_parse(text_str(&t), &f, &err), 0);
		spec.filter = f;
		filter_kernel_lower(&k, &spec, filter_needs(f));
		if (k.code) {
			tried++;
			cr_expect_eq(ask_kernel(nl, k.code, k.len), 0, "%s", text_str(&t));
		}
		filter_kernel_done(&k);
		filter_free(f);
		text_done(&t);
	}
	mnl_socket_close(nl);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The cookies of what a view has of a sample, in order, as one text to free. */
static char *
cookies(struct source *source, const struct view_spec *spec, const struct filter_kernel *k)
{
	struct source_narrow narrow = { .code = k ? k->code : NULL, .code_len = k ? k->len : 0 };
	struct names *names = names_new(true);
	struct snapshot snap;
	struct view view;
	struct text t;
	char **ids, *ret;

	if (k)
		memcpy(narrow.states, k->states, sizeof narrow.states);
	source_narrow(source, k ? &narrow : NULL);
	snapshot_init(&snap);
	view_init(&view, names);
	cr_assert_eq(source_sample(source, SOURCE_ALL, &snap), 0);
	view_build(&view, &snap, spec);
	ids = calloc(view.count + 1, sizeof *ids);
	for (size_t i = 0; i < view.count; i++)
		cr_assert(asprintf(&ids[i], "%016llx/%s/%u ", (unsigned long long)view.rows[i].sock->cookie,
		    sock_holder_names[view.rows[i].sock->holder] ? sock_holder_names[view.rows[i].sock->holder]
		    : "?", view.rows[i].sock->nowners) > 0);
	qsort(ids, view.count, sizeof *ids, by_text);
	text_init(&t);
	for (size_t i = 0; i < view.count; i++) {
		text_add(&t, ids[i]);
		free(ids[i]);
	}
	ret = strdup(text_str(&t));
	text_done(&t);
	free(ids);
	view_done(&view);
	snapshot_done(&snap);
	names_free(names);
	return ret;
}

/* Rows and their holders: what waits for its accept is known by listeners that no filter wants. */
Test(lowered, rows_are_the_same_either_way)
{
	struct source *source;
	uint64_t seed = SEED;
	size_t found = 0;

	mksock_start(&made, all_kinds);
	cr_assert_eq(source_open(&source, "/proc"), 0);
	for (size_t i = 0; i < 150; i++) {
		struct view_spec spec = { .scope = (enum scope)(i % SCOPE_COUNT), .holding = i % 7 == 0 };
		struct filter_error err;
		struct filter_kernel k;
		struct filter *f;
		struct text t;
		char *with, *without;

		text_init(&t);
		if (i % 3)
			random_filter(&t, &seed, 2);
		else
			text_addf(&t, "%s%d", i % 2 ? "lport:" : "",
			    (int)made.facts[i % made.n].lport);
		cr_assert_eq(filter_parse(text_str(&t), &f, &err), 0);
		spec.filter = f;
		filter_kernel_lower(&k, &spec, filter_needs(f));
		without = cookies(source, &spec, NULL);
		with = cookies(source, &spec, &k);
		cr_expect_str_eq(with, without, "%s", text_str(&t));
		found += *with != '\0';
		free(with);
		free(without);
		filter_kernel_done(&k);
		filter_free(f);
		text_done(&t);
	}
	cr_expect_gt(found, 30, "%zu had rows", found);
	source_close(source);
	mksock_stop(&made);
}
