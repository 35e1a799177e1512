// What nobody may find in a log or in Temporal: recipients, texts, tokens, bodies and answers, through all that can fail.
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createInstallation, type Installation } from '../support/installation.ts';
import { openInstallationDatabase } from '../support/installation-database.ts';
import { startMailServer } from '../support/mail-server.ts';
import { createService, type TestService } from '../support/service-fixture.ts';
import { until } from '../support/until.ts';
import { startUrlReceiver, type UrlReceiver } from '../support/url-receiver.ts';

const mark = randomBytes(5).toString('hex');
/** By what they are; each is unlike anything that could stand there by chance. */
const canaries = {
  recipient: `person-${mark}@example.com`,
  reference: `reference-${mark}`,
  text: `the text of a message ${mark}`,
  listed: `oncall-${mark}@example.com`,
  urlToken: `url-token-${mark}`,
  bearer: `bearer-token-${mark}`,
  ownToken: `own-token-${mark}`,
  answer: `answer-of-the-receiver-${mark}`,
  providerPassword: `provider-password-${mark}`,
  wrongKey: `wrong-key-${mark}`,
  description: `description-${mark}`,
};

let ringback: Installation;
let mailServer: Awaited<ReturnType<typeof startMailServer>>;
let receiver: UrlReceiver;
let service: TestService;
let admin: string;
let database: Awaited<ReturnType<typeof openInstallationDatabase>>;

beforeAll(async () => {
  // A mail server that says the address again in its refusal, as most do.
  mailServer = await startMailServer({
    onRcptTo: ({ address }, _session, done) =>
      done(Object.assign(new Error(`<${address}>: no such mailbox`), { responseCode: 550 })),
  });
  receiver = await startUrlReceiver(() => 500, canaries.answer);
  ringback = await createInstallation({ SMTP_URL: mailServer.url, LOG_LEVEL: 'debug' });
  await ringback.start();
  admin = await ringback.adminToken();
  database = await openInstallationDatabase(ringback.home);
  service = await createService(ringback, `${receiver.base}/hook?token=${canaries.urlToken}`, {
    attempts: 2,
  });
}, 120_000);

afterAll(async () => {
  await database.end();
  await ringback.remove();
  await mailServer.stop();
  await receiver.stop();
}, 60_000);

const register = (body: object = {}) =>
  ringback.call<{ id: string }>('POST', '/v1/notifications', service.token, {
    ...{ to: canaries.recipient, notification_type: 'email', reference: canaries.reference, ...body },
  });

const accept = (id: string, status: string) =>
  ringback.call('POST', `/v1/notifications/${id}/statuses`, service.token, {
    status,
    status_description: canaries.description,
  });

/** While it lasts, PostgreSQL refuses such rows and quotes them in its refusal. */
async function refusing<T>(table: string, condition: string, work: () => Promise<T>): Promise<T> {
  await database.query(`ALTER TABLE ${table} ADD CONSTRAINT refusing CHECK (${condition}) NOT VALID`);
  try {
    return await work();
  } finally {
    await database.query(`ALTER TABLE ${table} DROP CONSTRAINT refusing`);
  }
}

/** Every history that Temporal has, with its payloads as text. */
async function histories(): Promise<string> {
  const ports = JSON.parse(await readFile(join(ringback.home, 'ports.json'), 'utf8')) as Record<
    string,
    number
  >;
  const connection = await Connection.connect({ address: `127.0.0.1:${String(ports['temporalFrontend'])}` });
  const client = new Client({ connection });
  const texts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list())
    texts.push(
      JSON.stringify(
        await client.workflow.getHandle(workflowId, runId).fetchHistory(),
        (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value),
      ),
      JSON.stringify(
        (await client.workflow.getHandle(workflowId, runId).describe()).raw,
        (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value),
      ),
    );
  await connection.close();
  return texts.join('\n');
}

async function logs(): Promise<Record<string, string>> {
  const folder = join(ringback.home, 'logs');
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return {
    'standard output': ringback.output(),
    ...Object.fromEntries(names.map((name, place) => [name, texts[place] ?? ''])),
  };
}

