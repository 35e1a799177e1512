import { addAuthentication, type Doorkeeper } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import type { ZodApp } from '../zod-app.ts';
import { handleNotifyError, sendNotFound } from './notify-errors.ts';
import { addReadRoutes } from './read-routes.ts';
import { addSendRoutes } from './send-routes.ts';

/**
 * The part of GOV.UK Notify's API that its official clients need to send, to look at what they sent and to read what came
 * in, so that they work unchanged with our address as their base URL.
 */
export async function addNotifyApi(app: ZodApp, deps: RouteDeps, door: Doorkeeper): Promise<void> {
  await app.register(
    async (v2: ZodApp) => {
      v2.setErrorHandler(handleNotifyError);
      v2.setNotFoundHandler(sendNotFound);
      addAuthentication(v2, door);
      addSendRoutes(v2, deps);
      addReadRoutes(v2, deps);
    },
    { prefix: '/v2' },
  );
}
