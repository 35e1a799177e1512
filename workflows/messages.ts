import { defineQuery, defineSignal } from '@temporalio/workflow';

/** One accepted status, as Temporal may know it: no recipient, no token, no body. */
export type StatusMessage = { sequence: number; status: string; eventId: string };

/** What a run of `notificationWorkflow` starts with; a run that is signalled into life starts with no statuses. */
export type NotificationInput = { notificationId: string; statuses: StatusMessage[] };

export type NotificationProgress = {
  delivering: StatusMessage | null;
  waiting: StatusMessage[];
  settled: number[];
};

export const statusSignal = defineSignal<[StatusMessage]>('status');
export const progressQuery = defineQuery<NotificationProgress>('progress');
