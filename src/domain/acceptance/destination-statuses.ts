// What can be said of a destination, and after which words it is processed: Twilio's own for SMS and Voice, as its
// documentation lists them, and a few plain ones for everything else.

type Destination = { type: string; provider: string | null };
type Words = { all: readonly string[]; processed: ReadonlySet<string> };

const twilioSms: Words = {
  all: [
    ...[
      'accepted',
      'scheduled',
      'queued',
      'sending',
      'sent',
      'delivered',
      'undelivered',
      'failed',
      'canceled',
    ],
    ...['read', 'receiving', 'received', 'partially_delivered'],
  ],
  processed: new Set([
    ...['sent', 'delivered', 'undelivered', 'failed', 'canceled', 'read', 'received', 'partially_delivered'],
  ]),
};

const twilioVoice: Words = {
  all: [
    ...[
      'queued',
      'initiated',
      'ringing',
      'in-progress',
      'completed',
      'busy',
      'no-answer',
      'canceled',
      'failed',
    ],
  ],
  processed: new Set(['completed', 'busy', 'no-answer', 'canceled', 'failed']),
};

const failures = ['failed', 'bounced', 'permanent-failure', 'temporary-failure', 'technical-failure'];
const plain: Words = {
  all: ['created', 'queued', 'sending', 'pending', 'sent', 'delivered', 'completed', ...failures],
  processed: new Set(['sent', 'delivered', 'completed', ...failures]),
};

/** Dispatch tells of status changes of Twilio SMS and Twilio Voice only. */
export function isTwilio({ type, provider }: Destination): boolean {
  return provider?.toLowerCase() === 'twilio' && (type === 'sms' || type === 'voice');
}

export function statusesOf(destination: Destination): readonly string[] {
  return tableOf(destination).all;
}

/** Whether the word says that a destination is done with: sent, delivered or failed. */
export function isProcessedBy(destination: Destination, word: string): boolean {
  return tableOf(destination).processed.has(word);
}

function tableOf(destination: Destination): Words {
  if (!isTwilio(destination)) return plain;
  return destination.type === 'voice' ? twilioVoice : twilioSms;
}
