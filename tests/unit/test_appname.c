/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What a person calls a process, over command lines as such programs have them. */

#include <criterion/criterion.h>

#include <string.h>

#include "base/util.h"
#include "model/appname.h"
#include "model/task.h"

struct line {
	const char *exe;	/* NULL: not readable */
	const char *comm;
	const char *argv;	/* words with '|' between them */
	const char *want;	/* NULL: its comm */
};

/* The name of a process, or NULL. */
static const char *
name_of(const struct line *l, char buf[APPNAME_SIZE])
{
	char argv[2048] = "";
	size_t len = strlen(l->argv);
	struct task t = { .comm = l->comm, .exe = l->exe, .argv = argv, .argc = len > 0 };

	cr_assert_lt(len, sizeof argv);
	memcpy(argv, l->argv, len);
	for (size_t i = 0; i < len; i++) {
		if (argv[i] != '|')
			continue;
		argv[i] = '\0';
		t.argc++;
	}
	t.argv_len = len > 0 ? len + 1 : 0;
	memset(buf, 'x', APPNAME_SIZE);
	return appname_write(&t, buf) > 0 ? buf : NULL;
}

static void
expect_names(const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char buf[APPNAME_SIZE];
		const char *got = name_of(&lines[i], buf);

		cr_expect(lines[i].want ? got && strcmp(got, lines[i].want) == 0 : !got,
		          "%s: %s, not %s", lines[i].argv, got ? got : "its comm",
		          lines[i].want ? lines[i].want : "its comm");
	}
}

#define EXPECT_NAMES(lines) expect_names(lines, ARRAY_SIZE(lines))

