// Finds Temporal's time-skipping test server, or makes it from Maven Central: the SDK's own download reaches neither
// every platform nor every network.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { cacheFolder } from '../../src/embedded/cache-folder.ts';
import { errorText } from '../../src/embedded/error-text.ts';
import { withFileLock } from '../../src/embedded/file-lock.ts';

export type Executable = { type: 'existing-path'; path: string };
type Log = (line: string) => void;

const version = '1.38.0';
const installTimeoutMs = 300_000;
const run = promisify(execFile);

/** The server's executable; undefined when only the SDK's own download is left to try. */
export async function prepareTimeSkippingServer(
  log: Log,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Executable | undefined> {
  const given = env['TEMPORAL_TEST_SERVER'];
  if (given) return { type: 'existing-path', path: await checked(given) };
  if (!(await runs(javaIn(env), ['-version'], env))) return undefined;

  const path = join(cacheFolder(env), 'temporal-test-server', version, 'temporal-test-server');
  if (!(await isExecutable(path))) await installOnce(path, log, env);
  return (await isExecutable(path)) ? { type: 'existing-path', path } : undefined;
}

async function checked(path: string): Promise<string> {
  if (await isExecutable(path)) return path;
  throw new Error(`TEMPORAL_TEST_SERVER names ${path}, which is not an executable file.`);
}

async function installOnce(path: string, log: Log, env: NodeJS.ProcessEnv): Promise<void> {
  if (!(await runs('mvn', ['-v'], env))) return;
  const lock = `${dirname(path)}.lock`;
  await withFileLock(
    lock,
    (pid) => log(`Waiting for process ${pid}, which is installing Temporal's test server.`),
    async () => {
      if (await isExecutable(path)) return;
      log(`Getting Temporal's time-skipping test server ${version} with Maven (40 MB, once).`);
      await install(path, env).catch((error: unknown) => log(`Maven could not get it: ${errorText(error)}`));
    },
  );
}

// Made beside its place and renamed whole, so that an interrupted installation is never taken for the server.
async function install(path: string, env: NodeJS.ProcessEnv): Promise<void> {
  const place = dirname(path);
  await mkdir(dirname(place), { recursive: true });
  const draft = await mkdtemp(`${place}.`);
  try {
    await writeFile(join(draft, 'pom.xml'), pom);
    const arguments_ = [
      '-q',
      '-B',
      'dependency:copy-dependencies',
      '-DoutputDirectory=lib',
      '-DincludeScope=runtime',
    ];
    await run('mvn', arguments_, { cwd: draft, env, timeout: installTimeoutMs });
    await refuseUnknown(join(draft, 'lib'));
    await writeFile(join(draft, 'temporal-test-server'), script);
    await chmod(join(draft, 'temporal-test-server'), 0o755);
    await rm(place, { recursive: true, force: true });
    await rename(draft, place);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Maven checks a jar against what its repository says of it; this list is held in our own. */
async function refuseUnknown(lib: string): Promise<void> {
  const known = await readFile(
    fileURLToPath(new URL('./temporal-test-server.sha256', import.meta.url)),
    'utf8',
  );
  const names = (await readdir(lib)).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const digest = createHash('sha256')
        .update(await readFile(join(lib, name)))
        .digest('hex');
      return `${digest}  ${name}`;
    }),
  );
  const differing = found
    .filter((line) => !known.split('\n').includes(line))
    .map((line) => line.split('  ')[1]);
  if (differing.length > 0)
    throw new Error(`not the jars of test/support/temporal-test-server.sha256: ${differing.join(', ')}`);
}

function javaIn(env: NodeJS.ProcessEnv): string {
  return env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', 'java') : 'java';
}

async function runs(command: string, arguments_: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(command, arguments_, { env }).then(
    () => true,
    () => false,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ringback</groupId>
  <artifactId>temporal-test-server</artifactId>
  <version>${version}</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${version}</version>
    </dependency>
    <!-- Without a binding, slf4j complains on standard error at each start. -->
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

// The SDK kills the server in `teardown()` only, so one whose test run was killed would live on: it watches its parent.
const script = `#!/bin/sh
(while kill -0 $PPID && kill -0 $$; do sleep 1; done; kill -9 $$) </dev/null >/dev/null 2>&1 &
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;
