// The workflows of a communication: who is mailed, and how what was held gets out.
import { randomUUID } from 'node:crypto';
import type { ActivityPorts } from '../../activities/index.ts';
import type { Drain } from '../../src/domain/callbacks/drain.schema.ts';
import type { Mail } from '../../src/ports/index.ts';
import { drainProgressQuery } from '../../workflows/messages.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

/** Runs `tell` beside a worker with these ports on a task queue of its own. */
async function onStage(
  changes: Partial<ActivityPorts>,
  tell: (start: typeof startOn) => Promise<void>,
): Promise<void> {
  taskQueue = `communications-${randomUUID()}`;
  const { ports } = createFakeDelivery([1], async () => 200);
  const worker = await stage.createWorkerOn(taskQueue, { ...ports, ...changes });
  await worker.runUntil(() => tell(startOn));
}

let taskQueue: string;
const startOn = (type: string, argument: object, workflowId: string = randomUUID()) =>
  stage.env.client.workflow.start(type, { workflowId, taskQueue, args: [argument] });

const communicationId = randomUUID();
const drainId = randomUUID();

/** Mails of one incident, and a server that takes, refuses or loses them as the test says. */
function createFakeMails(addresses: readonly string[], serve: (mail: Mail, nthTry: number) => Promise<void>) {
  const open = new Map(addresses.map((address) => [randomUUID() as string, address]));
  const tries = new Map<string, number>();
  const asked: unknown[] = [];
  const ports: Pick<ActivityPorts, 'mails' | 'mailer'> = {
    mails: {
      unsent: async (...incident) => {
        asked.push(incident);
        return [...open.keys()];
      },
      load: async (id) => {
        const address = open.get(id);
        return address === undefined ? null : { id, address, facts };
      },
      claim: async () => true,
      sent: async (id) => void open.delete(id),
    },
    mailer: {
      send: async (mail) => {
        tries.set(mail.to, (tries.get(mail.to) ?? 0) + 1);
        await serve(mail, tries.get(mail.to) ?? 0);
      },
      close: () => undefined,
    },
  };
  return { ports, open, asked, tries: () => Object.fromEntries(tries) };
}

const facts = {
  kind: 'disabled',
  serviceId: 's',
  serviceName: 'Passport office',
  event: 'delivery_status',
  communication: null,
  url: 'https://receiver.example/',
  notificationId: 'n',
  sequence: 1,
  attemptsMade: 5,
  lastAttempt: null,
  at: '2026-06-15T11:30:00.000000Z',
  reason: 'It was tried 5 times.',
  held: 3,
} as const;

test('every address of the list is mailed once', async () => {
  const mails = createFakeMails(['a@example.com', 'b@example.com'], async () => undefined);

  await onStage(mails.ports, async (start) => {
    await (await start('disableCommunication', { communicationId, incident: 7 })).result();
  });

  expect(mails.tries()).toEqual({ 'a@example.com': 1, 'b@example.com': 1 });
  expect(mails.asked).toEqual([[communicationId, 'disabled', 7]]);
}, 60_000);

test('a mail is tried until the server takes it, and an address that is refused keeps no other from its mail', async () => {
  const mails = createFakeMails(['good@example.com', 'bad@example.com'], async ({ to }, nthTry) => {
    if (to === 'bad@example.com' && nthTry < 20) throw new Error('451 try again later');
  });

  await onStage(mails.ports, async (start) => {
    const handle = await start('disableCommunication', { communicationId, incident: 1 });
    await stage.env.sleep('1 minute');
    expect([...mails.open.values()]).toEqual(['bad@example.com']);
    await handle.result();
  });

  expect(mails.tries()).toEqual({ 'good@example.com': 1, 'bad@example.com': 20 });
}, 60_000);

test('a mail that was sent but whose sending is tried again is not sent a second time', async () => {
  const mails = createFakeMails(['a@example.com'], async () => undefined);
  const store = { ...mails.ports.mails };
  let deaths = 1;
  mails.ports.mails.sent = async (id) => {
    await store.sent(id);
    if (deaths-- > 0) throw new Error('the worker died here');
  };

  await onStage(mails.ports, async (start) => {
    await (await start('disableCommunication', { communicationId, incident: 1 })).result();
  });

  expect(mails.tries()).toEqual({ 'a@example.com': 1 });
}, 60_000);

