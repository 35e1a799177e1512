import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporalTlsVariables } from '../../src/domain/temporal-tls.ts';
import { startEmbedded, type Embedded } from '../../src/embedded/start-embedded.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import { startBuiltProcess, type BuiltProcess } from '../support/built-process.ts';
import { startRecordingReceiver, type RecordingReceiver } from '../support/recording-receiver.ts';
import { createService, fiveStatuses, type TestService } from '../support/service-fixture.ts';
import { until } from '../support/until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const adminToken = randomBytes(24).toString('hex');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let home: string;
let embedded: Embedded;
let receiver: RecordingReceiver;
let api: BuiltProcess;
let service: TestService;
let env: Record<string, string>;
const processes: BuiltProcess[] = [];

beforeAll(async () => {
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
  home = await mkdtemp(join(tmpdir(), 'ringback-roles-'));
  embedded = await startEmbedded({
    home,
    env: process.env,
    namespace: 'default',
    searchAttributes: searchAttributeNames,
    log: silent,
  });
  env = {
    DATABASE_URL: embedded.databaseUrl,
    TEMPORAL_ADDRESS: embedded.temporalAddress,
    ...(embedded.temporalTls && temporalTlsVariables(embedded.temporalTls)),
    RINGBACK_HOME: join(home, 'unused'),
    RINGBACK_ADMIN_TOKEN: adminToken,
    RINGBACK_SECRET_KEYS: `test:${randomBytes(32).toString('base64')}`,
    EGRESS_ALLOW: '127.0.0.0/8',
    EGRESS_ALLOW_HTTP: 'true',
  };
  receiver = await startRecordingReceiver(() => 200);
  api = await start('api');
  service = await createService({ call: api.call, adminToken: async () => adminToken }, receiver.url);
}, 180_000);

afterAll(async () => {
  await Promise.all(processes.map((one) => one.end('SIGTERM')));
  await embedded.stop();
  await receiver.stop();
  await rm(home, { recursive: true, force: true });
}, 120_000);

async function start(role: 'api' | 'worker'): Promise<BuiltProcess> {
  const one = await startBuiltProcess(role, env);
  processes.push(one);
  return one;
}

async function acceptAll(count: number): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: count }, () => service.register()));
  await Promise.all(
    ids.map(async (id) => {
      for (const status of fiveStatuses) expect((await service.accept(id, status)).status).toBe(202);
    }),
  );
  return ids;
}

const sequencesOf = (id: string): number[] => [
  ...new Set(receiver.received.filter((post) => post.id === id).map(({ sequence }) => sequence)),
];

test('an API without any worker accepts, and the first worker that comes delivers it in order', async () => {
  const ids = await acceptAll(5);
  expect(receiver.received).toEqual([]);

  await start('worker');

  await until('all callbacks', () => ids.every((id) => sequencesOf(id).length === 5));
  for (const id of ids) expect(sequencesOf(id)).toEqual([1, 2, 3, 4, 5]);
}, 120_000);

test('what a worker had taken when it was killed, another delivers within seconds', async () => {
  const other = await start('worker');

  const accepting = acceptAll(40);
  await until('the burst is under way', () => receiver.received.length > 30);
  await other.end('SIGKILL');
  const ids = await accepting;

  await until('all callbacks', () => ids.every((id) => sequencesOf(id).length === 5), 60);
  for (const id of ids) expect(sequencesOf(id)).toEqual([1, 2, 3, 4, 5]);
}, 180_000);

test('what an API without Temporal was asked to release, a worker releases', async () => {
  const callback = `/v1/services/${service.id}/callbacks/delivery_status`;
  await api.call('POST', `${callback}/disable`, adminToken);
  const id = await service.register();
  for (const status of ['created', 'sending']) await service.accept(id, status);
  expect(sequencesOf(id)).toEqual([]);

  const { body } = await api.call<{ drain_id: string; held: number }>(
    'POST',
    `${callback}/enable`,
    adminToken,
  );

  expect(body.held).toBe(2);
  await until('both callbacks', () => sequencesOf(id).length === 2);
  expect(sequencesOf(id)).toEqual([1, 2]);
  const drain = () => api.call<{ state: string }>('GET', `/v1/drains/${body.drain_id}`, adminToken);
  await until('the drain is done', async () => (await drain()).body.state === 'done');
}, 60_000);

test('SIGTERM ends a process of any role with exit code 0', async () => {
  const worker = await start('worker');

  expect(await worker.end('SIGTERM')).toBe(0);
  expect(await api.end('SIGTERM')).toBe(0);
}, 120_000);
