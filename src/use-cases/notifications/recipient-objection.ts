import type { Profile } from '../../profiles/index.ts';

/** Why nothing of this type can be sent to `to`, as the end of a sentence; null when it can. */
export function recipientObjection(profile: Profile, type: string, to: string): string | null {
  switch (type) {
    case 'sms':
      return profile.phoneNumbers.objection(to);
    case 'email':
      // Whether a mailbox takes it is for the mail servers to say, and they take more than any pattern.
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(to) && to.length <= 320 ? null : 'must be an e-mail address';
    default:
      return null;
  }
}
