/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns rules[], which says how a command line leads to a name: which program it is for,
 * which of its options take the next word, and what its first operand is.
 *
 * A program may have written a title over its arguments (setproctitle(3)): one string
 * with blanks, "puma 6.4.0 (tcp://127.0.0.1:3000) [shop]". Its words are then those
 * between the blanks.
 */

#include "model/appname.h"

#include <stdbool.h>
#include <string.h>

#include "base/util.h"
#include "model/task.h"

struct slice {
	const char *s;
	size_t      len;
};

/* What is left of the words of a command line. */
struct words {
	const char *at;
	const char *end;
	char        between;	/* NUL, or a blank in a title */
};

struct name {
	char  *s;
	size_t len;
};

/* What a rule is for. */
enum subject {
	A_PROGRAM,	/* by its file or its argv[0]; a version may follow: python3.11 */
	A_SCRIPT	/* by the script, module or class that a program runs, without .js */
};

/* How the name is found. */
enum how {
	BY_ITSELF,	/* it is the name */
	BY_SCRIPT,	/* the first operand is the script */
	BY_COMMAND,	/* the first operand is a command of its own: "flask run" */
	BY_EITHER,	/* the first operand is a script if it looks like a file, else a command */
	BY_APP,		/* an operand MODULE:NAME stands behind it: "uvicorn main:app" */
	BY_FORWARDS,	/* the options of `shown_options` stand behind it, with their arguments */
	BY_EXTENSION,	/* an editor: it names the extension that it runs */
	BY_VALUE	/* it is the value of the option `value_of`, up to a digit */
};

/* Lists are words with blanks between them; NULL is an empty one. */
struct rule {
	enum subject subject;
	const char  *names;	/* a script's may be the end of a path: "debugpy/adapter" */
	enum how     how;
	const char  *shown;	/* its name; NULL: the one of `names` that it has */
	/*
	 * getopt(3) letters of options that can be written in one word, the rest being flags; NULL:
	 * each option is a word of its own, -cp as well.
	 */
	const char  *letters;
	const char  *takes;	/* options as words that take the next word */
	const char  *nameless;	/* options that bring the program itself: there is no name */
	const char  *names_it;	/* options whose argument is the script */
	const char  *before;	/* operands that the script, or a second command, comes after */
	const char  *alone;	/* option that is the name with it where there is no operand */
	const char  *skipped;	/* characters that an operand to pass over begins with */
	const char  *shown_options;
	const char  *value_of;
};

#define DJANGO_TAKES "--settings --pythonpath -v --verbosity"

