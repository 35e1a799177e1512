import { notFound } from '../../domain/errors.ts';
import type { Service, UpdateService } from '../../domain/access/service.schema.ts';
import type { ServiceStore } from '../../ports/index.ts';

/** Changes what `change` names of a service, and nothing else; throws NOT_FOUND when there is none. */
export async function updateService(
  ports: { services: ServiceStore },
  serviceId: string,
  change: UpdateService,
): Promise<Service> {
  const service = await ports.services.update(serviceId, change);
  if (!service) throw notFound('service');
  return service;
}
