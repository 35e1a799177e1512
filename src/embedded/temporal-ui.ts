import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { readTemporalTls, type TemporalTls, type TemporalTlsFiles } from '../domain/temporal-tls.ts';
import { freePort } from './free-port.ts';
import { spawnPart } from './part-process.ts';
import type { Part } from './part.ts';
import { openUiDoor } from './temporal-ui-door.ts';
import { openUiGate } from './temporal-ui-gate.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

const usualPort = 8233;
const pollMs = 100;
const probeTimeoutMs = 2_000;
const host = '127.0.0.1';

export type TemporalUiOptions = {
  home: string;
  uiServer: string;
  temporal: { address: string; tls: TemporalTlsFiles };
  namespace: string;
  /** Used as it is; without it 8233, or any free port while that is taken. */
  port?: number | undefined;
  /** Beside its own, those at which a proxy shows it. */
  origins: readonly string[];
  /** The operator's. */
  password: string;
};

export type EmbeddedTemporalUi = { part: Part; url: string; close(): Promise<void> };

/**
 * Opens the door to the Web UI and the gate behind it, writes its configuration and gives the part that runs it: an
 * operator's call comes by the door, and the word it gets there is what the gate to Temporal asks for.
 */
export async function embeddedTemporalUi(options: TemporalUiOptions): Promise<EmbeddedTemporalUi> {
  const { home, uiServer, temporal, namespace, origins, password } = options;
  const port = options.port ?? (await freePort(usualPort));
  const uiPort = await freePort();
  const word = `Bearer ${randomBytes(32).toString('base64url')}`;
  const gate = await openUiGate({
    temporalAddress: temporal.address,
    tls: async () => (await readTemporalTls(temporal.tls, readFile)) as TemporalTls,
    word,
  });
  const door = await openUiDoor({ port, origins, password, uiPort, word }).catch(async (cause: unknown) => {
    await gate.close();
    throw cause;
  });
  const folder = join(home, 'temporal', 'ui');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = {
    temporalGrpcAddress: gate.address,
    host,
    port: uiPort,
    enableUi: true,
    defaultNamespace: namespace,
    // The page would ask the project's site for news.
    disableNewsFetch: true,
    hideLogs: true,
    cors: { allowOrigins: [door.url, `http://localhost:${port}`, ...origins] },
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
    waitUntilReady: (_process, signal) => waitUntilItAnswers(`http://${host}:${uiPort}`, signal),
  };
  return {
    part,
    url: door.url,
    async close() {
      await door.close();
      await gate.close();
    },
  };
}

async function waitUntilItAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) }).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return;
    await sleep(pollMs);
  }
}
