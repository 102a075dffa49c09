/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns fields[], in the order of the JSON keys, and the getters. A getter reads
 * the socket and the environment of its row and gives a typed value; how that is
 * drawn, sorted or encoded is view/value.c's.
 */

#include "view/field.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/util.h"
#include "model/cgroup.h"
#include "model/findings.h"
#include "view/sums.h"

static void
get_proto(const struct row *r, struct value *v)
{
	*v = value_name(sock_proto_names[r->sock->proto]);
}

static void
get_family(const struct row *r, struct value *v)
{
	*v = value_number(VAL_NUMBER, r->sock->family);
}

static void
get_state(const struct row *r, struct value *v)
{
	*v = value_name(sock_state_names[r->sock->state]);
}

/* A connection has no wildcard for an address: one that says so was wiped when it ended. */
static void
get_laddr(const struct row *r, struct value *v)
{
	if (r->sock->state != STATE_UNKNOWN || !sock_has_peer(r->sock) ||
	    !addr_is_any(r->sock->local.addr))
		*v = value_addr(&r->sock->local);
}

static void
get_lport(const struct row *r, struct value *v)
{
	*v = value_number(VAL_PORT, r->sock->local.port);
}

static void
get_raddr(const struct row *r, struct value *v)
{
	if (sock_has_peer(r->sock))
		*v = value_addr(&r->sock->remote);
}

static void
get_rport(const struct row *r, struct value *v)
{
	if (r->sock->remote.port != 0)
		*v = value_number(VAL_PORT, r->sock->remote.port);
}

static void
get_local(const struct row *r, struct value *v)
{
	*v = value_endpoint(&r->sock->local);
}

static void
get_peer(const struct row *r, struct value *v)
{
	if (sock_has_peer(r->sock))
		*v = value_endpoint(&r->sock->remote);
}

/* A client's own port is one of thousands: what it talks to is the service. */
static void
get_service(const struct row *r, struct value *v)
{
	const struct sock *s = r->sock;
	bool client = sock_has_peer(s) && snapshot_ephemeral(r->env->snap, s->local.port);
	uint16_t port = client ? s->remote.port : s->local.port;

	*v = value_text(names_service(r->env->names, s->proto, port));
}

static void
get_reach(const struct row *r, struct value *v)
{
	*v = value_name(sock_reach_names[sock_reach_of(r->sock, r->env->snap->lo_ifindex)]);
}

/* The process that stands for all that hold the socket, or NULL. */
static const struct task *
first_task(const struct row *r)
{
	return r->sock->nowners > 0 ? r->sock->owners[0].task : NULL;
}

static void
get_pid(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task)
		*v = value_number(VAL_NUMBER, (uint64_t)task->pid);
}

static void
get_process(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task)
		*v = value_text(task->comm);
}

static void
get_fd(const struct row *r, struct value *v)
{
	if (r->sock->nowners > 0)
		*v = value_number(VAL_NUMBER, (uint64_t)r->sock->owners[0].fd);
}

static void
get_holder(const struct row *r, struct value *v)
{
	*v = value_name(sock_holder_names[r->sock->holder]);
}

/* Nobody holds it is an answer, 0; that its holders are out of sight is none. */
static void
get_owners(const struct row *r, struct value *v)
{
	static const bool told[HOLDER_COUNT] = {
		[HOLDER_KNOWN] = true,
		[HOLDER_QUEUE] = true,
		[HOLDER_NONE]  = true,
	};

	if (told[r->sock->holder])
		*v = (struct value){ .kind = VAL_OWNERS, .owners = r->sock };
}

static void
get_app(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task)
		*v = value_text(task_app(task));
}

static void
get_command(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task && task->argc > 0)
		*v = (struct value){ .kind = VAL_ARGV, .task = task };
}

static void
get_exe(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task)
		*v = value_text(task->exe);
}

static void
get_cwd(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task)
		*v = value_text(task->cwd);
}

static void
get_project(const struct row *r, struct value *v)
{
	const struct task *task = first_task(r);

	if (task)
		*v = value_text(task->project);
}

static void
get_uid(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_UID)
		*v = value_number(VAL_NUMBER, r->sock->uid);
}

