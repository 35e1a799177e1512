import { createTestApp } from '../support/test-app.ts';

/** Where the answer says that the telling can be looked at. */
const reportOf = ({ headers }: { headers: Record<string, unknown> }): string | undefined =>
  headers['location'] as string | undefined;

async function withLetters() {
  const app = await createTestApp();
  const service = await app.addService();
  const path = `/v1/services/${service.id}/callbacks/returned_letter`;
  await app.call('PUT', path, { body: { url: 'https://example.com/letters' } });
  const letter = { to: '1 High Street', notification_type: 'letter' };
  const first = await app.addNotification(service.as, { ...letter, reference: 'order-1' });
  const second = await app.addNotification(service.as, { ...letter, provider_reference: 'dvla-2' });
  const report = async (references: unknown, as: string | null = service.as) => {
    const answer = await app.call('POST', '/v1/letters/returned', {
      ...(as !== null && { as }),
      body: { references },
    });
    const id = reportOf(answer)?.split('/').at(-1);
    if (id !== undefined) await app.ports.tellReturnedLetters(id, 500);
    return answer;
  };
  const history = async (id: string) =>
    (await app.call('GET', `/v1/notifications/${id}/callbacks`)).json<{ items: object[] }>().items;
  return { ...app, service, first, second, report, history };
}

test('letters that came back are told of by any of their references, and the unmatched are answered', async () => {
  const { report, history, first, second, call } = await withLetters();

  const answer = await report(['order-1', 'dvla-2', 'nobody', 'order-1']);

  expect([answer.statusCode, answer.json()]).toEqual([200, { matched: 2, unmatched: ['nobody'] }]);
  for (const id of [first, second])
    expect(await history(id)).toMatchObject([
      { event: 'returned_letter', status: 'returned-letter', state: 'pending' },
    ]);
  expect((await call('GET', `/v1/notifications/${first}`)).json()).toMatchObject({
    status: 'returned-letter',
  });
});

test('a letter that is reported again is told of again', async () => {
  const { report, history, first } = await withLetters();
  await report(['order-1']);
  await report([first]);
  expect(await history(first)).toHaveLength(2);
});

test('a service reports its own letters only, the operator all of them', async () => {
  const { report, addService } = await withLetters();
  const other = await addService('Another');
  expect((await report(['order-1'], other.as)).json()).toEqual({
    matched: 0,
    unmatched: ['order-1'],
  });
  expect((await report(['order-1'], null)).json()).toMatchObject({ matched: 1, unmatched: [] });
});

test('a reference that letters of several services have is given to none of them, and an id names its letter only', async () => {
  const { report, history, first, second, addService, addNotification } = await withLetters();
  const other = await addService('Another');
  const letter = { to: '1 High Street', notification_type: 'letter' };
  const decoys = [
    await addNotification(other.as, { ...letter, reference: 'order-1' }),
    await addNotification(other.as, { ...letter, reference: first }),
    await addNotification(other.as, { ...letter, provider_reference: second }),
  ];

  const byOperator = await report(['order-1', second], null);
  expect(byOperator.json()).toEqual({ matched: 1, unmatched: ['order-1'] });
  const byService = await report(['order-1']);
  expect(byService.json()).toEqual({ matched: 1, unmatched: [] });

  expect([(await history(first)).length, (await history(second)).length]).toEqual([1, 1]);
  for (const id of decoys) expect(await history(id)).toEqual([]);
});

test('how far the telling is can be seen by who reported, and by the operator', async () => {
  const { service, call, addService } = await withLetters();
  const answer = await call('POST', '/v1/letters/returned', {
    as: service.as,
    body: { references: ['order-1', 'dvla-2'] },
  });
  const path = reportOf(answer) ?? '';
  const other = await addService('Another');

  const running = { state: 'running', matched: 2, done: 0, finished_at: null };
  expect((await call('GET', path, { as: service.as })).json()).toMatchObject(running);
  expect((await call('GET', path)).json()).toMatchObject(running);
  expect((await call('GET', path, { as: other.as })).statusCode).toBe(404);
});

test('a hundred thousand references are one call, and one more is refused', async () => {
  const { report } = await withLetters();
  const references = Array.from({ length: 100_000 }, (_, index) => `a-reference-of-usual-length-${index}`);
  const answer = await report([...references.slice(1), 'order-1']);
  expect(answer.json()).toMatchObject({ matched: 1 });
  expect((await report([...references, 'order-1'])).statusCode).toBe(400);
}, 60_000);

test.each([[[]], ['order-1'], [[1]], [undefined]])('is refused with %j', async (references) => {
  const { report } = await withLetters();
  expect((await report(references)).statusCode).toBe(400);
});

test('a system that tells of no returned letters has no callback for them', async () => {
  const { call } = await createTestApp();
  const { id } = (
    await call('POST', '/v1/services', { body: { name: 'Weather', profile: 'gc-notify' } })
  ).json<{ id: string }>();
  const answer = await call('PUT', `/v1/services/${id}/callbacks/returned_letter`, {
    body: { url: 'https://example.com/letters' },
  });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { errors: [{ path: 'event', message: 'gc-notify tells of no returned letters' }] },
  ]);
});
