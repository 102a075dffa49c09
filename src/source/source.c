/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The order of a sample: host facts, dumps or /proc/net, owners, join. */

#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/findings.h"
#include "model/join.h"
#include "source/cgroup.h"
#include "source/diag.h"
#include "source/halves.h"
#include "source/host.h"
#include "source/owners.h"
#include "source/procnet.h"

#define SAMPLE_LIMIT_NS (10 * NS_PER_SEC)
#define DUMPS_NS        (1 * NS_PER_MS)	/* dumps are read for so long between two keys */

enum phase {
	PHASE_IDLE,
	PHASE_DUMPS,
	PHASE_PROCFS,		/* the sockets from /proc/net, at the next turn */
	PHASE_OWNERS,
	PHASE_JOIN,		/* each of these at a turn of its own, so that keys are answered between */
	PHASE_FACTS,
	PHASE_NO_OWNERS,	/* /proc cannot be listed: to be said at the next turn */
};

struct source {
	int              proc_fd;	/* -1: there is no such directory */
	int              proc_err;	/* why */
	struct diag     *diag;		/* NULL: the kernel gives no sock_diag */
	int              diag_err;
	struct owners   *owners;	/* made when they are first wanted */
	struct cgroups  *cgroups;
	struct halves   *halves;
	bool             both_ends;	/* the dumps are not narrowed to the states of one */
	bool             hurry;		/* the caller has nothing else to do */
	size_t           connections;	/* of TCP, in the last sample */
	unsigned         rested;	/* samples since the last one with SOURCE_INFO */
	enum phase       phase;
	unsigned         want;
	struct snapshot *into;
};

