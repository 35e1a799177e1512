import type { LightMyRequestResponse } from 'fastify';
import { buildApp } from '../../src/http/build-app.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createFakePorts } from './fake-ports.ts';

export const adminToken = 'the-admin-token-of-the-tests';
const version = '0.0.0';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Call = { as?: string | null; body?: unknown; headers?: Record<string, string> };

/** The whole HTTP side over fakes: `call` speaks as the operator unless told otherwise. */
export async function createTestApp(changes: Partial<HttpDeps> = {}) {
  const ports = createFakePorts();
  const app = await buildApp({
    ...ports,
    workflowUrl: (workflowId) => `http://temporal.test/${workflowId}`,
    readiness: async () => ({ postgres: null, temporal: null, worker: null }),
    renderMetrics: async () => ({
      contentType: 'text/plain; version=0.0.4',
      text: 'ringback_accepted_total 1\n',
    }),
    adminToken,
    trustProxy: [],
    // What is about limits says so.
    limits: {
      ...{ requestsPerSecond: 1_000_000, failuresPerSecond: 1_000_000, maxConnections: 10_000 },
      refusalsPerSecond: Infinity,
    },
    version,
    isApiServed: true,
    logger: null,
    ...changes,
  });

  const call = (
    method: Method,
    url: string,
    { as, body, headers }: Call = {},
  ): Promise<LightMyRequestResponse> =>
    app.inject({
      method,
      url,
      headers: {
        ...(as !== null && { authorization: as ?? `Bearer ${adminToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  /** A service with one live key, and the header under which it calls. */
  const addService = async (name = 'Parking permits') => {
    const { id } = (await call('POST', '/v1/services', { body: { name, profile: 'govuk-notify' } })).json<{
      id: string;
    }>();
    const created = await call('POST', `/v1/services/${id}/api-keys`, {
      body: { name: 'production', key_type: 'live' },
    });
    const { id: keyId, key } = created.json<{ id: string; key: string }>();
    return { id, keyId, key, as: `Bearer ${key}` };
  };

  const addNotification = async (as: string, changes: Record<string, unknown> = {}): Promise<string> => {
    const body = { to: 'person@example.com', notification_type: 'email', ...changes };
    return (await call('POST', '/v1/notifications', { as, body })).json<{ id: string }>().id;
  };

  return { app, ports, call, addService, addNotification };
}