static void
get_user(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_UID)
		*v = value_text(names_user(r->env->names, r->sock->uid));
}

static bool
has_queue(const struct sock *s, bool listens)
{
	return (s->has & SOCK_HAS_QUEUE) && (s->state == STATE_LISTEN) == listens;
}

static void
get_backlog(const struct row *r, struct value *v)
{
	if (has_queue(r->sock, true))
		*v = value_number(VAL_NUMBER, r->sock->rqueue);
}

static void
get_backlog_max(const struct row *r, struct value *v)
{
	if (has_queue(r->sock, true))
		*v = value_number(VAL_NUMBER, r->sock->wqueue);
}

static void
get_recvq(const struct row *r, struct value *v)
{
	if (has_queue(r->sock, false))
		*v = value_number(VAL_BYTES, r->sock->rqueue);
}

static void
get_sendq(const struct row *r, struct value *v)
{
	if (has_queue(r->sock, false))
		*v = value_number(VAL_BYTES, r->sock->wqueue);
}

/* A row that is no part of the living, as one of an event or of what is gone, has no sum. */
static const struct view_rate *
summed_rate(const struct row *r)
{
	const struct snapshot *snap = r->env->snap;

	if (!r->env->sums || r->sock < snap->socks || r->sock >= snap->socks + snap->count)
		return NULL;
	return sums_find(r->env->sums, (size_t)(r->sock - snap->socks));
}

static bool
get_rate(const struct row *r, struct view_rate *ret)
{
	const struct view_rate *sum = summed_rate(r);

	if (!(r->sock->has & SOCK_HAS_RATE) || (r->sock->state == STATE_LISTEN && !sum))
		return false;
	*ret = sum ? *sum : (struct view_rate){ (uint64_t)sock_info(r->sock)->rx_rate,
	                                           (uint64_t)sock_info(r->sock)->tx_rate };
	return true;
}

static void
get_rx(const struct row *r, struct value *v)
{
	struct view_rate rate;

	if (get_rate(r, &rate))
		*v = value_number(VAL_RATE, rate.rx);
}

static void
get_tx(const struct row *r, struct value *v)
{
	struct view_rate rate;

	if (get_rate(r, &rate))
		*v = value_number(VAL_RATE, rate.tx);
}

static void
get_rx_total(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_BYTES)
		*v = value_number(VAL_BYTES, sock_info(r->sock)->rx_bytes);
}

static void
get_tx_total(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_BYTES)
		*v = value_number(VAL_BYTES, sock_info(r->sock)->tx_bytes);
}

static void
get_rtt(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_RTT)
		*v = value_number(VAL_USEC, sock_info(r->sock)->rtt_us);
}

static void
get_retrans(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_RETRANS)
		*v = value_number(VAL_NUMBER, sock_info(r->sock)->retrans);
}

static void
get_drops(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_DROPS)
		*v = value_number(VAL_NUMBER, sock_info(r->sock)->drops);
}

static void
get_age(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_AGE)
		*v = value_number(VAL_SECONDS, sock_info(r->sock)->age_ns / NS_PER_SEC);
}

static void
get_inode(const struct row *r, struct value *v)
{
	if (r->sock->inode != 0)
		*v = value_number(VAL_NUMBER, r->sock->inode);
}

static void
get_cookie(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_COOKIE)
		*v = value_number(VAL_COOKIE, r->sock->cookie);
}

static void
get_iface(const struct row *r, struct value *v)
{
	if (r->sock->ifindex != 0)
		*v = value_text(names_iface(r->env->names, r->sock->ifindex));
}

static void
get_role(const struct row *r, struct value *v)
{
	*v = value_name(sock_role_names[r->sock->role]);
}

/* The process at the other end with the lowest pid, or NULL. */
static const struct task *
peer_task(const struct row *r)
{
	const struct sock *peer = r->sock->peer ? &r->env->snap->socks[r->sock->peer - 1] : NULL;

	return peer && peer->nowners > 0 ? peer->owners[0].task : NULL;
}

