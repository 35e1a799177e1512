// Every npm script starts here: `node src/main/run.mjs <entry> [args…]` installs what is missing and becomes
// src/main/<entry>.ts in this very process, so that signals and exit codes are the entry's own.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldestNode = 20;
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const lockfile = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.ringback-installed');
const installing = join(root, '.ringback-install');
const abandonedAfterMs = 10_000;

const nodeMajor = Number(process.versions.node.split('.')[0]);
if (nodeMajor < oldestNode) {
  fail(`Ringback needs Node.js ${oldestNode} or newer; this is ${process.version}.`);
}
const [entry, ...args] = process.argv.slice(2);
if (entry === undefined || !/^[a-z-]+$/.test(entry)) fail('Usage: node src/main/run.mjs <entry> [args…]');

if (!isInstalled()) await installOnce();

const { register } = await import('tsx/esm/api');
register();
process.setSourceMapsEnabled(true);
const path = join(here, `${entry}.ts`);
process.argv = [process.argv[0], path, ...args];
await import(pathToFileURL(path).href);

function isInstalled() {
  return readOrNull(stamp) === lockfileSum() || adoptInstallation();
}

// An `npm install` or `npm ci` done by hand is as good, if it installed what the lockfile says.
function adoptInstallation() {
  const hidden = readOrNull(join(root, 'node_modules', '.package-lock.json'));
  if (hidden === null) return false;
  const installed = JSON.parse(hidden).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(lockfile, 'utf8')).packages).filter(
    ([name]) => name !== '',
  );
  const isSame = wanted.every(([name, { version, integrity, optional, devOptional }]) => {
    const found = installed[name];
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
  if (isSame) writeFileSync(stamp, lockfileSum());
  return isSame;
}

async function installOnce() {
  for (let hasWaited = false; !takeTurn(); hasWaited = true) {
    if (!hasWaited) say('Another process is installing the dependencies; waiting for it.');
    await sleep(500);
  }
  const release = () => rmSync(installing, { recursive: true, force: true });
  process.once('exit', release);
  if (!isInstalled()) await install();
  process.off('exit', release);
  release();
}

function takeTurn() {
  try {
    mkdirSync(installing);
    writeFileSync(join(installing, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned()) rmSync(installing, { recursive: true, force: true });
    return false;
  }
}

function isAbandoned() {
  const pid = Number(readOrNull(join(installing, 'pid')));
  try {
    if (pid > 0) return !process.kill(pid, 0);
    return Date.now() - statSync(installing).mtimeMs > abandonedAfterMs;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function install() {
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  say('Installing the dependencies (npm ci) …');
  const progress = setInterval(() => say(`Installing the dependencies: ${elapsed()}`), 5_000);
  const { code, signal } = await npmCi().finally(() => clearInterval(progress));
  if (signal !== null) process.exit(signal === 'SIGINT' ? 130 : 143);
  if (code !== 0) {
    fail(
      `npm ci failed with exit code ${code}: see above for why. The registry must be reachable for the first start.`,
    );
  }
  writeFileSync(stamp, lockfileSum());
  say(`Installed in ${elapsed()}.`);
}

function npmCi() {
  // A production setting or npm's own flags from outside would leave out tsx, jest and the type checker.
  const unwanted = /^(node_env|npm_config_(production|omit|only|include|global|ignore_scripts))$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name)));
  const command = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env['npm_execpath'];
  const isNpm = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  const [file, fileArgs] = isNpm ? [process.execPath, [npm, ...command]] : ['npm', command];
  // npm's own output goes to standard error, which leaves standard output to the entry.
  const child = spawn(file, fileArgs, { cwd: root, env, stdio: ['ignore', 2, 2] });
  const signals = ['SIGINT', 'SIGTERM'];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    child.once('error', () => fail('npm was not found on PATH; it comes with Node.js.'));
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve({ code, signal });
    });
  });
}

function lockfileSum() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