Test(appname, python)
{
	static const char py[] = "/usr/bin/python3.11", venv[] = "/home/ann/.pyenv/versions/3.12.1/bin/python3.12";
	static const struct line lines[] = {
		{ py, "python3", "python3|app.py", "app.py" },
		{ py, "python3", "python3|/srv/shop/app.py|--port|8000", "app.py" },
		{ py, "python3", "python3|-u|./app.py", "app.py" },
		{ py, "app.py", "/usr/bin/python3|/usr/local/bin/app.py", "app.py" },
		{ py, "python3", "python3|-m|http.server|8000", "http.server" },
		{ py, "python3", "/usr/bin/python3|-mhttp.server", "http.server" },
		{ py, "python3", "python3|-Im|http.server|-b|127.0.0.1", "http.server" },
		{ py, "python3", "python3|-W|ignore|-X|dev|-OO|app.py", "app.py" },
		{ py, "python3", "python3|-uWignore|-Xdev|app.py", "app.py" },
		{ py, "python3", "python3|--check-hash-based-pycs|always|app.py", "app.py" },
		{ py, "python3", "python3|-BuW|error|--|-app.py", "-app.py" },
		{ py, "python3", "python3|-c|import http.server", NULL },
		{ py, "python3", "python3|-uc|import app; app.main()|app.py", NULL },
		{ py, "python3", "python3|-", NULL },
		{ py, "python3", "python3", NULL },
		{ py, "python3", "python3|-i", NULL },
		{ py, "python3", "python3|-m", NULL },
		{ py, "python3", "python3|.", NULL },
		{ py, "python3", "python3|/srv/tools/reporter/", "reporter" },
		{ py, "python3", "python3|/srv/tools/reporter/__main__.py|8080", "reporter" },
		{ venv, "flask", "/home/ann/shop/.venv/bin/python|/home/ann/shop/.venv/bin/flask|run", "flask run" },
		{ venv, "flask", "python|.venv/bin/flask|--app|shop:create_app|--debug|run|-p|5001", "flask run" },
		{ venv, "python", "python|-m|flask|-A|hello|run", "flask run" },
		{ venv, "python", "python|-m|flask", "flask" },
		{ venv, "python", "python|manage.py|runserver|0.0.0.0:8000", "manage.py runserver" },
		{ venv, "python", "/home/ann/.venv/bin/python|/srv/site/manage.py|--settings|site.dev|runserver", "manage.py runserver" },
		{ py, "python3", "python3|-m|django|runserver|--settings=site.dev", "django runserver" },
		{ py, "django-admin", "/usr/bin/python3|/usr/bin/django-admin|runserver", "django-admin runserver" },
		{ py, "uvicorn", "/srv/.venv/bin/python3|/srv/.venv/bin/uvicorn|main:app|--reload|--port|8000", "uvicorn main:app" },
		{ py, "python3", "python3|-m|uvicorn|--host|0.0.0.0|api.main:create_app|--factory", "uvicorn api.main:create_app" },
		{ py, "python3", "/usr/bin/python3|-c|from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)|--multiprocessing-fork", NULL },
		{ py, "gunicorn", "/usr/bin/python3|/usr/bin/gunicorn|-w|4|-b|127.0.0.1:8000|shop.wsgi:application", "gunicorn shop.wsgi:application" },
		{ py, "gunicorn", "/usr/bin/python3|/usr/bin/gunicorn|--bind|unix:/run/shop.sock|shop.wsgi", "gunicorn" },
		{ py, "gunicorn: maste", "gunicorn: master [shop.wsgi:application]", "gunicorn shop.wsgi:application" },
		{ py, "gunicorn: worke", "gunicorn: worker [app:app]", "gunicorn app:app" },
		{ py, "daphne", "/usr/bin/python3|/usr/bin/daphne|-b|0.0.0.0|-p|9000|chat.asgi:application", "daphne chat.asgi:application" },
		{ py, "jupyter-lab", "/usr/bin/python3|/usr/local/bin/jupyter-lab|--no-browser", "jupyter-lab" },
		{ py, "python3", "python3|-m|jupyter|notebook|--port=8889", "jupyter notebook" },
		{ py, "python3", "/usr/bin/python3|-m|ipykernel_launcher|-f|/home/ann/.local/share/jupyter/runtime/kernel-1.json", "ipykernel_launcher" },
		{ py, "celery", "/usr/bin/python3|/usr/bin/celery|-A|shop|worker|-l|info", "celery worker" },
		{ py, "celeryd", "[celeryd: celery@devbox:MainProcess] -active- (-A shop worker)", "celeryd" },
		{ py, "streamlit", "/usr/bin/python3|/usr/bin/streamlit|run|board.py", "streamlit run" },
		{ py, "python3", "python3|-m|debugpy|--listen|127.0.0.1:5678|app.py", "app.py" },
		{ py, "python3", "python3|-Xfrozen_modules=off|-m|debugpy|--wait-for-client|--listen|5678|-m|flask|run", "flask run" },
		{ py, "python3", "/usr/bin/python3|/home/ann/.vscode/extensions/ms-python.debugpy-2024.0.0/bundled/libs/debugpy/adapter", "debugpy" },
		{ py, "python3", "python3|-m|cProfile|-o|out.prof|app.py", "app.py" },
		{ "/opt/pypy3.10/bin/pypy3.10", "pypy3", "pypy3|-m|http.server", "http.server" },
		{ py, "salt-master", "/usr/bin/python3|/usr/bin/salt-master|-d", "salt-master" },
	};

	EXPECT_NAMES(lines);
}

