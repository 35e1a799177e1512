import { gcNotify } from '../../src/profiles/gc-notify.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';
import { notifyGovAu } from '../../src/profiles/notify-gov-au.ts';
import { notifynl } from '../../src/profiles/notifynl.ts';

test.each([
  [govukNotify, '07700 900456', '447700900456', '07700900456'],
  [govukNotify, '447700900456', '447700900456', '07700900456'],
  [govukNotify, '+447700900456', '447700900456', '07700900456'],
  [govukNotify, '+33612345678', '33612345678', '33612345678'],
  [notifynl, '0612345678', '31612345678', '0612345678'],
  [notifynl, '+31612345678', '31612345678', '0612345678'],
  [notifyGovAu, '0412 345 678', '+61412345678', '+61412345678'],
  [notifyGovAu, '61412345678', '+61412345678', '+61412345678'],
  [gcNotify, '(613) 555-0142', '+16135550142', '+16135550142'],
  [govukNotify, 'GOVUK', 'GOVUK', 'GOVUK'],
  [govukNotify, '80800', '80800', '80800'],
])(
  '%#: $name writes %s as a sender’s number and as a service’s own',
  ({ inboundNumbers }, given, source, own) => {
    expect([inboundNumbers.source(given), inboundNumbers.own(given)]).toEqual([source, own]);
  },
);

test('Notify.gov.au’s document gives the recipient of a text message in E.164, and an e-mail’s as it is', () => {
  const facts = {
    ...{ id: 'i', reference: null, status: 'sent', statusDescription: null, providerResponse: null },
    ...{ createdAt: 't', completedAt: null, sentAt: null, templateId: null, templateVersion: null },
  };
  const to = (notificationType: string, given: string) =>
    (JSON.parse(notifyGovAu.deliveryStatusBody({ ...facts, notificationType, to: given })) as { to: string })
      .to;
  expect([to('sms', '0491 570 156'), to('email', 'a@example.com')]).toEqual([
    '+61491570156',
    'a@example.com',
  ]);
});
