import type { CallbackVersion } from '../../domain/callbacks/callback-version.schema.ts';
import type { CallbackEvent } from '../../domain/callbacks/callback.schema.ts';
import { notFound } from '../../domain/errors.ts';
import type { Page, PageQuery } from '../../domain/page.schema.ts';
import type { CallbackStore, CommunicationStore } from '../../ports/index.ts';
import { maySeeSettings, type Caller } from '../access/caller.ts';

/** Who changed what of a callback, when; the newest first. */
export async function listCallbackVersions(
  ports: { callbacks: CallbackStore; communications: CommunicationStore },
  caller: Caller,
  serviceId: string,
  event: CallbackEvent,
  page: PageQuery,
): Promise<Page<CallbackVersion>> {
  if (!maySeeSettings(caller, serviceId) || !(await ports.callbacks.find(serviceId, event)))
    throw notFound('callback');
  return ports.communications.versions(serviceId, event, page);
}
