import fc from 'fast-check';
import {
  noReportFields,
  type AcceptanceSnapshot,
  type StatusCommand,
} from '../../src/domain/acceptance/acceptance.ts';
import {
  memberObjection,
  planMember,
  type DestinationSnapshot,
} from '../../src/domain/acceptance/member-acceptance.ts';

const time = '2026-06-15T11:30:00.000000Z';
const callback = { id: 'c', filter: {}, isDisabled: false, maxInFlight: 16 };
const twilio: DestinationSnapshot = {
  ...{ place: 0, type: 'sms', address: '+61491570156', provider: 'twilio' },
  ...{ status: null, isProcessed: false },
};
const email: DestinationSnapshot = {
  ...{ place: 1, type: 'email', address: 'person@example.com', provider: null },
  ...{ status: null, isProcessed: false },
};

const aMember = (
  destinations: DestinationSnapshot[],
  changes: Partial<AcceptanceSnapshot> = {},
): AcceptanceSnapshot & { destinations: DestinationSnapshot[] } => ({
  notificationId: 'n',
  serviceId: 's',
  keyType: 'live',
  profile: 'dispatch',
  notificationType: 'member',
  templateId: null,
  lastSequence: 0,
  finalSequence: null,
  sentAt: null,
  callbacks: {
    message_sent: callback,
    message_delivery_problem: callback,
    message_delivery_status_change: callback,
  },
  knownEvents: new Map(),
  ...changes,
  destinations,
});

let events = 0;
const aCommand = (changes: Partial<StatusCommand>): StatusCommand => ({
  notificationId: 'n',
  event: 'message_delivery_status_change',
  details: null,
  eventId: `e${(events += 1)}`,
  status: 'queued',
  acceptedAt: time,
  occurredAt: time,
  ...noReportFields,
  ...changes,
});
const ofTwilio = (status: string, changes: Partial<StatusCommand> = {}) =>
  aCommand({ status, destination: { to: '+61491570156', type: null }, ...changes });
const ofEmail = (status: string) =>
  aCommand({ status, destination: { to: 'person@example.com', type: null } });
const aProblem = (destination: StatusCommand['destination']) =>
  aCommand({
    event: 'message_delivery_problem',
    status: 'problem',
    details: { message: 'No template.' },
    ...(destination && { destination }),
  });

const plan = (member: ReturnType<typeof aMember>, ...commands: StatusCommand[]) =>
  planMember(member, commands, () => `new-${(events += 1)}`);
const summary = (planned: ReturnType<typeof plan>) =>
  planned.plan?.statuses.map(({ sequence, event, status, state }) => [sequence, event, status, state]);

