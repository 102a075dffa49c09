/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns what is needed of systemd.unit(5) and systemd.syntax(7): the search path, masks, drop-ins. */

#include "act/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/util.h"

#define FILE_MAX  65536		/* bytes of a unit file; longer ones are cut */
#define NAMES_MAX 4096		/* units of one kind that are looked at */
#define DROPINS_MAX 256

/*
 * From the strongest to the weakest. %t is the user's folder in /run, %h the home. Of the
 * last two one is a link to the other on most machines.
 */
static const char *const system_folders[] = {
	"/etc/systemd/system.control",
	"/run/systemd/system.control",
	"/run/systemd/transient",
	"/run/systemd/generator.early",
	"/etc/systemd/system",
	"/run/systemd/system",
	"/run/systemd/generator",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
	"/run/systemd/generator.late",
	NULL
};

static const char *const user_folders[] = {
	"%h/.config/systemd/user.control",
	"%t/systemd/user.control",
	"%t/systemd/transient",
	"%t/systemd/generator.early",
	"%h/.config/systemd/user",
	"/etc/systemd/user",
	"%t/systemd/user",
	"/run/systemd/user",
	"%t/systemd/generator",
	"%h/.local/share/systemd/user",
	"/usr/local/lib/systemd/user",
	"/usr/lib/systemd/user",
	"/lib/systemd/user",
	"%t/systemd/generator.late",
	NULL
};

/* ---- the text of a file ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the blanks off both ends, in place. */
static char *
trim(char *s)
{
	size_t len;

	while (is_blank(*s))
		s++;
	for (len = strlen(s); len > 0 && is_blank(s[len - 1]); len--)
		;
	s[len] = '\0';
	return s;
}

/* What is read of a text: a line may be continued on the next. */
struct parse {
	char         section[64];
	struct text  line;
	unit_line_fn fn;
	void        *arg;
};

static void
take_line(struct parse *p, char *line)
{
	char *equals, *end;

	line = trim(line);
	end = strchr(line, ']');
	if (*line == '[' && end) {
		*end = '\0';
		snprintf(p->section, sizeof p->section, "%s", line + 1);
		return;
	}
	equals = strchr(line, '=');
	if (!equals)
		return;
	*equals = '\0';
	p->fn(p->arg, p->section, trim(line), trim(equals + 1));
}

/* A comment between the lines of one that is continued is passed over. */
static bool
is_comment(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && is_blank(s[i]))
		i++;
	return i < len && (s[i] == '#' || s[i] == ';');
}

static void
end_line(struct parse *p)
{
	char *line = mem_copy(text_str(&p->line), p->line.len);

	take_line(p, line);
	free(line);
	text_clear(&p->line);
}

void
unit_parse(const char *text, size_t len, unit_line_fn fn, void *arg)
{
	struct parse p = { .fn = fn, .arg = arg };
	const char *end = text + len;

	text_init(&p.line);
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl ? nl : end) - text);
		bool goes_on = n > 0 && text[n - 1] == '\\';

		if (!is_comment(text, n)) {
			text_addn(&p.line, text, goes_on ? n - 1 : n);
			if (goes_on)
				text_addc(&p.line, ' ');
			else
				end_line(&p);
		}
		text += n + (nl != NULL);
	}
	end_line(&p);
	text_done(&p.line);
}

/* ---- folders ---- */

/* Returns false for a folder that this manager does not have, or that is too long. */
static bool
folder_path(const struct unit_manager *m, const char *folder, char *ret, size_t size)
{
	char base[PATH_MAX] = "";
	int n;

	if (strncmp(folder, "%t", 2) == 0)
		snprintf(base, sizeof base, "/run/user/%u", (unsigned)m->uid);
	else if (*folder == '%' && m->home)
		snprintf(base, sizeof base, "%s", m->home);
	else if (*folder == '%')
		return false;
	n = snprintf(ret, size, "%s%s%s", m->root, base, *folder == '%' ? folder + 2 : folder);
	return n > 0 && (size_t)n < size;
}

