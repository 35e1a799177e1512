import type { onRequestAsyncHookHandler } from 'fastify';
import { addAuthentication, type Doorkeeper } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { takeBodiesAsBytes } from '../heavy-body.ts';
import type { ZodApp } from '../zod-app.ts';
import { handleNotifyError, sendNotFound } from './notify-errors.ts';
import { addReadRoutes } from './read-routes.ts';
import { addLetterRoute } from './send-letter.ts';
import { addSendRoutes } from './send-routes.ts';
import { serviceOf } from './service-caller.ts';

/**
 * The part of GOV.UK Notify's API that its official clients need to send, to look at what they sent and to read what came
 * in, so that they work unchanged with our address as their base URL.
 */
export async function addNotifyApi(
  app: ZodApp,
  deps: RouteDeps,
  door: Doorkeeper,
  takeHeavySlot: onRequestAsyncHookHandler,
): Promise<void> {
  await app.register(
    async (v2: ZodApp) => {
      v2.setErrorHandler(handleNotifyError);
      v2.setNotFoundHandler(sendNotFound);
      addAuthentication(v2, door);
      v2.addHook('onRequest', async (request) => void serviceOf(request));
      addSendRoutes(v2, deps);
      addReadRoutes(v2, deps);
      await v2.register(async (heavy: ZodApp) => {
        takeBodiesAsBytes(heavy);
        addLetterRoute(heavy, deps, takeHeavySlot);
      });
    },
    { prefix: '/v2' },
  );
}
