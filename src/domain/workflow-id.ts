import type { EventName } from './event.ts';

/**
 * One workflow a notification, and one for all that a number sends to a service: its id is what makes a second one at the
 * same time impossible. The types are stored in histories, so they are final.
 */
export function deliveryWorkflow(event: EventName, notificationId: string): { type: string; id: string } {
  return event === 'inbound_sms'
    ? { type: 'inboundWorkflow', id: `inbound/${notificationId}` }
    : { type: 'notificationWorkflow', id: `notification/${notificationId}` };
}

export function drainWorkflowId(drainId: string): string {
  return `drain/${drainId}`;
}
