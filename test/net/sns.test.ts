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

test('while SNS cannot be asked, that is said as a trouble of ours, and it is asked again after ten seconds', async () => {
  const answers: (number | string)[] = ['no connection', 302, 200];
  const { sns, asked, clock } = fakeSns(() => answers.shift() ?? 200);
  for (const seconds of [0, 9]) {
    clock.nowMs = seconds * 1000;
    await expect(sns.certificate(url)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  }
  expect(asked).toHaveLength(1);
  clock.nowMs = 10_000;
  await expect(sns.certificate(url)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  clock.nowMs = 20_000;
  expect(await sns.certificate(url)).toBe('the certificate');
});

test('a certificate that many ask for is fetched once, and of others only a few at a time', async () => {
  const { sns, asked, clock } = fakeSns(() => 200);
  expect(await sns.certificate(url)).toBe('the certificate');
  const other = (place: number): string => url.replace('-0', `-${place}`);
  const all = Array.from({ length: 100 }, (_own, place) => sns.certificate(other(1 + (place % 50))));
  const results = await Promise.allSettled(all);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
  expect(asked).toHaveLength(1 + 4);

  // What others ask for keeps nobody from a certificate that was one before.
  clock.nowMs = 3_600_001;
  const asking = Promise.allSettled(
    Array.from({ length: 4 }, (_own, place) => sns.certificate(other(60 + place))),
  );
  expect(await sns.certificate(url)).toBe('the certificate');
  await asking;
});

test('a subscription is confirmed by asking for the URL that SNS gives', async () => {
  const confirmUrl = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1';
  const { sns, asked } = fakeSns(() => 200);
  await sns.confirm(confirmUrl);
  expect(asked).toEqual([`GET ${confirmUrl}`]);
  await expect(fakeSns(() => 500).sns.confirm(confirmUrl)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
