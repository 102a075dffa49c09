/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* view/filter_kernel: what the kernel decides is what user space decides, or wider. */

#include "made.h"
#include "unit/bytecode.h"
#include "unit/random_filter.h"
#include "view/filter_kernel.h"

#define EXPRESSIONS 10000
#define SOCKETS     16		/* that each is tried on */
#define SEED        20261123ull

static bool
is_connection(const struct sock *s)
{
	return !(s->state == STATE_LISTEN || s->state == STATE_UNCONN || s->state == STATE_BOUND);
}

/* Would it leave the kernel? */
static bool
passes(const struct filter_kernel *k, const struct sock *s)
{
	if (!(k->states[s->proto] >> s->state & 1))
		return false;
	return !k->code || !is_connection(s) || bytecode_run(k->code, k->len, s);
}

static struct sock
random_sock(uint64_t *seed)
{
	static const uint16_t ports[] = { 1, 80, 443, 1023, 5432, 8080, 8085, 9000, 40000, 65535 };
	static const char *const v4[] = { "127.0.0.1", "127.0.0.2", "10.0.0.1", "192.0.2.7" };
	static const char *const v6[] = { "::1", "fe80::1", "2001:db8::1", "127.0.0.1", "10.0.0.1" };
	static const enum sock_state states[] = { STATE_ESTABLISHED, STATE_SYN_RECV, STATE_TIME_WAIT,
		STATE_FIN_WAIT2, STATE_CLOSE_WAIT, STATE_LISTEN, STATE_BOUND };
	bool six = random_next(seed) % 2, udp = random_next(seed) % 5 == 0;
	enum sock_state state = states[random_next(seed) % ARRAY_SIZE(states)];
	struct sock s;

	if (udp)
		state = random_next(seed) % 2 ? STATE_ESTABLISHED : STATE_UNCONN;
	s = made_sock(udp ? PROTO_UDP : PROTO_TCP, state,
	              six ? RANDOM_WORD(seed, v6) : RANDOM_WORD(seed, v4),
	              ports[random_next(seed) % ARRAY_SIZE(ports)],
	              six ? RANDOM_WORD(seed, v6) : RANDOM_WORD(seed, v4),
	              ports[random_next(seed) % ARRAY_SIZE(ports)]);
	s.family = six ? 6 : 4;
	if (!is_connection(&s)) {
		memset(&s.remote, 0, sizeof s.remote);
		if (!six)
			s.remote = made_endpoint("0.0.0.0", 0);
	}
	return s;
}

static struct sock
swapped(const struct sock *s)
{
	struct sock ret = *s;

	ret.local = s->remote;
	ret.remote = s->local;
	return ret;
}

static void
try_on_sockets(const char *text, const struct view_spec *spec, const struct filter_kernel *k,
               struct view_env *env, uint64_t *seed, size_t *kept, size_t *dropped)
{
	for (size_t i = 0; i < SOCKETS; i++) {
		struct sock s = random_sock(seed), other = swapped(&s);
		struct row row = { .sock = &s, .env = env };
		bool out = passes(k, &s);

		*kept += out;
		*dropped += !out;
		if (!view_has(spec, &row))
			continue;
		cr_expect(out, "narrower: %s", text);
		if (is_connection(&s))
			cr_expect(passes(k, &other), "without its other end: %s", text);
	}
}

Test(filter_kernel, random_expressions_are_exact_or_wider)
{
	uint64_t seed = SEED;
	size_t kept = 0, dropped = 0, coded = 0;
	struct snapshot snap;
	struct view_env env = { .snap = &snap, .names = names_new(true) };
	struct text text;

	made_snapshot(&snap);
	text_init(&text);
	for (size_t i = 0; i < EXPRESSIONS; i++) {
		struct view_spec spec = { .scope = i % 2 ? SCOPE_LOOPBACK : SCOPE_ALL };
		struct filter_error err;
		struct filter_kernel k;
		struct filter *f;

		text_clear(&text);
		random_filter(&text, &seed, 3);
		cr_assert_eq(filter_parse(text_str(&text), &f, &err), 0, "%s: %s", text_str(&text),
		             err.message);
		spec.filter = f;
		filter_kernel_lower(&k, &spec, 0);
		coded += k.code != NULL;
		cr_expect(!k.code || bytecode_audit(k.code, k.len), "%s", text_str(&text));
		try_on_sockets(text_str(&text), &spec, &k, &env, &seed, &kept, &dropped);
		filter_kernel_done(&k);
		filter_free(f);
	}
	text_done(&text);
	names_free(env.names);
	snapshot_done(&snap);
	cr_expect_gt(coded, EXPRESSIONS / 4, "most of it must be lowered at all: %zu", coded);
	cr_expect_gt(dropped, kept / 10, "and must hold something back: %zu of %zu", dropped, kept);
}

