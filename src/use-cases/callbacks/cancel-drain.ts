import type { Drain } from '../../domain/callbacks/drain.schema.ts';
import type { DrainStore } from '../../ports/index.ts';
import type { Caller } from '../access/caller.ts';
import { showDrain } from './show-drain.ts';

/** Ends a running drain: what it has not released stays held until the next enabling. One that has ended stays as it is. */
export async function cancelDrain(
  ports: { drains: DrainStore },
  caller: Caller,
  drainId: string,
): Promise<Drain> {
  await showDrain(ports, caller, drainId);
  await ports.drains.cancel(drainId);
  return showDrain(ports, caller, drainId);
}