Test(appname, node)
{
	static const char node[] = "/usr/bin/node", nvm[] = "/home/ann/.nvm/versions/node/v20.11.0/bin/node";
	static const struct line lines[] = {
		{ node, "node", "node|server.js", "server.js" },
		{ nvm, "node", "node|/srv/shop/dist/index.mjs", "index.mjs" },
		{ node, "MainThread", "/usr/bin/node|worker", "worker" },
		{ node, "node", "node|--inspect=127.0.0.1:9229|--max-old-space-size=4096|server.js", "server.js" },
		{ node, "node", "node|-r|dotenv/config|--require|./trace.js|--import|tsx|src/main.ts", "main.ts" },
		{ node, "node", "node|--loader|ts-node/esm|--env-file|.env|--watch|src/app.ts", "app.ts" },
		{ node, "node", "node|--require=/srv/a.js|--enable-source-maps|app.js|worker.js", "app.js" },
		{ node, "node", "node|inspect|app.js", "app.js" },
		{ node, "node", "node|-e|require('http').createServer().listen(1)", NULL },
		{ node, "node", "node|--eval=1|x.js", NULL },
		{ node, "node", "node|-pe|1", NULL },
		{ node, "node", "node|-", NULL },
		{ node, "node", "node|.", NULL },
		{ node, "node", "node", NULL },
		{ node, "node", "node|--|-odd.js", "-odd.js" },
		{ nvm, "npm run dev", "npm run dev", "npm run dev" },
		{ nvm, "npm start", "npm start", "npm start" },
		{ nvm, "npm exec vite -", "npm exec vite --port 3000", "npm exec vite" },
		{ nvm, "node", "/usr/bin/node|/usr/lib/node_modules/npm/bin/npm-cli.js|--prefix|web|run|dev", "npm run dev" },
		{ nvm, "npm", "node|/usr/bin/npm|run|dev|--|--port|3000", "npm run dev" },
		{ nvm, "npx", "node|/usr/bin/npx|http-server|-p|8080", "npx http-server" },
		{ nvm, "node", "node|/usr/lib/node_modules/npm/bin/npx-cli.js|vite", "npx vite" },
		{ nvm, "node", "/usr/bin/node|/usr/bin/yarn|dev", "yarn dev" },
		{ nvm, "node", "node|/usr/share/yarn/bin/yarn.js|run|start:web", "yarn run start:web" },
		{ nvm, "node", "node|/home/ann/.cache/node/corepack/pnpm/8.6.0/bin/pnpm.cjs|--filter|web|dev", "pnpm dev" },
		{ nvm, "node", "node|/home/ann/shop-web/node_modules/.bin/next|dev|-p|3000", "next dev" },
		{ nvm, "node", "/usr/bin/node|/home/ann/shop-web/node_modules/next/dist/bin/next|start", "next start" },
		{ nvm, "next-server (v1", "next-server (v14.1.0)", "next-server" },
		{ nvm, "node", "node|/home/ann/shop-admin/node_modules/.bin/vite", "vite" },
		{ nvm, "node", "node|/home/ann/shop-admin/node_modules/vite/bin/vite.js|preview|--port|4173", "vite preview" },
		{ nvm, "node", "node|node_modules/.bin/vite|--host|localhost", "vite" },
		{ nvm, "node", "node|node_modules/.bin/vite|./site", "vite" },
		{ nvm, "node", "node|node_modules/.bin/webpack|serve|--mode|development", "webpack serve" },
		{ nvm, "node", "node|node_modules/.bin/webpack|--mode|development|serve", "webpack serve" },
		{ nvm, "node", "node|node_modules/.bin/webpack-dev-server", "webpack-dev-server" },
		{ nvm, "ng serve", "ng serve", "ng serve" },
		{ nvm, "node", "node|node_modules/.bin/ts-node|--project|tsconfig.json|src/api.ts", "api.ts" },
		{ nvm, "node", "node|node_modules/.bin/tsx|watch|src/api.ts", "api.ts" },
		{ nvm, "node", "node|/srv/node_modules/tsx/dist/cli.mjs|src/api.ts", "api.ts" },
		{ nvm, "node", "node|/usr/bin/nodemon|--watch|src|-e|ts|server.js", "server.js" },
		{ nvm, "node", "node|/usr/bin/nodemon|-w|src|server.js", "server.js" },
		{ nvm, "node /srv/app.j", "node /srv/app.js", "app.js" },
		{ nvm, "PM2 v5.3.0: God", "PM2 v5.3.0: God Daemon (/home/ann/.pm2)", "PM2" },
		{ "/home/ann/.vscode-server/bin/863d2581/node", "node", "/home/ann/.vscode-server/bin/863d2581/node|/home/ann/.vscode-server/bin/863d2581/out/server-main.js|--start-server|--host=127.0.0.1", "code server" },
		{ "/home/ann/.vscode-server/bin/863d2581/node", "node", "/home/ann/.vscode-server/bin/863d2581/node|--dns-result-order=ipv4first|/home/ann/.vscode-server/bin/863d2581/out/bootstrap-fork|--type=extensionHost", "code server" },
	};

	EXPECT_NAMES(lines);
}

