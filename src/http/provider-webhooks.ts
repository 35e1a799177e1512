import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError, notFound } from '../domain/errors.ts';
import { hasTooManyFields, providers, type Reply } from '../providers/index.ts';
import { requireProof, type DoorRequest } from '../use-cases/provider-door.ts';
import { issueProviderToken } from '../use-cases/issue-provider-token.ts';
import { maxEnvelopeBytes, tooManyFields } from '../use-cases/provider-request-parts.ts';
import type { RouteDeps } from './deps.ts';
import { problems } from './responses.ts';
import type { ZodApp } from './zod-app.ts';

/** Of the largest there is; most providers may send less. */
const bodyLimitBytes = maxEnvelopeBytes;
/** `grant_type=client_credentials`, and whatever else a client adds. */
const tokenBodyLimitBytes = 8 * 1024;

const common = {
  tags: ['providers'],
  // Each shows itself in its own way.
  security: [],
  params: z.strictObject({ provider: z.string().max(50) }),
  description:
    'In the provider’s own form, and answered in its own words, once it is durable. Who it is from is checked on the raw bytes.',
};
// What a provider puts beside its own fields is its business.
const querystring = z.record(z.string(), z.unknown());

/** What providers call. Each shows itself in its own way, so none of this is behind the keys of the rest of the API. */
export function addProviderWebhooks(app: ZodApp, deps: RouteDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  );
  // Before a byte of the body is taken.
  app.addHook('onRequest', async (request) => refuseEarly(deps, request));

  const options = (summary: string) => ({
    bodyLimit: bodyLimitBytes,
    schema: {
      ...common,
      querystring,
      summary,
      response: problems('FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE'),
    },
  });

  app.post(
    '/:provider/status',
    options('Take what a provider reports of messages'),
    async (request, reply) => {
      return answer(reply, await deps.receiveReceipts(request.params.provider, toDoorRequest(request)));
    },
  );

  app.get('/:provider/status', options('The same by GET, as Spryng calls'), async (request, reply) =>
    answer(reply, await deps.receiveReceipts(request.params.provider, toDoorRequest(request))),
  );

  app.post(
    '/:provider/inbound',
    options('Take a text message that a provider brings'),
    async (request, reply) =>
      answer(reply, await deps.receiveInbound(request.params.provider, toDoorRequest(request))),
  );

  app.post(
    '/sap/oauth2/token',
    {
      bodyLimit: tokenBodyLimitBytes,
      schema: {
        tags: ['providers'],
        security: [],
        summary: 'Give SAP an access token for its client credentials',
        description:
          'RFC 6749, 4.4: Basic with the client id and secret, and `grant_type=client_credentials` as a form.',
        response: problems('PAYLOAD_TOO_LARGE'),
      },
    },
    async (request, reply) => {
      const { authorization } = request.headers;
      const grantType = (): string | null =>
        new URLSearchParams(bytesOf(request).toString('utf8')).get('grant_type');
      const token = await issueProviderToken(deps, 'sap', authorization, grantType);
      return answer(reply.header('cache-control', 'no-store'), {
        ...{ status: 200, contentType: 'application/json', body: JSON.stringify(token) },
      });
    },
  );
}

async function refuseEarly(deps: RouteDeps, request: FastifyRequest): Promise<void> {
  if (hasTooManyFields(queryOf(request))) throw tooManyFields('query');
  const { provider: name } = request.params as { provider?: string };
  if (name === undefined) {
    if (request.headers.authorization === undefined)
      throw new AppError('UNAUTHENTICATED', 'There are no client credentials: send them as Basic.');
    return;
  }
  const provider = providers.get(name);
  if (!provider) throw notFound('provider');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (request.routeOptions.url?.endsWith('/status') && method !== provider.method)
    throw new AppError('NOT_FOUND', `${name} calls by ${provider.method}.`);
  await requireProof(deps, provider, {
    headers: headersOf(request),
    query: new URLSearchParams(queryOf(request)),
  });
}

function toDoorRequest(request: FastifyRequest): DoorRequest {
  return {
    url: `${request.protocol}://${request.host}${request.raw.url ?? ''}`,
    body: bytesOf(request),
    query: new URLSearchParams(queryOf(request)),
    headers: headersOf(request),
  };
}

function queryOf({ raw }: FastifyRequest): string {
  return (raw.url ?? '').replace(/^[^?]*\??/, '');
}

function headersOf(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function answer(reply: FastifyReply, { status, contentType, body }: Reply): FastifyReply {
  // As bytes: what a provider wants to hear is not for a schema to rewrite.
  return reply.code(status).type(contentType).send(Buffer.from(body, 'utf8'));
}
