/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns what is true of each kind of value: one row of kinds[], its text and its order. */

#include "view/value.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

struct value
value_words(const char *const *names, uint32_t set)
{
	return (struct value){ .kind = VAL_WORDS, .words = { names, set } };
}

struct value
value_text(const char *s)
{
	return s ? (struct value){ .kind = VAL_TEXT, .text = { s, strlen(s) } }
		 : (struct value){ .kind = VAL_NONE };
}

struct value
value_party(const struct task *task, const struct endpoint *at)
{
	if (!task && !at)
		return (struct value){ .kind = VAL_NONE };
	return (struct value){ .kind = VAL_PARTY, .party = { task, at } };
}

const char *
value_next_word(const struct value *v, unsigned *at)
{
	while (*at < 32 && v->words.set >> *at) {
		unsigned i = (*at)++;

		if (v->words.set >> i & 1)
			return v->words.names[i];
	}
	return NULL;
}

const char *
value_next_arg(const struct value *v, size_t *at, size_t *len)
{
	const struct task *task = v->task;
	const char *arg;

	if (*at >= task->argv_len)
		return NULL;
	arg = task->argv + *at;
	*len = strnlen(arg, task->argv_len - *at);
	*at += *len + 1;
	return arg;
}

/* Text of each kind. */

static void
add_none(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)t;
	(void)v;
	(void)style;
	(void)cs;
}

static void
add_number(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)style;
	(void)cs;
	text_add_number(t, v->number);
}

static void
add_bytes(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	if (style == VALUE_TABLE)
		text_add_size(t, v->number);
	else
		add_number(t, v, style, cs);
}

static void
add_seconds(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	if (style == VALUE_TABLE)
		text_add_duration(t, v->number);
	else
		add_number(t, v, style, cs);
}

/* Adds thousandths of a unit, rounded: one decimal below ten, none above. */
static void
add_unit(struct text *t, uint64_t milli, const char *unit)
{
	uint64_t tenths = (milli + 50) / 100;

	if (tenths < 100)
		text_addf(t, "%" PRIu64 ".%" PRIu64 "%s", tenths / 10, tenths % 10, unit);
	else
		text_addf(t, "%" PRIu64 "%s", (milli + 500) / 1000, unit);
}

static void
add_usec(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	if (style == VALUE_EXACT)
		add_number(t, v, style, cs);
	else if (v->number < 1000)
		text_addf(t, "%" PRIu64 "us", v->number);
	else if (v->number < 999500)	/* what still rounds to 999ms */
		add_unit(t, v->number, "ms");
	else
		add_unit(t, v->number / 1000, "s");
}

static void
add_cookie(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)style;
	(void)cs;
	text_addf(t, "%016" PRIx64, v->number);
}

static void
add_enum(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)style;
	(void)cs;
	text_add(t, v->name);
}

static void
add_words(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	unsigned at = 0;
	const char *word = value_next_word(v, &at);

	(void)cs;
	if (!word && style == VALUE_TABLE)
		text_addc(t, '-');
	for (const char *between = ""; word; between = " ", word = value_next_word(v, &at))
		text_addf(t, "%s%s", between, word);
}

static void
add_raw(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)style;
	text_add_safe(t, v->text.s, v->text.len, cs);
}

static void
add_addr(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)cs;
	if (style == VALUE_TABLE && addr_is_any(v->endpoint->addr))
		text_addc(t, '*');
	else
		addr_add_text(t, v->endpoint->addr);
}

static void
add_endpoint(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)cs;
	if (style != VALUE_TABLE || !addr_is_any(v->endpoint->addr)) {
		endpoint_add_text(t, v->endpoint);
		return;
	}
	text_add(t, "*:");
	text_add_number(t, v->endpoint->port);
}

static void
add_argv(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	size_t at = 0, len;
	const char *arg;

	(void)style;
	while ((arg = value_next_arg(v, &at, &len))) {
		if (arg != v->task->argv)
			text_addc(t, ' ');
		text_add_safe(t, arg, len, cs);
	}
}

static void
add_owners(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)style;
	(void)cs;
	text_add_number(t, v->owners->nowners);
}

