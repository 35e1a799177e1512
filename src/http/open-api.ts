import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { withoutUnusedSchemas } from './unused-schemas.ts';
import type { ZodApp } from './zod-app.ts';

/** Who may call a route, by the credentials of the OpenAPI document. */
export const operatorSecurity = [{ operatorToken: [] }];
export const callerSecurity = [...operatorSecurity, { apiKey: [] }, { apiKeyV1: [] }, { notifyJwt: [] }];

/** Collects the routes registered from here on into one document, and shows it at /docs and /openapi.json. */
export async function addOpenApi(app: ZodApp, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ringback',
        version,
        description:
          'Delivers notification statuses to the applications that wait for them: durably, in order, with retries a person can read on one page.',
      },
      tags: [
        { name: 'services', description: 'Whose notifications these are, and their API keys.' },
        { name: 'callbacks', description: "Where a service's events go, and how." },
        { name: 'notifications', description: 'One message to one recipient, and what became of it.' },
        { name: 'process', description: 'The process itself.' },
      ],
      components: {
        securitySchemes: {
          operatorToken: { type: 'http', scheme: 'bearer', description: "The operator's admin token." },
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: "A service's API key: `<name>-<service id>-<secret>`.",
          },
          apiKeyV1: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: '`ApiKey-v1 <API key>`, as some Notify clients send it.',
          },
          notifyJwt: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              "HS256 under an API key's secret; `iss` is the service's id, `iat` within 30 seconds of now. `exp` and `nbf` are honoured where they are given.",
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  // Anybody may ask for it, and it is some 200 KB.
  let text: string | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send((text ??= JSON.stringify(app.swagger()))),
  );
}
