import type { Communication } from '../domain/communication.schema.ts';
import { notFound } from '../domain/errors.ts';
import type { CommunicationCallbackResult } from '../domain/history.schema.ts';
import type { Page } from '../domain/page.schema.ts';
import type { CampaignStore } from '../ports/index.ts';
import { maySeeBatches, maySeeSettings, type Caller } from './caller.ts';
import { toCallbackResult, type WorkflowUrl } from './show-history.ts';

export async function showCommunication(
  { campaigns }: { campaigns: CampaignStore },
  caller: Caller,
  id: string,
): Promise<Communication> {
  const communication = await campaigns.findCommunication(id);
  if (!communication || !maySeeSettings(caller, communication.service_id)) throw notFound('communication');
  return communication;
}

/** What became of everything that was accepted of a communication's members and batches, the newest member first. */
export async function showCommunicationHistory(
  ports: { campaigns: CampaignStore; workflowUrl: WorkflowUrl },
  caller: Caller,
  id: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<CommunicationCallbackResult>> {
  const { service_id: serviceId } = await showCommunication(ports, caller, id);
  if (!maySeeBatches(caller, serviceId)) return { items: [], nextCursor: null };
  const { items, nextCursor } = await ports.campaigns.history(id, page);
  return {
    items: items.map(({ notificationId, ...row }) => ({
      notification_id: notificationId,
      ...toCallbackResult(row, notificationId, ports.workflowUrl),
    })),
    nextCursor,
  };
}