test('a warning is an incident of its own kind', async () => {
  const mails = createFakeMails(['a@example.com'], async () => undefined);

  await onStage(mails.ports, async (start) => {
    await (await start('warnCommunication', { communicationId, incident: 1_800_000_000 })).result();
  });

  expect(mails.asked).toEqual([[communicationId, 'warning', 1_800_000_000]]);
}, 60_000);

/** A drain of `held` statuses, with the second of each release in skipped time. */
function createFakeDrain(held: number) {
  const drain: Drain = {
    id: drainId,
    callback_id: 'c',
    state: 'running',
    held,
    released: 0,
    rate_per_second: 1,
    started_at: '2026-06-15T11:30:00.000000Z',
    finished_at: null,
  };
  const releases: { limit: number; second: number }[] = [];
  let firstMs: number | undefined;
  const drains: ActivityPorts['drains'] = {
    find: async () => ({ drain, serviceId: 's' }),
    cancel: async () => {
      if (drain.state === 'running') drain.state = 'cancelled';
    },
    release: async (_id, limit) => {
      const nowMs = await stage.env.currentTimeMs();
      firstMs ??= nowMs;
      releases.push({ limit, second: Math.round((nowMs - firstMs) / 1000) });
      if (drain.state !== 'running') return { ...drain };
      const left = drain.held - drain.released;
      drain.released += Math.min(limit, left);
      if (left < limit) drain.state = 'done';
      return { ...drain };
    },
  };
  return { drain, drains, releases };
}

test('a drain releases at its rate, second by second, and ends when nothing is held', async () => {
  const { drain, drains, releases } = createFakeDrain(25);

  await onStage({ drains }, async (start) => {
    const handle = await start('drainHeld', { drainId, ratePerSecond: 10 });
    await handle.result();
    expect(await handle.query(drainProgressQuery)).toEqual({ state: 'done', held: 25, released: 25 });
  });

  expect(drain.state).toBe('done');
  expect(releases.map(({ limit }) => limit)).toEqual([10, 10, 10]);
  expect(releases.map(({ second }, place) => second >= place)).toEqual([true, true, true]);
}, 60_000);

test.each([
  [0.1, 1, 10],
  [1000, 200, 0.2],
])(
  'at %d a second it releases %d every %d seconds',
  async (ratePerSecond, limit, everySeconds) => {
    const { drains, releases } = createFakeDrain(limit * 4);

    await onStage({ drains }, async (start) => {
      await (await start('drainHeld', { drainId, ratePerSecond })).result();
    });

    expect(releases.map((release) => release.limit)).toEqual([limit, limit, limit, limit, limit]);
    // Never faster; what the test server needs of real time comes on top.
    const lastSecond = releases.at(-1)?.second ?? 0;
    expect(lastSecond).toBeGreaterThanOrEqual(Math.round(everySeconds * 4));
    expect(lastSecond).toBeLessThanOrEqual(Math.round(everySeconds * 4) + 3);
  },
  60_000,
);

test('a drain that is cancelled over the API releases nothing more', async () => {
  const { drain, drains, releases } = createFakeDrain(100);

  await onStage({ drains }, async (start) => {
    const handle = await start('drainHeld', { drainId, ratePerSecond: 1 });
    while (releases.length < 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await drains.cancel(drainId);
    await handle.result();
  });

  expect(drain.released).toBeLessThan(100);
  expect(drain.state).toBe('cancelled');
}, 60_000);

test('a drain that is cancelled in Temporal’s UI is cancelled, and says so', async () => {
  const { drain, drains, releases } = createFakeDrain(100);

  await onStage({ drains }, async (start) => {
    const handle = await start('drainHeld', { drainId, ratePerSecond: 0.01 }, `drain/${drainId}`);
    while (releases.length < 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });

  expect(drain).toMatchObject({ state: 'cancelled', released: 1 });
}, 60_000);

test('a workflow that is not the drain’s own cannot cancel it', async () => {
  const { drain, drains, releases } = createFakeDrain(100);

  await onStage({ drains }, async (start) => {
    const handle = await start('drainHeld', { drainId, ratePerSecond: 0.01 });
    while (releases.length < 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });

  expect(drain).toMatchObject({ state: 'running', released: 1 });
}, 60_000);
