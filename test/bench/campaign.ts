// A campaign of any size against a whole Ringback, with the worker killed in the middle as often as is asked for:
// npm run campaign -- --members 20000 --kills 5
import { parseArgs } from 'node:util';
import { faultsOf, startCampaign } from '../support/campaign.ts';
import { createInstallation } from '../support/installation.ts';
import { pause } from '../support/until.ts';

const { values } = parseArgs({
  options: { members: { type: 'string', default: '20000' }, kills: { type: 'string', default: '0' } },
});
const [size, kills] = [Number(values.members), Number(values.kills)];
const ringback = await createInstallation();
await ringback.start();
const startedMs = Date.now();
const say = (text: string): void =>
  console.log(`${String(Math.round((Date.now() - startedMs) / 1000)).padStart(5)} s  ${text}`);

const campaign = await startCampaign(ringback.call, await ringback.adminToken(), size);
say(`${size} members in one batch`);
let isReported = false;
const reporting = campaign.reportAll().then(() => {
  isReported = true;
  say('everything was reported');
  return campaign.close();
});
// As many callbacks as there are in all, roughly.
const expected = campaign.members.reduce((sum, { words }) => sum + (words.length === 1 ? 1 : words.length + 1), 1);
let killed = 0;
let quietSince = Date.now();
let taken = 0;
for (let seconds = 0; faultsOf(campaign).length > 0; seconds += 2) {
  await pause(2000);
  const now = campaign.receiver.taken().length;
  if (now > taken) quietSince = Date.now();
  taken = now;
  if (seconds % 10 === 0) say(`${taken} of ${expected} callbacks taken`);
  if (killed < kills && taken > ((killed + 1) * expected) / (kills + 1)) {
    killed += 1;
    say(`killing the worker, ${killed} of ${kills}`);
    process.kill(await ringback.pidOf('app'), 'SIGKILL');
    await ringback.untilReady();
  }
  if (isReported && Date.now() - quietSince > 120_000) {
    say(`nothing has come for two minutes; see ${ringback.home}`);
    console.log(faultsOf(campaign).slice(0, 20).join('\n'));
    await pause(600_000);
    break;
  }
}
await reporting;
const sent = campaign.taken('sent').length;
say(
  `each of ${size} members was told of once (${sent} calls taken), all changes in order, ${campaign.taken('complete').length} completion`,
);
console.log(await campaign.batch());
await campaign.receiver.stop();
await ringback.remove();
