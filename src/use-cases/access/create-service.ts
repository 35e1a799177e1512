import { v7 as uuidv7 } from 'uuid';
import { invalidField } from '../../domain/errors.ts';
import { fromDate } from '../../domain/instant.ts';
import type { CreateService, Service } from '../../domain/access/service.schema.ts';
import type { ServiceStore } from '../../ports/index.ts';
import { profileNames } from '../../profiles/index.ts';

/** Creates a service; throws INVALID_INPUT when its profile is not known. */
export async function createService(
  ports: { services: ServiceStore; now: () => Date },
  body: CreateService,
): Promise<Service> {
  if (!profileNames.includes(body.profile))
    throw invalidField('profile', `must be one of: ${profileNames.join(', ')}`);
  const service: Service = {
    id: uuidv7(),
    name: body.name,
    profile: body.profile,
    notification_list: body.notification_list ?? [],
    created_at: fromDate(ports.now()),
  };
  await ports.services.create(service);
  return service;
}
