/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns figures[]. Their ids are those of ss(8) and of the kernel, which nobody translates:
 * whoever reads this far looks them up there.
 */

#include "view/figure.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/util.h"
#include "view/value.h"

const char *const figure_groups[FIGURES_GROUPS] = {
	[FIGURES_TIMER]  = N_("Timer"),
	[FIGURES_TIMES]  = N_("Times"),
	[FIGURES_WINDOW] = N_("Window"),
	[FIGURES_FLOW]   = N_("Flow"),
	[FIGURES_LOSS]   = N_("Loss"),
	[FIGURES_MEMORY] = N_("Memory"),
	[FIGURES_SOCKET] = N_("Options"),
};

static void
add_value(struct text *t, enum value_kind kind, uint64_t number)
{
	struct value v = value_number(kind, number);

	value_add(t, &v, VALUE_TABLE, TEXT_ASCII);
}

static void
add_count(struct text *t, const struct sock_detail *d, enum figure f)
{
	add_value(t, VAL_NUMBER, d->figure[f]);
}

static void
add_bytes(struct text *t, const struct sock_detail *d, enum figure f)
{
	add_value(t, VAL_BYTES, d->figure[f]);
}

static void
add_usec(struct text *t, const struct sock_detail *d, enum figure f)
{
	add_value(t, VAL_USEC, d->figure[f]);
}

static void
add_rate(struct text *t, const struct sock_detail *d, enum figure f)
{
	add_value(t, VAL_BYTES, d->figure[f]);
	text_add(t, "/s");
}

static void
add_hex(struct text *t, const struct sock_detail *d, enum figure f)
{
	text_addf(t, "0x%" PRIx64, d->figure[f]);
}

static void
add_word(struct text *t, uint64_t number, const char *const *words, size_t n)
{
	if (number < n && words[number])
		text_add(t, words[number]);
	else
		text_addf(t, "%" PRIu64, number);
}

/* The bits that have a name, joined by blanks. */
static void
add_bits(struct text *t, uint64_t bits, const char *const *words, size_t n)
{
	size_t start = t->len;

	for (size_t i = 0; i < n; i++) {
		if (!(bits & (uint64_t)1 << i) || !words[i])
			continue;
		if (t->len > start)
			text_addc(t, ' ');
		text_add(t, words[i]);
	}
	if (t->len == start)
		text_addc(t, '-');
}

/* enum tcp_ca_state of <linux/tcp.h> */
static void
add_ca_state(struct text *t, const struct sock_detail *d, enum figure f)
{
	static const char *const words[] = { "open", "disorder", "cwr", "recovery", "loss" };

	add_word(t, d->figure[f], words, ARRAY_SIZE(words));
}

/* TCPI_OPT_* of <linux/tcp.h>; `wscale` has figures of its own. */
static void
add_options(struct text *t, const struct sock_detail *d, enum figure f)
{
	static const char *const words[] = { "ts", "sack", NULL, "ecn", "ecnseen", "fastopen" };

	add_bits(t, d->figure[f], words, ARRAY_SIZE(words));
}

static void
add_shutdown(struct text *t, const struct sock_detail *d, enum figure f)
{
	static const char *const words[] = { "recv", "send" };

	add_bits(t, d->figure[f], words, ARRAY_SIZE(words));
}

static void
add_timer(struct text *t, const struct sock_detail *d, enum figure f)
{
	static const char *const words[] = {
		[TIMER_RETRANSMIT] = "on", [TIMER_KEEPALIVE] = "keepalive",
		[TIMER_TIMEWAIT] = "timewait", [TIMER_PROBE] = "persist",
	};

	add_word(t, d->figure[f], words, ARRAY_SIZE(words));
}

static void
add_yes(struct text *t, const struct sock_detail *d, enum figure f)
{
	text_add(t, d->figure[f] ? _("yes") : _("no"));
}

static void
add_wscale(struct text *t, const struct sock_detail *d, enum figure f)
{
	text_addf(t, "%" PRIu64 ",%" PRIu64, d->figure[f], d->figure[FIG_RCV_WSCALE]);
}

