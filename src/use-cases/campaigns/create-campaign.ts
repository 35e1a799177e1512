import { v7 as uuidv7 } from 'uuid';
import type { Campaign, CreateCampaign } from '../../domain/campaigns/communication.schema.ts';
import { invalidField } from '../../domain/errors.ts';
import { fromDate } from '../../domain/instant.ts';
import type { CampaignStore, ServiceStore } from '../../ports/index.ts';
import { isDispatch } from '../../profiles/index.ts';

/** A campaign of a service with the profile `dispatch`; INVALID_INPUT for any other. */
export async function createCampaign(
  ports: { campaigns: CampaignStore; services: Pick<ServiceStore, 'find'>; now: () => Date },
  body: CreateCampaign,
): Promise<Campaign> {
  const service = await ports.services.find(body.service_id);
  if (!service) throw invalidField('service_id', 'there is no such service');
  if (!isDispatch(service.profile))
    throw invalidField(
      'service_id',
      `has the profile ${service.profile}: campaigns are for the profile dispatch`,
    );
  const { service_id, name, environment } = body;
  const campaign = { id: uuidv7(), service_id, name, environment, created_at: fromDate(ports.now()) };
  await ports.campaigns.create(campaign);
  return campaign;
}
