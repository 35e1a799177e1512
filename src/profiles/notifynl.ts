import { govukNotify } from './govuk-notify.ts';
import { phoneNumbersOf } from './phone-numbers.ts';
import type { Profile } from './profile.ts';

const phoneNumbers = phoneNumbersOf('NL', '0612345678');

/** NotifyNL: a fork of GOV.UK Notify with the same document and bytes, which also tells of letters. */
export const notifynl: Profile = {
  ...govukNotify,
  name: 'notifynl',
  phoneNumbers,
  inboundNumbers: { source: phoneNumbers.toDigits, own: phoneNumbers.toNational },
  callbackRule: { ...govukNotify.callbackRule, notificationTypes: new Set(['sms', 'email', 'letter']) },
};
