// The bytes and rules of the Notify systems beside GOV.UK's own.
import {
  planAcceptance,
  noReportFields,
  type AcceptanceSnapshot,
} from '../../src/domain/acceptance/acceptance.ts';
import type { DeliveryStatusFacts } from '../../src/domain/notifications/delivery-status-facts.ts';
import { gcNotify } from '../../src/profiles/gc-notify.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';
import type { Profile } from '../../src/profiles/index.ts';
import { notifyGovAu } from '../../src/profiles/notify-gov-au.ts';
import { notifynl } from '../../src/profiles/notifynl.ts';
import { fixture } from '../support/fixture.ts';

const facts = (changes: Partial<DeliveryStatusFacts> = {}): DeliveryStatusFacts => ({
  id: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
  reference: '12345678',
  to: 'person@example.com',
  status: 'delivered',
  statusDescription: null,
  providerResponse: null,
  createdAt: '2026-06-15T11:30:00.123456Z',
  completedAt: '2026-06-15T11:30:05.654321Z',
  sentAt: '2026-06-15T11:30:01.000000Z',
  notificationType: 'sms',
  templateId: 'f33517ff-2a88-4f6e-b855-c550268ce08a',
  templateVersion: 1,
  ...changes,
});

describe('The body of a delivery status', () => {
  it.each([
    ['notify-gov-au-delivery-status.json', notifyGovAu, facts({ to: '+61491570156', status: 'sending' })],
    [
      'gc-delivery-status-delivered.json',
      gcNotify,
      facts({ to: '+16135550142', providerResponse: 'Message has been accepted by phone' }),
    ],
    [
      'gc-delivery-status-technical-failure-unsent.json',
      gcNotify,
      facts({ reference: null, status: 'technical-failure', sentAt: null, notificationType: 'email' }),
    ],
    [
      'govuk-delivery-status.json',
      notifynl,
      facts({ reference: 'café-12345678', status: 'temporary-failure', notificationType: 'email' }),
    ],
  ])('is %s byte for byte', (name, profile: Profile, given) => {
    expect(profile.deliveryStatusBody(given)).toBe(fixture(name).trimEnd());
  });
});

describe('The body of a complaint', () => {
  it.each([
    ['gc-notify', gcNotify],
    ['notify-gov-au', notifyGovAu],
    ['govuk-notify', govukNotify],
    ['notifynl', notifynl],
  ])('is, for %s, that of the whole family byte for byte', (_name, profile: Profile) => {
    const body = profile.complaintBody({
      notificationId: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
      complaintId: '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4',
      reference: null,
      to: 'person@example.com',
      complaintDate: '2026-06-16T08:02:11.000000Z',
    });
    expect(body).toBe(fixture('complaint.json').trimEnd());
  });
});

describe('The body of a message that came in', () => {
  it.each([
    ['gc-notify', gcNotify],
    ['notify-gov-au', notifyGovAu],
    ['govuk-notify', govukNotify],
    ['notifynl', notifynl],
  ])('is, for %s, that of the whole family byte for byte', (_name, profile: Profile) => {
    const body = profile.inboundBody({
      id: '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4',
      sourceNumber: '447700900456',
      destinationNumber: '07700900789',
      message: 'Hello Notify! £20',
      dateReceived: '2026-06-15T11:31:44.000000Z',
    });
    expect(body).toBe(fixture('inbound-sms.json').trimEnd());
  });
});

describe('The body of a returned letter', () => {
  const templated = {
    notificationId: '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4',
    reference: '12345678',
    createdAt: '2026-05-20T09:00:00.000000Z',
    sentBy: null,
    templateName: 'Reminder letter',
    templateId: 'f33517ff-2a88-4f6e-b855-c550268ce08a',
    templateVersion: 3,
    spreadsheetFileName: null,
    spreadsheetRowNumber: null,
    uploadLetterFileName: null,
  };
  const uploaded = {
    ...templated,
    reference: null,
    sentBy: 'caseworker@example.gov.uk',
    templateName: null,
    templateId: null,
    templateVersion: null,
    uploadLetterFileName: 'uploaded_letter.pdf',
  };

  it.each([
    ['govuk-notify', govukNotify],
    ['notifynl', notifynl],
  ])('is, for %s, that of its system byte for byte', (_name, profile: Profile) => {
    const body = profile.returnedLetterBody;
    expect(body?.(templated)).toBe(fixture('returned-letter-templated.json').trimEnd());
    expect(body?.(uploaded)).toBe(fixture('returned-letter-uploaded-pdf.json').trimEnd());
  });

  it('is nothing that GC Notify or Notify.gov.au send', () => {
    expect([gcNotify.returnedLetterBody, notifyGovAu.returnedLetterBody]).toEqual([null, null]);
  });
});

