import type { Drain } from '../../domain/callbacks/drain.schema.ts';
import { notFound } from '../../domain/errors.ts';
import type { DrainStore } from '../../ports/index.ts';
import { maySeeSettings, type Caller } from '../access/caller.ts';

/** How far the release of what was held has come. */
export async function showDrain(
  { drains }: { drains: DrainStore },
  caller: Caller,
  drainId: string,
): Promise<Drain> {
  const found = await drains.find(drainId);
  if (!found || !maySeeSettings(caller, found.serviceId)) throw notFound('drain');
  return found.drain;
}
