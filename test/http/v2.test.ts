// The part of GOV.UK Notify's API that its clients use, where the clients themselves do not go.
import { createTestApp } from '../support/test-app.ts';

const template_id = 'f33517ff-2a88-4f6e-b855-c550268ce08a';
const sms = { phone_number: '07700900123', template_id };
type Errors = { status_code: number; errors: { error: string; message: string }[] };

async function withService() {
  const app = await createTestApp();
  const service = await app.addService();
  const post = (path: string, body: unknown, as: string | null = service.as) =>
    app.call('POST', `/v2/notifications/${path}`, { as, body });
  return { ...app, ...service, post };
}

test('with a live key a message is registered as created, and waits for its sender’s statuses', async () => {
  const { post, call, as } = await withService();
  const answer = await post('sms', { ...sms, personalisation: { name: 'Zoë' }, sms_sender_id: template_id });
  expect(answer.statusCode).toBe(201);
  const { id } = answer.json<{ id: string }>();
  expect((await call('GET', `/v2/notifications/${id}`, { as })).json()).toMatchObject({
    status: 'created',
    completed_at: null,
  });
  expect((await call('GET', `/v1/notifications/${id}`, { as })).json()).toMatchObject({
    template_id,
    template_version: 1,
    to: '07700900123',
  });
});

test('a smoke-test recipient is answered like any other, and nothing of it is kept', async () => {
  const { post, call, as } = await withService();
  const answer = await post('email', {
    email_address: 'simulate-delivered@notifications.service.gov.uk',
    template_id,
  });
  expect(answer.statusCode).toBe(201);
  const gone = await call('GET', `/v2/notifications/${answer.json<{ id: string }>().id}`, { as });
  expect([gone.statusCode, gone.json()]).toEqual([
    404,
    { status_code: 404, errors: [{ error: 'NoResultFound', message: 'No result found' }] },
  ]);
});

test('a letter that comes as a PDF is answered with its reference and postage', async () => {
  const { post } = await withService();
  const answer = await post('letter', { reference: 'letter-1', content: 'JVBERi0=', postage: 'first' });
  expect([answer.statusCode, answer.json()]).toEqual([
    201,
    { id: expect.any(String) as string, reference: 'letter-1', postage: 'first' },
  ]);
});

test('Notify.gov.au’s own URL for a message’s statuses is taken, both fields or neither', async () => {
  const { post, call, as } = await withService();
  const own = { status_callback_url: 'https://example.com/own', status_callback_bearer_token: '1234567890' };
  const { id } = (await post('sms', { ...sms, ...own })).json<{ id: string }>();
  expect((await call('GET', `/v1/notifications/${id}`, { as })).json()).toMatchObject({
    callback_url: 'https://example.com/own',
  });
  const half = await post('sms', { ...sms, status_callback_url: own.status_callback_url });
  expect(half.json<Errors>().errors).toEqual([
    { error: 'ValidationError', message: 'status_callback_bearer_token is a required property' },
  ]);
});

test.each([
  ['sms', { template_id }, 'phone_number is a required property'],
  ['sms', { ...sms, template_id: 'x' }, 'template_id must be a UUID'],
  ['sms', { ...sms, surprise: 1 }, 'surprise is not a known field'],
  [
    'sms',
    { ...sms, status_callback_url: 'http://a', status_callback_bearer_token: '1234567890' },
    'status_callback_url must',
  ],
  ['email', { email_address: 'nobody', template_id }, 'email_address must be an e-mail address'],
  [
    'letter',
    { template_id, personalisation: { address_line_1: 'A' } },
    'personalisation must have an address',
  ],
  [
    'letter',
    {
      template_id,
      personalisation: Object.fromEntries(
        Array.from({ length: 8 }, (_, n) => [n < 7 ? `address_line_${n + 1}` : 'postcode', 'A']),
      ),
    },
    'personalisation must have an address of at most 7 lines',
  ],
  [
    'letter',
    { template_id, personalisation: { address_line_1: 'A\u0000', address_line_2: 'B', postcode: 'C' } },
    'personalisation has an address that must not contain U+0000',
  ],
])('%s with %j is refused in the clients’ own shape', async (path, body, message) => {
  const { post } = await withService();
  const answer = await post(path, body);
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    {
      status_code: 400,
      errors: [{ error: 'ValidationError', message: expect.stringContaining(message) as string }],
    },
  ]);
});

