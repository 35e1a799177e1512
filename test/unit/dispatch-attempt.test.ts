import { createAttemptCallback } from '../../activities/attempt-callback.ts';
import { communicationAuthContext } from '../../src/domain/secret-contexts.ts';
import type {
  CallbackRequest,
  CommunicationTarget,
  DeliveryJob,
  StoredCallback,
} from '../../src/ports/index.ts';
import { createFakeDelivery, type Receiver } from '../support/fake-delivery.ts';
import { createFakeSecretBox } from '../support/fakes/secret-box.ts';

const target: CommunicationTarget = {
  method: 'GET',
  communicationId: 'the-communication',
  batchId: 'the-batch',
  attributes: { studentId: '00123456' },
  environment: {},
  names: {},
  destination: '+61491570156',
  problem: null,
};

/** One attempt for a member of a batch, whose callback has this URL. */
async function attempt(
  url: string,
  {
    event = 'message_sent',
    answer = 200,
    callback = {},
    ...changes
  }: Partial<CommunicationTarget> & {
    event?: DeliveryJob['event'];
    answer?: Awaited<ReturnType<Receiver>>;
    callback?: Partial<StoredCallback>;
  } = {},
) {
  const requests: CallbackRequest[] = [];
  const fake = createFakeDelivery([1], async () => 200);
  const { deliveries } = fake.ports;
  const load = deliveries.load.bind(deliveries);
  fake.ports.deliveries.load = async (...key) => {
    const job = await load(...key);
    if (!job?.callback) return null;
    const policy = { attempts: 3, intervalSeconds: 300, timeoutSeconds: 120 };
    return {
      ...{ ...job, event, profile: 'dispatch' },
      callback: { ...job.callback, url, policy, ...callback },
      target: { ...target, ...changes },
    };
  };
  fake.ports.sender.send = async (request) => {
    requests.push(request);
    const { status, retryAfter = null } = typeof answer === 'object' ? answer : { status: Number(answer) };
    const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': retryAfter };
    return {
      ...{ startedAt: '2026-06-15T11:30:00.000000Z', durationMs: 1, failure: null },
      response: { status, headers, body: new Uint8Array(), truncated: false },
    };
  };
  const problems: { eventId: string; message: string }[] = [];
  fake.ports.reportProblem = async ({ eventId }, message) => void problems.push({ eventId, message });
  const result = await createAttemptCallback(fake.ports)({
    notificationId: fake.notificationId,
    sequence: 1,
  });
  return { fake, result, requests, problems, request: requests[0], status: fake.statuses[0] };
}

describe('A callback of Dispatch', () => {
  it.each(['GET', 'POST'] as const)(
    'by %s says everything in its URL and nothing beside it',
    async (method) => {
      const { request, fake, result } = await attempt(
        'https://university.example/${studentId}/${batchId}/${id}',
        { method },
      );
      expect(request).toEqual({
        owner: 'c',
        method,
        url: `https://university.example/00123456/the-batch/${fake.notificationId}`,
        headers: { 'user-agent': 'ringback/test' },
        body: null,
        timeoutMs: 120_000,
      });
      expect(result).toEqual({ kind: 'settled', state: 'delivered' });
      expect(fake.statuses[0]?.attempts[0]?.url).toBe(request?.url);
    },
  );

  it('that a communication is complete refers by POST to the batch, in JSON under the names it was given', async () => {
    const of = async (changes: Partial<CommunicationTarget>) =>
      (await attempt('https://university.example/done', { event: 'communication_complete', ...changes }))
        .request;
    const posted = await of({ method: 'POST', names: { batchId: 'batch' } });
    expect(posted?.headers).toEqual({ 'content-type': 'application/json', 'user-agent': 'ringback/test' });
    expect(posted?.body).toBe(
      '{"communicationId":"the-communication","batch":"the-batch","status":"status-1","href":"https://ringback.example/v1/batches/the-batch"}',
    );
    expect((await of({ method: 'GET' }))?.body).toBeNull();
  });

  it('shows its credentials, which were sealed for it', async () => {
    const sealed = createFakeSecretBox().seal(
      JSON.stringify({ type: 'basic', username: 'ringback', password: 'a secret' }),
      communicationAuthContext('the-communication', 'message_sent'),
    );
    const { request } = await attempt('https://university.example/', {
      callback: { authType: 'basic', sealedAuth: sealed },
    });
    expect(request?.headers['authorization']).toBe(
      `Basic ${Buffer.from('ringback:a secret').toString('base64')}`,
    );
  });

  it.each([201, 204, 302, 400, 500])(
    'that is answered %s has failed, and is tried again in five minutes',
    async (answer) => {
      const { result } = await attempt('https://university.example/', { answer });
      expect(result).toMatchObject({ kind: 'retry', waitSeconds: 300, attemptsLeft: 2 });
    },
  );

  it.each([410, { status: 503, retryAfter: '3000' }, { status: 429, retryAfter: '3000' }])(
    'is tried again in five minutes whatever its receiver wishes: %j',
    async (answer) => {
      const { result, fake } = await attempt('https://university.example/', { answer });
      expect(result).toMatchObject({ kind: 'retry', waitSeconds: 300 });
      expect(fake.isDisabled).toBe(false);
    },
  );

  it('whose URL has a variable that the message does not have is not made; that is told of as a problem, and disables nothing', async () => {
    const { result, requests, problems, status, fake } = await attempt(
      'https://university.example/${nobody}',
    );
    expect(requests).toEqual([]);
    expect(result).toEqual({ kind: 'settled', state: 'failed' });
    expect(status).toMatchObject({ state: 'failed', attempts: [] });
    expect(problems).toMatchObject([{ message: expect.stringContaining('${nobody}') as string }]);
    expect(fake.consequences).toEqual([]);
  });

  it('of a problem says what the problem is; one that cannot be made is no cause for another', async () => {
    const problem = { event: 'message_delivery_problem', problem: 'The variable ${x} is unknown.' } as const;
    const { request } = await attempt('https://university.example/${destination}?why=${problem}', problem);
    expect(request?.url).toBe(
      'https://university.example/%2B61491570156?why=The%20variable%20%24%7Bx%7D%20is%20unknown.',
    );
    const { problems, status } = await attempt('https://university.example/${nobody}', problem);
    expect([problems, status?.state]).toEqual([[], 'failed']);
  });

  it('of a status change says Twilio’s word and code, and to whom', async () => {
    const { request } = await attempt(
      'https://university.example/${messageStatus}/${ErrorCode}/${destination}',
      { event: 'message_delivery_status_change', names: { errorCode: 'ErrorCode' } },
    );
    expect(request?.url).toBe('https://university.example/status-1//%2B61491570156');
  });
});
