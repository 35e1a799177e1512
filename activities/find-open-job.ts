import { isSettled } from '../src/domain/callback-state.ts';
import type { DeliveryJob, DeliveryStore } from '../src/ports.ts';

export type StatusKey = { notificationId: string; sequence: number };

/** Nothing more to try here and now: the status has its final state, or an earlier one must go first. */
export type AttemptEnd =
  | { kind: 'settled'; state: string }
  | { kind: 'earlierFirst'; earlier: NonNullable<DeliveryJob['earlierOpen']> };

type OpenJob = { kind: 'open'; job: DeliveryJob; callback: NonNullable<DeliveryJob['callback']> };

/** The status if it is its turn and there is a callback to deliver it to, else why there is nothing to try. */
export async function findOpenJob(
  deliveries: DeliveryStore,
  { notificationId, sequence }: StatusKey,
): Promise<OpenJob | AttemptEnd> {
  const job = await deliveries.load(notificationId, sequence);
  if (!job) return { kind: 'settled', state: 'unknown' };
  if (isSettled(job.state)) return { kind: 'settled', state: job.state };
  if (job.earlierOpen) return { kind: 'earlierFirst', earlier: job.earlierOpen };
  if (job.callback) return { kind: 'open', job, callback: job.callback };
  await deliveries.settle(notificationId, sequence, 'skipped', 'The callback was removed before delivery.');
  return { kind: 'settled', state: 'skipped' };
}
