import type { NextTry } from './retry-policy.ts';

/** What a failed attempt means beyond its status: for the communication that all statuses of its callback go by. */
export type Verdict = { kind: 'disable' | 'warn'; reason: string };

/** "I do not want this any more" (RFC 9110, 15.5.11): trying again would be against the receiver's word. */
export function isGone(responseStatus: number | undefined): boolean {
  return responseStatus === 410;
}

/** Null while it is a failure like others: the next try may set it right. */
export function judgeFailure(failure: {
  notificationId: string;
  sequence: number;
  attemptsMade: number;
  next: NextTry;
  isGone: boolean;
  error: string;
  /** Of the callback; null for no warnings. */
  warnAfterAttempts: number | null;
}): Verdict | null {
  const { attemptsMade, next, error } = failure;
  const which = `Status ${failure.sequence} of notification ${failure.notificationId}`;
  const times = attemptsMade === 1 ? 'once' : `${attemptsMade} times`;
  if (failure.isGone)
    return { kind: 'disable', reason: `${which} was answered 410: the receiver wants no more callbacks.` };
  if (next.kind === 'exhausted')
    return { kind: 'disable', reason: `${which} was tried ${times} without success. ${error}` };
  if (attemptsMade === failure.warnAfterAttempts)
    return { kind: 'warn', reason: `${which} has failed ${times} and is tried again. ${error}` };
  return null;
}