static void
get_peer_pid(const struct row *r, struct value *v)
{
	const struct task *task = peer_task(r);

	if (task)
		*v = value_number(VAL_NUMBER, (uint64_t)task->pid);
}

static void
get_peer_process(const struct row *r, struct value *v)
{
	const struct task *task = peer_task(r);

	if (task)
		*v = value_text(task->comm);
}

static void
get_peer_app(const struct row *r, struct value *v)
{
	const struct task *task = peer_task(r);

	if (task)
		*v = value_text(task_app(task));
}

/*
 * The control group that the process is in now, else the one that the socket was made in,
 * which the kernel tells of other users' sockets, too.
 */
static struct cgroup
cgroup_of(const struct row *r)
{
	const struct task *task = first_task(r);
	const struct cgroup *made_in;

	if (task && task->cgroup)
		return (struct cgroup){ task->cgroup, task->unit, task->container };
	made_in = sock_cgroup(r->sock);
	return made_in ? *made_in : (struct cgroup){ NULL, NULL, NULL };
}

static void
get_cgroup(const struct row *r, struct value *v)
{
	*v = value_text(cgroup_of(r).path);
}

static void
get_unit(const struct row *r, struct value *v)
{
	*v = value_text(cgroup_of(r).unit);
}

static void
get_container(const struct row *r, struct value *v)
{
	*v = value_text(cgroup_of(r).container);
}

/* A row that is no part of the snapshot, as one of an event may be, was not counted. */
static void
get_clients(const struct row *r, struct value *v)
{
	const struct snapshot *snap = r->env->snap;

	if (r->sock->state != STATE_LISTEN || !r->env->notes || r->sock < snap->socks ||
	    r->sock >= snap->socks + snap->count)
		return;
	*v = value_number(VAL_NUMBER, r->env->notes[r->sock - snap->socks].clients);
}

static void
get_warn(const struct row *r, struct value *v)
{
	if (r->sock->has & SOCK_HAS_WARN)
		*v = value_words(finding_names, r->sock->warn);
}

#define WORDS(names) .words = (names), .nwords = ARRAY_SIZE(names)

