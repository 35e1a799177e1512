import type { ActivityPorts } from '../../../activities/index.ts';

type Ports = Pick<ActivityPorts, 'mails' | 'mailer' | 'publicUrl' | 'drains'>;

/** For workflows of notifications, which never ask for a mail or a drain. */
export function createFakeCommunicationPorts(changes: Partial<Ports> = {}): Ports {
  const unasked = (): Promise<never> => Promise.reject(new Error('nobody asks for this here'));
  return {
    mails: { unsent: unasked, load: unasked, claim: unasked, sent: unasked },
    mailer: { send: unasked, close: () => undefined },
    publicUrl: 'https://ringback.example',
    drains: { find: unasked, cancel: unasked, release: unasked },
    ...changes,
  };
}
