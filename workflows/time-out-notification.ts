// What becomes of a notification of which nothing final is heard. It is started with a delay that lasts until then.
import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

const { applyTimeout } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

export async function timeOutNotification({ notificationId }: { notificationId: string }): Promise<void> {
  await applyTimeout(notificationId);
}
