/**
 * The recipients that a system sets aside for trying it out: e-mail addresses, and phone numbers by the digits they end
 * with, so that every way of writing one is found.
 */
export type SimulatedRecipients = {
  temporaryFailure: readonly string[];
  permanentFailure: readonly string[];
  /** Of these nothing is ever kept, whatever the key: they show that the API answers, and nothing else. */
  smokeTest: readonly string[];
};

export function isSmokeTest({ smokeTest }: SimulatedRecipients, to: string): boolean {
  return isAmong(smokeTest, to);
}

/** What becomes of a message that is sent with a test key. */
export function simulatedOutcome(
  { temporaryFailure, permanentFailure }: SimulatedRecipients,
  to: string,
): 'temporary-failure' | 'permanent-failure' | 'delivered' {
  if (isAmong(temporaryFailure, to)) return 'temporary-failure';
  return isAmong(permanentFailure, to) ? 'permanent-failure' : 'delivered';
}

function isAmong(recipients: readonly string[], to: string): boolean {
  const address = to.trim().toLowerCase();
  if (address.includes('@')) return recipients.includes(address);
  // Only what is written as a number can be one: a letter's recipient is an address with numbers in it.
  if (!/^\+?[\d\s().-]+$/.test(address)) return false;
  const digits = address.replace(/\D/g, '');
  return recipients.some((recipient) => /^\d+$/.test(recipient) && digits.endsWith(recipient));
}

/** The addresses that the systems of the family share. */
export const simulatorEmails = {
  temporaryFailure: 'temp-fail@simulator.notify',
  permanentFailure: 'perm-fail@simulator.notify',
} as const;

/** `simulate-delivered@…`, and the two beside it. */
export function smokeTestEmails(domain: string): string[] {
  return ['', '-2', '-3'].map((suffix) => `simulate-delivered${suffix}@${domain}`);
}
