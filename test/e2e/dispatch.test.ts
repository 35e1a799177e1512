// Campaigns of Dispatch through a whole Ringback.
import { faultsOf, startCampaign, type RunningCampaign } from '../support/campaign.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { until } from '../support/until.ts';

const size = 2000;

let ringback: Installation;
let admin: string;
const campaigns: RunningCampaign[] = [];

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
  admin = await ringback.adminToken();
}, 120_000);

afterAll(async () => {
  await Promise.all(campaigns.map(({ receiver }) => receiver.stop()));
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
  campaigns.push(campaign);
  return campaign;
}

async function untilComplete(campaign: RunningCampaign): Promise<void> {
  await until('the completion', () => campaign.taken('complete').length > 0, 200);
  await until('all other callbacks', () => faultsOf(campaign).length === 0, 200);
}