/* The address helps only where it is not the one that everybody uses. */
static bool
is_usual(const uint8_t addr[16])
{
	static const uint8_t v4[16] = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 };
	static const uint8_t v6[16] = { [15] = 1 };

	return memcmp(addr, v4, sizeof v4) == 0 || memcmp(addr, v6, sizeof v6) == 0;
}

static void
add_party(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	const struct task *task = v->party.task;
	const struct endpoint *at = v->party.at;

	(void)style;
	if (task) {
		text_add_safe(t, task_app(task), strlen(task_app(task)), cs);
		text_addf(t, at ? " %d " : " %d", (int)task->pid);
	}
	if (at && is_usual(at->addr))
		text_addf(t, ":%u", at->port);
	else if (at)
		endpoint_add_text(t, at);
}

static void
add_states(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	const char *client = v->states.client, *server = v->states.server;

	(void)style;
	(void)cs;
	if (client)
		text_add(t, client);
	if (client && server && strcmp(client, server) != 0)
		text_addc(t, '/');
	if (server && (!client || strcmp(client, server) != 0))
		text_add(t, server);
}

static void
add_ports(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	(void)style;
	(void)cs;
	for (size_t i = 0; i < v->ports.count; i++)
		text_addf(t, i > 0 ? " %u" : "%u", v->ports.list[i]);
}

/* Order of each kind, and its rank. */

static int
order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* The first word of the list counts most. */
static uint64_t
rank_words(const struct value *v)
{
	uint64_t rank = 0;

	for (unsigned i = 0; i < 32; i++)
		rank = rank << 1 | (v->words.set >> i & 1);
	return rank;
}

static int
compare_none(const struct value *a, const struct value *b)
{
	(void)a;
	(void)b;
	return 0;
}

static int
compare_number(const struct value *a, const struct value *b)
{
	return order_u64(a->number, b->number);
}

/* ASCII alone: the order is the same in every locale. */
static unsigned char
fold(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? u + ('a' - 'A') : u;
}

static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t len = MIN(a_len, b_len);
	int r;

	if (a == b && a_len == b_len)	/* many sockets of one process */
		return 0;
	for (size_t i = 0; i < len; i++)
		if (fold(a[i]) != fold(b[i]))
			return fold(a[i]) < fold(b[i]) ? -1 : 1;
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	r = len ? memcmp(a, b, len) : 0;
	return (r > 0) - (r < 0);
}

static int
compare_enum(const struct value *a, const struct value *b)
{
	if (a->name == b->name)
		return 0;
	return compare_bytes(a->name, strlen(a->name), b->name, strlen(b->name));
}

static int
compare_words(const struct value *a, const struct value *b)
{
	return order_u64(rank_words(a), rank_words(b));
}

static int
compare_text(const struct value *a, const struct value *b)
{
	return compare_bytes(a->text.s, a->text.len, b->text.s, b->text.len);
}

static int
compare_addr(const struct value *a, const struct value *b)
{
	const uint8_t *x = a->endpoint->addr, *y = b->endpoint->addr;
	int r;

	if (addr_is_v4(x) != addr_is_v4(y))
		return addr_is_v4(x) ? -1 : 1;
	r = memcmp(x, y, sizeof a->endpoint->addr);
	return (r > 0) - (r < 0);
}

static int
compare_endpoint(const struct value *a, const struct value *b)
{
	int r = compare_addr(a, b);

	return r ? r : order_u64(a->endpoint->port, b->endpoint->port);
}

static int
compare_argv(const struct value *a, const struct value *b)
{
	return compare_bytes(a->task->argv, a->task->argv_len, b->task->argv, b->task->argv_len);
}

static int
compare_owners(const struct value *a, const struct value *b)
{
	return order_u64(a->owners->nowners, b->owners->nowners);
}