describe('A member of a batch', () => {
  it('tells of every change of a Twilio destination, in Twilio’s words', () => {
    expect(summary(plan(aMember([twilio]), ofTwilio('queued'), ofTwilio('sending')))).toEqual([
      [1, 'message_delivery_status_change', 'queued', 'pending'],
      [2, 'message_delivery_status_change', 'sending', 'pending'],
    ]);
  });

  it('does not tell of a status that the destination had already, and keeps it', () => {
    const planned = plan(aMember([twilio]), ofTwilio('queued'), ofTwilio('queued'));
    expect(summary(planned)?.[1]).toEqual([2, 'message_delivery_status_change', 'queued', 'skipped']);
    expect(planned.plan?.statuses[1]?.stateReason).toBe('The destination had the status queued already.');
  });

  it('does not tell of changes of other destinations, and keeps them', () => {
    const planned = plan(aMember([email]), ofEmail('sending'));
    expect(planned.plan?.statuses[0]).toMatchObject({
      state: 'skipped',
      stateReason: 'Dispatch tells of status changes of Twilio SMS and Twilio Voice only.',
    });
  });

  it('tells that it is sent when the last of its destinations is processed, right behind what said so', () => {
    const planned = plan(
      aMember([twilio, email]),
      ofTwilio('sent'),
      ofEmail('delivered'),
      ofTwilio('delivered'),
    );
    expect(summary(planned)).toEqual([
      [1, 'message_delivery_status_change', 'sent', 'pending'],
      [2, 'message_delivery_status_change', 'delivered', 'skipped'],
      [3, 'message_sent', 'processed', 'pending'],
      [4, 'message_delivery_status_change', 'delivered', 'pending'],
    ]);
    expect(planned.answers.map(({ sequence }) => sequence)).toEqual([1, 2, 4]);
    expect(planned.plan).toMatchObject({ finalSequence: 3, status: 'delivered' });
  });

  it('is sent once, whatever comes later', () => {
    const member = aMember([{ ...twilio, status: 'sent', isProcessed: true }], {
      lastSequence: 2,
      finalSequence: 2,
    });
    expect(summary(plan(member, ofTwilio('undelivered')))).toEqual([
      [3, 'message_delivery_status_change', 'undelivered', 'pending'],
    ]);
  });

  it('is done with a destination that had a problem, and with all that nothing became of when it had one itself', () => {
    const one = plan(aMember([twilio, email]), aProblem({ to: 'person@example.com', type: null }));
    expect(one.plan?.destinations).toEqual([{ place: 1, status: 'problem', isProcessed: true }]);
    expect(one.plan?.statuses[0]?.details).toEqual({ message: 'No template.', destination: 1 });

    const whole = plan(aMember([{ ...twilio, status: 'sent', isProcessed: true }, email]), aProblem('all'));
    expect(summary(whole)).toEqual([
      [1, 'message_delivery_problem', 'problem', 'pending'],
      [2, 'message_sent', 'processed', 'pending'],
    ]);
    expect(whole.plan?.destinations).toEqual([{ place: 1, status: 'problem', isProcessed: true }]);
  });

  it('is as far as it was when a callback of it could not be made', () => {
    const planned = plan(aMember([twilio]), ofTwilio('queued'), aProblem('none'));
    expect(planned.plan).toMatchObject({
      finalSequence: null,
      status: 'queued',
      destinations: [{ place: 0, status: 'queued', isProcessed: false }],
    });
  });

  it('has its callbacks held while its communication is disabled, and skips what there is no callback for', () => {
    const disabled = { ...callback, isDisabled: true };
    const callbacks = { message_delivery_status_change: disabled };
    expect(summary(plan(aMember([twilio], { callbacks }), ofTwilio('sent')))).toEqual([
      [1, 'message_delivery_status_change', 'sent', 'held'],
      [2, 'message_sent', 'processed', 'skipped'],
    ]);
  });

  it('answers a repeated event with its first sequence', () => {
    const first = ofTwilio('queued', { eventId: 'the-same' });
    const { answers } = plan(aMember([twilio]), first, first);
    expect(answers).toEqual([
      { sequence: 1, isDuplicate: false },
      { sequence: 1, isDuplicate: true },
    ]);
    const known = aMember([twilio], { knownEvents: new Map([['the-same', 7]]), lastSequence: 7 });
    expect(plan(known, first)).toEqual({ answers: [{ sequence: 7, isDuplicate: true }], plan: null });
  });

  it('tells of its sending exactly once, and then all its destinations are processed, in whatever order things come', () => {
    const voice = { ...twilio, place: 2, type: 'voice', address: '+61491570157' };
    const words = fc.oneof(
      fc.constantFrom('queued', 'sending', 'sent', 'delivered', 'failed').map((status) => ofTwilio(status)),
      fc.constantFrom('created', 'sent', 'bounced').map((status) => ofEmail(status)),
      fc
        .constantFrom('ringing', 'busy', 'completed')
        .map((status) => aCommand({ status, destination: { to: '+61491570157', type: 'voice' } })),
      fc.constantFrom<'all' | 'none'>('all', 'none').map((which) => aProblem(which)),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 15 }), fc.nat(15), (commands, cut) => {
        const first = plan(aMember([twilio, email, voice]), ...commands.slice(0, cut));
        const stood = [twilio, email, voice].map((destination) => ({
          ...destination,
          ...first.plan?.destinations.find(({ place }) => place === destination.place),
        }));
        const second = plan(
          aMember(stood, {
            lastSequence: first.plan?.toSequence ?? 0,
            finalSequence: first.plan?.finalSequence ?? null,
          }),
          ...commands.slice(cut),
        );
        const all = [...(first.plan?.statuses ?? []), ...(second.plan?.statuses ?? [])];
        const after = stood.map((destination) => ({
          ...destination,
          ...second.plan?.destinations.find(({ place }) => place === destination.place),
        }));
        expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
        expect(all.filter(({ event }) => event === 'message_sent')).toHaveLength(
          after.every(({ isProcessed }) => isProcessed) ? 1 : 0,
        );
      }),
    );
  });
});

describe('What is told of a member is refused', () => {
  const objection = (command: StatusCommand, destinations = [twilio, email]) =>
    memberObjection(destinations, command);

  it('without a destination, or for one that it does not have', () => {
    expect(objection(aCommand({}))?.path).toBe('destination');
    expect(objection(aCommand({ destination: { to: 'nobody@example.com', type: null } }))?.path).toBe(
      'destination',
    );
    expect(objection(aProblem('all'))).toBeNull();
  });

  it('where one address is reached in several ways, and the way is not said', () => {
    const both = [twilio, { ...twilio, place: 1, type: 'voice' }];
    expect(objection(ofTwilio('queued'), both)?.path).toBe('destination_type');
    expect(
      objection(aCommand({ destination: { to: '+61491570156', type: 'voice' }, status: 'ringing' }), both),
    ).toBeNull();
  });

  it('in a word that its destination does not know', () => {
    expect(objection(ofTwilio('ringing'))?.message).toMatch(/must be one of: accepted, scheduled, queued/);
    expect(objection(ofEmail('undelivered'))?.path).toBe('status');
  });
});
