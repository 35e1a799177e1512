/** One workflow a notification: this id is what makes a second one at the same time impossible. */
export function notificationWorkflowId(notificationId: string): string {
  return `notification/${notificationId}`;
}
