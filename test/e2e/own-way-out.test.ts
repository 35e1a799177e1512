// The egress proxy of a whole installation goes away and comes back.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startConnectProxy, type ConnectProxy } from '../net/connect-proxy.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { createReceivers } from '../support/recording-receiver.ts';
import { createService, type TestService } from '../support/service-fixture.ts';
import { until } from '../support/until.ts';

let ringback: Installation;
let proxy: ConnectProxy;
const receivers = createReceivers();

beforeAll(async () => {
  proxy = await startConnectProxy();
  ringback = await createInstallation({ EGRESS_PROXY: proxy.url });
  await ringback.start();
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await proxy.stop();
  await receivers.stop();
}, 60_000);

type Readiness = { missing: string[]; reasons: Record<string, string> };
const readiness = async (): Promise<Readiness> =>
  (await (await fetch(`${ringback.url}/readyz`)).json()) as Readiness;

test('while it is away no callback is disabled and nobody is mailed; when it is back, all is delivered', async () => {
  const receiver = await receivers.that(() => 200);
  const services: TestService[] = [];
  // One failed attempt of the customer's would disable it.
  for (let count = 0; count < 10; count += 1)
    services.push(await createService(ringback, receiver.url, { attempts: 1, timeout_seconds: 5 }));
  const ids = await Promise.all(services.map((service) => service.register()));
  await proxy.stop();
  await Promise.all(services.map((service, at) => service.accept(ids[at] ?? '', 'delivered')));

  const attempts = async () =>
    (await Promise.all(services.map((service, at) => service.history(ids[at] ?? '')))).map(({ body }) =>
      (body.items[0]?.attempts ?? []).map(({ outcome }) => outcome),
    );
  await until('each has been tried in vain', async () =>
    (await attempts()).every((outcomes) => outcomes.includes('egress_error')),
  );
  expect(await readiness()).toMatchObject({
    missing: ['egress'],
    reasons: { egress: 'the egress proxy does not answer, or refuses our requests' },
  });
  const metrics = await (await fetch(`${ringback.url}/metrics`)).text();
  expect(
    Number(/^ringback_egress_failures_total\{kind="proxy"\} (\d+)$/m.exec(metrics)?.[1]),
  ).toBeGreaterThan(9);

  const { port } = new URL(proxy.url);
  proxy = await startConnectProxy(undefined, Number(port));
  await until('all are delivered', () => receiver.received.length === 10);
  await until('they are recorded', async () =>
    (await attempts()).every((outcomes) => outcomes.join() === 'egress_error,delivered'),
  );
  expect(await readiness()).toMatchObject({ missing: [] });
  const mails = await readdir(join(ringback.home, 'outbox')).catch(() => []);
  expect(mails).toEqual([]);
  expect(ringback.output()).toContain('callbacks cannot leave this network');
}, 240_000);

test('a callback to a port of another service is refused when it is configured', async () => {
  const { id } = await createService(ringback, 'https://receiver.example/');
  const refused = await ringback.call<{ errors: { path: string; message: string }[] }>(
    'PUT',
    `/v1/services/${id}/callbacks/delivery_status`,
    await ringback.adminToken(),
    { url: 'https://receiver.example:25/' },
  );
  expect(refused).toMatchObject({
    status: 400,
    body: {
      errors: [
        {
          path: 'url',
          message:
            'must use port 80, 443 or one from 1024 up: the operator has not allowed port 25 (EGRESS_PORTS)',
        },
      ],
    },
  });
});