Test(appname, bun_deno_dotnet)
{
	static const char bun[] = "/home/ann/.bun/bin/bun", deno[] = "/usr/bin/deno",
			  dotnet[] = "/usr/share/dotnet/dotnet";
	static const struct line lines[] = {
		{ bun, "bun", "bun|server.ts", "server.ts" },
		{ bun, "bun", "bun|--hot|run|src/index.ts", "index.ts" },
		{ bun, "bun", "bun|run|dev", "bun run dev" },
		{ bun, "bun", "bun|dev", "bun dev" },
		{ bun, "bun", "bun|--cwd|web|run|dev", "bun run dev" },
		{ bun, "bun", "bun|-e|Bun.serve({})", NULL },
		{ bun, "bun", "bun", NULL },
		{ bun, "bun", "bun|run", "bun run" },
		{ deno, "deno", "deno|run|--allow-net|-c|deno.json|server.ts", "server.ts" },
		{ deno, "deno", "deno|run|-A|https://deno.land/std@0.200.0/http/file_server.ts", "file_server.ts" },
		{ deno, "deno", "deno|task|dev", "deno task dev" },
		{ deno, "deno", "deno|serve|--port|8000|main.ts", "main.ts" },
		{ deno, "deno", "deno|repl", "deno repl" },
		{ dotnet, "dotnet", "dotnet|/srv/billing/bin/Release/net8.0/Billing.dll|--urls|http://*:80", "Billing.dll" },
		{ dotnet, "dotnet", "dotnet|exec|--runtimeconfig|a.json|Billing.dll", "Billing.dll" },
		{ dotnet, "dotnet", "dotnet|run|--project|src/Web", "dotnet run" },
		{ dotnet, "dotnet", "dotnet|watch|run", "dotnet watch" },
		{ "/srv/web/bin/Debug/net8.0/Web", "Web", "/srv/web/bin/Debug/net8.0/Web", NULL },
	};

	EXPECT_NAMES(lines);
}

