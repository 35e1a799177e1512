import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.ts';
import { spawnPart } from './part-process.ts';
import type { Part } from './part.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

const usualPort = 8233;
const pollMs = 100;
const probeTimeoutMs = 2_000;
const host = '127.0.0.1';

export type TemporalUiOptions = {
  home: string;
  uiServer: string;
  temporalAddress: string;
  namespace: string;
  /** Used as it is; without it 8233, or any free port while that is taken. */
  port?: number | undefined;
};

export type EmbeddedTemporalUi = { part: Part; url: string };

/** Writes the Web UI's configuration and gives the part that runs it. */
export async function embeddedTemporalUi(options: TemporalUiOptions): Promise<EmbeddedTemporalUi> {
  const { home, uiServer, temporalAddress, namespace } = options;
  const port = options.port ?? (await freePort(usualPort));
  const url = `http://${host}:${port}`;
  const folder = join(home, 'temporal', 'ui');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = {
    temporalGrpcAddress: temporalAddress,
    host,
    port,
    enableUi: true,
    defaultNamespace: namespace,
    // The page would ask the project's site for news.
    disableNewsFetch: true,
    hideLogs: true,
    cors: { allowOrigins: [url, `http://localhost:${port}`] },
  };
  await writeFileAtomically(join(folder, 'ringback.yaml'), JSON.stringify(config, null, 2), 0o600);
  const logFile = join(home, 'logs', 'temporal-ui.log');
  const part: Part = {
    name: 'temporal-ui',
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    readyTimeoutMs: 30_000,
    logFile,
    launch: () =>
      spawnPart({
        command: uiServer,
        args: ['--root', folder, '--config', '.', '--env', 'ringback', 'start'],
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC' },
        logFile,
      }),
    waitUntilReady: (_process, signal) => waitUntilItAnswers(url, signal),
  };
  return { part, url };
}

async function waitUntilItAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) }).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return;
    await sleep(pollMs);
  }
}
