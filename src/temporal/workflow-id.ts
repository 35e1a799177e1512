/** One workflow a notification: this id is what makes a second start impossible. */
export function notificationWorkflowId(notificationId: string): string {
  return `notification/${notificationId}`;
}

/** Its page in Temporal's Web UI. */
export function workflowUrl(uiUrl: string, namespace: string, workflowId: string): string {
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
