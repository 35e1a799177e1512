// A service of the Notify family and one of Dispatch, with a key of each type and a notification of each kind.
import { v7 as uuidv7 } from 'uuid';
import { aMember, aCallback, sms } from './dispatch-app.ts';
import type { TestDatabase } from './database.ts';
import { createStoredApp } from './stored-app.ts';

export const keyTypes = ['live', 'team', 'test'] as const;
export type KeyType = (typeof keyTypes)[number];
type Keys = Record<KeyType, string>;

export type KeyTypeStage = Awaited<ReturnType<typeof createKeyTypeStage>>;

export async function createKeyTypeStage({ pool }: TestDatabase) {
  const app = await createStoredApp(pool);
  const post = async <T = { id: string }>(path: string, body: object, as?: string): Promise<T> => {
    const answer = await app.call('POST', path, { body, ...(as !== undefined && { as }) });
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.body}`);
    return answer.json<T>();
  };
  const keysOf = async (serviceId: string): Promise<Keys> => {
    const made = keyTypes.map(async (keyType) => {
      const body = { name: keyType, key_type: keyType };
      const { key } = await post<{ key: string }>(`/v1/services/${serviceId}/api-keys`, body);
      return [keyType, `Bearer ${key}`] as const;
    });
    return Object.fromEntries(await Promise.all(made)) as Keys;
  };

  const { id: serviceId } = await post('/v1/services', { name: 'Any', profile: 'govuk-notify' });
  const keys = await keysOf(serviceId);
  await app.call('PUT', `/v1/services/${serviceId}/callbacks/delivery_status`, {
    body: { url: 'https://example.com/callbacks', filter: { statuses: ['delivered'] } },
  });

  await app.call('PUT', `/v1/services/${serviceId}/callbacks/inbound_sms`, {
    body: { url: 'https://example.com/texts' },
  });

  /** An e-mail registered with a key of a type, one status of which was delivered; and its history's id. */
  const email = async (keyType: KeyType) => {
    const body = { id: uuidv7(), to: 'person@example.com', notification_type: 'email', reference: uuidv7() };
    await post('/v1/notifications', body, keys[keyType]);
    const eventId = uuidv7();
    await post(`/v1/notifications/${body.id}/statuses`, { status: 'delivered', event_id: eventId });
    await pool.query("UPDATE statuses SET state = 'delivered' WHERE notification_id = $1", [body.id]);
    return { ...body, eventId };
  };
  const letter = async (keyType: KeyType): Promise<string> => {
    const reference = uuidv7();
    await post(
      '/v1/notifications',
      { to: '1 High Street', notification_type: 'letter', reference },
      keys[keyType],
    );
    return reference;
  };
  const inboundBody = (id: string) => ({
    ...{ event_id: id, source_number: '07700900456', destination_number: '07700900789', message: 'Hello' },
    date_received: '2026-06-15T11:30:00Z',
  });
  const inbound = async (keyType: KeyType): Promise<string> => {
    const id = uuidv7();
    await post(`/v1/services/${serviceId}/inbound`, inboundBody(id), keys[keyType]);
    await pool.query("UPDATE statuses SET state = 'delivered' WHERE event_id = $1", [id]);
    return id;
  };

  const dispatch = await post('/v1/services', { name: 'University', profile: 'dispatch' });
  const dispatchKeys = await keysOf(dispatch.id);
  const campaign = await post('/v1/campaigns', {
    ...{ service_id: dispatch.id, name: 'Term fees', environment: { live: { team: 'fees' } } },
  });
  const communication = await post(`/v1/campaigns/${campaign.id}/communications`, {
    ...{ name: 'First reminder', mode: 'live', notification_list: ['ops@university.example'] },
    callbacks: [aCallback()],
  });
  /** A batch of one member, made with a live key. */
  const batch = async (): Promise<{ id: string; member: string }> => {
    const made = await post<{ id: string; members: { id: string }[] }>(
      `/v1/communications/${communication.id}/batches`,
      { members: [aMember()] },
      dispatchKeys.live,
    );
    const member = made.members[0]?.id ?? '';
    await post(`/v1/notifications/${member}/statuses`, { status: 'sent', destination: sms.to });
    return { id: made.id, member };
  };
  return {
    ...{ ...app, post, serviceId, keys, email, letter, inbound, inboundBody },
    ...{ dispatchId: dispatch.id, dispatchKeys, communicationId: communication.id, batch },
  };
}
