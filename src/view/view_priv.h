/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the parts of a view share, and nobody else includes: view.c chooses, view_fold.c
 * counts TIME_WAIT sockets, view_order.c sorts, view_nest.c puts rows below others, and each
 * kind of view says in a table what is its own (view_tree.c, view_pairs.c, view_processes.c).
 */

#ifndef LOTOP_VIEW_VIEW_PRIV_H
#define LOTOP_VIEW_VIEW_PRIV_H

#include "base/map.h"
#include "base/rank.h"
#include "view/links.h"
#include "view/view.h"

/* Of each socket of the snapshot. */
#define MARK_SCOPE   0x1u	/* in scope, and of a protocol and family that is wanted */
#define MARK_PASSES  0x2u	/* that, and passes both filters */
#define MARK_COUNTED 0x4u	/* its row is in counts.rows_total */

/* Rows before they are in order. */
struct pile {
	struct row *rows;
	bool        flat;	/* there are no parents, and nobody asks for them */
	uint32_t   *parents;	/* of each: a number that the kind of view gives a meaning; 0: none */
	size_t      count;
	size_t      cap;
	size_t      parents_cap;
};

/* The TIME_WAIT sockets of one server. */
struct fold_group {
	uint64_t           key;
	const struct sock *oldest;
	uint32_t           parent;	/* as in a pile */
	uint32_t           count;
	uint32_t           first;	/* of it among all members */
};

struct fold_member {
	const struct sock *sock;
	uint32_t           group;
};

struct fold {
	struct map                by_key;	/* -> index in groups, + 1 */
	struct fold_group        *groups;
	struct fold_member       *members;
	const struct sock       **socks;	/* the members, group by group */
	struct row_sum           *sums;		/* of the groups */
	size_t                    ngroups, groups_cap, nmembers, members_cap, socks_cap, sums_cap;
};

/* A process, or sockets whose processes are not known for one reason. */
struct process {
	uint64_t           key;
	const struct task *task;	/* NULL: not known */
	uint32_t           root;	/* its row among the roots, + 1; 0: it has none */
};

struct processes {
	struct map          by_key;	/* -> index in list, + 1 */
	struct process     *list;
	struct row_sum     *sums;	/* of the roots */
	const struct sock **socks;
	uint16_t           *ports;
	size_t              count, cap, sums_cap, socks_cap, ports_cap;
	size_t              there;	/* of them: that have more than what is gone */
	size_t              nsocks, nports;	/* used so far */
};

struct nest {
	uint32_t *starts;	/* where the rows below each root begin among `below` */
	uint32_t *order;	/* of the roots */
	struct row *below;	/* the rows below, root by root */
	size_t    starts_cap, order_cap, below_cap;
};

/* Memory that is kept from build to build. */
struct view_memory {
	struct links     links;
	struct fold      fold;
	struct processes processes;
	struct nest      nest;
	struct pile      chosen;
	struct pile      roots;
	struct pile      below;		/* parents: of each, its root's number + 1 */
	uint8_t         *marks;
	uint32_t        *slots;		/* of each socket: its root's number + 1; 0: none */
	struct ranked   *keys;		/* of the rows that are put in order */
	struct value    *values;	/* of those that have one rank, each once, */
	struct ranked   *firsts;	/* and which of the keys have it */
	size_t           marks_cap, slots_cap, keys_cap, values_cap, firsts_cap;
};

/* How rows are ordered. */
struct order {
	const struct field *field;
	const struct row   *rows;	/* that the keys are of */
	struct view_memory *memory;	/* for the values of one rank, unless `whole` */
	bool                descends;
	bool                whole;	/* equal ranks are equal values */
	/* Rows of a lower class come first, whichever way the field goes; NULL: there is one. */
	unsigned          (*class_of)(const struct row *r);
};

/* A build under way. */
struct build {
	struct view            *v;
	struct view_memory     *m;
	const struct view_spec *spec;
	const struct snapshot  *snap;
	size_t                  n;	/* sockets, gone ones too */
	bool                    folds;	/* TIME_WAIT sockets are counted */
	unsigned                rated;	/* SOCK_HAS_RATE, if any socket has it */
	struct order            order;
};

