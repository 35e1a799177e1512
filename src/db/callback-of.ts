/** What has limits of its own: a callback, or one origin among the own URLs of notifications `n`; see the function `receiver_of`. */
export function receiverOf(callbackId: string, event: string): string {
  return `receiver_of(${callbackId}, CASE WHEN ${event} = 'delivery_status' THEN n.callback_url END)`;
}

/**
 * The condition by which `callbacks c` is the one of a notification `n` for an event, given as SQL: its service's, or for
 * what belongs to a Dispatch communication that one, whatever the event.
 */
export function isCallbackOf(event: string): string {
  return `c.owner_id = coalesce(n.communication_id, n.service_id) AND c.removed_at IS NULL
      AND c.event = CASE WHEN n.communication_id IS NULL THEN ${event} ELSE 'communication' END
      AND c.is_own = (n.callback_url IS NOT NULL AND c.event = 'delivery_status')`;
}