static const char *const *
folders_of(const struct unit_manager *m)
{
	return m->user ? user_folders : system_folders;
}

/* Of a regular file alone: a FIFO would wait for its writer. Returns 0 or -errno. */
static int
parse_file(const char *path, unit_line_fn fn, void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *buf;
	ssize_t n = -1;
	size_t len = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	buf = mem_new(FILE_MAX);
	while (len < FILE_MAX && (n = read(fd, buf + len, FILE_MAX - len)) > 0)
		len += (size_t)n;
	close(fd);
	unit_parse(buf, len, fn, arg);
	free(buf);
	return 0;
}

/* ---- names ---- */

static bool
has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && strcmp(name + len - n, suffix) == 0;
}

bool
unit_instance(const char *name, char *ret, size_t size)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (!at || !dot || dot <= at + 1 || (size_t)(dot - at) > size)
		return false;
	memcpy(ret, at + 1, (size_t)(dot - at - 1));
	ret[dot - at - 1] = '\0';
	return true;
}

/* "foo@.service" of "foo@1.service". */
static bool
template_of(const char *name, char *ret, size_t size)
{
	char instance[NAME_MAX + 1];
	const char *at = strchr(name, '@');
	int n;

	if (!unit_instance(name, instance, sizeof instance))
		return false;
	n = snprintf(ret, size, "%.*s%s", (int)(at + 1 - name), name, strrchr(name, '.'));
	return n > 0 && (size_t)n < size;
}

static bool
is_template(const char *name)
{
	const char *at = strchr(name, '@');

	return at && at[1] == '.';
}

/* A link to a file of another name is a second name, unless it is an instance of that template. */
static bool
is_second_name(int dir, const char *name)
{
	char target[PATH_MAX], template[NAME_MAX + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof target - 1);
	const char *base;

	if (n < 0)
		return false;
	target[n] = '\0';
	base = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	if (strcmp(base, name) == 0)
		return false;
	return !template_of(name, template, sizeof template) || strcmp(base, template) != 0;
}

struct names {
	char **list;
	size_t count;
	size_t cap;
};

static void
add_name(struct names *names, const char *name)
{
	names->list = mem_room(names->list, names->count, &names->cap, sizeof *names->list);
	names->list[names->count++] = mem_copy(name, strlen(name));
}

/* A masked unit, a link to /dev/null, is a second name as well. */
static void
add_folder(struct names *names, const char *path, const char *suffix)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	if (!dir)
		return;
	while (names->count < NAMES_MAX && (e = readdir(dir)))
		if (has_suffix(e->d_name, suffix) && !is_template(e->d_name) &&
		    !is_second_name(dirfd(dir), e->d_name))
			add_name(names, e->d_name);
	closedir(dir);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_names(struct names *names)
{
	size_t n = 0;

	if (names->count == 0)
		return;
	qsort(names->list, names->count, sizeof *names->list, by_name);
	for (size_t i = 0; i < names->count; i++) {
		if (n > 0 && strcmp(names->list[n - 1], names->list[i]) == 0)
			free(names->list[i]);
		else
			names->list[n++] = names->list[i];
	}
	names->count = n;
}

size_t
unit_names(const struct unit_manager *m, const char *suffix, char ***ret)
{
	struct names names = { .count = 0 };
	char path[PATH_MAX], wants[PATH_MAX + 32];

	for (const char *const *f = folders_of(m); *f; f++) {
		if (!folder_path(m, *f, path, sizeof path))
			continue;
		add_folder(&names, path, suffix);
		snprintf(wants, sizeof wants, "%s/sockets.target.wants", path);
		add_folder(&names, wants, suffix);
	}
	sort_names(&names);
	*ret = names.list;
	return names.count;
}

void
unit_names_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

/* ---- a unit ---- */