const struct figure_row figures[FIGURE_COUNT] = {
	[FIG_RTT]            = { "rtt", FIGURES_TIMES, add_usec },
	[FIG_RTTVAR]         = { "rttvar", FIGURES_TIMES, add_usec },
	[FIG_MIN_RTT]        = { "minrtt", FIGURES_TIMES, add_usec },
	[FIG_RCV_RTT]        = { "rcv_rtt", FIGURES_TIMES, add_usec },
	[FIG_RTO]            = { "rto", FIGURES_TIMES, add_usec },
	[FIG_ATO]            = { "ato", FIGURES_TIMES, add_usec },
	[FIG_LAST_SENT]      = { "lastsnd", FIGURES_TIMES, add_usec },
	[FIG_LAST_RCVD]      = { "lastrcv", FIGURES_TIMES, add_usec },
	[FIG_LAST_ACK]       = { "lastack", FIGURES_TIMES, add_usec },
	[FIG_BUSY]           = { "busy", FIGURES_TIMES, add_usec },
	[FIG_RWND_LIMITED]   = { "rwnd_limited", FIGURES_TIMES, add_usec },
	[FIG_SNDBUF_LIMITED] = { "sndbuf_limited", FIGURES_TIMES, add_usec },
	[FIG_CA_STATE]       = { "ca_state", FIGURES_WINDOW, add_ca_state },
	[FIG_CWND]           = { "cwnd", FIGURES_WINDOW, add_count },
	[FIG_SSTHRESH]       = { "ssthresh", FIGURES_WINDOW, add_count },
	[FIG_UNACKED]        = { "unacked", FIGURES_WINDOW, add_count },
	[FIG_SACKED]         = { "sacked", FIGURES_WINDOW, add_count },
	[FIG_LOST]           = { "lost", FIGURES_LOSS, add_count },
	[FIG_SND_WND]        = { "snd_wnd", FIGURES_WINDOW, add_bytes },
	[FIG_RCV_SPACE]      = { "rcv_space", FIGURES_WINDOW, add_bytes },
	[FIG_RCV_SSTHRESH]   = { "rcv_ssthresh", FIGURES_WINDOW, add_bytes },
	[FIG_NOTSENT]        = { "notsent", FIGURES_WINDOW, add_bytes },
	[FIG_SND_MSS]        = { "mss", FIGURES_WINDOW, add_count },
	[FIG_RCV_MSS]        = { "rcvmss", FIGURES_WINDOW, add_count },
	[FIG_ADV_MSS]        = { "advmss", FIGURES_WINDOW, add_count },
	[FIG_PMTU]           = { "pmtu", FIGURES_WINDOW, add_count },
	[FIG_OPTIONS]        = { "options", FIGURES_SOCKET, add_options },
	[FIG_SND_WSCALE]     = { "wscale", FIGURES_SOCKET, add_wscale },
	[FIG_RCV_WSCALE]     = { NULL, FIGURES_SOCKET, NULL },
	[FIG_PACING]         = { "pacing_rate", FIGURES_FLOW, add_rate },
	[FIG_MAX_PACING]     = { "max_pacing", FIGURES_FLOW, add_rate },
	[FIG_DELIVERY]       = { "delivery_rate", FIGURES_FLOW, add_rate },
	[FIG_BYTES_SENT]     = { "bytes_sent", FIGURES_FLOW, add_count },
	[FIG_BYTES_ACKED]    = { "bytes_acked", FIGURES_FLOW, add_count },
	[FIG_BYTES_RETRANS]  = { "bytes_retrans", FIGURES_FLOW, add_count },
	[FIG_BYTES_RCVD]     = { "bytes_received", FIGURES_FLOW, add_count },
	[FIG_SEGS_OUT]       = { "segs_out", FIGURES_FLOW, add_count },
	[FIG_SEGS_IN]        = { "segs_in", FIGURES_FLOW, add_count },
	[FIG_DATA_OUT]       = { "data_out", FIGURES_FLOW, add_count },
	[FIG_DATA_IN]        = { "data_in", FIGURES_FLOW, add_count },
	[FIG_DELIVERED]      = { "delivered", FIGURES_FLOW, add_count },
	[FIG_DELIVERED_CE]   = { "delivered_ce", FIGURES_FLOW, add_count },
	[FIG_RETRANS]        = { "retrans", FIGURES_LOSS, add_count },
	[FIG_TOTAL_RETRANS]  = { "retrans_total", FIGURES_LOSS, add_count },
	[FIG_RETRANSMITS]    = { "timeouts", FIGURES_LOSS, add_count },
	[FIG_BACKOFF]        = { "backoff", FIGURES_LOSS, add_count },
	[FIG_PROBES]         = { "probes", FIGURES_LOSS, add_count },
	[FIG_REORDERING]     = { "reordering", FIGURES_LOSS, add_count },
	[FIG_REORD_SEEN]     = { "reord_seen", FIGURES_LOSS, add_count },
	[FIG_OOO]            = { "rcv_ooopack", FIGURES_LOSS, add_count },
	[FIG_DSACK]          = { "dsack_dups", FIGURES_LOSS, add_count },
	[FIG_RMEM]           = { "rmem", FIGURES_MEMORY, add_bytes },
	[FIG_RCVBUF]         = { "rcvbuf", FIGURES_MEMORY, add_bytes },
	[FIG_WMEM]           = { "wmem", FIGURES_MEMORY, add_bytes },
	[FIG_SNDBUF]         = { "sndbuf", FIGURES_MEMORY, add_bytes },
	[FIG_FORWARD]        = { "fwd_alloc", FIGURES_MEMORY, add_bytes },
	[FIG_WQUEUED]        = { "wmem_queued", FIGURES_MEMORY, add_bytes },
	[FIG_OPTMEM]         = { "optmem", FIGURES_MEMORY, add_bytes },
	[FIG_BACKLOG]        = { "backlog", FIGURES_MEMORY, add_bytes },
	[FIG_DROPS]          = { "drops", FIGURES_MEMORY, add_count },
	[FIG_TIMER]          = { "timer", FIGURES_TIMER, add_timer },
	[FIG_TIMER_LEFT]     = { "left", FIGURES_TIMER, add_usec },
	[FIG_TIMER_RETRANS]  = { "retrans", FIGURES_TIMER, add_count },
	[FIG_SHUTDOWN]       = { "shutdown", FIGURES_SOCKET, add_shutdown },
	[FIG_TOS]            = { "tos", FIGURES_SOCKET, add_hex },
	[FIG_TCLASS]         = { "tclass", FIGURES_SOCKET, add_hex },
	[FIG_V6ONLY]         = { "v6only", FIGURES_SOCKET, add_yes },
	[FIG_MARK]           = { "mark", FIGURES_SOCKET, add_hex },
	[FIG_CLASS_ID]       = { "class_id", FIGURES_SOCKET, add_hex },
	[FIG_CGROUP_ID]      = { "cgroup_id", FIGURES_SOCKET, add_count },
};
