import type { Call } from './call.ts';

export const fiveStatuses = ['created', 'sending', 'pending', 'sent', 'delivered'];

/** A service with a key and a delivery-status callback that sends all five statuses, as its API user sees it. */
export async function createService(
  installation: { call: Call; adminToken(): Promise<string> },
  url: string,
  policy: object = {},
  maxInFlight = 16,
) {
  const admin = await installation.adminToken();
  const service = await installation.call<{ id: string }>('POST', '/v1/services', admin, {
    name: 'Passport office',
    profile: 'govuk-notify',
  });
  const key = await installation.call<{ key: string }>(
    'POST',
    `/v1/services/${service.body.id}/api-keys`,
    admin,
    { name: 'tests', key_type: 'live' },
  );
  const token = key.body.key;
  await installation.call('PUT', `/v1/services/${service.body.id}/callbacks/delivery_status`, admin, {
    url,
    bearer_token: 'the-receivers-own-secret',
    policy: { attempts: 20, interval_seconds: 1, timeout_seconds: 5, ...policy },
    filter: { statuses: fiveStatuses },
    max_in_flight: maxInFlight,
  });
  return {
    id: service.body.id,
    token,
    async register(changes: object = {}): Promise<string> {
      const { body, status } = await installation.call<{ id: string }>('POST', '/v1/notifications', token, {
        to: '07700900123',
        notification_type: 'sms',
        ...changes,
      });
      if (status !== 201) throw new Error(`registration answered ${status}: ${JSON.stringify(body)}`);
      return body.id;
    },
    accept: (notificationId: string, status: string, eventId?: string) =>
      installation.call<{ sequence: number; duplicate: boolean }>(
        'POST',
        `/v1/notifications/${notificationId}/statuses`,
        token,
        { status, ...(eventId !== undefined && { event_id: eventId }) },
      ),
    history: (notificationId: string) =>
      installation.call<{
        items: { state: string; sequence: number; attempts: { number: number; outcome: string }[] }[];
      }>('GET', `/v1/notifications/${notificationId}/callbacks`, token),
  };
}

export type TestService = Awaited<ReturnType<typeof createService>>;
