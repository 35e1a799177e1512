// Workflows that are nobody's delivery: the one that strikes after 72 hours, and the one that tells of returned letters.
import { randomUUID } from 'node:crypto';
import type { ActivityPorts } from '../../activities/index.ts';
import { letterProgressQuery } from '../../workflows/messages.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

async function onStage(
  changes: Partial<ActivityPorts>,
  tell: (options: { taskQueue: string; workflowId: string }) => Promise<void>,
): Promise<void> {
  const options = { taskQueue: `waiting-${randomUUID()}`, workflowId: randomUUID() };
  const { ports } = createFakeDelivery([1], async () => 200);
  const worker = await stage.createWorkerOn(options.taskQueue, { ...ports, ...changes });
  await worker.runUntil(() => tell(options));
}

test('a notification is timed out 72 hours after the start of its workflow, and not before', async () => {
  const seconds: number[] = [];
  const beganMs = await stage.env.currentTimeMs();
  const timeOut = async () => {
    seconds.push(Math.round(((await stage.env.currentTimeMs()) - beganMs) / 1000));
    return { kind: 'timed out' } as const;
  };

  await onStage({ timeOut }, async (options) => {
    const handle = await stage.env.client.workflow.start('timeOutNotification', {
      ...options,
      args: [{ notificationId: randomUUID() }],
      startDelay: '72 hours',
    });
    await stage.env.sleep('4319 minutes');
    expect(seconds).toEqual([]);
    await handle.result();
  });

  expect(seconds).toHaveLength(1);
  expect(Math.abs((seconds[0] ?? 0) - 72 * 3600)).toBeLessThan(30);
}, 60_000);

test('while the database is away the time-out waits for it', async () => {
  let tries = 0;
  const timeOut = async () => {
    tries += 1;
    if (tries < 4) throw new Error('the database is away');
    return { kind: 'timed out' } as const;
  };
  await onStage({ timeOut }, async (options) => {
    await stage.env.client.workflow.execute('timeOutNotification', {
      ...options,
      args: [{ notificationId: randomUUID() }],
    });
  });
  expect(tries).toBe(4);
}, 60_000);

test('a time-out that is started before its time waits in its workflow until that is over', async () => {
  const beganMs = await stage.env.currentTimeMs();
  const seconds: number[] = [];
  const timeOut = async () => {
    const second = Math.round(((await stage.env.currentTimeMs()) - beganMs) / 1000);
    seconds.push(second);
    return second < 1800
      ? ({ kind: 'early', seconds: 1800 - second } as const)
      : ({ kind: 'timed out' } as const);
  };
  await onStage({ timeOut }, async (options) => {
    await stage.env.client.workflow.execute('timeOutNotification', {
      ...options,
      args: [{ notificationId: randomUUID() }],
    });
  });
  expect(seconds).toHaveLength(2);
  expect(Math.abs((seconds[1] ?? 0) - 1800)).toBeLessThan(30);
}, 60_000);

test('letters are told of page by page to the end, over pages that fail, with progress by query', async () => {
  let done = 0;
  let failures = 2;
  const pages: number[] = [];
  const tellReturnedLetters: ActivityPorts['tellReturnedLetters'] = async (_id, limit) => {
    pages.push(limit);
    if (failures-- > 0) throw new Error('the database is away');
    done = Math.min(1700, done + limit);
    return {
      ...{ id: 'r', matched: 1700, done, state: done === 1700 ? 'done' : 'running' },
    };
  };

  await onStage({ tellReturnedLetters }, async (options) => {
    const handle = await stage.env.client.workflow.start('tellReturnedLetters', {
      ...options,
      args: [{ reportId: randomUUID() }],
    });
    await handle.result();
    expect(await handle.query(letterProgressQuery)).toEqual({ state: 'done', matched: 1700, done: 1700 });
  });

  expect(pages).toEqual([500, 500, 500, 500, 500, 500]);
}, 60_000);
