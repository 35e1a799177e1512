import fc from 'fast-check';
import { providers, type ProviderRequest } from '../../src/providers/index.ts';
import {
  fixtureBytes,
  providerFixtures,
  requestOf,
  type ProviderFixture,
} from '../support/provider-fixtures.ts';

const ofStatus = providerFixtures.filter(
  ({ file, expect: { status, statuses, govau_status: au } }) =>
    !file.includes('inbound') && (status ?? statuses ?? au) !== undefined,
);
const read = (fixture: ProviderFixture) => {
  const provider = providers.get(fixture.provider);
  if (!provider) throw new Error(`there is no provider ${fixture.provider}`);
  const reading = provider.readStatus(requestOf(fixture));
  if (reading.kind === 'refused') throw new Error(reading.messages.join());
  return reading.items;
};
const named = (file: string): ProviderFixture => {
  const found = providerFixtures.find((fixture) => fixture.file === file);
  if (!found) throw new Error(`there is no fixture ${file}`);
  return found;
};
const aRequest = (body: string, query = ''): ProviderRequest => ({
  body: Buffer.from(body, 'utf8'),
  query: new URLSearchParams(query),
  headers: {},
});

/** The word that a fixture is to lead to, where it names one for several systems or under a condition. */
function expectedOf({ expect: { status, govau_status: au } }: ProviderFixture): string | null {
  const word = (status ?? au ?? '').split(/[ ,(]/)[0] ?? '';
  return word === 'unchanged' || status?.includes('no change') ? null : word;
}

describe('What providers send', () => {
  it.each(
    ofStatus
      .filter(({ expect: { statuses } }) => !statuses)
      .map((fixture) => [fixture.file, fixture] as const),
  )('%s says what became of the message', (_file, fixture) => {
    const [receipt, ...others] = read(fixture);
    expect(others).toEqual([]);
    expect(receipt?.status).toBe(expectedOf(fixture));
    const { detail, gc_provider_response: response, provider_response: said } = fixture.expect;
    if (typeof detail === 'string') expect(receipt?.description).toBe(detail);
    if (response !== undefined) expect(receipt?.providerResponse).toBe(response);
    if (said !== undefined) expect(receipt?.providerResponse).toBe(said);
  });

  it('may be several receipts in one body', () => {
    const receipts = read(named('gc-ses-batch-task-args.json'));
    expect(receipts.map(({ status }) => status)).toEqual(['delivered', 'temporary-failure']);
    expect(new Set(receipts.map(({ key }) => key)).size).toBe(2);
  });

  it('may be a complaint, which leaves the status as it is', () => {
    const [receipt] = read(named('ses-sns-complaint-abuse.json'));
    expect(receipt).toMatchObject({ status: null, complaint: { date: '2026-06-16T08:02:11.000000Z' } });
  });

  it('names a message by the notification’s id, or by the provider’s own', () => {
    expect(read(named('mmg-dlr-delivered-handset.json'))[0]?.reference).toBe(
      '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
    );
    expect(read(named('twilio-status-queued.txt'))[0]?.reference).toBe('SMa1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4');
    expect(read(named('ses-sns-delivery.json'))[0]?.reference).toMatch(/^0102018f5d2a7c31/);
  });

  it('has its times in the provider’s own zone where it gives no offset, summer and winter', () => {
    expect(read(named('mmg-dlr-delivered-handset.json'))[0]?.occurredAt).toBe('2026-06-15T11:30:05.000000Z');
    const mmg = (deliverytime: string) => {
      const reading = providers
        .get('mmg')
        ?.readStatus(aRequest(JSON.stringify({ CID: 'x', status: '3', deliverytime })));
      return reading?.kind === 'read' ? reading.items[0]?.occurredAt : undefined;
    };
    expect(mmg('2026-12-15 12:30:05')).toBe('2026-12-15T12:30:05.000000Z');
    expect(mmg('2026-06-15 12:30:05+03:00')).toBe('2026-06-15T09:30:05.000000Z');
    expect([mmg('yesterday'), mmg('2026-13-45 99:99:99')]).toEqual([null, null]);
  });

  it('of Firetext is a temporary failure where it was pending and no code says why it was declined', () => {
    expect(read(named('firetext-dlr-declined-no-code.txt'))[0]).toMatchObject({
      status: 'permanent-failure',
      statusIfPending: 'temporary-failure',
    });
    expect(read(named('firetext-dlr-declined-102.txt'))[0]).not.toHaveProperty('statusIfPending');
  });

  it('of Twilio keeps Twilio’s word and error code, for a message and for a call', () => {
    expect(read(named('twilio-status-undelivered-30005.txt'))[0]).toMatchObject({
      providerStatus: 'undelivered',
      providerResponse: '30005',
    });
    const call = providers.get('twilio')?.readStatus(aRequest('CallSid=CA1&CallStatus=busy'));
    expect(call).toMatchObject({ kind: 'read', items: [{ reference: 'CA1', providerStatus: 'busy' }] });
  });

  it('of Spryng and of the Berichtenbox says in the system’s words what its code means', () => {
    const described = (name: string, request: ProviderRequest) => {
      const reading = providers.get(name)?.readStatus(request);
      return reading?.kind === 'read' ? reading.items[0]?.description : undefined;
    };
    const box = (status: string, code: string) =>
      described('messagebox', aRequest(`status=${status}&code=${code}&reference=x`));
    expect(box('20', 'NietActiefOfGeabonneerd')).toBe('Geen actieve berichtenbox of geen abonnement');
    expect([box('10', 'Verwerkt'), box('20', 'Verwerkt'), box('20', 'toString')]).toEqual([
      'No error',
      null,
      null,
    ]);
    const spryng = (query: string) => described('spryng', aRequest('', `${query}&REFERENCE=x`));
    expect(spryng('STATUS=20&REASONCODE=31')).toBe('The recipient is blacklisted');
    expect([spryng('STATUS=10&REASONCODE=0'), spryng('STATUS=11&REASONCODE=31')]).toEqual(['No error', null]);
  });

  it('in words that are not known is a technical failure, and keeps what was said', () => {
    const bodies = {
      mmg: '{"CID": "x", "status": "constructor"}',
      firetext: 'status=toString&reference=x',
      telstra: '{"messageId": "x", "deliveryStatus": "__proto__", "to": "x"}',
      sap: '{"messageId": "x", "status": "valueOf", "recipient": "x", "message": "x"}',
      messagebox: 'status=99&reference=x',
      twilio: 'MessageSid=x&MessageStatus=hasOwnProperty',
    };
    for (const [name, body] of Object.entries(bodies)) {
      const reading = providers.get(name)?.readStatus(aRequest(body));
      expect(reading).toMatchObject({ kind: 'read', items: [{ status: 'technical-failure' }] });
    }
  });

  it('lacks what it must have, and the refusal names that in the words of the family', () => {
    const refusal = providers.get('mmg')?.readStatus(aRequest('{"status": "3"}'));
    expect(refusal).toEqual({ kind: 'refused', messages: ['MMG callback failed: CID missing'] });
    expect(providers.get('mmg')?.refused(['MMG callback failed: CID missing'])).toMatchObject({
      status: 400,
      body: '{"result":"error","message":["MMG callback failed: CID missing"]}',
    });
  });
});

describe('A text message that came in', () => {
  it('of Firetext is a form', () => {
    expect(providers.get('firetext')?.readInbound?.(requestOf(named('firetext-inbound.txt')))).toMatchObject({
      items: [
        {
          source: '447700900456',
          destination: '07700900789',
          message: 'Yes please',
          receivedAt: '2026-06-15T12:31:44.000000Z',
        },
      ],
    });
  });

  it('of MMG is quoted twice: like a form’s value, and as Python writes what is not ASCII', () => {
    const body = {
      MSISDN: '447700900456',
      Number: '447700900789',
      ID: '17',
      Message: 'Caf%C3%A9+%5Cu00e9+100%25+%5CU0001f44d%5Cn',
      DateRecieved: '2026-06-15+11%3A31%3A44',
    };
    expect(providers.get('mmg')?.readInbound?.(aRequest(JSON.stringify(body)))).toEqual({
      kind: 'read',
      items: [
        {
          key: '17',
          source: '447700900456',
          destination: '07700900789',
          message: 'Café é 100% 👍\n',
          receivedAt: '2026-06-15T11:31:44.000000Z',
        },
      ],
    });
  });
});

describe('No request whatever', () => {
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('delivered', '3', 'SUCCESS', '\u0000', '\ud800', null, [], {}, -0, 1e308),
  );
  const fieldNames = [
    ...[
      'CID',
      'status',
      'substatus',
      'deliverytime',
      'reference',
      'code',
      'time',
      'Message',
      'Messages',
      'mail',
    ],
    ...[
      'messageId',
      'notificationType',
      'bounce',
      'complaint',
      'delivery',
      'notification',
      'deliveryStatus',
      'to',
    ],
    ...[
      'recipient',
      'message',
      'data',
      'jobId',
      'jobStatus',
      'MessageSid',
      'MessageStatus',
      'eventTimestamp',
    ],
    ...[
      'messageStatus',
      'messageStatusDescription',
      'isFinal',
      'MSISDN',
      'Number',
      'ID',
      'DateRecieved',
      '__proto__',
    ],
  ];
  const object = fc.dictionary(
    fc.constantFrom(...fieldNames),
    fc.oneof(anyValue, fc.dictionary(fc.constantFrom(...fieldNames), anyValue)),
  );
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    object.map((value) => Buffer.from(JSON.stringify(value))),
    object.map((value) => Buffer.from(JSON.stringify({ Message: JSON.stringify(value) }))),
    fc
      .array(fc.tuple(fc.constantFrom(...fieldNames), fc.string()))
      .map((pairs) => Buffer.from(new URLSearchParams(pairs).toString())),
  );

  it.each([...providers.values()].map((provider) => [provider.name, provider] as const))(
    'makes the reading of %s throw, or gives it a receipt that names nothing',
    (_name, provider) => {
      fc.assert(
        fc.property(bodies, fc.string(), (body, query) => {
          const request = {
            body,
            query: new URLSearchParams(query),
            headers: { 'content-type': 'application/json' },
          };
          for (const reading of [provider.readStatus(request), provider.readInbound?.(request)]) {
            if (!reading) continue;
            if (reading.kind === 'refused') {
              expect(provider.refused(reading.messages).status).toBe(400);
              continue;
            }
            for (const item of reading.items) {
              const name = 'reference' in item ? item.reference : item.source;
              if (name === '' || name.includes('\u0000')) return false;
              const time = 'reference' in item ? item.occurredAt : item.receivedAt;
              if (time !== null && Number.isNaN(Date.parse(time))) return false;
            }
          }
          return true;
        }),
        { numRuns: 300 },
      );
    },
  );

  it('of 10 MB takes long to read', () => {
    const body = Buffer.from(
      JSON.stringify({ Messages: Array.from({ length: 200_000 }, () => ({ mail: {} })) }),
    );
    for (const provider of providers.values())
      expect(provider.readStatus({ body, query: new URLSearchParams(), headers: {} }).kind).toBe('refused');
    expect(fixtureBytes({ file: 'manifest.json' }).length).toBeGreaterThan(1000);
  });
});
