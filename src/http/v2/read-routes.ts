import { z } from 'zod';
import { notFound } from '../../domain/errors.ts';
import { ListNotifyMessages, ListReceivedTexts } from '../../domain/notifications/notify-api.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import type { RouteDeps } from '../deps.ts';
import { inboundScopeOf, maySee } from '../../use-cases/access/caller.ts';
import { baseOf } from '../request-host.ts';
import type { ZodApp } from '../zod-app.ts';
import { readShape, receivedTextShape, storedStatuses } from './notify-shapes.ts';
import { serviceOf } from './service-caller.ts';

/** As many as GOV.UK Notify gives. */
const pageSize = 250;

export function addReadRoutes(app: ZodApp, deps: RouteDeps): void {
  app.get(
    '/notifications/:id',
    { schema: { hide: true, params: z.strictObject({ id: Uuid }) } },
    async (request) => {
      const caller = serviceOf(request);
      const notification = await deps.notifications.find(request.params.id);
      if (!notification || !maySee(caller, notification)) throw notFound('notification');
      return readShape(baseOf(request), caller.profile, notification);
    },
  );

  app.get('/notifications', { schema: { hide: true, querystring: ListNotifyMessages } }, async (request) => {
    const caller = serviceOf(request);
    const { serviceId, profile, keyType } = caller;
    const { template_type: types, status, reference, older_than: olderThan } = request.query;
    const older = olderThan === undefined ? null : await deps.notifications.find(olderThan);
    const isEmpty = olderThan !== undefined && !(older && maySee(caller, older));
    const page = isEmpty
      ? { items: [], nextCursor: null }
      : await deps.notifications.list({
          service_id: serviceId,
          // As with the Notify systems: what was sent with this type of key, also where the caller may see more by id.
          keyTypes: [keyType],
          limit: pageSize,
          ...(older && { cursor: `${older.created_at}_${older.id}` }),
          ...(reference !== undefined && { reference }),
          ...(types && { types }),
          ...(status && { statuses: storedStatuses(status) }),
        });
    const base = baseOf(request);
    return {
      notifications: page.items.map((notification) => readShape(base, profile, notification)),
      links: linksOf(base, request.url, page.items),
    };
  });

  app.get(
    '/received-text-messages',
    { schema: { hide: true, querystring: ListReceivedTexts } },
    async (request) => {
      const page = await deps.inbound.list(inboundScopeOf(serviceOf(request)), {
        limit: pageSize,
        olderThan: request.query.older_than ?? null,
      });
      return {
        received_text_messages: page.map(receivedTextShape),
        links: linksOf(baseOf(request), request.url, page),
      };
    },
  );
}

// The clients go on until a page is empty, and look for a link on every other.
function linksOf(
  base: string,
  path: string,
  page: readonly { id: string }[],
): { current: string; next?: string } {
  const current = new URL(path, base);
  const last = page.at(-1);
  if (!last) return { current: current.href };
  const next = new URL(current);
  next.searchParams.set('older_than', last.id);
  return { current: current.href, next: next.href };
}
