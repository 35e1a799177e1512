import { z } from 'zod';
import { notFound } from '../../domain/errors.ts';
import {
  ListNotifications,
  Notification,
  RegisterNotification,
} from '../../domain/notifications/notification.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { maySee } from '../../use-cases/access/caller.ts';
import { listNotifications } from '../../use-cases/notifications/list-notifications.ts';
import { registerNotification } from '../../use-cases/notifications/register-notification.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems, listOf, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['notifications'], security: callerSecurity };
const NotificationList = listOf(Notification, 'NotificationList');

export function addNotificationRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/notifications',
    {
      schema: {
        ...common,
        summary: 'Register a notification',
        description:
          'The same `id` with the same body again is answered with 200 and the same notification. With a test key the statuses of its recipient are simulated; one to a smoke-test recipient of its profile is answered and not kept.',
        body: RegisterNotification,
        response: { 200: Notification, 201: Notification, ...bodyProblems('FORBIDDEN', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const { notification, wasCreated } = await registerNotification(deps, callerOf(request), request.body);
      return reply.code(wasCreated ? 201 : 200).send(notification);
    },
  );

  app.get(
    '/notifications',
    {
      schema: {
        ...common,
        summary: 'List notifications',
        querystring: ListNotifications,
        response: { 200: NotificationList, ...problems('FORBIDDEN') },
      },
    },
    async (request) => toList(await listNotifications(deps, callerOf(request), request.query)),
  );

  app.get(
    '/notifications/:id',
    {
      schema: {
        ...common,
        summary: 'Show a notification',
        params: z.strictObject({ id: Uuid }),
        response: { 200: Notification, ...problems('NOT_FOUND') },
      },
    },
    async (request) => {
      const notification = await deps.notifications.find(request.params.id);
      if (!notification || !maySee(callerOf(request), notification)) throw notFound('notification');
      return notification;
    },
  );
}
