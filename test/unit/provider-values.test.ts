// What becomes of values that a provider should not send.
import { providers, type ProviderRequest } from '../../src/providers/index.ts';

const aRequest = (body: string): ProviderRequest => ({
  body: Buffer.from(body, 'utf8'),
  query: new URLSearchParams(),
  headers: {},
});

describe('What providers send', () => {
  it('has no time where it gives one that does not exist, so that the moment of its arrival counts', () => {
    const timeOf = (name: string, body: object) => {
      const reading = providers.get(name)?.readStatus(aRequest(JSON.stringify(body)));
      return reading?.kind === 'read' ? reading.items[0]?.occurredAt : 'refused';
    };
    const impossible = [
      ...['0000-01-01 00:00:00', '2017-02-30 10:00:00', '2017-02-29T10:00:00Z', '0001-01-01T00:00:00+23:59'],
      ...[
        '9999-12-31 23:59:59',
        '0001-01-01 00:00:00',
        '9999-12-31T23:59:59-23:59',
        '+275760-09-13T00:00:00Z',
        '2016-12-31 23:59:60',
      ],
    ];
    for (const time of impossible) {
      expect([time, timeOf('mmg', { CID: 'x', status: '3', deliverytime: time })]).toEqual([time, null]);
      const telstra = { messageId: 'x', deliveryStatus: 'DELIVRD', to: 'x', receivedTimestamp: time };
      expect([time, timeOf('telstra', telstra)]).toEqual([time, null]);
    }
    // Before there were zones, London was 75 seconds behind.
    expect(timeOf('mmg', { CID: 'x', status: '3', deliverytime: '0999-06-15 12:00:00' })).toBe(
      '0999-06-15T12:01:15.000000Z',
    );
  });

  it('keeps what it says with U+FFFD for what cannot be stored, and cut where it is too long', () => {
    const read = (providerResponse: string) => {
      const body = { notification: { messageId: 'x' }, status: 'FAILURE', delivery: { providerResponse } };
      const reading = providers.get('sns-sms')?.readStatus(aRequest(JSON.stringify(body)));
      return reading?.kind === 'read' ? reading.items[0]?.providerResponse : 'refused';
    };
    expect(read('a\u0000b\ud800')).toBe('a\ufffdb\ufffd');
    expect(read(`x${'😀'.repeat(6000)}`)).toBe(`x${'😀'.repeat(4999)}\ufffd`);
    const inbound = providers
      .get('mmg')
      ?.readInbound?.(
        aRequest('{"MSISDN": "1", "Number": "2", "Message": "\\\\u0000%00\\\\ud800", "ID": "x"}'),
      );
    expect(inbound).toMatchObject({ kind: 'read', items: [{ message: '\ufffd\ufffd\ufffd' }] });
  });
});
