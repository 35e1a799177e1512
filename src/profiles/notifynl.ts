import { govukNotify } from './govuk-notify.ts';
import type { Profile } from './profile.ts';

/** NotifyNL: a fork of GOV.UK Notify with the same document and bytes, which also tells of letters. */
export const notifynl: Profile = {
  ...govukNotify,
  name: 'notifynl',
  callbackRule: { ...govukNotify.callbackRule, notificationTypes: new Set(['sms', 'email', 'letter']) },
};
