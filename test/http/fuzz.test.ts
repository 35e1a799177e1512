import fc from 'fast-check';
import { anyText } from '../support/matchers.ts';
import { aCallback, aMember, createDispatchApp, sms } from '../support/dispatch-app.ts';
import { createTestApp } from '../support/test-app.ts';

// prettier-ignore
const fieldNames = [
  'name', 'profile', 'notification_list', 'key_type', 'url', 'bearer_token', 'auth', 'type', 'token', 'policy',
  'attempts', 'filter', 'statuses', 'template_ids', 'service_id', 'id', 'to', 'reference', 'notification_type',
  'template_id', 'created_at', 'sent_at', 'status', 'event_id', 'occurred_at', 'completed_at', '__proto__',
  'constructor', 'toString', '', 'environment', 'mode', 'callbacks', 'event', 'method', 'credentials', 'names',
  'members', 'attributes', 'destinations', 'destination', 'destination_type', 'provider', 'message',
];

// prettier-ignore
const plausible = fc.constantFrom<unknown>(
  'govuk-notify', 'live', 'https://example.com', 'http://[::1', 'bearer', 'none', 'delivered', 'sms', 'letter',
  'person@example.com', '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10', '2026-06-15T11:30:00Z', '0000-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.9999999-23:59', '\u0000', '\ud800', -0, 1e308, 2 ** 31,
);

const { body: anyBody } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plausible,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('body'),
  ),
  body: fc.dictionary(fc.oneof(fc.constantFrom(...fieldNames), fc.string()), tie('value'), { maxKeys: 8 }),
}));
// Laid over a good body, so that most cases are wrong in one place and get as far as they can.
const fewFields = fc.dictionary(fc.constantFrom(...fieldNames), fc.oneof(plausible, fc.jsonValue()), {
  maxKeys: 2,
});

/** The routes of a Dispatch service, and the caller and a good body of each. */
async function dispatchRoutes() {
  const app = await createDispatchApp();
  const { serviceId, campaignId, key } = app;
  const communicationId = await app.aCommunication();
  const { id: batchId, members } = await app.aBatch([aMember()], communicationId);
  const member = `/v1/notifications/${String(members[0])}`;
  const routes: (readonly [string, string, string | undefined, object])[] = [
    [
      'POST',
      '/v1/campaigns',
      undefined,
      { service_id: serviceId, name: 'Fees', environment: { live: { a: 'b' } } },
    ],
    [
      'POST',
      `/v1/campaigns/${campaignId}/communications`,
      undefined,
      { name: 'First', mode: 'live', callbacks: [aCallback()] },
    ],
    ['POST', `/v1/communications/${communicationId}/batches`, key, { members: [aMember()] }],
    ['POST', `/v1/batches/${batchId}/members`, key, { members: [aMember()] }],
    ['POST', `${member}/statuses`, key, { destination: sms.to, status: 'sent' }],
    ['POST', `${member}/problems`, key, { destination: sms.to, message: 'No template.' }],
  ];
  return { call: app.call, routes };
}

describe('No body whatever', () => {
  it('is answered with a fault of ours, by what Dispatch has', async () => {
    const { call, routes } = await dispatchRoutes();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.oneof(
          { weight: 6, arbitrary: fewFields.map((fields) => ({ fields })) },
          { weight: 3, arbitrary: anyBody.map((body) => ({ body })) },
          { weight: 3, arbitrary: fc.tuple(fewFields, fewFields).map((nested) => ({ nested })) },
        ),
        async ([method, url, caller, goodBody], given) => {
          const body =
            'fields' in given
              ? { ...goodBody, ...given.fields }
              : 'nested' in given
                ? overlaid(goodBody, given.nested)
                : given.body;
          const answer = await call(method as 'POST', url, {
            body,
            ...(caller !== undefined && { as: caller }),
          });
          expect(answer.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it('is answered with a fault of ours', async () => {
    const { call, addService, addNotification } = await createTestApp();
    const { id, as } = await addService();
    const notificationId = await addNotification(as);
    const routes = [
      ['POST', '/v1/services', undefined, { name: 'Permits', profile: 'govuk-notify' }],
      ['PATCH', `/v1/services/${id}`, undefined, { name: 'Permits' }],
      ['POST', `/v1/services/${id}/api-keys`, undefined, { name: 'CI', key_type: 'test' }],
      ['PUT', `/v1/services/${id}/callbacks/delivery_status`, undefined, { url: 'https://example.com' }],
      ['POST', '/v1/notifications', as, { to: 'person@example.com', notification_type: 'letter' }],
      ['POST', `/v1/notifications/${notificationId}/statuses`, as, { status: 'delivered' }],
    ] as const;

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.oneof(
          { weight: 6, arbitrary: fewFields.map((fields) => ({ fields })) },
          { weight: 3, arbitrary: anyBody.map((body) => ({ body })) },
          { weight: 1, arbitrary: fc.jsonValue().map((body) => ({ body })) },
        ),
        async ([method, url, caller, goodBody], given) => {
          const body = 'fields' in given ? { ...goodBody, ...given.fields } : given.body;
          const answer = await call(method, url, { body, ...(caller !== undefined && { as: caller }) });
          expect(answer.statusCode).toBeLessThan(500);
          if (answer.statusCode >= 400)
            expect(answer.json()).toMatchObject({ code: anyText, request_id: anyText });
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('is answered with a fault of ours when it is not even JSON', async () => {
    const { call } = await createTestApp();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => {
        expect((await call('POST', '/v1/services', { body })).statusCode).toBe(400);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

/** The good body with wrong fields in what its lists hold, one layer down and two. */
function overlaid(body: object, [outer, inner]: [object, object]): object {
  const within = (value: unknown, fields: object): unknown =>
    Array.isArray(value) ? value.map((item: object) => ({ ...item, ...fields })) : value;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value];
      const items = value.map((item: object) =>
        Object.fromEntries(Object.entries(item).map(([own, held]) => [own, within(held, inner)])),
      );
      return [name, within(items, outer)];
    }),
  );
}