Test(appname, java)
{
	static const char java[] = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java";
	static const struct line lines[] = {
		{ java, "java", "java|-jar|app.jar", "app.jar" },
		{ java, "java", "/usr/bin/java|-Xmx512m|-Dserver.port=8080|-jar|/opt/billing/billing-1.2.jar|--debug", "billing-1.2.jar" },
		{ java, "java", "java|-cp|lib/*:classes|com.example.billing.Main|8080", "com.example.billing.Main" },
		{ java, "java", "java|-classpath|a.jar|-ea|-XX:+UseG1GC|Main", "Main" },
		{ java, "java", "java|--class-path=a.jar|--add-opens|java.base/java.lang=ALL-UNNAMED|com.example.Main", "com.example.Main" },
		{ java, "java", "java|--add-opens=java.base/java.lang=ALL-UNNAMED|-javaagent:/opt/agent.jar|com.example.Main", "com.example.Main" },
		{ java, "java", "java|--module-path|mods|--module|shop.web/shop.web.Main", "shop.web.Main" },
		{ java, "java", "java|-p|mods|-m|shop.web", "shop.web" },
		{ java, "java", "java|--module=shop.web/shop.web.Main", "shop.web.Main" },
		{ java, "java", "java|--source|17|Hello.java", "Hello.java" },
		{ java, "java", "java|@/tmp/cp_123.argfile|com.example.Main", "com.example.Main" },
		{ java, "java", "java|@/tmp/all.argfile", NULL },
		{ java, "java", "java|-version", NULL },
		{ java, "java", "/usr/bin/java|-Dcatalina.home=/opt/tomcat|-classpath|/opt/tomcat/bin/bootstrap.jar|org.apache.catalina.startup.Bootstrap|start", "tomcat" },
		{ java, "java", "java|-Xmx1G|-cp|/opt/kafka/libs/a.jar|kafka.Kafka|config/server.properties", "kafka" },
		{ java, "java", "java|--add-modules=jdk.net|-m|org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch", "elasticsearch" },
		{ java, "java", "java|-cp|/home/ann/.gradle/wrapper/g.jar|org.gradle.launcher.daemon.bootstrap.GradleDaemon|8.5", "gradle daemon" },
		{ "/opt/idea/jbr/bin/java", "java", "/opt/idea/jbr/bin/java|-classpath|/opt/idea/lib/app.jar|-Didea.paths.selector=IntelliJIdea2023.2|com.intellij.idea.Main", "IntelliJIdea" },
		{ "/opt/pycharm/jbr/bin/java", "java", "/opt/pycharm/jbr/bin/java|-Didea.paths.selector=PyCharmCE2023.3|-cp|/opt/pycharm/lib/app.jar|com.intellij.idea.Main|/home/ann/shop", "PyCharmCE" },
		{ "/opt/idea/jbr/bin/java", "java", "/opt/idea/jbr/bin/java|-cp|a.jar|com.intellij.idea.Main", "com.intellij.idea.Main" },
		{ "/opt/goland/bin/goland", "goland", "/opt/goland/bin/goland", NULL },
	};

	EXPECT_NAMES(lines);
}

Test(appname, ruby_php_perl_and_shells)
{
	static const char ruby[] = "/usr/bin/ruby3.1", php[] = "/usr/bin/php8.2", perl[] = "/usr/bin/perl5.36.0",
			  sh[] = "/usr/bin/dash", bash[] = "/usr/bin/bash";
	static const struct line lines[] = {
		{ ruby, "ruby", "ruby|server.rb", "server.rb" },
		{ ruby, "ruby", "ruby|-r|bundler/setup|-Ilib|-I|app|server.rb", "server.rb" },
		{ ruby, "ruby", "ruby|-run|-e|httpd|.|-p|8000", NULL },
		{ ruby, "ruby", "ruby|-S|rackup|-p|9292", "rackup" },
		{ ruby, "rails", "ruby|bin/rails|server|-p|3001", "rails server" },
		{ ruby, "ruby", "/usr/bin/ruby|/home/ann/shop/bin/rails|s", "rails s" },
		{ ruby, "ruby", "ruby|/usr/bin/bundle|exec|puma|-C|config/puma.rb", "puma" },
		{ ruby, "ruby", "puma 6.4.0 (tcp://127.0.0.1:3000) [shop]", "puma" },
		{ ruby, "ruby", "puma: cluster worker 0: 4211 [shop]", "puma" },
		{ NULL, "ruby", "puma 6.4.0 (tcp://127.0.0.1:3000) [shop]", "puma" },
		{ ruby, "ruby", "sidekiq 7.1.2 shop [0 of 5 busy]", "sidekiq" },
		{ ruby, "ruby", "unicorn master -c config/unicorn.rb -D", "unicorn master" },
		{ ruby, "jekyll", "/usr/bin/ruby3.1|/usr/bin/jekyll|serve|--livereload", "jekyll serve" },
		{ php, "php", "php|-S|localhost:8000", "php -S" },
		{ php, "php", "php|-S|localhost:8000|-t|public", "php -S" },
		{ php, "php", "php|-S|localhost:8000|-t|public|router.php", "router.php" },
		{ php, "php", "php|artisan|serve", "artisan serve" },
		{ php, "php", "/usr/bin/php8.2|/srv/shop/artisan|serve|--port=8001", "artisan serve" },
		{ php, "php", "php|-d|memory_limit=1G|-dxdebug.mode=debug|bin/console|server:run", "bin/console server:run" },
		{ php, "php", "php|-f|worker.php|--|8080", "worker.php" },
		{ php, "php", "php|-r|sleep(1);", NULL },
		{ "/usr/sbin/php-fpm8.2", "php-fpm8.2", "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)", NULL },
		{ perl, "perl", "perl|-w|-Ilib|-I|/srv/lib|server.pl", "server.pl" },
		{ perl, "perl", "perl|-MIO::Socket|-ne|print", NULL },
		{ perl, "perl", "perl|-MIO::Socket|-e|accept", NULL },
		{ perl, "perl", "perl|-i.bak|-0777|fix.pl", "fix.pl" },
		{ perl, "plackup", "/usr/bin/perl|/usr/bin/plackup|-p|5000|app.psgi", "plackup" },
		{ perl, "starman master", "starman master -p 5000 app.psgi", "starman master" },
		{ perl, "munin-node", "/usr/sbin/munin-node [accepting]", "munin-node" },
		{ sh, "sh", "sh|-c|python3 -m http.server", NULL },
		{ bash, "bash", "bash|-lc|./serve 8080", NULL },
		{ bash, "bash", "-bash", NULL },
		{ bash, "bash", "bash|-s|x", NULL },
		{ bash, "bash", "bash|/dev/fd/63", NULL },
		{ bash, "bash", "bash|/proc/self/fd/3", NULL },
		{ bash, "run.sh", "/bin/bash|./run.sh|8080", "run.sh" },
		{ bash, "bash", "bash|-eu|-o|pipefail|+x|--rcfile|a|tools/run.sh", "run.sh" },
		{ "/usr/bin/busybox", "sh", "sh|/etc/rc.local", "rc.local" },
		{ "/usr/bin/lua5.4", "lua", "lua|-l|socket|serve.lua", "serve.lua" },
	};

	EXPECT_NAMES(lines);
}

