/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns pair_fields[]. What both ends count is told as the client sees it; where its end is not
 * in sight, the server's numbers are turned round.
 */

#include "base/clock.h"
#include "base/i18n.h"
#include "view/row.h"

static void
get_client(const struct row *r, struct value *v)
{
	struct party p = row_party(r, PARTY_CLIENT);

	*v = value_party(p.task, p.at);
}

static void
get_server(const struct row *r, struct value *v)
{
	struct party p = row_party(r, PARTY_SERVER);

	*v = value_party(p.task, p.at);
}

static const char *
state_of(const struct sock *s)
{
	return s ? sock_state_names[s->state] : NULL;
}

static bool
is_gone(const struct sock *s)
{
	return s && s->life == LIFE_GONE;
}

/* A row's own end is the client's where both are in sight. Of one that is gone, what was is not what is. */
static void
get_states(const struct row *r, struct value *v)
{
	const struct sock *own = r->sock, *other = r->kind == ROW_PAIR ? row_peer(r) : NULL;

	if (other && is_gone(own) != is_gone(other)) {
		own = is_gone(own) ? NULL : own;
		other = is_gone(other) ? NULL : other;
	}
	if (state_of(own) || state_of(other))
		*v = (struct value){ .kind = VAL_STATES, .states = { state_of(own), state_of(other) } };
}

/* One number of either end that knows it. */
struct two_ends {
	unsigned has;	/* SOCK_HAS_ bit */
	uint64_t (*client)(const struct sock *s);
	uint64_t (*server)(const struct sock *s);
};

static void
get_of(const struct row *r, struct value *v, enum value_kind kind, const struct two_ends *what)
{
	const struct sock *peer = row_peer(r);
	bool own_is_client = row_is_client(r);

	if (r->kind != ROW_PAIR)
		return;
	if (r->sock->has & what->has)
		*v = value_number(kind, (own_is_client ? what->client : what->server)(r->sock));
	else if (peer && peer->has & what->has)
		*v = value_number(kind, (own_is_client ? what->server : what->client)(peer));
}

static uint64_t
rx_rate(const struct sock *s)
{
	return sock_info(s)->rx_rate;
}

static uint64_t
tx_rate(const struct sock *s)
{
	return sock_info(s)->tx_rate;
}

static uint64_t
rx_total(const struct sock *s)
{
	return sock_info(s)->rx_bytes;
}

static uint64_t
tx_total(const struct sock *s)
{
	return sock_info(s)->tx_bytes;
}

static uint64_t
rtt(const struct sock *s)
{
	return sock_info(s)->rtt_us;
}

static uint64_t
age(const struct sock *s)
{
	return sock_info(s)->age_ns / NS_PER_SEC;
}

static void
get_rx(const struct row *r, struct value *v)
{
	get_of(r, v, VAL_RATE, &(struct two_ends){ SOCK_HAS_RATE, rx_rate, tx_rate });
}

static void
get_tx(const struct row *r, struct value *v)
{
	get_of(r, v, VAL_RATE, &(struct two_ends){ SOCK_HAS_RATE, tx_rate, rx_rate });
}

static void
get_rtt(const struct row *r, struct value *v)
{
	get_of(r, v, VAL_USEC, &(struct two_ends){ SOCK_HAS_RTT, rtt, rtt });
}

static void
get_rx_total(const struct row *r, struct value *v)
{
	get_of(r, v, VAL_BYTES, &(struct two_ends){ SOCK_HAS_BYTES, rx_total, tx_total });
}

static void
get_tx_total(const struct row *r, struct value *v)
{
	get_of(r, v, VAL_BYTES, &(struct two_ends){ SOCK_HAS_BYTES, tx_total, rx_total });
}

static void
get_age(const struct row *r, struct value *v)
{
	get_of(r, v, VAL_SECONDS, &(struct two_ends){ SOCK_HAS_AGE, age, age });
}

#define BOTH (FIELD_PEERS | FIELD_OWNERS)
#define FLOW (FIELD_RIGHT | FIELD_BIG | FIELD_INFO | FIELD_PEERS)

const struct field pair_fields[] = {
	{ "client", N_("CLIENT"), N_("Who opened the connection, and from which port"),
	  VAL_PARTY, FIELD_GROW | BOTH, .get = get_client },
	{ "server", N_("SERVER"), N_("Who was called, at which port"),
	  VAL_PARTY, FIELD_GROW | BOTH, .get = get_server },
	{ "state", N_("STATE"), N_("State of the client's end and of the server's; once where they agree"),
	  VAL_STATES, FIELD_PEERS, .get = get_states },
	{ "rx", N_("RX/s"), N_("Bytes a second that the client receives"),
	  VAL_RATE, FLOW, .get = get_rx },
	{ "tx", N_("TX/s"), N_("Bytes a second that the client sends"),
	  VAL_RATE, FLOW, .get = get_tx },
	{ "rtt", N_("RTT"), N_("Round trip time"),
	  VAL_USEC, FLOW, .get = get_rtt },
	{ "rx_total", N_("RXTOTAL"), N_("Bytes that the client has received since the connection opened"),
	  VAL_BYTES, FLOW, .get = get_rx_total },
	{ "tx_total", N_("TXTOTAL"), N_("Bytes that the client has sent since the connection opened"),
	  VAL_BYTES, FLOW, .get = get_tx_total },
	{ "age", N_("AGE"), N_("Since when the connection was seen first"),
	  VAL_SECONDS, FIELD_RIGHT | FIELD_BIG | FIELD_PEERS, .get = get_age },
};

const size_t npair_fields = ARRAY_SIZE(pair_fields);
