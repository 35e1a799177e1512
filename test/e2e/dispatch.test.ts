// Campaigns of Dispatch through a whole Ringback.
import { faultsOf, startCampaign, type RunningCampaign } from '../support/campaign.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { until } from '../support/until.ts';

let ringback: Installation;
let admin: string;

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
  admin = await ringback.adminToken();
}, 120_000);

afterAll(() => ringback.remove(), 60_000);

test('a campaign tells of each member once and of all changes in order, and is complete once', async () => {
  const campaign = await startCampaign(ringback.call, admin, 2000);
  await campaign.reportAll();
  await campaign.close();
  await untilComplete(campaign);

  expect(faultsOf(campaign)).toEqual([]);
  expect(campaign.taken('sent')).toHaveLength(2000);
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
    member_count: 2000,
    started_count: 2000,
    processed_count: 2000,
  });
  expect(members?.map(({ id }) => id)).toEqual(campaign.members.map(({ id }) => id));
  expect(members?.map(({ status }) => status)).toEqual(campaign.members.map(({ words }) => words.at(-1)));
  await campaign.receiver.stop();
}, 300_000);

async function untilComplete(campaign: RunningCampaign): Promise<void> {
  await until('the completion', () => campaign.taken('complete').length > 0, 200);
  await until('all other callbacks', () => faultsOf(campaign).length === 0, 200);
}
