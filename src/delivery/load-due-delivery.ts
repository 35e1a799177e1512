import { isTerminal } from '../domain/callbacks/callback-state.ts';
import type { DeliveryJob, DeliveryStore, StoredCallback } from '../ports/index.ts';
import { urlOf } from './render-url.ts';

export type StatusKey = { notificationId: string; sequence: number };

/** Nothing more to try here and now: the status has its final state, or an earlier one must go first. */
export type AttemptEnd =
  | { kind: 'finished'; state: string }
  | { kind: 'earlierFirst'; earlier: { sequence: number; status: string; eventId: string } };

export type DueDelivery = { kind: 'open'; job: DeliveryJob; callback: StoredCallback };

/** Whether its time has come: by what was recorded of its last attempt, whoever calls. */
export function isDue({ job }: DueDelivery): boolean {
  return job.dueInSeconds === 0;
}

export type DueDeliveryPorts = {
  deliveries: DeliveryStore;
  /** Accepts that a message cannot be told of, as a delivery problem of its own; repeated, it accepts nothing twice. */
  reportProblem: (job: DeliveryJob, message: string) => Promise<void>;
};

/**
 * The status if it is its turn and there is an enabled callback to deliver it to, else why there is nothing to try.
 * What finds its communication disabled is held; what finds an earlier one still held lets that one go first.
 */
export async function loadDueDelivery(
  ports: DueDeliveryPorts,
  { notificationId, sequence }: StatusKey,
): Promise<DueDelivery | AttemptEnd> {
  const { deliveries } = ports;
  // Again only where the communication was enabled between the look and the hold.
  for (;;) {
    const job = await deliveries.load(notificationId, sequence);
    if (!job) return { kind: 'finished', state: 'unknown' };
    if (isTerminal(job.state)) return { kind: 'finished', state: job.state };
    if (job.earlierOpen) {
      const { isHeld, ...earlier } = job.earlierOpen;
      if (isHeld) await deliveries.releaseEarlier(notificationId, sequence);
      return { kind: 'earlierFirst', earlier };
    }
    const { callback } = job;
    if (!callback) {
      const reason = 'The callback was removed before delivery.';
      await deliveries.end(notificationId, sequence, { state: 'skipped', reason });
      return { kind: 'finished', state: 'skipped' };
    }
    if (!callback.isDisabled) return withUrl(ports, job, callback);
    if (await deliveries.hold(notificationId, sequence)) return { kind: 'finished', state: 'held' };
  }
}

/** Where the job goes, with the variables of a Dispatch callback put in. What has no URL is told as a problem instead. */
async function withUrl(
  { deliveries, reportProblem }: DueDeliveryPorts,
  job: DeliveryJob,
  callback: StoredCallback,
): Promise<DueDelivery | AttemptEnd> {
  if (!job.target) return { kind: 'open', job, callback };
  const rendered = urlOf(job, job.target, callback.url);
  if (rendered.kind === 'url') return { kind: 'open', job, callback: { ...callback, url: rendered.url } };
  // A problem that cannot be told of is in the history, and is no cause for another; a batch has no messages to have one.
  if (job.event !== 'message_delivery_problem' && job.event !== 'communication_complete')
    await reportProblem(job, rendered.message);
  const { notificationId, sequence } = job;
  await deliveries.end(notificationId, sequence, { state: 'failed', reason: rendered.message });
  return { kind: 'finished', state: 'failed' };
}
