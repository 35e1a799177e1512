// What one number sends to a service: its messages go to the customer's URL in the order in which they came.
import type { NotificationInput } from './messages.ts';
import { notificationWorkflow } from './notification.ts';

/** The rules are those of a notification; it is a type of its own, so that operators can tell the two apart. */
export async function inboundWorkflow(input: NotificationInput): Promise<void> {
  await notificationWorkflow(input);
}
