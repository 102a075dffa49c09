/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * All that one socket and one process tell, for a page about them: what is too much
 * to be asked of every one at every refresh. Absent is not zero: see `known`, `has`.
 */

#ifndef LOTOP_MODEL_DETAIL_H
#define LOTOP_MODEL_DETAIL_H

#include "model/sock.h"
#include "model/task.h"

/*
 * Numbers that the kernel gives of one socket. Times are in microseconds, rates in
 * bytes a second; what they are called on a page is view/figure.h's.
 */
enum figure {
	/* times */
	FIG_RTT,
	FIG_RTTVAR,
	FIG_MIN_RTT,
	FIG_RCV_RTT,
	FIG_RTO,
	FIG_ATO,
	FIG_LAST_SENT,		/* since the last data was sent */
	FIG_LAST_RCVD,
	FIG_LAST_ACK,
	FIG_BUSY,		/* how long there was something to send */
	FIG_RWND_LIMITED,	/* of that: the peer's window was full */
	FIG_SNDBUF_LIMITED,	/* of that: the send buffer was */
	/* windows, sizes */
	FIG_CA_STATE,		/* TCP_CA_* of <linux/tcp.h> */
	FIG_CWND,		/* segments, as the four below */
	FIG_SSTHRESH,
	FIG_UNACKED,
	FIG_SACKED,
	FIG_LOST,
	FIG_SND_WND,		/* bytes, as the three below */
	FIG_RCV_SPACE,
	FIG_RCV_SSTHRESH,
	FIG_NOTSENT,
	FIG_SND_MSS,
	FIG_RCV_MSS,
	FIG_ADV_MSS,
	FIG_PMTU,
	FIG_OPTIONS,		/* TCPI_OPT_* of <linux/tcp.h> */
	FIG_SND_WSCALE,
	FIG_RCV_WSCALE,
	/* what flowed, and how fast */
	FIG_PACING,
	FIG_MAX_PACING,
	FIG_DELIVERY,
	FIG_BYTES_SENT,
	FIG_BYTES_ACKED,
	FIG_BYTES_RETRANS,
	FIG_BYTES_RCVD,
	FIG_SEGS_OUT,
	FIG_SEGS_IN,
	FIG_DATA_OUT,		/* segments with data */
	FIG_DATA_IN,
	FIG_DELIVERED,
	FIG_DELIVERED_CE,
	/* what went wrong */
	FIG_RETRANS,		/* sent again and still on the way */
	FIG_TOTAL_RETRANS,
	FIG_RETRANSMITS,	/* timeouts in a row */
	FIG_BACKOFF,
	FIG_PROBES,
	FIG_REORDERING,
	FIG_REORD_SEEN,
	FIG_OOO,
	FIG_DSACK,
	/* memory */
	FIG_RMEM,
	FIG_RCVBUF,
	FIG_WMEM,
	FIG_SNDBUF,
	FIG_FORWARD,
	FIG_WQUEUED,
	FIG_OPTMEM,
	FIG_BACKLOG,
	FIG_DROPS,
	/* the socket itself */
	FIG_TIMER,		/* enum sock_timer; only while one runs */
	FIG_TIMER_LEFT,
	FIG_TIMER_RETRANS,
	FIG_SHUTDOWN,		/* SHUTDOWN_* */
	FIG_TOS,
	FIG_TCLASS,
	FIG_V6ONLY,
	FIG_MARK,
	FIG_CLASS_ID,
	FIG_CGROUP_ID,
	FIGURE_COUNT
};

#define SHUTDOWN_RCV 0x1u
#define SHUTDOWN_SND 0x2u

#define DETAIL_CA_SIZE 16	/* TCP_CA_NAME_MAX */

struct sock_detail {
	struct sock sock;	/* as it is now; of no snapshot: no owners, no other end, no info */
	uint64_t    figure[FIGURE_COUNT];
	bool        known[FIGURE_COUNT];
	char        congestion[DETAIL_CA_SIZE];	/* algorithm; raw; empty: not known */
};

#define DETAIL_LOGS 8

/* A file that a process has open for writing and that looks like a log. */
struct task_log {
	int   fd;
	bool  deleted;		/* its name is gone */
	char *path;		/* raw */
	char *tail;		/* its last bytes, raw; NULL: not read */
	size_t tail_len;
	int   err;		/* positive: why not */
};

/* struct task_detail.has */
#define DETAIL_HAS_RSS 0x1u

struct task_detail {
	pid_t    pid;
	uint64_t start;		/* clock ticks since boot */
	char     state;
	uint32_t threads;
	uint32_t has;
	uint64_t rss;		/* bytes */
	char    *argv;		/* as in struct task, up to 64 KiB; NULL: not readable */
	size_t   argv_len;
	size_t   argc;
	struct task_log logs[DETAIL_LOGS];
	size_t   nlogs;
};

struct task_detail *task_detail_copy(const struct task_detail *d);	/* NULL gives NULL */
void                task_detail_free(struct task_detail *d);		/* NULL is allowed */

/* A socket or a connection: one end, and the other where there is one. */
#define DETAIL_ENDS 2

#define DETAIL_ADDRS 8

/* An address that others may use, of a device of this machine. */
struct host_addr {
	char    iface[16];
	uint8_t addr[16];
};

/* What is to be found out. */
struct detail_want {
	uint32_t turn;		/* each look has another number */
	bool     lines;		/* the last lines of the log files as well */
	bool     addrs;		/* the addresses of this host */
	size_t   nsocks;
	struct sock socks[DETAIL_ENDS];	/* identity and tuple count; pointers are not looked at */
	struct { pid_t pid; uint64_t start; } tasks[DETAIL_ENDS];	/* pid 0: none */
};

/* What was found out. */
struct detail {
	uint32_t            turn;	/* of the want */
	int                 sock_err[DETAIL_ENDS];	/* 0; ENOENT: it is gone; … */
	struct sock_detail  socks[DETAIL_ENDS];	/* where sock_err is 0 */
	int                 task_err[DETAIL_ENDS];	/* 0; ESRCH: gone; ETIMEDOUT: no answer */
	bool                task_cut[DETAIL_ENDS];	/* it stopped answering half-way */
	struct task_detail *tasks[DETAIL_ENDS];	/* NULL where there is none */
	struct host_addr    addrs[DETAIL_ADDRS];
	size_t              naddrs;
};

void detail_free(struct detail *d);	/* NULL is allowed */

#endif