Test(appname, forwards_editors_and_servers)
{
	static const struct line lines[] = {
		{ "/usr/bin/ssh", "ssh", "ssh|-N|-L|5433:db:5432|bastion", "ssh -L 5433:db:5432" },
		{ "/usr/bin/ssh", "ssh", "ssh|-fNTL8080:localhost:80|-p|2222|ann@host", "ssh -L 8080:localhost:80" },
		{ "/usr/bin/ssh", "ssh", "ssh|host|-i|key|-D|1080|-R|9000:localhost:9000", "ssh -D 1080 -R 9000:localhost:9000" },
		{ "/usr/bin/ssh", "ssh", "ssh|-X|host|ls|-L", NULL },
		{ "/usr/bin/ssh", "ssh", "ssh: /home/ann/.ssh/cm-host [mux]", "ssh" },
		{ "/usr/bin/kubectl", "kubectl", "kubectl|-n|prod|port-forward|svc/web|8080:80", "kubectl port-forward svc/web" },
		{ "/usr/bin/kubectl", "kubectl", "kubectl|port-forward|--address|0.0.0.0|pod/db-0|5432", "kubectl port-forward pod/db-0" },
		{ "/usr/bin/kubectl", "kubectl", "kubectl|proxy|--port=8001", "kubectl proxy" },
		{ "/usr/bin/docker-proxy", "docker-proxy", "/usr/bin/docker-proxy|-proto|tcp|-host-ip|0.0.0.0|-host-port|8080|-container-ip|172.17.0.2|-container-port|80", NULL },
		{ "/usr/share/code/code", "code", "/usr/share/code/code|--type=utility|--utility-sub-type=node.mojom.NodeService", NULL },
		{ "/usr/share/code/code", "code", "/usr/share/code/code --type=zygote --no-sandbox", NULL },
		{ "/usr/share/code/code", "code", "/usr/share/code/code|/home/ann/shop", NULL },
		{ "/usr/share/code/code", "code", "/usr/share/code/code|--ms-enable-electron-run-as-node|/usr/share/code/resources/app/extensions/json-language-features/server/dist/node/jsonServerMain|--node-ipc", "code (json-language-features)" },
		{ "/usr/share/code/code", "code", "/usr/share/code/code /home/ann/.vscode/extensions/ms-vscode.js-debug-1.85.0/src/server.js 8123", "code (debugger)" },
		{ "/usr/lib/postgresql/15/bin/postgres", "postgres", "/usr/lib/postgresql/15/bin/postgres|-D|/var/lib/postgresql/15/main", NULL },
		{ "/usr/lib/postgresql/15/bin/postgres", "postgres", "postgres: 15/main: ann shop 127.0.0.1(40112) idle", NULL },
		{ "/usr/bin/redis-check-rdb", "redis-server", "/usr/bin/redis-server 127.0.0.1:6379", NULL },
		{ NULL, "redis-server", "redis-server *:6379", NULL },
		{ "/usr/sbin/nginx", "nginx", "nginx: master process /usr/sbin/nginx -g daemon off;", NULL },
		{ "/usr/sbin/mysqld", "mysqld", "/usr/sbin/mysqld", NULL },
		{ "/usr/bin/mongod", "mongod", "/usr/bin/mongod|--config|/etc/mongod.conf", NULL },
		{ "/tmp/go-build2814749/b001/exe/server", "server", "/tmp/go-build2814749/b001/exe/server|-addr|:8080", NULL },
		{ "/home/ann/api/target/debug/api", "api", "target/debug/api", NULL },
		{ "/usr/bin/psql", "psql", "psql|-h|localhost", NULL },
		{ "/usr/bin/nodepad", "nodepad", "nodepad|x.js", NULL },
		{ "/usr/bin/javac", "javac", "javac|Main.java", NULL },
	};

	EXPECT_NAMES(lines);
}

