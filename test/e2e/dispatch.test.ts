// Campaigns of Dispatch through a whole Ringback.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { faultsOf, startCampaign, type RunningCampaign } from '../support/campaign.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { until } from '../support/until.ts';
import { startUrlReceiver, type UrlReceiver } from '../support/url-receiver.ts';

const size = 2000;

let ringback: Installation;
let admin: string;
const receivers: UrlReceiver[] = [];

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
  admin = await ringback.adminToken();
}, 120_000);

afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await ringback.remove();
}, 60_000);

test('a campaign tells of each member once and of all changes in order, and is complete once', async () => {
  const campaign = await aCampaign(size);
  await campaign.reportAll();
  await campaign.close();
  await untilComplete(campaign);

  expect(faultsOf(campaign)).toEqual([]);
  expect(campaign.taken('sent')).toHaveLength(size);
  const [complete, ...others] = campaign.taken('complete');
  expect(others).toEqual([]);
  expect(JSON.parse(complete?.body ?? '')).toEqual({
    communicationId: campaign.communicationId,
    batchId: campaign.batchId,
    status: 'COMPLETE',
    href: `${ringback.url}/v1/batches/${campaign.batchId}`,
  });
  const { members, ...batch } = await campaign.batch('?includemembers=true');
  expect(batch).toMatchObject({
    status: 'COMPLETE',
    member_count: size,
    started_count: size,
    processed_count: size,
  });
  expect(members?.map(({ id }) => id)).toEqual(campaign.members.map(({ id }) => id));
  expect(members?.map(({ status }) => status)).toEqual(campaign.members.map(({ words }) => words.at(-1)));
}, 300_000);

test('the same holds when the worker is killed five times in the middle of it', async () => {
  const campaign = await aCampaign(size);
  const reporting = campaign.reportAll();
  for (let kill = 1; kill <= 5; kill += 1) {
    await until(`kill ${kill}`, () => campaign.receiver.taken().length > kill * size * 0.4, 200);
    process.kill(await ringback.pidOf('app'), 'SIGKILL');
    await ringback.untilReady();
  }
  await reporting;
  await campaign.close();
  await untilComplete(campaign);

  expect(faultsOf(campaign)).toEqual([]);
  expect((await campaign.batch()).status).toBe('COMPLETE');
  const results = await historyOf(campaign);
  expect(results.filter(({ event }) => event === 'message_sent')).toHaveLength(size);
  expect(results.filter(({ event }) => event === 'communication_complete')).toHaveLength(1);
  expect(results.filter(({ state }) => state !== 'delivered' && state !== 'skipped')).toEqual([]);
}, 600_000);

test('a callback that fails three times disables its communication: one mail, all is held, batches wait, and enabling delivers everything', async () => {
  let isBroken = true;
  const receiver = await aReceiver(() => (isBroken ? 201 : 200));
  const university = await aUniversity(receiver.base);
  const first = await university.batch([{ studentId: 'first' }]);
  await university.report(first, 'sent');
  const shown = () => university.communication();
  await until('the communication is disabled', async () => (await shown()).state === 'disabled');
  expect(receiver.called).toHaveLength(3);

  const second = await university.batch([{ studentId: 'second' }]);
  expect((await university.show(second)).status).toBe('WAITING');
  await university.report(second, 'sent');
  await Promise.all([first, second].map(university.close));
  await until('it is held', async () => (await shown()).held === 1);
  expect((await university.show(second)).members[0]).toMatchObject({ status: 'sent' });
  const mails = async () => {
    // The folder is made for the first mail.
    const names = await readdir(join(ringback.home, 'outbox')).catch(() => []);
    const files = names.filter((name) => name.endsWith('.eml'));
    const texts = await Promise.all(
      files.map((name) => readFile(join(ringback.home, 'outbox', name), 'utf8')),
    );
    return texts.filter((text) => text.includes(university.communicationId));
  };
  await until('the mail', async () => (await mails()).length > 0);
  const [mail = '', ...others] = await mails();
  expect(others).toEqual([]);
  expect(mail).toContain('ops@university.example');
  expect(mail).toContain(`/v1/communications/${university.communicationId}/enable`);
  expect(mail).not.toContain('first');

  isBroken = false;
  await university.enable();
  await until('the second is told of', () => receiver.taken().some(({ url }) => url === '/sent/second'));
  await until('the batch is complete', async () => (await university.show(second)).status === 'COMPLETE', 60);
}, 120_000);