/* A process that is not known comes last, ends that have no port before the others. */
static int
compare_party(const struct value *a, const struct value *b)
{
	const struct task *x = a->party.task, *y = b->party.task;
	int r = order_u64(!x, !y);

	if (r == 0 && x != y)
		r = compare_bytes(task_app(x), strlen(task_app(x)), task_app(y), strlen(task_app(y)));
	if (r == 0 && x != y)
		r = order_u64((uint64_t)x->pid, (uint64_t)y->pid);
	if (r == 0 && a->party.at && b->party.at) {
		struct value from = value_endpoint(a->party.at), to = value_endpoint(b->party.at);

		r = order_u64(a->party.at->port, b->party.at->port);
		return r ? r : compare_addr(&from, &to);
	}
	return r ? r : order_u64(a->party.at != NULL, b->party.at != NULL);
}

static int
order_names(const char *a, const char *b)
{
	return compare_bytes(a ? a : "", a ? strlen(a) : 0, b ? b : "", b ? strlen(b) : 0);
}

static const char *
first_state(const struct value *v)
{
	return v->states.client ? v->states.client : v->states.server;
}

static int
compare_states(const struct value *a, const struct value *b)
{
	int r = order_names(first_state(a), first_state(b));

	return r ? r : order_names(a->states.server, b->states.server);
}

static int
compare_ports(const struct value *a, const struct value *b)
{
	size_t n = MIN(a->ports.count, b->ports.count);

	for (size_t i = 0; i < n; i++)
		if (a->ports.list[i] != b->ports.list[i])
			return order_u64(a->ports.list[i], b->ports.list[i]);
	return order_u64(a->ports.count, b->ports.count);
}

/* Is it the same at a glance? */

static bool
same_none(const struct value *a, const struct value *b)
{
	(void)a;
	(void)b;
	return true;
}

static bool
same_number(const struct value *a, const struct value *b)
{
	return a->number == b->number;
}

static bool
same_name(const struct value *a, const struct value *b)
{
	return a->name == b->name;
}

static bool
same_text(const struct value *a, const struct value *b)
{
	return a->text.s == b->text.s && a->text.len == b->text.len;
}

static bool
same_endpoint(const struct value *a, const struct value *b)
{
	return a->endpoint->port == b->endpoint->port &&
	       memcmp(a->endpoint->addr, b->endpoint->addr, sizeof a->endpoint->addr) == 0;
}

static bool
same_task(const struct value *a, const struct value *b)
{
	return a->task == b->task;
}

static bool
same_owners(const struct value *a, const struct value *b)
{
	return a->owners->nowners == b->owners->nowners;
}

static uint64_t
rank_none(const struct value *v)
{
	(void)v;
	return UINT64_MAX;
}

static uint64_t
rank_number(const struct value *v)
{
	return v->number;
}

static uint64_t
rank_bytes(const char *s, size_t len)
{
	uint64_t rank = 0;

	for (size_t i = 0; i < sizeof rank; i++)
		rank = rank << 8 | (i < len ? fold(s[i]) : 0);
	return rank;
}

static uint64_t
rank_enum(const struct value *v)
{
	return rank_bytes(v->name, strlen(v->name));
}

static uint64_t
rank_text(const struct value *v)
{
	return rank_bytes(v->text.s, v->text.len);
}

static uint64_t
be64(const uint8_t *p)
{
	uint64_t n;

	memcpy(&n, p, sizeof n);
	return be64toh(n);
}

/* IPv4 is 32 bits of address and 16 of port; IPv6 comes after it with the 63 bits that are left. */
static uint64_t
rank_endpoint(const struct value *v)
{
	const uint8_t *addr = v->endpoint->addr;
	uint16_t port = v->kind == VAL_ENDPOINT ? v->endpoint->port : 0;

	if (addr_is_v4(addr))
		return (be64(addr + 8) & UINT32_MAX) << 16 | port;
	return UINT64_C(1) << 63 | be64(addr) >> 1;
}

static uint64_t
rank_argv(const struct value *v)
{
	return rank_bytes(v->task->argv, v->task->argv_len);
}

static uint64_t
rank_owners(const struct value *v)
{
	return v->owners->nowners;
}

static uint64_t
rank_party(const struct value *v)
{
	const char *app = v->party.task ? task_app(v->party.task) : NULL;

	return app ? rank_bytes(app, strlen(app)) : UINT64_MAX;
}

