import { isSettled } from '../src/domain/callback-state.ts';
import type { DeliveryJob, DeliveryStore, StoredCallback } from '../src/ports/index.ts';

export type StatusKey = { notificationId: string; sequence: number };

/** Nothing more to try here and now: the status has its final state, or an earlier one must go first. */
export type AttemptEnd =
  | { kind: 'settled'; state: string }
  | { kind: 'earlierFirst'; earlier: { sequence: number; status: string; eventId: string } };

export type OpenJob = { kind: 'open'; job: DeliveryJob; callback: StoredCallback };

/**
 * The status if it is its turn and there is an enabled callback to deliver it to, else why there is nothing to try.
 * What finds its communication disabled is held; what finds an earlier one still held lets that one go first.
 */
export async function findOpenJob(
  deliveries: DeliveryStore,
  { notificationId, sequence }: StatusKey,
): Promise<OpenJob | AttemptEnd> {
  // Again only where the communication was enabled between the look and the hold.
  for (;;) {
    const job = await deliveries.load(notificationId, sequence);
    if (!job) return { kind: 'settled', state: 'unknown' };
    if (isSettled(job.state)) return { kind: 'settled', state: job.state };
    if (job.earlierOpen) {
      const { isHeld, ...earlier } = job.earlierOpen;
      if (isHeld) await deliveries.releaseEarlier(notificationId, sequence);
      return { kind: 'earlierFirst', earlier };
    }
    const { callback } = job;
    if (!callback) {
      await deliveries.skip(notificationId, sequence, 'The callback was removed before delivery.');
      return { kind: 'settled', state: 'skipped' };
    }
    if (!callback.isDisabled) return { kind: 'open', job, callback };
    if (await deliveries.hold(notificationId, sequence)) return { kind: 'settled', state: 'held' };
  }
}
