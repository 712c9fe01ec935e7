// Runs the project from a checkout on a machine that has only Node and npm: installs and builds
// what is missing or out of date, then runs the task with the Node that the install brought.
// Plain JavaScript for whatever Node is there; nothing but Node's own modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const STAMP = '.quatrain-install';
const workerExample = join(root, 'examples', 'worker');
const browserPackage = join(root, 'test', 'browser');
const buildStamp = join(root, 'dist', '.stamp');
const WEB = 'web';
const webStamp = join(root, 'dist', WEB, '.stamp');
const NODE_MIN = 24;
/** The server, and what is published for other programs to import. */
const buildConfigs = ['tsconfig.build.json', 'tsconfig.clients.json'];
/** What runs as a program, each in a file of its name. */
const programEntries = [
  'dist/cli/quatrain.js',
  'dist/store/writer-thread.js',
  'dist/store/reader-thread.js',
  'dist/admin/answer-thread.js',
  'dist/store/cassette-thread.js',
];
const PARENT_CHECK_MS = 250;
/** Where the browser tests look for one before any that the project brings. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Each task: the commands it runs one after the other, with the project's own Node. */
const tasks = {
  quatrain: (args) => [['dist/program/quatrain.js', ...args]],
  build: () => [],
  test: (args) => {
    if (wants(args, 'worker')) installWorkerExample();
    if (wants(args, 'browser')) installBrowser();
    return [[tool('vitest/vitest.mjs'), 'run', ...args]];
  },
  'test:fast': (args) => [
    [
      tool('vitest/vitest.mjs'),
      'run',
      ...['unit', 'house'].flatMap((project) => ['--project', project]),
      ...args,
    ],
  ],
  'test:slow': (args) => {
    installBrowser();
    return [[tool('vitest/vitest.mjs'), 'run', '--project', 'slow', ...args]];
  },
  console: (args) => [[tool('vite/bin/vite.js'), 'console', ...args]],
  bench: (args) => [['bench/run.ts', ...args]],
  format: () => [[tool('oxfmt/bin/oxfmt'), '.']],
  'check:static': () => [
    [tool('oxfmt/bin/oxfmt'), '--check', '.'],
    [tool('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'],
    [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'],
    [tool('typescript/bin/tsc'), '-p', 'console/tsconfig.json'],
    [tool('typescript/bin/tsc'), '-p', 'test/types/browser/tsconfig.json'],
    [tool('typescript/bin/tsc'), '-p', 'test/types/worker/tsconfig.json'],
    [tool('knip/bin/knip.js')],
    [tool('publint/src/cli.js'), '--strict'],
  ],
};

main();

function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const task = tasks[name];
  if (task === undefined)
    fail(`there is no task "${name}"; there are: ${Object.keys(tasks).join(', ')}`);
  install();
  build();
  buildWeb();
  const commands = task(args);
  const last = commands.pop();
  for (const command of commands) {
    const { status } = spawnSync(projectNode(), command, { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  if (last !== undefined) runToEnd(last);
}

function install() {
  const wanted = fingerprint([join(root, 'package-lock.json')]);
  if (read(join(modules, STAMP)) === wanted) return;
  say('Installing dependencies (only when they change) …');
  if (!cleanInstall(root)) fail('npm ci failed; its messages are above');
  const found = spawnSync(projectNode(), ['--version'], { encoding: 'utf8' });
  const major = Number((found.stdout ?? '').slice(1).split('.')[0]);
  if (!(major >= NODE_MIN)) {
    fail(
      `Quatrain runs on Node ${NODE_MIN} or newer, and the install did not bring one. Install Node ${NODE_MIN}, or let npm run the install script of the package "node".`,
    );
  }
  writeFileSync(join(modules, STAMP), wanted);
}

function cleanInstall(folder) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(npm, flags, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  return status === 0;
}

/** All tests, or some that name what they want: anything else need not wait for it. */
function wants(args, what) {
  return args.length === 0 || args.some((arg) => arg.includes(what));
}

/** A Chromium from a package, where the machine has none: too much for who only wants to start. */
function installBrowser() {
  if (systemBrowsers.some((path) => existsSync(path))) return;
  const stamp = join(browserPackage, 'node_modules', STAMP);
  const wanted = fingerprint([join(browserPackage, 'package-lock.json')]);
  if (read(stamp) !== wanted) {
    say('Installing a browser for the tests of pages (only when it changes) …');
    if (cleanInstall(browserPackage)) writeFileSync(stamp, wanted);
    else if (process.env['CI'] === 'true') fail('npm ci failed; its messages are above');
    else {
      say('skipped: the tests in a browser, since none could be installed');
      return;
    }
  }
  // Unpacked once, here: test files that begin together would each find half of it.
  const unpack = "import('@sparticuz/chromium').then(({ default: it }) => it.executablePath())";
  spawnSync(projectNode(), ['--input-type=module', '-e', unpack], {
    cwd: browserPackage,
    stdio: 'inherit',
  });
}

/** The example's packages, which bring workerd: too much for everybody who only wants to start. */
function installWorkerExample() {
  const stamp = join(workerExample, 'node_modules', STAMP);
  const link = join(workerExample, 'node_modules', 'quatrain');
  const wanted = fingerprint([join(workerExample, 'package-lock.json')]);
  if (read(stamp) === wanted && existsSync(link)) return;
  say('Installing what the tests in workerd need (only when it changes) …');
  if (!cleanInstall(workerExample)) {
    if (process.env['CI'] === 'true') fail('npm ci failed; its messages are above');
    say('skipped: the tests in workerd, since their packages could not be installed');
    return;
  }
  const { status } = spawnSync(projectNode(), ['link-checkout.mjs'], {
    cwd: workerExample,
    stdio: 'inherit',
  });
  if (status !== 0) fail('the checkout could not be linked into examples/worker');
  writeFileSync(stamp, wanted);
}

function build() {
  const wanted = fingerprint([
    ...files(join(root, 'src')),
    ...files(join(root, 'clients')),
    join(root, 'tsconfig.json'),
    ...buildConfigs.map((config) => join(root, config)),
  ]);
  if (read(buildStamp) === wanted) return;
  say('Building …');
  for (const name of existsSync(join(root, 'dist')) ? readdirSync(join(root, 'dist')) : []) {
    if (name !== WEB) rmSync(join(root, 'dist', name), { recursive: true, force: true });
  }
  for (const config of buildConfigs) {
    const { status } = spawnSync(projectNode(), [tool('typescript/bin/tsc'), '-p', config], {
      cwd: root,
      stdio: 'inherit',
    });
    if (status !== 0) fail('the build failed');
  }
  bundle();
  writeFileSync(buildStamp, wanted);
}

/** What browsers load: console, playground, and what the catalog's pages have besides. */
function buildWeb() {
  const folder = join(root, 'console');
  const wanted = fingerprint([
    ...files(join(folder, 'src')),
    ...['package.json', 'vite.config.ts'].map((name) => join(folder, name)),
    join(root, 'scripts', 'build-web.mjs'),
  ]);
  if (read(webStamp) === wanted) return;
  say('Building the console …');
  const { status } = spawnSync(projectNode(), ['scripts/build-web.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) fail('the console could not be built');
  writeFileSync(webStamp, wanted);
}

/** The program and its threads in few files: a thousand modules take twice as long to start. */
function bundle() {
  const args = [...programEntries, '--platform', 'node', '--format', 'esm', '-d', 'dist/program'];
  const { status, stderr } = spawnSync(projectNode(), [tool('rolldown/bin/cli.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) fail(`the program could not be bundled: ${stderr}`);
}

/** The Node that the install brought, else the one that runs this where it is new enough. */
function projectNode() {
  const own = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(own) ? own : process.execPath;
}

/** Runs the last command in our place: its output, its exit code, its signals. */
function runToEnd(command) {
  const child = spawn(projectNode(), command, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second one would end it at once.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  endWithNpm(child);
  child.on('exit', (code, signal) => {
    process.exit(code ?? (signal === null ? 0 : 1));
  });
}

/**
 * A signal to npm ends the shell that npm runs scripts in, and the shell does not pass it on: being
 * given to another parent is how we hear of it.
 */
function endWithNpm(child) {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}

function tool(path) {
  return join(modules, path);
}

function files(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

/** Names, sizes and times: enough to see a change, and quick on every start. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths.toSorted()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function fail(text) {
  process.stderr.write(`quatrain: ${text}\n`);
  process.exit(1);
}