/* What must not leave the kernel. */
Test(filter_kernel, is_as_narrow_as_can_be)
{
	static const struct {
		const char *filter;
		const char *laddr;
		uint16_t    lport;
		const char *raddr;
		uint16_t    rport;
		unsigned    family;
		bool        passes;
	} cases[] = {
		{ "lport:8080", "127.0.0.1", 8080, "127.0.0.1", 4000, 4, true },
		{ "lport:8080", "127.0.0.1", 4000, "127.0.0.1", 8080, 4, true },
		{ "lport:8080", "127.0.0.1", 4000, "127.0.0.1", 8081, 4, false },
		{ "8000-8999", "127.0.0.1", 9000, "127.0.0.1", 7999, 4, false },
		{ "8000-8999", "127.0.0.1", 9000, "127.0.0.1", 8999, 4, true },
		{ "not 8080", "127.0.0.1", 9000, "127.0.0.1", 8080, 4, false },
		{ "not 8080", "127.0.0.1", 9000, "127.0.0.1", 9001, 4, true },
		{ "not lport:8080", "127.0.0.1", 8080, "127.0.0.1", 9001, 4, true },
		{ "10.0.0.0/8", "127.0.0.1", 1, "127.0.0.1", 2, 4, false },
		{ "10.0.0.0/8", "10.1.2.3", 1, "127.0.0.1", 2, 6, true },
		{ "::1", "::1", 1, "::1", 2, 6, true },
		{ "::1", "127.0.0.1", 1, "127.0.0.1", 2, 6, false },
		{ "not ::1", "::1", 1, "::1", 2, 6, false },
		{ "127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1", 9, 4, true },
		{ "127.0.0.1:8080", "127.0.0.1", 9, "127.0.0.2", 8080, 4, false },
		{ "lport:none", "127.0.0.1", 9, "127.0.0.2", 8080, 4, false },
		{ "process:node 8080", "127.0.0.1", 9, "127.0.0.2", 80, 4, false },
		{ "process:node or 8080", "127.0.0.1", 9, "127.0.0.2", 80, 4, true },
		{ "state:estab 8080", "127.0.0.1", 9, "127.0.0.2", 80, 4, false },
		{ "state:listen", "127.0.0.1", 9, "127.0.0.2", 80, 4, false },
		{ "not state:estab", "127.0.0.1", 9, "127.0.0.2", 80, 4, false },
		{ "not (state:estab or 80)", "127.0.0.1", 9, "127.0.0.2", 81, 4, false },
		{ "not (8080 or 9090) 80", "127.0.0.1", 80, "127.0.0.2", 9090, 4, false },
		{ "", "127.0.0.1", 80, "127.0.0.2", 9090, 4, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct view_spec spec = { .scope = SCOPE_ALL };
		struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, cases[i].laddr,
		                          cases[i].lport, cases[i].raddr, cases[i].rport);
		struct filter_error err;
		struct filter_kernel k;
		struct filter *f;

		s.family = (uint8_t)cases[i].family;
		cr_assert_eq(filter_parse(cases[i].filter, &f, &err), 0, "%s", cases[i].filter);
		spec.filter = f;
		filter_kernel_lower(&k, &spec, 0);
		cr_expect_eq(passes(&k, &s), cases[i].passes, "%s, case %zu", cases[i].filter, i);
		filter_kernel_done(&k);
		filter_free(f);
	}
}

Test(filter_kernel, the_scope_is_lowered)
{
	static const struct { const char *laddr, *raddr; unsigned family; bool passes; } cases[] = {
		{ "127.0.0.1", "127.0.0.1", 4, true }, { "127.9.9.9", "10.0.0.1", 4, true },
		{ "10.0.0.1", "127.0.0.1", 4, true }, { "10.0.0.1", "10.0.0.2", 4, false },
		{ "::1", "::1", 6, true }, { "::2", "::3", 6, false }, { "127.0.0.1", "127.0.0.1", 6, true },
		{ "10.0.0.1", "10.0.0.1", 6, false }, { "fe80::1", "::1", 6, true },
	};
	struct view_spec spec = { .scope = SCOPE_LOOPBACK };
	struct filter_kernel k;

	filter_kernel_lower(&k, &spec, FIELD_SCOPE);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, cases[i].laddr, 1,
		                          cases[i].raddr, 2);

		s.family = (uint8_t)cases[i].family;
		cr_expect_eq(passes(&k, &s), cases[i].passes, "case %zu", i);
	}
	filter_kernel_done(&k);
	spec.scope = SCOPE_ALL;
	filter_kernel_lower(&k, &spec, FIELD_SCOPE);
	cr_expect_null(k.code);
	filter_kernel_done(&k);
}

/* A list as long as the language allows is not lowered, rather than lowered wrongly. */
Test(filter_kernel, what_is_too_long_is_wider)
{
	struct view_spec spec = { .scope = SCOPE_LOOPBACK };
	struct filter_error err;
	struct filter_kernel k;
	struct filter *f;
	struct text text;

	text_init(&text);
	text_add(&text, "port:1");
	for (int i = 2; i < 2000; i++)
		text_addf(&text, ",%d", i * 7);
	cr_assert_eq(filter_parse(text_str(&text), &f, &err), 0, "%s", err.message);
	spec.filter = f;
	filter_kernel_lower(&k, &spec, 0);
	cr_expect_not_null(k.code, "the scope is left");
	cr_expect(bytecode_audit(k.code, k.len));
	cr_expect_lt(k.len, 1000);
	filter_kernel_done(&k);
	filter_free(f);
	text_done(&text);
}
