import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { BatchProgress, DrainStep, LetterStep } from '../activities/index.ts';

/** One accepted status, as Temporal may know it: no recipient, no token, no body. */
export type StatusMessage = {
  sequence: number;
  status: string;
  eventId: string;
  /** What it is told as; a delivery status unless given. */
  event?: string;
};

/** What a run of `notificationWorkflow` starts with; a run that is signalled into life starts with no statuses. */
export type NotificationInput = {
  notificationId: string;
  statuses: StatusMessage[];
  /** The event after which nothing more is to be waited for: with it a run stays open until that is told, for a day. */
  openUntil?: string;
};

export type NotificationProgress = {
  delivering: StatusMessage[];
  waiting: StatusMessage[];
  finished: number[];
};

export const statusSignal = defineSignal<[StatusMessage]>('status');
/** Something about a batch has changed; what, it finds out by itself. */
export const changedSignal = defineSignal('changed');
export const progressQuery = defineQuery<NotificationProgress>('progress');
export const drainProgressQuery = defineQuery<DrainStep>('progress');
export const batchProgressQuery = defineQuery<BatchProgress | null>('progress');
export const letterProgressQuery = defineQuery<LetterStep>('progress');
