import fc from 'fast-check';
import {
  writeCommunicationMail,
  type CommunicationMailFacts,
} from '../../src/domain/callbacks/communication-mail.ts';

const facts = (changes: Partial<CommunicationMailFacts> = {}): CommunicationMailFacts => ({
  kind: 'disabled',
  serviceId: 'the-service',
  serviceName: 'Passport office',
  event: 'delivery_status',
  communication: null,
  url: 'https://passport-office.example/callbacks?team=1',
  notificationId: 'the-notification',
  sequence: 3,
  attemptsMade: 5,
  lastAttempt: {
    at: '2026-06-15T11:30:00.123456Z',
    error: 'The receiver answered 500.',
    responseStatus: 500,
    responseBody: 'out of order',
    truncated: false,
  },
  at: '2026-06-15T11:30:01.000000Z',
  reason: 'Status 3 of notification the-notification was tried 5 times without success.',
  held: 12,
  ...changes,
});
const answered = (responseBody: string | null, truncated = false) =>
  facts({
    lastAttempt: {
      at: '2026-06-15T11:30:00.123456Z',
      error: 'The receiver answered 500.',
      responseStatus: 500,
      responseBody,
      truncated,
    },
  });
const write = (given: CommunicationMailFacts) => writeCommunicationMail(given, 'https://ringback.example');

describe('The mail about a communication', () => {
  it('says which one was disabled, where it leads, why, what is held and how to enable it again', () => {
    const { subject, text } = write(facts());
    expect(subject).toBe('Ringback disabled "Passport office" (delivery_status)');
    expect(text).toBe(`Callbacks to the URL below failed for good, so Ringback has disabled them.
Nothing is lost: 12 statuses are held, and so is all that comes.

Once the receiver works again, enable them with:

  curl -X POST -H "Authorization: Bearer $RINGBACK_ADMIN_TOKEN" \\
    https://ringback.example/v1/services/the-service/callbacks/delivery_status/enable

What is held is then delivered in order, with the URL and the credential
as they are at that moment.

Service:       Passport office (the-service)
Event:         delivery_status
URL:           https://passport-office.example/callbacks?team=1
Disabled at:   2026-06-15T11:30:01.000000Z
Why:           Status 3 of notification the-notification was tried 5 times without success.
Notification:  the-notification, status 3
Its history:   https://ringback.example/v1/notifications/the-notification/callbacks

The last attempt, at 2026-06-15T11:30:00.123456Z: The receiver answered 500. Its answer (500):

> out of order
`);
  });

  it('warns in other words, and says that nothing is disabled yet', () => {
    const { subject, text } = write(facts({ kind: 'warning', attemptsMade: 3 }));
    expect(subject).toBe('Ringback: callbacks for "Passport office" (delivery_status) are failing');
    expect(text).toContain('has failed 3 times. It is still being retried');
    expect(text).toContain('nothing is disabled yet');
    expect(text).not.toContain('/enable');
  });

  it('speaks of one held status in the singular, and of none as what is to come', () => {
    expect(write(facts({ held: 1 })).text).toContain('1 status is held, and so is all that comes.');
    expect(write(facts({ held: 0 })).text).toContain('Nothing is lost: what comes from now on is held.');
  });

  it('says that there was no answer, or none with a body', () => {
    expect(write(answered(null)).text).toContain('There was no answer.');
    expect(write(answered('')).text).toContain('The answer had no body.');
    expect(write(facts({ lastAttempt: null })).text).not.toContain('The last attempt');
  });

  it('cuts a long answer, and says so, as it does of one that was cut before', () => {
    const { text } = write(answered('x'.repeat(16_384)));
    expect(text).toContain(`> ${'x'.repeat(1000)}\n`);
    expect(text).not.toContain('x'.repeat(1001));
    expect(text).toContain('(cut here; the history has more)');
    expect(write(answered('short', true)).text).toContain('(cut here');
    expect(write(answered('short')).text).not.toContain('(cut here');
  });

  it('writes out what is not to be seen: escapes, reversals, invisible characters', () => {
    const { text } = write(answered('\u001b[31mred\u202eevil\u200b\u0000'));
    expect(text).toContain('> \\u{1b}[31mred\\u{202e}evil\\u{200b}\\u{0}\n');
  });

  it('never lets a text become a header or a line of our own', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(anyText, anyText, anyText, (serviceName, error, responseBody) => {
        const { subject, text } = write(
          facts({
            serviceName,
            reason: error,
            lastAttempt: { at: 'then', error, responseStatus: 500, responseBody, truncated: false },
          }),
        );
        expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(subject.length).toBeLessThan(300);
        expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
        const [, quoted = ''] = text.split('Its answer (500):\n\n');
        const lines = quoted.split('\n').filter((line) => line !== '');
        expect(lines.filter((line) => !line.startsWith('> '))).toEqual([]);
      }),
    );
  });
});
