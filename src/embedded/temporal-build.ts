import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { EmbeddedLog } from './embedded-log.ts';
import { findExecutable, pathFolders } from './find-executable.ts';
import { temporalModuleFolder } from './temporal-pins.ts';

const execute = promisify(execFile);
const progressEveryMs = 5_000;
const keptOutputChars = 2_000;
/** The first Go that fetches the newer toolchain a go.mod asks for. */
const oldestGo = { major: 1, minor: 21 };

const packages = {
  'temporal-server': 'go.temporal.io/server/cmd/server',
  'temporal-sql-tool': 'go.temporal.io/server/cmd/tools/sql',
  'temporal-ui-server': 'github.com/temporalio/ui-server/v2/cmd/server',
} as const;

export type TemporalProgram = keyof typeof packages;

/** The `go` command on PATH, or null when there is none or it is older than 1.21. */
export async function findGo(env: NodeJS.ProcessEnv): Promise<string | null> {
  const go = await findExecutable('go', pathFolders(env));
  if (go === null) return null;
  const { stdout } = await execute(go, ['env', 'GOVERSION'], { env: buildEnv(env), cwd: '/' });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout.trim()) ?? [];
  const isNewEnough =
    Number(major) > oldestGo.major || (Number(major) === oldestGo.major && Number(minor) >= oldestGo.minor);
  return isNewEnough ? go : null;
}

/** Builds one program of the versions pinned in go.mod into `folder`; the first build takes minutes. */
export async function buildTemporalProgram(
  go: string,
  program: TemporalProgram,
  folder: string,
  env: NodeJS.ProcessEnv,
  log: EmbeddedLog,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const target = join(folder, program);
  const unfinished = `${target}.${process.pid}.new`;
  const startedAt = Date.now();
  const elapsed = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  log.info({ program }, `building ${program} with Go; the first time this takes 3 to 6 minutes`);
  const progress = setInterval(
    () => log.info({ program }, `building ${program}: ${elapsed()}`),
    progressEveryMs,
  );
  try {
    await runGo(go, ['build', '-trimpath', '-ldflags=-s -w', '-o', unfinished, packages[program]], env);
    await chmod(unfinished, 0o755);
    await rename(unfinished, target);
    log.info({ program }, `${program} was built in ${elapsed()}`);
  } finally {
    clearInterval(progress);
    await rm(unfinished, { force: true });
  }
}

async function runGo(go: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(go, args, {
    cwd: temporalModuleFolder,
    env: buildEnv(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (output = (output + text).slice(-keptOutputChars)));
  const endWithUs = (): void => void child.kill();
  process.once('exit', endWithUs);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`go ${args[0] ?? ''} failed: ${output.trim()}`);
  } finally {
    process.off('exit', endWithUs);
  }
}

function buildEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Without cgo no C compiler is needed; the official programs are built the same way.
  return { ...env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'auto', GOWORK: 'off', CGO_ENABLED: '0' };
}
