import {
  nameFaults,
  type ChangeCommunicationCallback,
  type Communication,
} from '../../domain/campaigns/communication.schema.ts';
import { AppError, invalidFields, notFound } from '../../domain/errors.ts';
import type { CommunicationEvent } from '../../domain/event.ts';
import type { CampaignStore, SecretBox, UrlPolicy } from '../../ports/index.ts';
import { seal, urlObjection } from './create-communication.ts';

/**
 * Replaces what a communication calls at an event, or adds it. What is held, and what waits for its next attempt, goes to
 * where it leads from then on.
 */
export async function changeCommunicationCallback(
  ports: { campaigns: CampaignStore; secrets: SecretBox; urlPolicy: UrlPolicy },
  id: string,
  event: CommunicationEvent,
  { credentials, ...body }: ChangeCommunicationCallback,
): Promise<Communication> {
  const communication = await ports.campaigns.findCommunication(id);
  const campaign = communication && (await ports.campaigns.find(communication.campaign_id));
  if (!campaign) throw notFound('communication');
  const callback = { ...body, event, ...(credentials && { credentials }) };
  const objection = urlObjection(callback, campaign, communication.mode, ports.urlPolicy);
  const faults = [
    ...(objection === null ? [] : [{ path: 'url', message: objection }]),
    ...nameFaults(event, body.names).map((message) => ({ path: 'names', message })),
  ];
  if (faults.length > 0) throw invalidFields(faults);
  await ports.campaigns.putCallback(id, seal(ports.secrets, id, callback), {
    keepsCredentials: credentials === undefined,
  });
  const changed = await ports.campaigns.findCommunication(id);
  if (!changed) throw new AppError('INTERNAL', 'The communication was there and then was not.');
  return changed;
}