describe('GC Notify’s status description', () => {
  const describeIt = (notificationType: string, status: string, providerResponse: string | null = null) =>
    (
      JSON.parse(gcNotify.deliveryStatusBody(facts({ notificationType, status, providerResponse }))) as {
        status_description: string;
      }
    ).status_description;

  it.each([
    ['created', 'In transit', 'In transit'],
    ['sending', 'In transit', 'In transit'],
    ['pending', 'In transit', 'In transit'],
    ['sent', 'Delivered', 'Sent'],
    ['delivered', 'Delivered', 'Delivered'],
    ['permanent-failure', 'No such address', 'No such number'],
    ['temporary-failure', 'Content or inbox issue', 'Carrier issue'],
    ['technical-failure', 'Tech issue', 'Tech issue'],
    ['pending-virus-check', 'In transit', 'pending-virus-check'],
    ['virus-scan-failed', 'Attachment has virus', 'virus-scan-failed'],
  ])('of %s is %s for an e-mail and %s for a text message', (status, email, sms) => {
    expect([describeIt('email', status), describeIt('sms', status)]).toEqual([email, sms]);
    expect(gcNotify.statuses).toContain(status);
  });

  it('says that an address on a suppression list is blocked, and of no text message', () => {
    const onList = 'The email address is on the GC Notify suppression list';
    expect(describeIt('email', 'permanent-failure', onList)).toBe('Blocked');
    expect(describeIt('sms', 'permanent-failure', onList)).toBe('No such number');
  });

  it('is the one that was reported with the status, where there was one', () => {
    const body = gcNotify.deliveryStatusBody(facts({ statusDescription: 'Not wanted' }));
    expect(JSON.parse(body)).toMatchObject({ status_description: 'Not wanted' });
  });
});

describe('What becomes a callback', () => {
  const snapshot = (notificationType: string): AcceptanceSnapshot => ({
    notificationId: 'n',
    serviceId: 's',
    keyType: 'live',
    profile: 'a-profile',
    notificationType,
    templateId: null,
    lastSequence: 0,
    finalSequence: null,
    sentAt: null,
    callbacks: { delivery_status: { id: 'c', filter: {}, isDisabled: false, maxInFlight: 16 } },
    destinations: null,
    knownEvents: new Map(),
  });
  const time = '2026-06-15T11:30:00.000000Z';
  const sentOf = ({ callbackRule }: Profile, notificationType: string, statuses: string[]) => {
    const commands = statuses.map((status, place) => ({
      notificationId: 'n',
      event: 'delivery_status' as const,
      details: null,
      eventId: `event-${place}`,
      status,
      acceptedAt: time,
      occurredAt: time,
      ...noReportFields,
    }));
    const { plan } = planAcceptance(snapshot(notificationType), commands, callbackRule);
    return plan?.statuses.flatMap(({ status, state }) => (state === 'pending' ? [status] : []));
  };
  const received = ['sending', 'delivered', 'permanent-failure', 'delivered'];

  it.each([
    ['gc-notify', gcNotify, received],
    ['notify-gov-au', notifyGovAu, received],
    ['govuk-notify', govukNotify, ['delivered']],
    ['notifynl', notifynl, ['delivered']],
  ])('%s: of an e-mail that is delivered and then bounces', (_name, profile, sent) => {
    expect(sentOf(profile, 'email', received)).toEqual(sent);
  });

  it.each([
    ['gc-notify', gcNotify, ['delivered']],
    ['notify-gov-au', notifyGovAu, []],
    ['govuk-notify', govukNotify, []],
    ['notifynl', notifynl, ['delivered']],
  ])('%s: of a letter that is delivered', (_name, profile, sent) => {
    expect(sentOf(profile, 'letter', ['delivered'])).toEqual(sent);
  });
});
