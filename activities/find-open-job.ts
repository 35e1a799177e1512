import { isSettled } from '../src/domain/callback-state.ts';
import type { DeliveryJob, DeliveryStore, StoredCallback } from '../src/ports/index.ts';
import { urlOf } from './render-url.ts';

export type StatusKey = { notificationId: string; sequence: number };

/** Nothing more to try here and now: the status has its final state, or an earlier one must go first. */
export type AttemptEnd =
  | { kind: 'settled'; state: string }
  | { kind: 'earlierFirst'; earlier: { sequence: number; status: string; eventId: string } };

export type OpenJob = { kind: 'open'; job: DeliveryJob; callback: StoredCallback };

/** Whether its time has come: by what was recorded of its last attempt, whoever calls. */
export function isDue({ job }: OpenJob): boolean {
  return job.dueInSeconds === 0;
}

export type OpenJobPorts = {
  deliveries: DeliveryStore;
  /** Accepts that a message cannot be told of, as a delivery problem of its own; repeated, it accepts nothing twice. */
  reportProblem: (job: DeliveryJob, message: string) => Promise<void>;
};

/**
 * The status if it is its turn and there is an enabled callback to deliver it to, else why there is nothing to try.
 * What finds its communication disabled is held; what finds an earlier one still held lets that one go first.
 */
export async function findOpenJob(
  ports: OpenJobPorts,
  { notificationId, sequence }: StatusKey,
): Promise<OpenJob | AttemptEnd> {
  const { deliveries } = ports;
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
      const reason = 'The callback was removed before delivery.';
      await deliveries.end(notificationId, sequence, { state: 'skipped', reason });
      return { kind: 'settled', state: 'skipped' };
    }
    if (!callback.isDisabled) return withUrl(ports, job, callback);
    if (await deliveries.hold(notificationId, sequence)) return { kind: 'settled', state: 'held' };
  }
}

/** Where the job goes, with the variables of a Dispatch callback put in. What has no URL is told as a problem instead. */
async function withUrl(
  { deliveries, reportProblem }: OpenJobPorts,
  job: DeliveryJob,
  callback: StoredCallback,
): Promise<OpenJob | AttemptEnd> {
  if (!job.target) return { kind: 'open', job, callback };
  const rendered = urlOf(job, job.target, callback.url);
  if (rendered.kind === 'url') return { kind: 'open', job, callback: { ...callback, url: rendered.url } };
  // A problem that cannot be told of is in the history, and is no cause for another; a batch has no messages to have one.
  if (job.event !== 'message_delivery_problem' && job.event !== 'communication_complete')
    await reportProblem(job, rendered.message);
  const { notificationId, sequence } = job;
  await deliveries.end(notificationId, sequence, { state: 'failed', reason: rendered.message });
  return { kind: 'settled', state: 'failed' };
}
