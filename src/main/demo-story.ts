import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Callback } from '../domain/callbacks/callback.schema.ts';
import type { CallbackHistory } from '../domain/notifications/history.schema.ts';
import type { DemoClient } from './demo-client.ts';
import type { DemoReceiver, ReceivedPost } from './demo-receiver.ts';

// Short, so that a person need not wait; everywhere else the interval is five minutes.
const policy = { attempts: 5, interval_seconds: 2, timeout_seconds: 10 };
const callbackToken = 'the-receivers-own-secret';

/** The main job, told by what really happens; `outbox` is where mails are written. Resolves with the id of the notification that needed retries. */
export async function tellStory(
  adminToken: string,
  call: DemoClient,
  receiver: DemoReceiver,
  outbox: string,
  say: (line: string) => void,
): Promise<string> {
  say('\n1. A service, its key, and where its statuses go\n');
  const service = await call<{ id: string }>(adminToken, 'POST', '/v1/services', {
    name: 'Passport office',
    profile: 'govuk-notify',
  });
  const { key } = await call<{ key: string }>(adminToken, 'POST', `/v1/services/${service.id}/api-keys`, {
    name: 'demo',
    key_type: 'live',
  });
  const callback = `/v1/services/${service.id}/callbacks/delivery_status`;
  await call(adminToken, 'PUT', callback, { url: receiver.url, bearer_token: callbackToken, policy });

  say('\n2. A notification is delivered, and the customer’s URL is told\n');
  const first = await register(call, key, 'passport-0001');
  await call(key, 'POST', `/v1/notifications/${first}/statuses`, { status: 'delivered' });
  sayPost(say, await receiver.next());

  say('\n3. The customer’s URL fails twice; Ringback tries again on the schedule it was given\n');
  receiver.failNext(2);
  const second = await register(call, key, 'passport-0002');
  await call(key, 'POST', `/v1/notifications/${second}/statuses`, { status: 'permanent-failure' });
  for (let post = await receiver.next(); ; post = await receiver.next()) {
    say(`  attempt ${String(post.headers['ringback-attempt'])}: the receiver answered ${post.answered}`);
    if (post.answered === 200) break;
  }

  say('\n4. What happened, for anyone to read\n');
  const history = await finished(call, key, second);
  say(JSON.stringify(history, null, 2));

  say('\n5. It fails for good: the communication is disabled, people are told, and what comes is held\n');
  await call(adminToken, 'PUT', callback, {
    url: receiver.url,
    policy: { ...policy, attempts: 1 },
    notification_list: ['passport-team@example.com'],
  });
  receiver.failNext(1);
  const third = await register(call, key, 'passport-0003');
  await call(key, 'POST', `/v1/notifications/${third}/statuses`, { status: 'delivered' });
  await receiver.next();
  await until(async () => (await call<Callback>(adminToken, 'GET', callback)).state === 'disabled');
  const fourth = await register(call, key, 'passport-0004');
  await call(key, 'POST', `/v1/notifications/${fourth}/statuses`, { status: 'delivered' });
  say(`\n  The mail, in ${outbox}:\n`);
  say(readable(await firstMail(outbox)).replace(/^(?=.)/gm, '    '));

  say('6. The receiver is mended and the communication enabled: what was held is delivered\n');
  await call(adminToken, 'POST', `${callback}/enable`);
  sayPost(say, await receiver.next());
  return second;
}

async function firstMail(outbox: string): Promise<string> {
  let name: string | undefined;
  await until(async () => {
    const names = await readdir(outbox).catch(() => []);
    name = names.find((file) => file.endsWith('.eml'));
    return name !== undefined;
  });
  return readFile(join(outbox, name ?? ''), 'utf8');
}

/** As a mail program shows it: with the long lines whole. */
function readable(mail: string): string {
  const [head = '', ...body] = mail.replaceAll('\r\n', '\n').split('\n\n');
  const text = body
    .join('\n\n')
    .replaceAll('=\n', '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return `${head}\n\n${text}`;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 300));
}

async function register(call: DemoClient, key: string, reference: string): Promise<string> {
  const { id } = await call<{ id: string }>(key, 'POST', '/v1/notifications', {
    reference,
    to: '07700900123',
    notification_type: 'sms',
    template_id: 'f33517ff-2a88-4f6e-b855-c550268ce08a',
    template_version: 1,
  });
  return id;
}

function sayPost(say: (line: string) => void, { path, headers, body }: ReceivedPost): void {
  say(`  the receiver got: POST ${path}`);
  for (const [name, value] of Object.entries(headers)) say(`    ${name}: ${String(value)}`);
  say(`\n    ${body}`);
}

/** The attempt is recorded just after the receiver has answered. */
async function finished(call: DemoClient, key: string, notificationId: string): Promise<CallbackHistory> {
  for (;;) {
    const history = await call<CallbackHistory>(key, 'GET', `/v1/notifications/${notificationId}/callbacks`);
    if (history.items.every(({ state }) => state === 'delivered')) return history;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