/* What another process chose may be anything. */
Test(appname, bytes_of_others)
{
	static const struct line lines[] = {
		{ "/usr/bin/node", "node", "", NULL },
		{ NULL, "kworker/0:1", "", NULL },
		{ "/usr/bin/node", "node", "   ", NULL },
		{ "/usr/bin/node", "node", ": x", NULL },
		{ "/usr/bin/node", "node", "[", NULL },
		{ "/usr/bin/node", "node", "||", NULL },
		{ "/usr/bin/node", "node", "node|/", NULL },
		{ "/usr/bin/node", "node", "node|a/..", NULL },
		{ "/usr/bin/node", "node", "node|\xff\n.js", "\xff\n.js" },
		{ "/usr/bin/python3", "python3", "python3|-m|pdb|-m|pdb|-m|pdb|-m|pdb|-m|pdb|-m|x", "pdb" },
		{ "/opt/My Tools/python3", "python3", "/opt/My Tools/python3", NULL },
		{ NULL, "node", "/opt/a b/node|x.js", "x.js" },
		{ NULL, "worker", "node /srv/app.js", "app.js" },
		{ "/usr/bin/python3 (deleted)", "python3", "python3|app.py", "app.py" },
		{ "/usr/bin/ssh", "ssh", "ssh|-L", "ssh -L" },
		{ "/usr/bin/java", "java", "java|-jar", NULL },
		{ "/usr/bin/perl", "perl", "-|x.pl", "x.pl" },
	};

	EXPECT_NAMES(lines);
}

Test(appname, long_names_are_cut_between_characters)
{
	char argv[400] = "node|", buf[APPNAME_SIZE];
	const struct line line = { "/usr/bin/node", "node", argv, NULL };
	const char *name;

	for (size_t i = 0; i < 150; i++)
		strcat(argv, i % 2 ? "x" : "\xc3\xa4");
	name = name_of(&line, buf);
	cr_assert_not_null(name);
	cr_expect_eq(strlen(name), APPNAME_SIZE - 2, "%zu: half a character has no room",
	             strlen(name));
	cr_expect_eq(name[strlen(name) - 1], 'x');
}
