// A campaign of any size against a whole Ringback, with the worker killed in the middle as often as is asked for:
// npm run campaign -- --members 20000 --kills 5
import { parseArgs } from 'node:util';
import { faultsOf, startCampaign } from '../support/campaign.ts';
import { createInstallation } from '../support/installation.ts';
import { pause } from '../support/until.ts';
import { removeWhenInterrupted } from './cleanup.ts';

const { values } = parseArgs({
  options: { members: { type: 'string', default: '20000' }, kills: { type: 'string', default: '0' } },
});
const [size, kills] = [Number(values.members), Number(values.kills)];
const ringback = await createInstallation();
removeWhenInterrupted(ringback);
await ringback.start();
const startedMs = Date.now();
const say = (text: string): void =>
  console.log(`${String(Math.round((Date.now() - startedMs) / 1000)).padStart(5)} s  ${text}`);

const campaign = await startCampaign(ringback.call, await ringback.adminToken(), size);
say(`${size} members in one batch`);
const reported = { isWhole: false };
const reporting = campaign.reportAll().then(async () => {
  say('everything was reported');
  await campaign.close();
  reported.isWhole = true;
});
// As many callbacks as there are in all.
const expected = campaign.members.reduce(
  (sum, { words }) => sum + (words.length === 1 ? 1 : words.length + 1),
  1,
);
const stillMs = 180_000;
let killed = 0;
let taken = { count: 0, sinceMs: Date.now() };
for (let look = 0; !reported.isWhole || faultsOf(campaign).length > 0; look += 1) {
  await pause(2000);
  const count = campaign.receiver.taken().length;
  if (count > taken.count) taken = { count, sinceMs: Date.now() };
  if (look % 15 === 0) say(`${count} of ${expected} callbacks taken`);
  if (Date.now() - taken.sinceMs > stillMs) break;
  if (killed === kills || count < ((killed + 1) * expected) / (kills + 1)) continue;
  killed += 1;
  say(`killing the worker, ${killed} of ${kills}`);
  process.kill(await ringback.pidOf('app'), 'SIGKILL');
  await ringback.untilReady();
}
const faults = reported.isWhole ? faultsOf(campaign) : ['not everything could be reported'];
if (faults.length > 0) {
  say(`nothing has come for ${stillMs / 1000} s, and ${faults.length} things are wrong, such as`);
  console.log(faults.slice(0, 20).join('\n'));
  process.exitCode = 1;
} else {
  await reporting;
  const calls = campaign.taken('sent').length;
  say(`each of ${size} members was told of as sent, in ${calls} calls that were taken; all changes in order`);
  say(`the communication was told of as complete in ${campaign.taken('complete').length} call`);
}
console.log(await campaign.batch());
await campaign.receiver.stop();
await ringback.remove();
