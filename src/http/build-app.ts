import helmet from '@fastify/helmet';
import { fastify, LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { createAuthenticate } from '../use-cases/access/authenticate.ts';
import { createServiceKeyCache } from '../use-cases/access/service-keys.ts';
import { addAuthentication } from './authenticate.ts';
import type { HttpDeps } from './deps.ts';
import { addNotFoundHandler, handleError } from './error-handler.ts';
import { takeBodiesAsBytes } from './bodies/heavy-body.ts';
import { createHeavySlots } from './bodies/heavy-slots.ts';
import { addJsonBody, bodyLimitBytes } from './bodies/json-body.ts';
import { boundBodies } from './bodies/bound-bodies.ts';
import { boundConnections, type BoundConnections } from './limits/bound-connections.ts';
import { createCallLimits } from './limits/call-limits.ts';
import { limitWebhooks } from './limits/limit-webhooks.ts';
import { addOpenApi } from './open-api.ts';
import { addProviderWebhooks } from './provider-webhooks.ts';
import { addHostCheck } from './request-host.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';
import { addApiKeyRoutes } from './routes/api-keys.ts';
import { addBatchMemberRoutes } from './routes/batch-members.ts';
import { addBatchRoutes } from './routes/batches.ts';
import { addCallbackRoutes } from './routes/callbacks.ts';
import { addCampaignRoutes } from './routes/campaigns.ts';
import { addCommunicationRoutes } from './routes/communications.ts';
import { addDrainRoutes } from './routes/drains.ts';
import { addHistoryRoutes } from './routes/history.ts';
import { addInboundRoutes } from './routes/inbound.ts';
import { addLetterReportRoute, addLetterRoutes } from './routes/letters.ts';
import { addNotificationRoutes } from './routes/notifications.ts';
import { addProviderRoutes } from './routes/providers.ts';
import { addProcessRoutes } from './routes/process.ts';
import { addServiceRoutes } from './routes/services.ts';
import { addStatusRoutes } from './routes/statuses.ts';
import { addWorkflowRequestRoutes } from './routes/workflow-requests.ts';
import { addNotifyApi } from './v2/add-notify-api.ts';
import { handleNotifyError } from './v2/notify-errors.ts';
import { validatorCompiler } from './bodies/validate.ts';
import type { ZodApp } from './zod-app.ts';

/** The whole HTTP side. It listens to nothing, so tests inject and whoever composes the process listens. */
export async function buildApp(deps: HttpDeps): Promise<ZodApp> {
  const app = fastify({
    ...(deps.logger && { loggerInstance: deps.logger }),
    // A line a request would cost more than the request; what goes wrong is logged by the error handler.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.trustProxy.length > 0 ? deps.trustProxy : false,
    bodyLimit: bodyLimitBytes,
    // A caller that sends its request a byte a minute must not hold a connection for ever, nor one that reads its answer so.
    requestTimeout: 30_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    // A test of a callback is the longest silence there is: its timeout is 120 s at most.
    connectionTimeout: 150_000,
    // Longer ids than fastify takes by itself, so that they are refused as ids and not as unknown paths.
    routerOptions: { maxParamLength: 2000 },
    genReqId: requestIdOf,
    frameworkErrors: (error, request, reply) => {
      void reply.header(requestIdHeader, request.id);
      // No route has been found yet, so no scope's own handler has the word.
      const handle = request.raw.url?.startsWith('/v2/') ? handleNotifyError : handleError;
      handle(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  addJsonBody(app);
  addNotFoundHandler(app);
  app.addHook('onRequest', async (request, reply) => {
    void reply.header(requestIdHeader, request.id);
  });
  addHostCheck(app);
  await app.register(helmet, { contentSecurityPolicy: { directives: pageDirectives } });
  await addOpenApi(app, deps.version);
  addProcessRoutes(app, deps);

  const connections = boundConnections(app.server, deps.limits.maxConnections);
  if (deps.isApiServed) await addApi(app, deps, connections);
  return app;
}

async function addApi(app: ZodApp, deps: HttpDeps, connections: BoundConnections): Promise<void> {
  const keys = createServiceKeyCache(deps);
  const limits = createCallLimits(deps.limits, deps.limits.nowMs ?? (() => performance.now()));
  const door = {
    ...{ authenticate: createAuthenticate({ ...deps, keys }), limits, connections },
    bodies: boundBodies(deps.limits.maxBodyBytes ?? maxBodyBytes),
  };
  const routeDeps = { ...deps, keys };
  const takeHeavySlot = createHeavySlots();
  await app.register(
    async (v1: ZodApp) => {
      addAuthentication(v1, door);
      addServiceRoutes(v1, routeDeps);
      addApiKeyRoutes(v1, routeDeps);
      addCallbackRoutes(v1, routeDeps);
      addCommunicationRoutes(v1, routeDeps);
      addDrainRoutes(v1, routeDeps);
      addProviderRoutes(v1, routeDeps);
      addCampaignRoutes(v1, routeDeps);
      addBatchRoutes(v1, routeDeps);
      addNotificationRoutes(v1, routeDeps);
      addStatusRoutes(v1, routeDeps);
      addLetterRoutes(v1, routeDeps);
      addInboundRoutes(v1, routeDeps);
      addHistoryRoutes(v1, routeDeps);
      addWorkflowRequestRoutes(v1, routeDeps);
      await v1.register(async (heavy: ZodApp) => {
        takeBodiesAsBytes(heavy);
        addBatchMemberRoutes(heavy, routeDeps, takeHeavySlot);
        addLetterReportRoute(heavy, routeDeps, takeHeavySlot);
      });
    },
    { prefix: '/v1' },
  );
  await app.register(
    async (webhooks: ZodApp) => {
      limitWebhooks(webhooks, limits, connections, boundBodies(deps.limits.maxBodyBytes ?? maxBodyBytes));
      addProviderWebhooks(webhooks, routeDeps);
    },
    { prefix: '/v1/providers' },
  );
  await addNotifyApi(app, routeDeps, door, takeHeavySlot);
}

/** Of bodies under way of known callers together, and of providers together, who have not shown who they are. */
const maxBodyBytes = 64 * 1024 * 1024;

const pageDirectives = {
  // Swagger UI sets styles inline and draws its icons from data: URLs.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  // Where Ringback is served without TLS, the pages could not load their own scripts.
  upgradeInsecureRequests: null,
};