const struct field fields[] = {
	{ "proto", N_("PROTO"), N_("Protocol: tcp or udp"),
	  VAL_ENUM, FIELD_WORD, WORDS(sock_proto_names), .get = get_proto },
	{ "family", N_("IP"),
	  N_("Address family of the socket, 4 or 6; one of IPv6 may carry IPv4"),
	  VAL_NUMBER, FIELD_RIGHT, .get = get_family },
	{ "state", N_("STATE"),
	  N_("LISTEN, ESTABLISHED and so on; UNCONN is UDP without a peer, BOUND is a port alone"),
	  VAL_ENUM, FIELD_WORD, WORDS(sock_state_names), .get = get_state },
	{ "laddr", N_("ADDRESS"), N_("Local address; * in the table is every address"),
	  VAL_ADDR, 0, .get = get_laddr },
	{ "lport", N_("PORT"), N_("Local port"),
	  VAL_PORT, FIELD_RIGHT, .get = get_lport },
	{ "raddr", N_("PEERADDR"), N_("Address of the other end"),
	  VAL_ADDR, 0, .get = get_raddr },
	{ "rport", N_("PEERPORT"), N_("Port of the other end"),
	  VAL_PORT, FIELD_RIGHT, .get = get_rport },
	{ "local", N_("LOCAL"), N_("Local address and port as one word"),
	  VAL_ENDPOINT, FIELD_NOJSON, .get = get_local },
	{ "peer", N_("PEER"), N_("Address and port of the other end as one word"),
	  VAL_ENDPOINT, FIELD_NOJSON, .get = get_peer },
	{ "service", N_("SERVICE"),
	  N_("Name of the local port, or of the peer's where the local one is ephemeral"),
	  VAL_TEXT, FIELD_WORD, .get = get_service },
	{ "role", N_("ROLE"), N_("listener; or server or client, for the two ends of a connection"),
	  VAL_ENUM, FIELD_PEERS, WORDS(sock_role_names), .get = get_role },
	{ "reach", N_("REACH"),
	  N_("Who can reach a port that is held: loopback (this machine alone) or exposed"),
	  VAL_ENUM, 0, WORDS(sock_reach_names), .get = get_reach },
	{ "pid", N_("PID"), N_("Process that holds the socket, the lowest where several do"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_OWNERS, .get = get_pid },
	{ "process", N_("PROCESS"), N_("Name of that process"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS, .get = get_process },
	{ "fd", N_("FD"), N_("Its descriptor of the socket"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_OWNERS, .get = get_fd },
	{ "holder", N_("HOLDER"),
	  N_("known, hidden (this user may not see it), queue (not accepted yet), none, or unseen"),
	  VAL_ENUM, FIELD_OWNERS, WORDS(sock_holder_names), .get = get_holder },
	{ "app", N_("APP"),
	  N_("What a person calls the process: the script or module behind an interpreter, else its name"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS | FIELD_FACTS, .get = get_app },
	{ "owners", N_("OWNERS"), N_("How many processes hold the socket; all of them in JSON"),
	  VAL_OWNERS, FIELD_RIGHT | FIELD_BIG | FIELD_OWNERS | FIELD_FACTS, .get = get_owners },
	{ "command", N_("COMMAND"), N_("Command line of the process"),
	  VAL_ARGV, FIELD_WORD | FIELD_GROW | FIELD_OWNERS, .get = get_command },
	{ "exe", N_("EXE"), N_("Program file of the process"),
	  VAL_TEXT, FIELD_WORD | FIELD_GROW | FIELD_OWNERS | FIELD_FACTS, .get = get_exe },
	{ "cwd", N_("CWD"), N_("Folder that the process works in"),
	  VAL_TEXT, FIELD_WORD | FIELD_GROW | FIELD_OWNERS | FIELD_FACTS, .get = get_cwd },
	{ "project", N_("PROJECT"),
	  N_("Name of the git work tree that this folder is in, else of the folder"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS | FIELD_FACTS, .get = get_project },
	{ "uid", N_("UID"), N_("User id of the socket's owner"),
	  VAL_NUMBER, FIELD_RIGHT, .get = get_uid },
	{ "user", N_("USER"), N_("User who owns the socket"),
	  VAL_TEXT, FIELD_WORD, .get = get_user },
	{ "peer_pid", N_("PEERPID"), N_("Process at the other end of a connection, the lowest where several are"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_OWNERS | FIELD_PEERS, .get = get_peer_pid },
	{ "peer_process", N_("PEERPROCESS"), N_("Name of that process"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS | FIELD_PEERS, .get = get_peer_process },
	{ "peer_app", N_("PEERAPP"), N_("What a person calls that process"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS | FIELD_FACTS | FIELD_PEERS, .get = get_peer_app },
	{ "clients", N_("CLIENTS"), N_("Established connections of a listener, in the scope"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_BIG | FIELD_SCOPE, .get = get_clients },
	{ "backlog", N_("BACKLOG"), N_("Connections that wait for a listener to accept them"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_BIG, .get = get_backlog },
	{ "backlog_max", N_("LIMIT"), N_("How many may wait"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_BIG, .get = get_backlog_max },
	{ "recvq", N_("RECVQ"),
	  N_("Bytes received that the process has not read; of UDP the memory they take"),
	  VAL_BYTES, FIELD_RIGHT | FIELD_BIG, .get = get_recvq },
	{ "sendq", N_("SENDQ"), N_("Bytes sent that the other end has not confirmed"),
	  VAL_BYTES, FIELD_RIGHT | FIELD_BIG, .get = get_sendq },
	{ "rx", N_("RX/s"), N_("Bytes received a second; of a listener by all its connections"),
	  VAL_RATE, FIELD_RIGHT | FIELD_BIG | FIELD_INFO | FIELD_SCOPE, .get = get_rx },
	{ "tx", N_("TX/s"), N_("Bytes sent a second; of a listener by all its connections"),
	  VAL_RATE, FIELD_RIGHT | FIELD_BIG | FIELD_INFO | FIELD_SCOPE, .get = get_tx },
	{ "rx_total", N_("RXTOTAL"), N_("Bytes received since the connection opened"),
	  VAL_BYTES, FIELD_RIGHT | FIELD_BIG | FIELD_INFO, .get = get_rx_total },
	{ "tx_total", N_("TXTOTAL"), N_("Bytes sent since the connection opened"),
	  VAL_BYTES, FIELD_RIGHT | FIELD_BIG | FIELD_INFO, .get = get_tx_total },
	{ "rtt", N_("RTT"), N_("Round trip time, in microseconds outside the table"),
	  VAL_USEC, FIELD_RIGHT | FIELD_BIG | FIELD_INFO, .get = get_rtt },
	{ "retrans", N_("RETRANS"), N_("Segments sent again since the connection opened"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_BIG | FIELD_INFO, .get = get_retrans },
	{ "drops", N_("DROPS"), N_("Datagrams dropped because nobody read them in time"),
	  VAL_NUMBER, FIELD_RIGHT | FIELD_BIG | FIELD_INFO, .get = get_drops },
	{ "age", N_("AGE"), N_("Time since lotop first saw the socket; in seconds outside the table"),
	  VAL_SECONDS, FIELD_RIGHT | FIELD_BIG, .get = get_age },
	{ "warn", N_("WARN"),
	  N_("What is wrong: stopped, backlog, close-wait, split, exposed; one-family is a note"),
	  VAL_WORDS, FIELD_BIG | FIELD_OWNERS | FIELD_FACTS | FIELD_INFO | FIELD_SCOPE,
	  WORDS(finding_names), .get = get_warn },
	{ "inode", N_("INODE"), N_("Inode of the socket"),
	  VAL_NUMBER, FIELD_RIGHT, .get = get_inode },
	{ "cookie", N_("COOKIE"), N_("Number that the kernel gave this socket for its whole life"),
	  VAL_COOKIE, 0, .get = get_cookie },
	{ "iface", N_("IFACE"), N_("Network device that the socket is bound to"),
	  VAL_TEXT, FIELD_WORD, .get = get_iface },
	{ "cgroup", N_("CGROUP"), N_("Control group of the process, else the one the socket was made in"),
	  VAL_TEXT, FIELD_WORD | FIELD_GROW | FIELD_OWNERS | FIELD_FACTS, .get = get_cgroup },
	{ "unit", N_("UNIT"), N_("systemd unit of that control group"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS | FIELD_FACTS, .get = get_unit },
	{ "container", N_("CONTAINER"), N_("Container of that control group: 12 digits of its id, or its name"),
	  VAL_TEXT, FIELD_WORD | FIELD_OWNERS | FIELD_FACTS, .get = get_container },
};

const size_t nfields = ARRAY_SIZE(fields);

const struct field *
field_find(const char *id, size_t len)
{
	for (size_t i = 0; i < nfields; i++)
		if (strlen(fields[i].id) == len && memcmp(fields[i].id, id, len) == 0)
			return &fields[i];
	return NULL;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
swapped(const char *a, const char *b)
{
	return lower(a[0]) == b[1] && lower(a[1]) == b[0];
}

#define ID_MAX 31	/* longer words are near to no id */

/*
 * Letters to insert, drop, change or swap with a neighbour to make b of a
 * (optimal string alignment). Both are at most ID_MAX long.
 */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t d[ID_MAX + 1][ID_MAX + 1];

	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			size_t change = d[i - 1][j - 1] + (lower(a[i - 1]) != b[j - 1]);

			d[i][j] = MIN(change, MIN(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && swapped(a + i - 2, b + j - 2))
				d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_len][b_len];
}

static bool
begins_with(const char *id, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (id[i] != lower(word[i]))	/* the NUL of a shorter id differs too */
			return false;
	return true;
}

const struct field *
field_nearest(const char *id, size_t len)
{
	const struct field *nearest = NULL;
	size_t least = MAX(len / 3, 1) + 1;

	if (len < 2 || len > ID_MAX)
		return NULL;
	for (size_t i = 0; i < nfields; i++) {
		size_t d = distance(id, len, fields[i].id, strlen(fields[i].id));

		if (begins_with(fields[i].id, id, len))
			return &fields[i];
		if (d < least) {
			least = d;
			nearest = &fields[i];
		}
	}
	return nearest;
}