int
source_open(struct source **ret, const char *proc_root)
{
	struct source *s = mem_new(sizeof *s);
	int r;

	s->proc_fd = open(proc_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->proc_err = s->proc_fd < 0 ? -errno : 0;
	s->diag_err = diag_open(&s->diag);
	if (s->diag_err < 0 && (s->proc_fd < 0 || faccessat(s->proc_fd, "net/tcp", R_OK, 0) < 0)) {
		r = s->diag_err;
		source_close(s);
		return r;
	}
	s->cgroups = cgroups_new(s->proc_fd);
	s->halves = halves_new();
	s->both_ends = true;
	*ret = s;
	return 0;
}

void
source_close(struct source *s)
{
	if (!s)
		return;
	owners_free(s->owners);
	cgroups_free(s->cgroups);
	halves_free(s->halves);
	diag_close(s->diag);
	if (s->proc_fd >= 0)
		close(s->proc_fd);
	free(s);
	malloc_trim(0);	/* what it knew of processes was many small pieces: all of them go back */
}

void
source_narrow(struct source *s, const struct source_narrow *narrow)
{
	if (s->diag)
		diag_narrow(s->diag, narrow);
	s->both_ends = !narrow || halves_may_join(narrow->states[PROTO_TCP]);
}

#define INFO_ALWAYS 5000	/* connections */
#define INFO_STEP   2500	/* more of them are one sample more */
#define INFO_RARELY 5u

unsigned
source_info_every(size_t connections)
{
	size_t more = connections - MIN(connections, INFO_ALWAYS);

	return (unsigned)MIN(INFO_RARELY, 1 + (more > 0) + (more + INFO_STEP - 1) / INFO_STEP);
}

/* Returns SOURCE_RESTS or 0. The first sample with SOURCE_INFO never rests. */
static unsigned
choose_rest(struct source *s, unsigned want, struct snapshot *into)
{
	unsigned every = source_info_every(s->connections);

	if (!(want & SOURCE_INFO)) {
		s->rested = INFO_RARELY;
		return 0;
	}
	if (every <= 1 || s->hurry || !s->diag)
		return 0;
	into->info_every = (uint8_t)every;
	into->info_rests = ++s->rested < every;
	if (!into->info_rests)
		s->rested = 0;
	return into->info_rests ? SOURCE_RESTS : 0;
}

static void
count_connections(struct source *s)
{
	s->connections = 0;
	for (size_t i = 0; i < s->into->count; i++)
		s->connections += s->into->socks[i].peer != 0 && s->into->socks[i].proto == PROTO_TCP;
	s->connections /= 2;
}

static int
make_owners(struct source *s)
{
	int r = s->proc_fd < 0 ? s->proc_err : 0;

	if (r == 0 && !s->owners)
		r = owners_new(&s->owners, s->proc_fd);
	if (r < 0)
		return r;
	if (s->hurry)
		owners_hurry(s->owners);
	owners_plain(s->owners, s->want & SOURCE_PLAIN);
	return 0;
}

/* Addresses that cannot be read leave the scope `host` at loopback: not worth an end. */
int
source_start(struct source *s, unsigned want, struct snapshot *into)
{
	s->want = want | choose_rest(s, want, into);
	s->into = into;
	if (s->hurry && want & SOURCE_OWNERS && make_owners(s) == 0)
		owners_ahead(s->owners);
	into->wall    = clock_wall();
	into->mono_ns = clock_mono_ns();
	host_read(s->proc_fd, into);
	if (want & SOURCE_HOST_ADDRS)
		host_read_addrs(into);
	if (s->diag) {
		s->phase = PHASE_DUMPS;
		diag_start(s->diag, s->want, into);
	} else {
		s->phase = PHASE_PROCFS;
	}
	return 0;
}

int
source_fds(const struct source *s, struct pollfd fds[SOURCE_MAX_FDS], int *timeout_ms)
{
	*timeout_ms = s->phase == PHASE_IDLE ? -1 : 0;
	if (s->phase == PHASE_DUMPS) {
		*timeout_ms = diag_timeout(s->diag);
		fds[0] = (struct pollfd){ .fd = diag_fd(s->diag), .events = POLLIN };
		return fds[0].fd >= 0;
	}
	if (s->phase == PHASE_OWNERS) {
		/* Where nothing is under way the next turn says so. */
		*timeout_ms = MAX(owners_timeout(s->owners), 0);
		return owners_fds(s->owners, fds);
	}
	return 0;
}

/* The other ends that the dumps passed over. */
static void
seek_halves(struct source *s)
{
	size_t count = s->into->count;

	if (s->into->source != FROM_NETLINK || !s->both_ends || halves_seek(s->halves, s->into) == 0)
		return;
	if (s->phase == PHASE_FACTS)
		owners_attach_late(s->owners, s->into, count);
	join_late(s->into, count);
}

/* What follows once both ends are joined. */
static int
turn_facts(struct source *s)
{
	seek_halves(s);
	if (s->want & SOURCE_OWNERS) {
		join_holders(s->into);
		if (s->owners)
			owners_doubt(s->owners, s->into);
		if (!(s->want & SOURCE_PLAIN))
			cgroups_attach(s->cgroups, s->into);
	}
	count_connections(s);
	if (!(s->want & SOURCE_BARE))
		findings_set(s->into);
	s->phase = PHASE_IDLE;
	s->into = NULL;
	return SOURCE_DONE;
}

static int
finish(struct source *s)
{
	if (s->want & SOURCE_BARE)
		join_peers(s->into);
	else
		join_ends(s->into);
	return turn_facts(s);
}

static int
start_owners(struct source *s)
{
	int r = make_owners(s);

	return r < 0 ? r : owners_start(s->owners, s->into);
}

/*
 * Where /proc cannot be read at all nobody may be taken for unseen: whoever has
 * a socket is hidden from this user.
 */
static int
rows_done(struct source *s)
{
	int r;

	if (!(s->want & SOURCE_OWNERS))
		return finish(s);
	snapshot_reserve(s->into, HALVES_MAX);	/* rows may point to sockets from now on */
	s->phase = PHASE_OWNERS;
	r = start_owners(s);
	if (r < 0) {
		s->phase = PHASE_NO_OWNERS;
		s->into->tasks_invisible = true;
		snapshot_short(s->into, &(struct shortfall){ .kind = SHORT_OWNERS, .err = -r });
	}
	return SOURCE_ROWS;
}

static int
turn_procfs(struct source *s)
{
	int r;

	if (s->proc_fd < 0)
		return s->diag_err;
	s->into->source = FROM_PROCFS;
	snapshot_short(s->into, &(struct shortfall){ .kind = SHORT_PROCFS, .err = -s->diag_err });
	r = procnet_read(s->proc_fd, s->want, s->into);
	return r < 0 ? r : rows_done(s);
}

/* A datagram is some 0.1 ms of the kernel's, and to look for keys after each takes a tenth of that. */
static int
read_dumps(struct source *s)
{
	uint64_t end = clock_mono_ns() + DUMPS_NS;
	int r;

	do
		r = diag_turn(s->diag);
	while (r == SOURCE_MORE && !diag_dry(s->diag) && clock_mono_ns() < end);
	return r;
}

/* What the failed dumps noted is one thing: there is no sock_diag. */
static int
turn_dumps(struct source *s)
{
	int r = read_dumps(s);

	if (r == SOURCE_MORE) {
		if (s->owners)
			owners_gather(s->owners);
		return SOURCE_MORE;
	}
	if (r == SOURCE_DONE)
		return rows_done(s);
	s->diag_err = r;
	snapshot_cut(s->into, 0);
	s->into->nshortfalls = 0;
	return turn_procfs(s);
}

static int
turn_owners(struct source *s)
{
	int r = owners_turn(s->owners);

	if (r == SOURCE_MORE)
		return SOURCE_MORE;
	owners_attach(s->owners, s->into);
	s->phase = PHASE_JOIN;
	return SOURCE_MORE;
}

static int
turn_join(struct source *s)
{
	owners_end(s->owners, s->into);
	join_ends(s->into);
	s->phase = PHASE_FACTS;
	return SOURCE_MORE;
}

static int
turn_idle(struct source *s)
{
	(void)s;
	return SOURCE_DONE;
}

int
source_turn(struct source *s)
{
	static int (*const turns[])(struct source *) = {
		[PHASE_IDLE]      = turn_idle,
		[PHASE_DUMPS]     = turn_dumps,
		[PHASE_PROCFS]    = turn_procfs,
		[PHASE_OWNERS]    = turn_owners,
		[PHASE_JOIN]      = turn_join,
		[PHASE_FACTS]     = turn_facts,
		[PHASE_NO_OWNERS] = finish,
	};
	int r = turns[s->phase](s);

	if (r < 0)
		s->phase = PHASE_IDLE;
	return r;
}

static int
wait_for_turn(const struct source *s)
{
	struct pollfd fds[SOURCE_MAX_FDS];
	int timeout_ms, n = source_fds(s, fds, &timeout_ms);

	if (poll(fds, (nfds_t)n, timeout_ms) < 0 && errno != EINTR)
		return -errno;
	return 0;
}

/* Time is out: the dumps have failed, of the owners what is there will do. */
static int
cut_short(struct source *s)
{
	if (s->phase == PHASE_OWNERS) {
		owners_attach(s->owners, s->into);
		s->phase = PHASE_JOIN;
	}
	if (s->phase == PHASE_JOIN)
		turn_join(s);
	if (s->phase == PHASE_FACTS)
		return turn_facts(s);
	s->phase = PHASE_IDLE;
	return -ETIMEDOUT;
}

int
source_sample(struct source *s, unsigned want, struct snapshot *into)
{
	uint64_t end = clock_mono_ns() + SAMPLE_LIMIT_NS;
	int r;

	s->hurry = true;
	r = source_start(s, want, into);
	while (r >= 0 && r != SOURCE_DONE) {
		r = wait_for_turn(s);
		if (r == 0)
			r = clock_mono_ns() < end ? source_turn(s) : cut_short(s);
	}
	s->hurry = false;
	return r < 0 ? r : 0;
}
