import type { Dispatcher } from 'undici';

/** How many connections an agent holds, over all origins, in use or idle. */
export function countConnections(agent: Dispatcher): { open(): number } {
  let open = 0;
  agent.on('connect', () => (open += 1));
  agent.on('disconnect', () => (open -= 1));
  return { open: () => open };
}
