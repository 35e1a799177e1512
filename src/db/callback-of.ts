/** The condition by which `callbacks c` is the one of a notification `n` for an event, given as SQL. */
export function isCallbackOf(event: string): string {
  return `c.service_id = n.service_id AND c.event = ${event} AND c.removed_at IS NULL
      AND c.is_own = (n.callback_url IS NOT NULL AND c.event = 'delivery_status')`;
}
