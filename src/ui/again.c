/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the guess which parents start their children again, and the lines about them, units and keepers. */

#include "ui/again.h"

#include <string.h>

#include "act/keeper.h"
#include "base/i18n.h"
#include "base/util.h"
#include "ui/follow.h"

/* ---- parents ---- */

/*
 * By comm, which the kernel cuts to 15 bytes: they start what a person tells them to, once. Of a
 * shell that is so unless it runs a file.
 */
static const char *const not_restarters[] = {
	"bash", "zsh", "fish", "ksh", "mksh", "tcsh", "csh", "ash", "busybox", "nu", "xonsh", "pwsh",
	"login", "su", "sudo", "doas", "sshd", "sshd-session", "mosh-server", "systemd", "init",
	"tmux: server", "tmux", "screen", "SCREEN", "zellij", "script", "strace", "gdb", "env",
	"timeout", "nohup", "setsid", "unshare", "gnome-terminal-", "konsole", "kitty", "alacritty",
	"xterm", "foot", "wezterm-gui", "ghostty", "gnome-shell", "plasmashell",
};

/* Those that package managers put between themselves and the program. */
static const char *const between[] = { "sh", "dash" };

/* Shells that a person types to, or that run what a file says. */
static const char *const shells[] = {
	"sh", "dash", "bash", "zsh", "fish", "ksh", "mksh", "ash", "tcsh", "csh",
};

static bool
is_one_of(const struct task *task, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(task->comm, names[i]) == 0)
			return true;
	return false;
}

/* Is the word behind an option of a shell its value? -o and -O may end a word of several letters. */
static bool
takes_value(const char *option)
{
	size_t len = strlen(option);

	if (option[0] == '-' && option[1] == '-')
		return strcmp(option, "--rcfile") == 0 || strcmp(option, "--init-file") == 0;
	return len > 1 && (option[len - 1] == 'o' || option[len - 1] == 'O');
}

/* -c, -s, or several letters with one of them: it reads no file. */
static bool
reads_no_file(const char *option)
{
	return option[0] == '-' && option[1] != '-' && strpbrk(option, "cs");
}

/* Does it run a file, which may start things again and again? */
static bool
runs_script(const struct task *task)
{
	const char *arg = task->argv;
	bool options = true, value = false;

	if (!is_one_of(task, shells, ARRAY_SIZE(shells)))
		return false;
	for (size_t i = 1; i < task->argc; i++) {
		arg += strlen(arg) + 1;
		if (value) {
			value = false;
		} else if (!options || (arg[0] != '-' && arg[0] != '+')) {
			return arg[0] != '\0';
		} else if (reads_no_file(arg)) {
			return false;
		} else {
			options = strcmp(arg, "--") != 0 && strcmp(arg, "-") != 0;
			value = takes_value(arg);
		}
	}
	return false;
}

const struct task *
again_parent(const struct task *task)
{
	const struct task *parent = task->parent;

	while (parent && is_one_of(parent, between, ARRAY_SIZE(between)) && !runs_script(parent))
		parent = parent->parent;
	if (!parent || parent->pid <= 1)
		return NULL;
	if (is_one_of(parent, not_restarters, ARRAY_SIZE(not_restarters)) && !runs_script(parent))
		return NULL;
	return parent;
}

bool
again_add_parent(struct text *t, const struct task *task, const char *name, bool alone,
                 enum text_charset cs)
{
	const struct task *parent = again_parent(task);
	struct text who;

	if (!parent)
		return false;
	text_init(&who);
	follow_add_name(&who, parent, cs);
	if (alone)
		text_addf(t, _("%1$s is its parent and may start it again"), text_str(&who));
	else
		text_addf(t, _("%1$s is the parent of %2$s and may start it again"), text_str(&who), name);
	text_done(&who);
	return true;
}

/* ---- units ---- */

bool
again_add_unit(struct text *t, const struct task *task, const char *name, bool alone,
               enum text_charset cs)
{
	struct restarter r;
	struct text command, safe;

	if (!restarter_find(KEEPER_ROOT, task, &r))
		return false;
	text_init(&command);
	text_init(&safe);
	restarter_add_command(&command, &r);
	text_add_safe(&safe, text_str(&command), command.len, cs);
	if (alone)
		text_addf(t, _("systemd may start it again (Restart=%1$s); to end it for good: %2$s"),
		          r.how, text_str(&safe));
	else
		text_addf(t, _("systemd may start %3$s again (Restart=%1$s); to end it for good: %2$s"),
		          r.how, text_str(&safe), name);
	text_done(&safe);
	text_done(&command);
	return true;
}

/* ---- keepers ---- */

bool
again_add_keeper(struct text *t, const struct task *task, const char *name, const struct sock *s,
                 enum text_charset cs)
{
	struct text command, what, safe;
	struct keeper k;

	if (!keeper_find(KEEPER_ROOT, task, s, &k))
		return false;
	text_init(&command);
	text_init(&what);
	text_init(&safe);
	keeper_add_command(&command, &k);
	text_add_safe(&safe, text_str(&command), command.len, cs);
	text_add_safe(&what, k.name, strlen(k.name), cs);
	if (keeper_is_named(&k))
		text_addf(t, _("%1$s holds port %2$u for %3$s; to free it: %4$s"), name,
		          s->local.port, text_str(&what), text_str(&safe));
	else
		text_addf(t, _("%1$s holds port %2$u for something else; to find it: %3$s"), name,
		          s->local.port, text_str(&safe));
	text_done(&safe);
	text_done(&what);
	text_done(&command);
	return true;
}
