import type { Exchange } from '../../src/domain/attempt.ts';
import { createSns } from '../../src/net/sns.ts';
import type { CallbackRequest } from '../../src/ports/index.ts';

const url = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem';

/** SNS as the sender meets it, with a clock that the test sets. */
function fakeSns(answer: (request: CallbackRequest) => number | string) {
  const asked: string[] = [];
  const clock = { nowMs: 0 };
  const sns = createSns(
    {
      async send(request): Promise<Exchange> {
        asked.push(`${request.method} ${request.url}`);
        const given = answer(request);
        const common = { startedAt: '2026-06-15T11:30:00.000000Z', durationMs: 1 };
        if (typeof given === 'string')
          return { ...common, failure: { outcome: 'connect_error', reason: given }, response: null };
        const body = Buffer.from('the certificate');
        return { ...common, failure: null, response: { status: given, headers: {}, body, truncated: false } };
      },
    },
    () => clock.nowMs,
  );
  return { sns, asked, clock };
}

test('a certificate of SNS is fetched once an hour', async () => {
  const { sns, asked, clock } = fakeSns(() => 200);
  for (const minutes of [0, 1, 59]) {
    clock.nowMs = minutes * 60_000;
    expect(await sns.certificate(url)).toBe('the certificate');
  }
  expect(asked).toEqual([`GET ${url}`]);
  clock.nowMs = 61 * 60_000;
  await sns.certificate(url);
  expect(asked).toHaveLength(2);
});

test('while SNS cannot be asked, that is said as a trouble of ours, and nothing is kept of it', async () => {
  const answers: (number | string)[] = ['no connection', 302, 200];
  const { sns } = fakeSns(() => answers.shift() ?? 200);
  await expect(sns.certificate(url)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(sns.certificate(url)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await sns.certificate(url)).toBe('the certificate');
});

test('a subscription is confirmed by asking for the URL that SNS gives', async () => {
  const confirmUrl = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1';
  const { sns, asked } = fakeSns(() => 200);
  await sns.confirm(confirmUrl);
  expect(asked).toEqual([`GET ${confirmUrl}`]);
  await expect(fakeSns(() => 500).sns.confirm(confirmUrl)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
