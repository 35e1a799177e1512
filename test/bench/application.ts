// Processes of Ringback in a benchmark, as `npm start` and containers run them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporalTlsVariables } from '../../src/domain/temporal-tls.ts';
import { freePort } from '../../src/embedded/free-port.ts';
import { createCall } from '../support/call.ts';
import { until } from '../support/until.ts';
import type { Servers } from './servers.ts';

const entry = fileURLToPath(new URL('../../src/main/run.mjs', import.meta.url));
// For a profile: BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=profiles'.
const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
const secrets = {
  RINGBACK_ADMIN_TOKEN: 'the-operator-of-a-benchmark',
  RINGBACK_SECRET_KEYS: `bench:${Buffer.alloc(32, 'bench').toString('base64')}`,
};

export type Application = Awaited<ReturnType<typeof startApplication>>;

export async function startApplication(servers: Servers, role: 'all' | 'api' | 'worker' = 'all') {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(join(servers.home, 'logs', 'app.log'), 'a', 0o600);
  const child = spawn(process.execPath, [...flags, entry, 'serve'], {
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'] },
      ...{ ROLE: role, PORT: String(port), RINGBACK_HOME: servers.home, ...secrets },
      ...{ DATABASE_URL: servers.databaseUrl, TEMPORAL_ADDRESS: servers.temporalAddress },
      ...temporalTlsVariables(servers.temporalTls),
      ...{ EGRESS_ALLOW: '127.0.0.0/8', EGRESS_ALLOW_HTTP: 'true', LOG_LEVEL: 'warn' },
    },
    stdio: ['ignore', log, log],
  });
  await until(`the ${role} is ready`, async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}; see ${servers.home}/logs`);
    return fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    url,
    pid: child.pid ?? 0,
    call: createCall(url),
    adminToken: () => Promise.resolve(secrets.RINGBACK_ADMIN_TOKEN),
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