/* What a kind of view is. Functions that are NULL are not asked. */
struct view_ops {
	enum row_kind kind;	/* of a row for one socket */
	bool          links;	/* b->m->links is needed */
	bool          holding;	/* spec->holding is asked of each socket */
	const char   *sort;	/* id of its first order */
	const struct field *fields;	/* the table that it is in */
	const size_t *nfields;
	unsigned    (*class_of)(const struct row *r);
	/* What must be known before sockets are chosen. */
	void        (*prepare)(struct build *b);
	/* Has the socket a row, or a part in a count, if it passes? NULL: yes. */
	bool        (*has_row)(const struct build *b, size_t i);
	/* The MARK_ bits that decide for its row; NULL: its own. */
	unsigned    (*marks)(const struct build *b, size_t i);
	/* The number of the socket that it is below, + 1, or 0. */
	uint32_t    (*parent)(const struct build *b, size_t i);
	/* Which count a TIME_WAIT socket has its part in: the same for sockets of one count. */
	uint64_t    (*fold_key)(const struct build *b, size_t i);
	/* Makes v->rows of the chosen ones. */
	void        (*arrange)(struct build *b);
};

extern const struct view_ops view_tree, view_pairs, view_processes;

/* ---- view.c ---- */

/* Room for n elements of `size` bytes; what was in it is lost where it grows. */
void *view_room(void *array, size_t n, size_t *cap, size_t size);

void pile_add(struct pile *p, const struct row *row, uint32_t parent);

/* The other end's number in the snapshot, or that of socket i itself. */
size_t view_mate(const struct build *b, size_t i);

/* For counts of sockets, each of which is on one side. */
uint64_t view_own_fold_key(const struct build *b, size_t i);

/* Counts those that are not gone, which is quickest in the order of the snapshot. */
void view_count_rows(struct view *v, const struct row *rows, size_t n);

/* Puts the chosen rows into v->rows, in order. */
void view_arrange(struct build *b);

/* Has it gone, while its other end has found another socket in its place (TIME_WAIT)? */
bool view_is_replaced(const struct build *b, size_t i);

/* Its own marks and those of the other end. */
unsigned view_marks_of_both(const struct build *b, size_t i);

/* ---- view_fold.c ---- */

void fold_done(struct fold *f);
void fold_clear(struct fold *f);

/* A key for one server, or (with a salt) for something of it. */
uint64_t fold_key_of(const struct sock *server_is, bool is_client, uint64_t salt);

/* The number of the count with that key; *added where it is new. */
size_t fold_find(struct fold *f, uint64_t key, uint32_t parent, bool *added);
void   fold_add(struct fold *f, size_t group, const struct sock *s);

/* Adds a row for each count: an ordinary one of that kind where it is one socket alone. */
void   fold_finish(struct fold *f, const struct view_env *env, enum row_kind kind, struct pile *to);

/* Puts below each count of v->rows that is turned what it counts, as rows of that kind. */
void   fold_expand(struct build *b, enum row_kind kind);

/* ---- view_order.c ---- */

void order_init(struct order *o, const struct view_spec *spec, const struct view_ops *ops);

/* Notes the order of n rows, numbers of theirs, in `to`; or puts them into it. */
void order_numbers(struct build *b, const struct row *rows, size_t n, uint32_t *to);
void order_rows(struct build *b, struct row *rows, size_t n);

/* ---- view_nest.c ---- */

/*
 * Makes v->rows of m->roots with m->below below them. `sum_up`, if there is one, is
 * told the rows below each root, in order, before the roots are ordered. folded: by themselves.
 */
void nest(struct build *b, bool folded,
          void (*sum_up)(struct build *b, size_t root, const struct row *below, size_t n));
void nest_done(struct nest *n);

/* Is it shown the other way than by itself? */
bool view_is_turned(const struct build *b, const struct row *r);

/* ---- view_processes.c ---- */

void processes_done(struct processes *p);

#endif