test('nothing of a story in which everything fails is in a log or in Temporal', async () => {
  const path = `/v1/services/${service.id}`;
  await ringback.call('PUT', `${path}/callbacks/delivery_status`, admin, {
    ...{ url: `${receiver.base}/hook?token=${canaries.urlToken}`, bearer_token: canaries.bearer },
    ...{ policy: { attempts: 2, interval_seconds: 1, timeout_seconds: 5 } },
    ...{ filter: { statuses: ['sending', 'delivered'] }, notification_list: [canaries.listed] },
  });
  await ringback.call('PUT', `${path}/callbacks/inbound_sms`, admin, {
    ...{ url: `${receiver.base}/inbound?token=${canaries.urlToken}`, bearer_token: canaries.bearer },
    ...{ policy: { attempts: 1, interval_seconds: 1, timeout_seconds: 5 } },
  });
  await ringback.call('PUT', `${path}/providers/mmg`, admin, {
    credentials: { username: 'mmg', password: canaries.providerPassword },
  });

  // An attempt that the database does not let us write down, then one that fails for good, and its mail refused.
  const { body: first } = await register();
  await refusing('attempts', "url NOT LIKE '%hook%'", async () => {
    await accept(first.id, 'sending');
    await until('the refused record', async () => (await histories()).includes('attempts'));
  });
  await until('the disable', async () => {
    const { body } = await ringback.call<{ state: string }>(
      'GET',
      `${path}/callbacks/delivery_status`,
      admin,
    );
    return body.state === 'disabled';
  });
  await until('the refused mail', async () =>
    (await histories()).includes('The mail server did not take the mail'),
  );

  // Its own URL and token, an inbound message, and a request of which the database refuses the row.
  const { body: own } = await register({
    callback_url: `${receiver.base}/own?token=${canaries.urlToken}`,
    callback_bearer_token: canaries.ownToken,
  });
  await accept(own.id, 'delivered');
  await ringback.call('POST', `${path}/inbound`, service.token, {
    ...{ source_number: canaries.recipient, destination_number: '07700900000', message: canaries.text },
  });
  const refused = await refusing('notifications', 'recipient IS NULL', () => register());
  expect(refused.status).toBe(500);

  // Doors that stay shut.
  await ringback.call('GET', '/v1/services', canaries.wrongKey);
  await ringback.call(
    'GET',
    `/v1/notifications/${canaries.recipient}?to=${canaries.recipient}`,
    service.token,
  );
  await ringback.call('POST', '/v1/notifications', service.token, {
    to: [canaries.recipient],
    [canaries.text]: 1,
  });
  await fetch(`${ringback.url}/v1/providers/mmg/status?token=${canaries.urlToken}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`mmg:${canaries.wrongKey}`).toString('base64')}` },
    body: JSON.stringify({ to: canaries.recipient, text: canaries.text }),
  });
  await until('the last calls', () =>
    ['/own', '/inbound'].every((place) => receiver.called.some(({ url }) => url.startsWith(place))),
  );

  // PostgreSQL itself falls over in the middle of it.
  const { body: last } = await register();
  process.kill(await ringback.pidOf('postgres'), 'SIGKILL');
  await accept(last.id, 'delivered').catch(() => undefined);
  await until('it is ready again', async () => (await fetch(`${ringback.url}/readyz`)).ok);

  const written: Record<string, string> = { ...(await logs()), 'Temporal’s histories': await histories() };
  expect(Object.keys(written)).toEqual(
    expect.arrayContaining(['standard output', 'postgres.log', 'temporal.log', 'Temporal’s histories']),
  );
  expect(written['standard output']).toContain('A request failed.');
  const found = Object.entries(written).flatMap(([where, text]) =>
    Object.entries(canaries).flatMap(([what, canary]) =>
      text.includes(canary) ? [`${what} in ${where}`] : [],
    ),
  );
  expect(found).toEqual([]);
}, 180_000);