static const struct rule rules[] = {
	{ A_PROGRAM, "python pypy", BY_SCRIPT, .letters = "c:m:W:X:",
	  .takes = "--check-hash-based-pycs", .nameless = "-c", .names_it = "-m" },
	{ A_PROGRAM, "node nodejs", BY_SCRIPT,
	  .takes = "-r --require --import --loader --experimental-loader -C --conditions --env-file "
	           "--env-file-if-exists --watch-path --inspect-port --debug-port --input-type "
	           "--title --icu-data-dir --openssl-config --diagnostic-dir --dns-result-order "
	           "--trace-event-categories --unhandled-rejections --disable-warning "
	           "--test-reporter --test-reporter-destination --max-http-header-size "
	           "--experimental-default-type --redirect-warnings --report-dir "
	           "--report-directory --heapsnapshot-signal --run",
	  .nameless = "-e --eval -p --print -pe -i --interactive", .before = "inspect" },
	{ A_PROGRAM, "java", BY_SCRIPT,
	  .takes = "-cp -classpath --class-path -p --module-path --upgrade-module-path "
	           "--add-modules --limit-modules --add-reads --add-exports --add-opens "
	           "--patch-module --enable-native-access --source -d --describe-module",
	  .names_it = "-jar -m --module", .skipped = "@" },
	{ A_PROGRAM, "ruby jruby truffleruby", BY_SCRIPT,
	  .letters = "e:r:I:C:E:F::i::K::l::0::T::W::x::",
	  .takes = "--encoding --external-encoding --internal-encoding", .nameless = "-e" },
	{ A_PROGRAM, "php", BY_SCRIPT, .letters = "B:E:F:R:S:c:d:f:r:t:z:",
	  .nameless = "-B -E -R -r", .names_it = "-f -F", .alone = "-S" },
	{ A_PROGRAM, "perl", BY_SCRIPT,
	  .letters = "e:E:I:0::C::D::d::F::i::l::m::M::V::x::", .nameless = "-e -E" },
	{ A_PROGRAM, "lua luajit", BY_SCRIPT, .letters = "e:l:", .nameless = "-e" },
	{ A_PROGRAM, "sh bash dash zsh ksh mksh ash fish", BY_SCRIPT, .letters = "c:o:O:",
	  .takes = "--rcfile --init-file", .nameless = "-c -s", .skipped = "+" },
	{ A_PROGRAM, "bun", BY_EITHER,
	  .takes = "-r --preload -c --config --cwd --env-file -d --define -l --loader --port "
	           "--tsconfig-override --conditions",
	  .nameless = "-e --eval -p --print", .before = "run x" },
	{ A_PROGRAM, "deno", BY_EITHER,
	  .takes = "-c --config --import-map --lock --cert --location --seed --port --host -L "
	           "--log-level --cwd",
	  .before = "run serve task" },
	{ A_PROGRAM, "dotnet", BY_EITHER,
	  .takes = "--fx-version --depsfile --runtimeconfig --additionalprobingpath "
	           "--additional-deps --roll-forward --roll-forward-on-no-candidate-fx",
	  .before = "exec" },
	{ A_PROGRAM, "ssh", BY_FORWARDS,
	  .letters = "B:D:E:F:I:J:L:O:P:Q:R:S:W:b:c:e:i:l:m:o:p:w:", .shown_options = "-L -R -D" },
	{ A_PROGRAM, "kubectl oc", BY_COMMAND,
	  .takes = "-n --namespace --context --kubeconfig --cluster --user -s --server --token "
	           "--address --as",
	  .before = "port-forward" },
	{ A_PROGRAM, "code code-insiders code-oss codium vscodium cursor windsurf", .how = BY_EXTENSION },

	/* Python. */
	{ A_SCRIPT, "flask", BY_COMMAND, .takes = "-A --app -e --env-file" },
	{ A_SCRIPT, "manage.py", BY_COMMAND, .takes = DJANGO_TAKES },
	{ A_SCRIPT, "django django-admin", BY_COMMAND, .takes = DJANGO_TAKES },
	{ A_SCRIPT, "celery", BY_COMMAND,
	  .takes = "-A --app -b --broker --result-backend --loader --config --workdir" },
	{ A_SCRIPT, "jupyter streamlit fastapi", .how = BY_COMMAND },
	{ A_SCRIPT, "uvicorn gunicorn hypercorn daphne waitress-serve granian", .how = BY_APP },
	{ A_SCRIPT, "debugpy", BY_SCRIPT,
	  .takes = "--listen --connect --log-to --adapter-access-token --parent-session-pid "
	           "--configure-qt --configure-subProcess --configure-gevent",
	  .nameless = "-c --pid", .names_it = "-m" },
	{ A_SCRIPT, "debugpy/adapter debugpy/launcher", BY_ITSELF, .shown = "debugpy" },
	{ A_SCRIPT, "pdb cProfile", BY_SCRIPT, .letters = "c:m:o:s:", .names_it = "-m" },

	/* Node.js. */
	{ A_SCRIPT, "npm npm-cli", BY_COMMAND, .shown = "npm",
	  .takes = "--prefix -C -w --workspace --loglevel", .before = "run run-script exec x" },
	{ A_SCRIPT, "npx npx-cli", BY_COMMAND, .shown = "npx", .takes = "-p --package" },
	{ A_SCRIPT, "yarn yarnpkg", BY_COMMAND, .shown = "yarn", .takes = "--cwd",
	  .before = "run exec dlx" },
	{ A_SCRIPT, "pnpm", BY_COMMAND, .takes = "-C --dir -F --filter", .before = "run exec dlx" },
	{ A_SCRIPT, "next vite webpack nuxt nuxi astro ng vue-cli-service react-scripts remix "
	            "gatsby expo storybook parcel nest turbo svelte-kit strapi", BY_COMMAND,
	  .takes = "--host --port --mode --config --base --env --hostname -c -m -p -H -l" },
	{ A_SCRIPT, "tsx tsx/dist/cli.mjs ts-node ts-node/dist/bin.js ts-node-dev babel-node", BY_SCRIPT,
	  .takes = "-r --require -P --project --tsconfig -O -e", .before = "watch" },
	{ A_SCRIPT, "nodemon", BY_SCRIPT,
	  .takes = "-r --require -w --watch -i --ignore -e --ext -x --exec -d --delay --signal" },
	{ A_SCRIPT, "out/server-main.js out/bootstrap-fork", BY_ITSELF, .shown = "code server" },

	/* Ruby and PHP. */
	{ A_SCRIPT, "rails jekyll", .how = BY_COMMAND },
	{ A_SCRIPT, "bundle bundler", BY_SCRIPT, .before = "exec" },
	{ A_SCRIPT, "artisan bin/console", BY_COMMAND, .takes = "-e --env" },

	/* Classes of Java that nobody calls by their name. */
	{ A_SCRIPT, "com.intellij.idea.Main", BY_VALUE, .value_of = "-Didea.paths.selector=" },
	{ A_SCRIPT, "org.apache.catalina.startup.Bootstrap", BY_ITSELF, .shown = "tomcat" },
	{ A_SCRIPT, "kafka.Kafka", BY_ITSELF, .shown = "kafka" },
	{ A_SCRIPT, "org.apache.zookeeper.server.quorum.QuorumPeerMain", BY_ITSELF,
	  .shown = "zookeeper" },
	{ A_SCRIPT, "org.elasticsearch.bootstrap.Elasticsearch", BY_ITSELF,
	  .shown = "elasticsearch" },
	{ A_SCRIPT, "org.apache.cassandra.service.CassandraDaemon", BY_ITSELF,
	  .shown = "cassandra" },
	{ A_SCRIPT, "org.gradle.launcher.daemon.bootstrap.GradleDaemon", BY_ITSELF,
	  .shown = "gradle daemon" },
	{ A_SCRIPT, "org.gradle.wrapper.GradleWrapperMain", BY_ITSELF, .shown = "gradlew" },
	{ A_SCRIPT, "org.codehaus.plexus.classworlds.launcher.Launcher", BY_ITSELF,
	  .shown = "mvn" },
};