static uint64_t
rank_states(const struct value *v)
{
	const char *first = first_state(v);

	return first ? rank_bytes(first, strlen(first)) : 0;
}

/* The first four. */
static uint64_t
rank_ports(const struct value *v)
{
	uint64_t rank = 0;

	for (size_t i = 0; i < 4; i++)
		rank = rank << 16 | (i < v->ports.count ? v->ports.list[i] : 0);
	return rank;
}

static const struct {
	bool whole;	/* equal ranks are equal values */
	bool plain;	/* ASCII */
	bool placed;	/* name, text.s or task tells which it is */
	void (*add)(struct text *t, const struct value *v, enum value_style style,
	            enum text_charset cs);
	int (*compare)(const struct value *a, const struct value *b);
	uint64_t (*rank)(const struct value *v);
	bool (*same)(const struct value *a, const struct value *b);	/* NULL: nobody can say */
} kinds[VAL_KINDS] = {
	[VAL_NONE]     = { true,  true,  false, add_none,     compare_none,     rank_none,     same_none },
	[VAL_NUMBER]   = { true,  true,  false, add_number,   compare_number,   rank_number,   same_number },
	[VAL_PORT]     = { true,  true,  false, add_number,   compare_number,   rank_number,   same_number },
	[VAL_BYTES]    = { true,  true,  false, add_bytes,    compare_number,   rank_number,   same_number },
	[VAL_RATE]     = { true,  true,  false, add_bytes,    compare_number,   rank_number,   same_number },
	[VAL_USEC]     = { true,  true,  false, add_usec,     compare_number,   rank_number,   same_number },
	[VAL_SECONDS]  = { true,  true,  false, add_seconds,  compare_number,   rank_number,   same_number },
	[VAL_COOKIE]   = { true,  true,  false, add_cookie,   compare_number,   rank_number,   same_number },
	[VAL_ENUM]     = { false, true,  true,  add_enum,     compare_enum,     rank_enum,     same_name },
	[VAL_WORDS]    = { true,  true,  false, add_words,    compare_words,    rank_words,    NULL },
	[VAL_TEXT]     = { false, false, true,  add_raw,      compare_text,     rank_text,     same_text },
	[VAL_ADDR]     = { false, true,  false, add_addr,     compare_addr,     rank_endpoint, same_endpoint },
	[VAL_ENDPOINT] = { false, true,  false, add_endpoint, compare_endpoint, rank_endpoint, same_endpoint },
	[VAL_ARGV]     = { false, false, true,  add_argv,     compare_argv,     rank_argv,     same_task },
	[VAL_OWNERS]   = { true,  true,  false, add_owners,   compare_owners,   rank_owners,   same_owners },
	[VAL_PARTY]    = { false, false, false, add_party,    compare_party,    rank_party,    NULL },
	[VAL_STATES]   = { false, true,  false, add_states,   compare_states,   rank_states,   NULL },
	[VAL_PORTS]    = { false, true,  false, add_ports,    compare_ports,    rank_ports,    NULL },
};

void
value_add(struct text *t, const struct value *v, enum value_style style, enum text_charset cs)
{
	kinds[v->kind].add(t, v, style, cs);
}

bool
value_same(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && kinds[a->kind].same && kinds[a->kind].same(a, b);
}

int
value_compare(const struct value *a, const struct value *b)
{
	if (a->kind == b->kind)
		return kinds[a->kind].compare(a, b);
	if (a->kind == VAL_NONE || b->kind == VAL_NONE)
		return a->kind == VAL_NONE ? 1 : -1;
	return a->kind < b->kind ? -1 : 1;
}

uint64_t
value_place(const struct value *v)
{
	return kinds[v->kind].placed ? (uintptr_t)v->name : 0;
}

bool
value_is_plain(enum value_kind kind)
{
	return kinds[kind].plain;
}

bool
value_rank_is_whole(enum value_kind kind)
{
	return kinds[kind].whole;
}

uint64_t
value_rank(const struct value *v)
{
	return kinds[v->kind].rank(v);
}