test('a callback whose URL has a variable that a member does not have is told of as a problem, and the others go on', async () => {
  const receiver = await aReceiver(() => 200);
  const university = await aUniversity(receiver.base);
  const batch = await university.batch([{ other: 'x' }, { studentId: 'second' }]);
  await university.report(batch, 'sent');
  await university.report(batch, 'sent', 1);
  await until('both are told of', () => receiver.called.length === 2);
  expect(receiver.called.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
    'GET /sent/second',
    'POST /problem?The%20callback%27s%20URL%20has%20the%20variable%20%24%7BstudentId%7D%2C%20which%20this%20message%20does%20not%20have.',
  ]);
  expect(await university.communication()).toMatchObject({ state: 'enabled' });
}, 60_000);

/** A communication with two callbacks and three attempts a second apart, and batches of members with one e-mail each. */
async function aUniversity(base: string) {
  const post = async <T>(path: string, body: object = {}) =>
    (await ringback.call<T & { id: string }>('POST', path, admin, body)).body;
  const service = await post('/v1/services', { name: 'University', profile: 'dispatch' });
  const campaign = await post('/v1/campaigns', { service_id: service.id, name: 'Fees', environment: {} });
  const policy = { interval_seconds: 1 };
  const { id: communicationId } = await post(`/v1/campaigns/${campaign.id}/communications`, {
    ...{ name: 'First reminder', mode: 'live', notification_list: ['ops@university.example'] },
    callbacks: [
      { event: 'message_sent', method: 'GET', url: `${base}/sent/\${studentId}`, policy },
      { event: 'message_delivery_problem', method: 'POST', url: `${base}/problem?\${problem}`, policy },
    ],
  });
  const show = async (batchId: string) =>
    (
      await ringback.call<{ status: string; members: { id: string; status: string }[] }>(
        'GET',
        `/v1/batches/${batchId}?includemembers=true`,
        admin,
      )
    ).body;
  const destinations = [{ type: 'email', to: 'student@university.example' }];
  return {
    communicationId,
    show,
    communication: async () =>
      (
        await ringback.call<{ state: string; held: number }>(
          'GET',
          `/v1/communications/${communicationId}`,
          admin,
        )
      ).body,
    batch: async (attributes: object[]) => {
      const members = attributes.map((own) => ({ attributes: own, destinations }));
      return (await post(`/v1/communications/${communicationId}/batches`, { members })).id;
    },
    report: async (batchId: string, status: string, place = 0) => {
      const member = (await show(batchId)).members[place];
      const body = { destination: 'student@university.example', status };
      await post(`/v1/notifications/${member?.id ?? ''}/statuses`, body);
    },
    close: (batchId: string) => post(`/v1/batches/${batchId}/complete`),
    enable: () => post(`/v1/communications/${communicationId}/enable`),
  };
}

async function aReceiver(answer: Parameters<typeof startUrlReceiver>[0]): Promise<UrlReceiver> {
  const receiver = await startUrlReceiver(answer);
  receivers.push(receiver);
  return receiver;
}

type Result = { event: string; state: string };

/** What became of all its callbacks, page by page. */
async function historyOf({ communicationId }: RunningCampaign): Promise<Result[]> {
  const results: Result[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await ringback.call<{ items: Result[]; next_cursor: string | null }>(
      'GET',
      `/v1/communications/${communicationId}/callbacks?limit=500${query}`,
      admin,
    );
    results.push(...body.items);
    cursor = body.next_cursor;
  }
  return results;
}

async function aCampaign(size: number): Promise<RunningCampaign> {
  const campaign = await startCampaign(ringback.call, admin, size);
  receivers.push(campaign.receiver);
  return campaign;
}

async function untilComplete(campaign: RunningCampaign): Promise<void> {
  await until('the completion', () => campaign.taken('complete').length > 0, 200);
  await until('all other callbacks', () => faultsOf(campaign).length === 0, 200);
}