/* ---- slices, words, names ---- */

static struct slice
slice_of(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

static bool
is(struct slice a, struct slice b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The next word, or false at the end. Between blanks there is no empty one. */
static bool
next_word(struct words *w, struct slice *ret)
{
	const char *end;

	while (w->between == ' ' && w->at < w->end && *w->at == ' ')
		w->at++;
	if (w->at >= w->end)
		return false;
	end = memchr(w->at, w->between, (size_t)(w->end - w->at));
	if (!end)
		end = w->end;
	*ret = (struct slice){ w->at, (size_t)(end - w->at) };
	w->at = end < w->end ? end + 1 : end;
	return true;
}

/* Walks the words of a list that is one string. */
static bool
next_of_list(const char **list, struct slice *ret)
{
	size_t len;

	if (!*list || **list == '\0')
		return false;
	len = strcspn(*list, " ");
	*ret = (struct slice){ *list, len };
	*list += len + strspn(*list + len, " ");
	return true;
}

static bool
list_has(const char *list, struct slice word)
{
	struct slice one;

	while (next_of_list(&list, &one))
		if (is(one, word))
			return true;
	return false;
}

/* A character is never split. */
static void
name_join(struct name *n, struct slice word)
{
	size_t len = MIN(word.len, APPNAME_SIZE - 1 - n->len);

	while (len > 0 && len < word.len && ((unsigned char)word.s[len] & 0xc0) == 0x80)
		len--;
	memcpy(n->s + n->len, word.s, len);
	n->len += len;
}

/* Behind a blank where there is something before it. */
static void
name_add(struct name *n, struct slice word)
{
	if (word.len == 0)
		return;
	if (n->len > 0)
		name_join(n, slice_of(" "));
	name_join(n, word);
}

/* The last part of a path that says something: not what every package has. */
static struct slice
base_name(struct slice path)
{
	static const char main_file[] = "/__main__.py";
	static const size_t main_len = sizeof main_file - 1;
	const char *slash;

	if (path.len > main_len && memcmp(path.s + path.len - main_len, main_file, main_len) == 0)
		path.len -= main_len;
	while (path.len > 1 && path.s[path.len - 1] == '/')
		path.len--;
	slash = memrchr(path.s, '/', path.len);
	if (slash && path.len > 1) {
		path.len -= (size_t)(slash + 1 - path.s);
		path.s = slash + 1;
	}
	return path;
}

/* ---- which rule ---- */

/* Is it called so, perhaps with a version behind it? */
static bool
is_version_of(struct slice base, struct slice name)
{
	if (base.len < name.len || memcmp(base.s, name.s, name.len) != 0)
		return false;
	for (size_t i = name.len; i < base.len; i++)
		if (!is_digit(base.s[i]) && base.s[i] != '.' && base.s[i] != '-')
			return false;
	return true;
}

static const struct rule *
program_rule(struct slice path)
{
	struct slice base = base_name(path), one;

	if (base.len > 1 && base.s[0] == '-') {	/* a login shell */
		base.s++;
		base.len--;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const char *list = rules[i].names;

		while (rules[i].subject == A_PROGRAM && next_of_list(&list, &one))
			if (is_version_of(base, one))
				return &rules[i];
	}
	return NULL;
}

/* The path without .js, .cjs or .mjs. */
static struct slice
without_suffix(struct slice path)
{
	static const char *const suffixes[] = { ".cjs", ".mjs", ".js" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct slice tail = slice_of(suffixes[i]);

		if (path.len > tail.len && memcmp(path.s + path.len - tail.len, tail.s, tail.len) == 0) {
			path.len -= tail.len;
			break;
		}
	}
	return path;
}

static bool
ends_in(struct slice path, struct slice tail)
{
	return path.len >= tail.len && memcmp(path.s + path.len - tail.len, tail.s, tail.len) == 0 &&
	       (path.len == tail.len || path.s[path.len - tail.len - 1] == '/');
}

/* *called is which of its names the script has. */
static const struct rule *
script_rule(struct slice path, struct slice *called)
{
	struct slice bare = without_suffix(path);

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const char *list = rules[i].names;

		while (rules[i].subject == A_SCRIPT && next_of_list(&list, called))
			if (ends_in(path, *called) || ends_in(bare, *called))
				return &rules[i];
	}
	return NULL;
}

/* ---- options and operands ---- */

enum found { FOUND_OPTION, FOUND_OPERAND };

/* What stands in a command line, as a rule sees it. */
struct item {
	enum found   found;
	struct slice option;	/* as a word: "-W" */
	struct slice arg;	/* of the option, empty where it has none; or the operand */
	char         letter[2];	/* what `option` is, where several are one word */
};

static void
take_arg(struct words *w, struct item *ret)
{
	if (!next_word(w, &ret->arg))
		ret->arg = slice_of("");
}

/* An option that is a word of its own; its argument may stand behind "=". */
static void
read_long(const struct rule *rule, struct words *w, struct slice word, struct item *ret)
{
	const char *equals = memchr(word.s, '=', word.len);

	ret->option = word;
	ret->arg = slice_of("");
	if (equals) {
		ret->option.len = (size_t)(equals - word.s);
		ret->arg = (struct slice){ equals + 1, word.len - ret->option.len - 1 };
	} else if (list_has(rule->takes, word) || list_has(rule->names_it, word)) {
		take_arg(w, ret);
	}
}

/* How many colons stand behind a letter: 0 a flag, 1 takes a word, 2 the rest of its own. */
static unsigned
colons_of(const char *letters, char letter)
{
	const char *at = letter == ':' || letter == '\0' ? NULL : strchr(letters, letter);

	return at ? (unsigned)strspn(at + 1, ":") : 0;
}

/* Several options in one word; the first that has an argument, or no name, ends it: -uW ignore. */
static void
read_letters(const struct rule *rule, struct words *w, struct slice word, struct item *ret)
{
	ret->option = (struct slice){ ret->letter, sizeof ret->letter };
	ret->letter[0] = '-';
	ret->arg = slice_of("");
	for (size_t i = 1; i < word.len; i++) {
		unsigned colons = colons_of(rule->letters, word.s[i]);

		ret->letter[1] = word.s[i];
		if (list_has(rule->nameless, ret->option))
			return;
		if (colons == 0)
			continue;
		ret->arg = (struct slice){ word.s + i + 1, word.len - i - 1 };
		if (colons == 1 && ret->arg.len == 0)
			take_arg(w, ret);
		return;
	}
}

/* The next option or operand, or false at the end. Behind "--" there are operands alone. */
static bool
next_item(const struct rule *rule, struct words *w, bool *operands, struct item *ret)
{
	struct slice word;

	while (next_word(w, &word)) {
		bool option = !*operands && word.len > 1 && word.s[0] == '-';

		if (option && is(word, slice_of("--"))) {
			*operands = true;
			continue;
		}
		if (rule->skipped && word.len > 0 && strchr(rule->skipped, word.s[0]))
			continue;
		*ret = (struct item){ option ? FOUND_OPTION : FOUND_OPERAND, .arg = word };
		if (option && rule->letters && word.s[1] != '-')
			read_letters(rule, w, word, ret);
		else if (option)
			read_long(rule, w, word, ret);
		return true;
	}
	return false;
}

/* ---- names ---- */

/* What one command line says, while it is read. */
struct reading {
	struct words all;	/* every word */
	struct words left;
	struct name  name;
	unsigned     steps;	/* scripts so far that run another */
};

#define STEPS_MAX 4

static bool find_name(struct reading *r, const struct rule *rule, struct slice called);

static bool
begins_with(struct slice path, const char *s)
{
	size_t len = strlen(s);

	return path.len >= len && memcmp(path.s, s, len) == 0;
}

/* Standard input, and what a shell gives as <(command). */
static bool
is_stream(struct slice path)
{
	return is(path, slice_of("-")) || is(path, slice_of("/dev/stdin")) ||
	       begins_with(path, "/dev/fd/") || begins_with(path, "/proc/self/fd/");
}

/* The name of a script, or of what it runs itself. A stream and a mere folder have none. */
static bool
name_script(struct reading *r, struct slice path)
{
	struct slice called, base = base_name(path);
	const struct rule *rule = script_rule(path, &called);

	if (base.len == 0 || is_stream(path) || list_has(". .. /", base))
		return false;
	if (rule && r->steps++ < STEPS_MAX)
		return find_name(r, rule, called);
	name_add(&r->name, base);
	return true;
}

static bool
find_itself(struct reading *r, const struct rule *rule, struct slice called)
{
	(void)rule;
	name_add(&r->name, called);
	return true;
}

static bool
find_script(struct reading *r, const struct rule *rule, struct slice called)
{
	bool operands = false, alone = false;
	struct item item;

	while (next_item(rule, &r->left, &operands, &item)) {
		bool option = item.found == FOUND_OPTION;

		if (option && list_has(rule->nameless, item.option))
			return false;
		if (option && list_has(rule->names_it, item.option))
			return name_script(r, item.arg);
		if (!option && !list_has(rule->before, item.arg))
			return name_script(r, item.arg);
		alone |= option && list_has(rule->alone, item.option);
	}
	if (!alone)
		return false;
	name_add(&r->name, called);
	name_add(&r->name, slice_of(rule->alone));
	return true;
}

static bool
next_operand(const struct rule *rule, struct words *w, struct slice *ret)
{
	bool operands = false;
	struct item item;

	while (next_item(rule, w, &operands, &item)) {
		if (item.found == FOUND_OPERAND) {
			*ret = item.arg;
			return true;
		}
	}
	return false;
}

/* A word that names something, not a number, a path or an address. */
static bool
is_plain(struct slice word)
{
	if (word.len == 0 || !is_letter(word.s[0]))
		return false;
	for (size_t i = 1; i < word.len; i++)
		if (!is_letter(word.s[i]) && !is_digit(word.s[i]) && !strchr("-.:", word.s[i]))
			return false;
	return true;
}

static bool
find_command(struct reading *r, const struct rule *rule, struct slice called)
{
	struct slice command, second;

	name_add(&r->name, called);
	if (!next_operand(rule, &r->left, &command) || !is_plain(command))
		return true;
	name_add(&r->name, command);
	if (list_has(rule->before, command) && next_operand(rule, &r->left, &second))
		name_add(&r->name, second);
	return true;
}

static bool
looks_like_file(struct slice word)
{
	return memchr(word.s, '.', word.len) || memchr(word.s, '/', word.len);
}

static bool
find_either(struct reading *r, const struct rule *rule, struct slice called)
{
	struct slice command = { NULL, 0 }, word = { NULL, 0 };
	bool operands = false;
	struct item item;

	while (word.len == 0 && next_item(rule, &r->left, &operands, &item)) {
		if (item.found == FOUND_OPTION && list_has(rule->nameless, item.option))
			return false;
		if (item.found == FOUND_OPTION)
			continue;
		if (looks_like_file(item.arg))
			return name_script(r, item.arg);
		if (command.len == 0 && list_has(rule->before, item.arg))
			command = item.arg;
		else
			word = item.arg;
	}
	if (command.len == 0 && word.len == 0)
		return false;
	name_add(&r->name, called);
	name_add(&r->name, command);
	name_add(&r->name, word);
	return true;
}

/* MODULE:NAME; an address has a digit or a slash behind its colon. */
static bool
is_app(struct slice word)
{
	const char *colon = memchr(word.s, ':', word.len);

	return colon && is_plain(word) && colon + 1 < word.s + word.len && is_letter(colon[1]);
}

/* A title has it in brackets. Options need not be known: their arguments look different. */
static bool
find_app(struct reading *r, const struct rule *rule, struct slice called)
{
	struct slice word;

	(void)rule;
	name_add(&r->name, called);
	while (next_word(&r->left, &word)) {
		if (word.len > 2 && word.s[0] == '[' && word.s[word.len - 1] == ']')
			word = (struct slice){ word.s + 1, word.len - 2 };
		if (is_app(word)) {
			name_add(&r->name, word);
			break;
		}
	}
	return true;
}

/* Options may stand behind the host, but not behind the command for it. */
static bool
find_forwards(struct reading *r, const struct rule *rule, struct slice called)
{
	bool operands = false, any = false;
	unsigned hosts = 0;
	struct item item;

	while (hosts < 2 && next_item(rule, &r->left, &operands, &item)) {
		hosts += item.found == FOUND_OPERAND;
		if (item.found != FOUND_OPTION || !list_has(rule->shown_options, item.option))
			continue;
		if (!any)
			name_add(&r->name, called);
		any = true;
		name_add(&r->name, item.option);
		name_add(&r->name, item.arg);
	}
	return any;
}

/* In ".../extensions/ms-python.debugpy-2024.0.1/...": neither publisher nor version. */
static struct slice
extension_of(struct slice path)
{
	static const char folder[] = "/extensions/";
	static const size_t folder_len = sizeof folder - 1;
	const char *at = memmem(path.s, path.len, folder, folder_len), *dot;
	struct slice ext = { NULL, 0 };

	if (!at)
		return ext;
	ext.s = at + folder_len;
	while (ext.s + ext.len < path.s + path.len && ext.s[ext.len] != '/')
		ext.len++;
	for (size_t i = 1; i + 1 < ext.len; i++)
		if (ext.s[i] == '-' && is_digit(ext.s[i + 1]))
			ext.len = i;
	dot = memchr(ext.s, '.', ext.len);
	if (dot) {
		ext.len -= (size_t)(dot + 1 - ext.s);
		ext.s = dot + 1;
	}
	return ext;
}

static bool
find_extension(struct reading *r, const struct rule *rule, struct slice called)
{
	struct slice word, ext = { NULL, 0 };

	(void)rule;
	while (ext.len == 0 && next_word(&r->left, &word))
		ext = extension_of(word);
	if (ext.len == 0)
		return false;
	if (memmem(ext.s, ext.len, "debug", strlen("debug")))
		ext = slice_of("debugger");
	name_add(&r->name, called);
	name_add(&r->name, slice_of("("));
	name_join(&r->name, ext);
	name_join(&r->name, slice_of(")"));
	return true;
}

static bool
find_value(struct reading *r, const struct rule *rule, struct slice called)
{
	struct slice word, key = slice_of(rule->value_of);
	struct words all = r->all;
	size_t len = 0;

	while (next_word(&all, &word)) {
		if (!begins_with(word, rule->value_of))
			continue;
		while (key.len + len < word.len && !is_digit(word.s[key.len + len]))
			len++;
		called = (struct slice){ word.s + key.len, len };
		break;
	}
	name_add(&r->name, called);
	return true;
}

static bool
find_name(struct reading *r, const struct rule *rule, struct slice called)
{
	static bool (*const finds[])(struct reading *, const struct rule *, struct slice) = {
		[BY_ITSELF]    = find_itself,
		[BY_SCRIPT]    = find_script,
		[BY_COMMAND]   = find_command,
		[BY_EITHER]    = find_either,
		[BY_APP]       = find_app,
		[BY_FORWARDS]  = find_forwards,
		[BY_EXTENSION] = find_extension,
		[BY_VALUE]     = find_value,
	};

	return finds[rule->how](r, rule, rule->shown ? slice_of(rule->shown) : called);
}

/* ---- titles ---- */

/* "[celeryd:" and "gunicorn:" are called without. */
static struct slice
bare_title(struct slice word, bool *ends)
{
	if (word.len > 1 && word.s[0] == '[') {
		word.s++;
		word.len--;
	}
	*ends = word.len > 1 && strchr(":,", word.s[word.len - 1]);
	word.len -= *ends;
	return word;
}

static bool
is_version(struct slice word)
{
	return word.len > 1 && word.s[0] == 'v' && is_digit(word.s[1]);
}

#define TITLE_WORDS 3

/*
 * What a program calls itself: a script with a rule, or words up to the first that is a
 * version, a path, an option or in brackets.
 */
static bool
name_title(struct reading *r, struct slice first)
{
	bool ends;
	struct slice called, word = bare_title(base_name(first), &ends);
	const struct rule *rule = script_rule(word, &called);

	if (rule)
		return find_name(r, rule, called);
	if (word.len == 0 || !is_letter(word.s[0]))
		return false;
	name_add(&r->name, word);
	for (unsigned i = 1; i < TITLE_WORDS && !ends && next_word(&r->left, &word); i++) {
		word = bare_title(word, &ends);
		if (!is_plain(word) || is_version(word))
			break;
		name_add(&r->name, word);
	}
	return true;
}

/* ---- the process ---- */

static struct slice
first_string(const struct task *t)
{
	return (struct slice){ t->argv, t->argc > 0 ? strnlen(t->argv, t->argv_len) : 0 };
}

static struct slice
first_of_title(struct slice title)
{
	const char *blank = memchr(title.s, ' ', title.len);

	return (struct slice){ title.s, blank ? (size_t)(blank - title.s) : title.len };
}

/* Where the file of the program cannot be read, its comm has to do. */
static const struct rule *
rule_of(const struct task *t, struct slice first, bool title)
{
	const struct rule *rule = t->exe ? program_rule(slice_of(t->exe)) : NULL;

	if (!rule)
		rule = program_rule(title ? first_of_title(first) : first);
	if (!rule && !t->exe && t->comm)
		rule = program_rule(slice_of(t->comm));
	return rule;
}

/* A path may have blanks in it, too: that of a program is no title. */
static bool
is_title(const struct task *t, struct slice first)
{
	return t->argc == 1 && memchr(first.s, ' ', first.len) && !program_rule(first);
}

static struct slice
program_name(const struct rule *rule)
{
	const char *list = rule->names;
	struct slice name = { NULL, 0 };

	next_of_list(&list, &name);
	return name;
}

size_t
appname_write(const struct task *t, char ret[APPNAME_SIZE])
{
	struct slice first = first_string(t);
	bool title = is_title(t, first), found;
	const struct rule *rule = first.len > 0 ? rule_of(t, first, title) : NULL;
	struct reading r = { .name = { .s = ret } };

	ret[0] = '\0';
	if (!rule)
		return 0;
	r.all = (struct words){ t->argv, t->argv + (title ? first.len : t->argv_len), title ? ' ' : '\0' };
	r.left = r.all;
	next_word(&r.left, &first);
	if (title && program_rule(first) != rule)
		found = name_title(&r, first);
	else
		found = find_name(&r, rule, program_name(rule));
	ret[found ? r.name.len : 0] = '\0';
	return found ? r.name.len : 0;
}
