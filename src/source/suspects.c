/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/suspects.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/util.h"
#include "source/lookup.h"

/*
 * Sizes of work, in descriptors; one takes about 3.5 us, and what else is read of a process
 * as long as PROCESS_UNITS of them.
 */
#define PROCESS_UNITS 8
#define VERIFY_UNITS  64	/* without a reason: 0.3 ms */
#define SHARED_UNITS  8192	/* a look at a shared one where it was takes … */
#define SHARED_UNIT   32	/* … so many, and to find that one is not shared takes one: 1 ms */
#define STATE_UNIT    3		/* for the state alone … */
#define STATE_UNITS   192	/* … of so many holders at each refresh: 0.6 ms */

#define COUNT_SLICE 128	/* processes that are counted between two keys: 0.6 ms */
#define LOOKUPS_MAX 512	/* at each refresh: 2 ms */

#define PAUSE_MIN_S 1
#define PAUSE_MAX_S 60

/* ---- how many descriptors it has ---- */

/* Who is not in the pid namespace of this /proc has no "self" in it; process 1 always is. */
static bool
has_size(int proc_fd, const char *dir)
{
	struct stat st;

	return fstatat(proc_fd, dir, &st, 0) == 0 && st.st_size > 0;
}

/* The number is the size of the directory. Elsewhere than in procfs that means something else. */
bool
suspects_can_count(int proc_fd)
{
	struct statfs fs;

	return fstatfs(proc_fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
	       (has_size(proc_fd, "self/fd") || has_size(proc_fd, "1/fd"));
}

/* It does not block: the kernel counts bits of a table. */
static void
count_one(const struct owners *o, struct process *p)
{
	char path[24];
	struct stat st;

	snprintf(path, sizeof path, "%d/fd", (int)p->pid);
	if (fstatat(o->proc_fd, path, &st, 0) < 0) {
		p->lost = true;	/* it is gone: to be seen when it is read */
		return;
	}
	if (p->fd_dir != 0 && p->fd_dir != st.st_ino)
		p->lost = true;
	p->fd_dir = st.st_ino;
	p->counted = (uint64_t)st.st_size;
}

static bool
is_kernel_thread(const struct process *p)
{
	return p->read && p->stat.flags & TASK_PF_KTHREAD;
}

/* What is new is read anyway, and what was read after the dump is right. */
static bool
is_countable(const struct owners *o, const struct process *p)
{
	return p->read && p->answered < o->round && !is_kernel_thread(p) && !(o->ahead && p->denied);
}

void
suspects_count_again(const struct owners *o, struct process *p)
{
	if (is_countable(o, p))
		count_one(o, p);
}

/* The place of the first process behind pid. */
static size_t
place_after(const struct owners *o, pid_t pid)
{
	size_t i = 0;

	while (i < o->npids && o->pids[i] <= pid)
		i++;
	return i;
}

bool
suspects_count(struct owners *o)
{
	size_t slice = COUNT_SLICE;

	while (o->counts && slice > 0 && o->uncounted > 0 && o->unvisited > 0) {
		struct process *p = owners_process(o, o->pids[o->at++ % o->npids]);

		o->counted = p->pid;
		o->unvisited--;
		if (!is_countable(o, p))
			continue;
		count_one(o, p);
		o->uncounted--;
		slice--;
	}
	if (o->unvisited == 0)
		o->uncounted = 0;
	return o->counts && o->uncounted > 0;
}

/* ---- what changed ---- */

static void
add_orphan(struct owners *o, size_t i)
{
	o->orphans = mem_room(o->orphans, o->norphans, &o->orphans_cap, sizeof *o->orphans);
	o->orphans[o->norphans++] = (uint32_t)i;
}

/* Marks what the dump has. */
static void
mark_seen(struct owners *o)
{
	o->norphans = 0;
	for (size_t i = 0; i < o->want->count; i++) {
		uint64_t inode = o->want->socks[i].inode;
		struct holding *h;

		if (i + MAP_AHEAD < o->want->count)
			map_prefetch(&o->holders, o->want->socks[i + MAP_AHEAD].inode);
		h = inode ? map_get(&o->holders, inode) : NULL;
		if (inode && !h)
			add_orphan(o, i);
		for (; h; h = h->next)
			h->seen = (uint32_t)o->round;
	}
}

/* Notes what of a process the dump has, and had the last time. */
static void
note_seen(const struct owners *o, struct process *p)
{
	uint32_t now = (uint32_t)o->round;

	for (size_t i = 0; i < p->nheld; i++) {
		if (p->held[i].seen == now)
			p->shown = o->round;
		p->lost |= p->held[i].seen == now - 1;
	}
}

/* Marks the processes that held what the dump has no more. Returns whether there are any. */
static bool
find_losses(struct owners *o)
{
	size_t at = 0;
	uint64_t pid;
	bool any = false;
	void *value;

	while (map_next(&o->processes, &at, &pid, &value)) {
		struct process *p = value;

		note_seen(o, p);
		any |= p->lost;
	}
	return any;
}

static const struct sock *
orphan(const struct owners *o, size_t i)
{
	return &o->want->socks[o->orphans[i]];
}

/* Is there a socket that nobody has, and that was not sought before? */
static bool
any_news(const struct owners *o)
{
	for (size_t i = 0; i < o->norphans; i++)
		if (!map_get(&o->missing, orphan(o, i)->inode))
			return true;
	return false;
}

/* Where they are being read for the first time it is not known yet what nobody has. */
static void
begin_ahead(struct owners *o)
{
	o->norphans = 0;
	o->let_go = true;
	o->uncounted = o->npids;
}

void
suspects_begin(struct owners *o)
{
	bool lost;

	o->at = place_after(o, o->counted);
	o->unvisited = o->npids;
	if (o->ahead) {
		begin_ahead(o);
		return;
	}
	mark_seen(o);
	o->let_go = false;
	lost = find_losses(o);
	o->uncounted = lost || o->hurry || any_news(o) ? o->npids : MIN(o->npids, SUSPECTS_QUIET);
}

static bool
has_changed(const struct owners *o, const struct process *p)
{
	if (is_kernel_thread(p))
		return false;
	if (p->plain && !o->plain && p->nheld > 0)
		return true;
	if (p->kin && !p->mute && !p->facts)
		return true;
	return !o->counts || !p->read || p->deep || p->lost || p->count != p->counted;
}

static size_t
units_of(const struct process *p)
{
	return PROCESS_UNITS + MAX(p->counted, p->nheld);
}

static bool
may_be_read(const struct owners *o, const struct process *p)
{
	(void)o;
	return !is_kernel_thread(p) && !p->denied;
}

/* On a desktop hundreds of processes hold sockets that are in no dump. */
static bool
is_shown(const struct owners *o, const struct process *p)
{
	return p->shown == o->round;
}

/*
 * What no number gives away is found sooner or later, and an exec(2) as well: some of
 * each kind are read at every refresh, in turn. Facts that change alone (setuid(2), chdir(2))
 * are those of one holder at a time. A holder that was stopped is worth a warning.
 */
static const struct turn {
	bool  (*of)(const struct owners *o, const struct process *p);
	size_t  units;
	bool    brief;
	bool    facts;	/* anew */
} turns[OWNERS_TURNS] = {
	{ is_shown,    1,            false, true },
	{ may_be_read, VERIFY_UNITS, false, false },
	{ is_shown,    STATE_UNITS,  true,  false },
};

static void
ask_in_turn(struct owners *o, const struct turn *turn, pid_t *last)
{
	size_t first = place_after(o, *last), units = turn->units;

	for (size_t i = 0; i < o->npids && units > 0; i++) {
		struct process *p = owners_process(o, o->pids[(first + i) % o->npids]);

		if (!turn->of(o, p))
			continue;
		p->facts &= !turn->facts;
		owners_ask(o, p, PROC_FDS, turn->brief);
		*last = p->pid;
		units -= MIN(units, turn->brief ? STATE_UNIT : units_of(p));
	}
}

bool
suspects_changed(struct owners *o)
{
	for (size_t i = 0; i < o->npids; i++) {
		struct process *p = owners_process(o, o->pids[i]);

		if (has_changed(o, p))
			owners_ask(o, p, p->deep ? PROC_THREADS : PROC_FDS, false);
	}
	for (size_t i = 0; o->counts && !o->ahead && i < OWNERS_TURNS; i++)
		ask_in_turn(o, &turns[i], &o->turns[i]);
	return owners_submit(o);
}

/* ---- who let go of what others hold ---- */

/* Does it hold that one still, and there? The kernel looks into a table of its own: no wait. */
static bool
is_in_place(const struct owners *o, const struct holding *h)
{
	char path[40], target[64];
	uint64_t inode;
	ssize_t len;

	snprintf(path, sizeof path, "%d/fd/%d", (int)h->process->pid, h->fd);
	len = readlinkat(o->proc_fd, path, target, sizeof target);
	return len > 0 && task_parse_link(target, (size_t)len, &inode) && inode == h->inode;
}

/* Of what is in the dump. */
static bool
is_shared(const struct owners *o, const struct holding *h)
{
	const struct holding *first;

	if (h->seen != (uint32_t)o->round)
		return false;
	first = map_get(&o->holders, h->inode);
	return first->next != NULL;
}

/*
 * Looks at what it shares with others, from o->verified_at on, and as long as there are units.
 * Returns whether it holds all of that still.
 */
static bool
verify_shared(struct owners *o, const struct process *p, size_t *units)
{
	for (; o->verified_at < p->nheld && *units > 0; o->verified_at++) {
		const struct holding *h = &p->held[o->verified_at];
		bool shared = is_shared(o, h);

		*units -= MIN(*units, shared ? SHARED_UNIT : 1);
		if (shared && !is_in_place(o, h))
			return false;
	}
	return true;
}

/* What was read in this round is right, and what single threads have is elsewhere. */
static bool
may_have_let_go(const struct owners *o, const struct process *p)
{
	return p->shared + 1 >= o->round && p->answered < o->round && p->depth == PROC_FDS &&
	       !p->denied && !p->silent;
}

/*
 * Who closes a socket that others hold still, and opens something else, changes no number and
 * leaves nothing that nobody has. So of the shared ones each is looked at where it was; of very
 * many some at each refresh, in turn.
 */
bool
suspects_shared(struct owners *o)
{
	size_t first = place_after(o, o->verified - 1), units = SHARED_UNITS;

	for (size_t i = 0; o->counts && !o->ahead && i < o->npids && units > 0; i++) {
		struct process *p = owners_process(o, o->pids[(first + i) % o->npids]);

		if (!may_have_let_go(o, p))
			continue;
		if (p->pid != o->verified)
			o->verified_at = 0;
		if (!verify_shared(o, p, &units))
			owners_ask(o, p, PROC_FDS, false);
		if (units > 0)
			o->verified_at = 0;
		o->verified = p->pid + (units > 0);
	}
	return owners_submit(o);
}

/* ---- what ended meanwhile ---- */

bool
suspects_unresolved(const struct owners *o, const struct sock *s)
{
	return s->inode != 0 && !map_get(&o->holders, s->inode) && !map_get(&o->ended, s->inode);
}

/* Searches by number, which is never 0, as the map has them. */
static void *
search_of(const struct owners *o)
{
	return (void *)(uintptr_t)o->searches;
}

bool
suspects_pending(const struct owners *o, const struct sock *s)
{
	void *search = map_get(&o->missing, s->inode);

	return suspects_unresolved(o, s) && (!search || (o->searching && search == search_of(o)));
}

/* Without an inode it is as good as gone: its process closed it. */
static bool
has_ended(struct lookup *l, const struct sock *s, struct sock_alone *now)
{
	int r;

	if (!sock_has_peer(s))
		return lookup_is_gone(l, s);
	r = lookup_sock(l, s, now);
	return r == -ENOENT || (r == 0 && now->sock.inode == 0);
}

static void
look_up(struct owners *o, const struct sock *s)
{
	struct sock_alone now = { .sock.state = STATE_UNKNOWN };

	if (!has_ended(o->lookup, s, &now))
		return;
	o->ends = mem_room(o->ends, o->nends, &o->ends_cap, sizeof *o->ends);
	o->ends[o->nends++] = now;
	map_put(&o->ended, s->inode, (void *)(uintptr_t)o->nends);
}

static bool
may_be_asked_for(const struct sock *s)
{
	return s->has & SOCK_HAS_COOKIE && (s->proto == PROTO_TCP || !sock_has_peer(s));
}

/*
 * Under churn these are most of what nobody has. Of what was missing before it
 * is known that nobody has it, and why does not matter.
 */
static void
find_ended(struct owners *o)
{
	size_t asked = 0;

	for (size_t i = 0; i < o->norphans && asked < LOOKUPS_MAX; i++) {
		const struct sock *s = orphan(o, i);

		if (map_get(&o->missing, s->inode) || !may_be_asked_for(s))
			continue;
		if (!o->lookup && lookup_open(&o->lookup) < 0)
			return;
		look_up(o, s);
		asked++;
	}
}

/*
 * Those that have a holder by now, or ended, are none any more; and where a process let
 * go of something there may be others.
 */
static void
update_orphans(struct owners *o)
{
	size_t count = o->norphans;

	o->norphans = 0;
	for (size_t i = 0; !o->let_go && i < count; i++)
		if (suspects_unresolved(o, orphan(o, i)))
			add_orphan(o, o->orphans[i]);
	for (size_t i = 0; o->let_go && i < o->want->count; i++)
		if (suspects_unresolved(o, &o->want->socks[i]))
			add_orphan(o, i);
	o->let_go = false;
}

/* ---- the search ---- */

/*
 * Is a search due? For an inode that none has been made for: at once. For those
 * that it did not find, again, with growing pauses: without root, and for sockets
 * that are on their way between processes, there are always some.
 */
static bool
search_due(struct owners *o)
{
	bool fresh = false;
	uint64_t now = clock_mono_ns();

	for (size_t i = 0; i < o->norphans && !fresh; i++)
		fresh = !map_get(&o->missing, orphan(o, i)->inode);
	if (!fresh && (o->norphans == 0 || now < o->retry_at))
		return false;
	o->pause_s = fresh ? PAUSE_MIN_S : MIN(o->pause_s * 2, PAUSE_MAX_S);
	o->retry_at = now + o->pause_s * NS_PER_SEC;
	return true;
}

static void
list_new(struct owners *o)
{
	pid_t *pids = NULL;
	int n = proc_list(o->proc_fd, &pids);

	for (int i = 0; i < n; i++)
		owners_process(o, pids[i])->listed = o->round;
	free(pids);
}

static void
begin_search(struct owners *o)
{
	struct map missing;

	o->searches++;
	map_init(&missing);
	for (size_t i = 0; i < o->norphans; i++) {
		uint64_t inode = orphan(o, i)->inode;
		void *first = map_get(&o->missing, inode);

		map_put(&missing, inode, first ? first : search_of(o));
	}
	map_done(&o->missing);
	o->missing = missing;
	list_new(o);
	o->searching = true;
	o->since = o->round;
}

/* Not read since the search began. What is new now is for the next pass, which sees more. */
static bool
is_rest(const struct owners *o, const struct process *p)
{
	return p->read && p->answered < o->since && !is_kernel_thread(p) && !p->denied && !p->silent;
}

/* What the first passes cannot have seen: new processes, and tables of single threads. */
static bool
has_unseen_tables(const struct owners *o, const struct process *p)
{
	if (p->denied || p->silent || p->searched >= o->since)
		return false;
	return !p->read || (p->stat.threads > 1 && !is_kernel_thread(p));
}

/* Asks for those that are left to search, as many as there are units for. */
static void
ask_for(struct owners *o, bool (*is_left)(const struct owners *, const struct process *),
        uint8_t depth)
{
	size_t at = 0;
	uint64_t pid;
	void *value;

	while (o->units > 0 && map_next(&o->processes, &at, &pid, &value)) {
		struct process *p = value;

		if (!is_left(o, p))
			continue;
		owners_ask(o, p, depth, false);
		o->units -= MIN(o->units, units_of(p));
	}
}

static bool
any_left(const struct owners *o, bool (*is_left)(const struct owners *, const struct process *))
{
	size_t at = 0;
	uint64_t pid;
	void *value;

	while (map_next(&o->processes, &at, &pid, &value))
		if (is_left(o, value))
			return true;
	return false;
}

static bool
any_missing(const struct owners *o)
{
	for (size_t i = 0; i < o->norphans; i++)
		if (map_get(&o->missing, orphan(o, i)->inode))
			return true;
	return false;
}

/*
 * Where a socket passed from one process to another, and only the one who let go of it was among
 * those that were asked for their number, it is cheaper to ask the others than to search.
 */
static bool
count_the_others(struct owners *o)
{
	if (!o->counts || o->unvisited == 0 || !any_news(o))
		return false;
	o->uncounted = o->unvisited;
	o->pass = PASS_COUNT;
	return true;
}

bool
suspects_rest(struct owners *o)
{
	update_orphans(o);
	find_ended(o);
	update_orphans(o);
	if (count_the_others(o))
		return true;
	if (!any_missing(o))
		o->searching = false;
	if (!o->searching) {
		if (!search_due(o))
			return false;
		begin_search(o);
	}
	ask_for(o, is_rest, PROC_FDS);
	return owners_submit(o);
}

bool
suspects_threads(struct owners *o)
{
	update_orphans(o);
	if (!o->searching || any_left(o, is_rest))
		return false;
	if (!any_missing(o)) {
		o->searching = false;
		return false;
	}
	ask_for(o, has_unseen_tables, PROC_THREADS);
	return owners_submit(o);
}

void
suspects_done(struct owners *o)
{
	update_orphans(o);
	if (o->searching && !any_left(o, is_rest) && !any_left(o, has_unseen_tables))
		o->searching = false;
}
