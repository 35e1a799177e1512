import fc from 'fast-check';
import {
  planAcceptance,
  noReportFields,
  type AcceptanceSnapshot,
  type StatusCommand,
} from '../../src/domain/acceptance/acceptance.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';

const rule = govukNotify.callbackRule;
const time = '2026-06-15T11:30:00.000000Z';

const aSnapshot = (changes: Partial<AcceptanceSnapshot> = {}): AcceptanceSnapshot => ({
  notificationId: 'n',
  serviceId: 's',
  keyType: 'live',
  profile: 'govuk-notify',
  notificationType: 'sms',
  templateId: 't1',
  lastSequence: 0,
  finalSequence: null,
  sentAt: null,
  callbacks: { delivery_status: { id: 'c', filter: {}, isDisabled: false, maxInFlight: 16 } },
  destinations: null,
  knownEvents: new Map(),
  ...changes,
});

const aCommand = (status: string, eventId: string, changes: Partial<StatusCommand> = {}): StatusCommand => ({
  notificationId: 'n',
  event: 'delivery_status',
  details: null,
  eventId,
  status,
  acceptedAt: time,
  occurredAt: time,
  ...noReportFields,
  ...changes,
});

const commands = fc.array(
  fc
    .tuple(fc.constantFrom(...govukNotify.statuses), fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'))
    .map(([status, eventId]) => aCommand(status, eventId)),
  { maxLength: 12 },
);

/** The snapshot that the next acceptance finds once a plan was committed. */
const after = (
  before: AcceptanceSnapshot,
  plan: ReturnType<typeof planAcceptance>['plan'],
): AcceptanceSnapshot =>
  plan === null
    ? before
    : {
        ...before,
        lastSequence: plan.toSequence,
        finalSequence: plan.finalSequence,
        sentAt: plan.sentAt,
        knownEvents: new Map([
          ...before.knownEvents,
          ...plan.statuses.map(({ eventId, sequence }) => [eventId, sequence] as const),
        ]),
      };

describe('The plan of an acceptance', () => {
  it('gives new statuses the next sequences without a gap, each event its own', () => {
    fc.assert(
      fc.property(fc.nat(1000), commands, (lastSequence, given) => {
        const { plan } = planAcceptance(aSnapshot({ lastSequence }), given, rule);
        const sequences = plan?.statuses.map(({ sequence }) => sequence) ?? [];
        expect(sequences).toEqual(sequences.map((_, index) => lastSequence + 1 + index));
        expect(new Set(plan?.statuses.map(({ eventId }) => eventId)).size).toBe(sequences.length);
      }),
    );
  });

  it('answers each command, and a repeat with the sequence of the first', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const { answers } = planAcceptance(aSnapshot(), given, rule);
        expect(answers).toHaveLength(given.length);
        const first = new Map<string, number>();
        given.forEach(({ eventId }, index) => {
          const known = first.get(eventId);
          expect(answers[index]?.isDuplicate).toBe(known !== undefined);
          if (known !== undefined) expect(answers[index]?.sequence).toBe(known);
          else first.set(eventId, answers[index]?.sequence ?? -1);
        });
      }),
    );
  });

  it('is the same whether statuses are accepted together or one after the other', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const together = planAcceptance(aSnapshot(), given, rule);
        let snapshot = aSnapshot();
        const oneByOne = given.map((command) => {
          const { answers, plan } = planAcceptance(snapshot, [command], rule);
          snapshot = after(snapshot, plan);
          return { answer: answers[0], statuses: plan?.statuses ?? [] };
        });
        expect(oneByOne.map(({ answer }) => answer)).toEqual(together.answers);
        expect(oneByOne.flatMap(({ statuses }) => statuses)).toEqual(together.plan?.statuses ?? []);
      }),
    );
  });

  it('plans nothing when everything was accepted before', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const { answers, plan } = planAcceptance(aSnapshot(), given, rule);
        const again = planAcceptance(after(aSnapshot(), plan), given, rule);
        expect(again.plan).toBeNull();
        expect(again.answers.map(({ sequence }) => sequence)).toEqual(
          answers.map(({ sequence }) => sequence),
        );
      }),
    );
  });

  it('sends the first final status only, and says of the others which it was', () => {
    const given = [aCommand('sending', 'a'), aCommand('delivered', 'b'), aCommand('permanent-failure', 'c')];
    const { plan } = planAcceptance(aSnapshot(), given, rule);
    expect(plan?.finalSequence).toBe(2);
    expect(plan?.statuses.map(({ stateReason }) => stateReason)).toEqual([
      'govuk-notify sends no callback for sending.',
      null,
      'govuk-notify sends the first final status only, which was number 2.',
    ]);
  });

  it.each([
    ['no callback', { callbacks: {} }, 'The service has no callback for delivery_status.'],
    [
      'a filter for other types',
      {
        callbacks: {
          delivery_status: {
            id: 'c',
            filter: { notification_types: ['email' as const] },
            isDisabled: false,
            maxInFlight: 16,
          },
        },
      },
      "The callback's filter leaves out notifications of type sms.",
    ],
    [
      'a filter for other templates',
      {
        callbacks: {
          delivery_status: { id: 'c', filter: { template_ids: ['t2'] }, isDisabled: true, maxInFlight: 16 },
        },
      },
      "The callback's filter leaves out this template.",
    ],
    [
      'a filter for other statuses',
      {
        callbacks: {
          delivery_status: { id: 'c', filter: { statuses: ['sending'] }, isDisabled: true, maxInFlight: 16 },
        },
      },
      "The callback's filter leaves out delivered.",
    ],
  ])('skips a status with %s, and says why', (_what, changes, reason) => {
    const { plan } = planAcceptance(aSnapshot(changes), [aCommand('delivered', 'a')], rule);
    expect(plan?.statuses[0]).toMatchObject({ state: 'skipped', stateReason: reason });
  });

  it('sends exactly what a filter names, final or not', () => {
    const callback = {
      id: 'c',
      filter: { statuses: ['sending', 'delivered'] },
      isDisabled: false,
      maxInFlight: 16,
    };
    const given = ['sending', 'created', 'delivered', 'delivered'].map((status, index) =>
      aCommand(status, `${index}`),
    );
    const { plan } = planAcceptance(aSnapshot({ callbacks: { delivery_status: callback } }), given, rule);
    expect(plan?.statuses.map(({ state }) => state)).toEqual(['pending', 'skipped', 'pending', 'pending']);
  });

  it('holds what it would send while the communication is disabled, and skips the rest all the same', () => {
    const callback = { id: 'c', filter: {}, isDisabled: true, maxInFlight: 16 };
    const given = [aCommand('sending', 'a'), aCommand('delivered', 'b')];
    const { plan } = planAcceptance(aSnapshot({ callbacks: { delivery_status: callback } }), given, rule);
    expect(plan?.statuses.map(({ state, stateReason }) => [state, stateReason])).toEqual([
      ['skipped', 'govuk-notify sends no callback for sending.'],
      ['held', 'The communication is disabled; enabling it delivers what is held.'],
    ]);
  });

  it('remembers when the notification was sent for the statuses that come after', () => {
    const given = [aCommand('sending', 'a', { sentAt: time }), aCommand('delivered', 'b')];
    const { plan } = planAcceptance(aSnapshot(), given, rule);
    expect(plan?.statuses.map(({ sentAt }) => sentAt)).toEqual([time, time]);
  });
});