test.each([
  ['without a credential', null, 401, 'AuthError'],
  ['with another scheme', 'Basic YTpi', 401, 'AuthError'],
  ['with a key that nobody has', `Bearer a-${template_id}-${template_id}`, 403, 'AuthError'],
])('a call %s is refused as the systems do', async (_how, as, status, error) => {
  const { post } = await withService();
  const answer = await post('sms', sms, as);
  expect([answer.statusCode, answer.json()]).toMatchObject([
    status,
    { status_code: status, errors: [{ error }] },
  ]);
});

test('the operator, unknown paths and what is no JSON are refused in the same shape', async () => {
  const { call, as } = await withService();
  const body = '{"phone_number"';
  const answers = [
    await call('GET', '/v2/notifications'),
    await call('GET', '/v2/surprise', { as }),
    await call('POST', '/v2/notifications/sms', { as, body }),
  ];
  expect(answers.map((answer) => [answer.statusCode, answer.json<Errors>().errors[0]?.error])).toEqual([
    [403, 'AuthError'],
    [404, 'NoResultFound'],
    [400, 'BadRequestError'],
  ]);
});

test('a list goes from page to page by the last id, and knows nothing of other services', async () => {
  const { post, call, as, addService } = await withService();
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.unshift((await post('sms', sms)).json<{ id: string }>().id);
  const list = async (query: string, caller = as) =>
    (await call('GET', `/v2/notifications${query}`, { as: caller })).json<{
      notifications: { id: string }[];
    }>();
  const idsOf = async (query: string, caller = as) =>
    (await list(query, caller)).notifications.map(({ id }) => id);

  expect(await idsOf('')).toEqual(ids);
  expect(await idsOf(`?older_than=${String(ids[0])}`)).toEqual(ids.slice(1));
  expect(await idsOf('?status=sending&status=delivered&template_type=sms')).toEqual(ids);
  expect(await idsOf('?status=delivered')).toEqual([]);
  const other = await addService('Another');
  expect(await idsOf('', other.as)).toEqual([]);
  expect(await idsOf(`?older_than=${String(ids[0])}`, other.as)).toEqual([]);
  const foreign = await call('GET', `/v2/notifications/${String(ids[0])}`, { as: other.as });
  expect(foreign.statusCode).toBe(404);
});

test('a path that is not correctly encoded is refused in the clients’ own shape', async () => {
  const { call, as } = await withService();
  const answer = await call('GET', '/v2/notifications/%zz', { as });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { status_code: 400, errors: [{ error: 'BadRequestError' }] },
  ]);
});

test('a letter of seven lines is shown with all of them', async () => {
  const { call, post, as } = await withService();
  const personalisation = Object.fromEntries(
    Array.from({ length: 7 }, (_, n) => [`address_line_${n + 1}`, `Line ${n + 1}`]),
  );
  const { id } = (await post('letter', { template_id, personalisation })).json<{ id: string }>();
  expect((await call('GET', `/v2/notifications/${id}`, { as })).json()).toMatchObject({
    line_1: 'Line 1',
    line_7: 'Line 7',
  });
});

test('an address that is too long is refused, and not cut', async () => {
  const { post } = await withService();
  const personalisation = { address_line_1: 'A'.repeat(2000), address_line_2: 'B', postcode: 'C' };
  const answer = await post('letter', { template_id, personalisation });
  expect([answer.statusCode, answer.json<Errors>().errors[0]?.message]).toEqual([
    400,
    'personalisation has an address that is too long',
  ]);
});