/* Only the strongest file of a name counts. Returns 0; -ENOENT: none; -EINVAL: masked. */
static int
read_main(const struct unit_manager *m, const char *name, unit_line_fn fn, void *arg)
{
	char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];

	for (const char *const *f = folders_of(m); *f; f++) {
		int r;

		if (!folder_path(m, *f, folder, sizeof folder))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, name);
		r = parse_file(path, fn, arg);
		if (r == 0 || r == -EINVAL)
			return r;
	}
	return -ENOENT;
}

/* A file of a drop-in folder: of those with one name, the strongest counts. */
struct dropin {
	char path[PATH_MAX];
	char name[NAME_MAX + 1];
};

struct dropins {
	struct dropin *list;
	size_t         count;
	size_t         cap;
};

static void
add_dropin(struct dropins *d, const char *folder, const char *name)
{
	struct dropin *new;

	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->list[i].name, name) == 0)
			return;
	d->list = mem_room(d->list, d->count, &d->cap, sizeof *d->list);
	new = &d->list[d->count];
	if ((size_t)snprintf(new->path, sizeof new->path, "%s/%s", folder, name) >= sizeof new->path)
		return;
	snprintf(new->name, sizeof new->name, "%s", name);
	d->count++;
}

static void
add_dropins(struct dropins *d, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	if (!dir)
		return;
	while (d->count < DROPINS_MAX && (e = readdir(dir)))
		if (has_suffix(e->d_name, ".conf"))
			add_dropin(d, folder, e->d_name);
	closedir(dir);
}

static int
by_dropin(const void *a, const void *b)
{
	const struct dropin *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Those of an instance before those of its template. */
static void
read_dropins(const struct unit_manager *m, const char *const names[2], unit_line_fn fn, void *arg)
{
	struct dropins d = { .count = 0 };
	char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 4];

	for (size_t i = 0; i < 2 && names[i]; i++) {
		for (const char *const *f = folders_of(m); *f; f++) {
			if (!folder_path(m, *f, folder, sizeof folder))
				continue;
			snprintf(path, sizeof path, "%s/%s.d", folder, names[i]);
			add_dropins(&d, path);
		}
	}
	if (d.count > 0)
		qsort(d.list, d.count, sizeof *d.list, by_dropin);
	for (size_t i = 0; i < d.count; i++)
		parse_file(d.list[i].path, fn, arg);
	free(d.list);
}

int
unit_read(const struct unit_manager *m, const char *name, unit_line_fn fn, void *arg)
{
	char template[NAME_MAX + 1];
	bool has_template = template_of(name, template, sizeof template);
	const char *const names[2] = { name, has_template ? template : NULL };
	int r;

	if (strchr(name, '/') || strlen(name) > NAME_MAX)
		return -ENOENT;
	r = read_main(m, name, fn, arg);
	if (r == -ENOENT && has_template)
		r = read_main(m, template, fn, arg);
	if (r < 0)
		return -ENOENT;
	read_dropins(m, names, fn, arg);
	return 0;
}

/* unit_export_invocation_id() of systemd makes a link for each unit that was started. */
bool
unit_is_active(const struct unit_manager *m, const char *name)
{
	char path[PATH_MAX], id[1];
	int n = snprintf(path, sizeof path, "%s/run/systemd/units/invocation:%s", m->root, name);

	return !m->user && n > 0 && (size_t)n < sizeof path && readlink(path, id, sizeof id) > 0;
}

/* ---- Restart= ---- */

struct restart {
	char  *word;
	size_t size;
};

static void
take_restart(void *arg, const char *section, const char *key, const char *value)
{
	struct restart *r = arg;

	if (strcmp(section, "Service") == 0 && strcmp(key, "Restart") == 0)
		snprintf(r->word, r->size, "%s", value);
}

bool
unit_restart(const struct unit_manager *m, const char *name, char *ret, size_t size)
{
	static const char *const words[] = {
		"always", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort",
	};
	struct restart r = { .word = ret, .size = size };

	ret[0] = '\0';
	if (!has_suffix(name, ".service") || unit_read(m, name, take_restart, &r) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(ret, words[i]) == 0)
			return true;
	return false;
}
