import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';

export type TimeoutPorts = {
  /**
   * Accepts the status that its profile has for a notification that was not heard of in time. Does nothing where it was,
   * or where that time is not over, and says so.
   */
  timeOut: (
    notificationId: string,
  ) => Promise<{ kind: 'timed out' | 'nothing to do' } | { kind: 'early'; seconds: number }>;
};

/**
 * Asks the database only; repeated, it accepts nothing twice. Asked too early, by whomever, it throws `NOT_DUE` and is
 * asked again when the time has come.
 */
export function createApplyTimeout({ timeOut }: TimeoutPorts) {
  return async function applyTimeout(notificationId: string): Promise<string> {
    const end = await timeOut(notificationId);
    if (end.kind !== 'early') return end.kind;
    throw ApplicationFailure.create({
      type: 'NOT_DUE',
      message: `Nothing was done: the notification's time is over in ${end.seconds} seconds.`,
      category: ApplicationFailureCategory.BENIGN,
      nextRetryDelay: `${end.seconds} seconds`,
    });
  };
}
