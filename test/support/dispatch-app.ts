// A Dispatch service with a campaign, over fakes.
import { createTestApp } from './test-app.ts';

export const sms = { type: 'sms', to: '+61491570156', provider: 'twilio' };
export const email = { type: 'email', to: 'person@example.com' };
export const aMember = (changes: object = {}) => ({
  attributes: { studentId: '00123456' },
  destinations: [sms],
  ...changes,
});
export const aCallback = (changes: object = {}) => ({
  event: 'message_sent',
  method: 'GET',
  url: 'https://university.example/sent/${studentId}/${id}?team=${team}',
  ...changes,
});

/** What is said first to be wrong. */
export const refusalOf = (answer: { json: () => unknown }) =>
  (answer.json() as { errors?: { path: string; message: string }[] }).errors?.[0];

export async function createDispatchApp() {
  const t = await createTestApp();
  const post = async (path: string, body: object): Promise<string> =>
    (await t.call('POST', path, { body })).json<{ id: string }>().id;
  const serviceId = await post('/v1/services', { name: 'University', profile: 'dispatch' });
  const made = await t.call('POST', `/v1/services/${serviceId}/api-keys`, {
    body: { name: 'production', key_type: 'live' },
  });
  const campaignId = await post('/v1/campaigns', {
    service_id: serviceId,
    name: 'Term fees',
    environment: { live: { team: 'fees' }, test: { tester: 'nobody' } },
  });

  const communicate = (callbacks: object[]) =>
    t.call('POST', `/v1/campaigns/${campaignId}/communications`, {
      body: {
        name: 'First reminder',
        mode: 'live',
        notification_list: ['ops@university.example'],
        callbacks,
      },
    });
  const aCommunication = async (callbacks = [aCallback()]): Promise<string> =>
    (await communicate(callbacks)).json<{ id: string }>().id;
  const aBatch = async (
    members: object[] = [aMember()],
    communicationId?: string,
  ): Promise<{ id: string; members: string[] }> => {
    const path = `/v1/communications/${communicationId ?? (await aCommunication())}/batches`;
    const batch = (await t.call('POST', path, { body: { members } })).json<{
      id: string;
      members: { id: string }[];
    }>();
    return { id: batch.id, members: batch.members.map((member) => member.id) };
  };
  return {
    ...t,
    serviceId,
    campaignId,
    /** The header under which the service calls. */
    key: `Bearer ${made.json<{ key: string }>().key}`,
    communicate,
    aCommunication,
    aBatch,
  };
}
