import type { HistoryRow } from '../../src/ports/index.ts';
import { showHistory } from '../../src/use-cases/show-history.ts';
import { aNewNotification, aService } from '../support/builders.ts';
import { createFakePorts } from '../support/fake-ports.ts';

const operator = { kind: 'operator' } as const;

const aRow = (changes: Partial<HistoryRow>): HistoryRow => ({
  eventId: 'e',
  event: 'delivery_status',
  sequence: 1,
  status: 'delivered',
  state: 'pending',
  stateReason: null,
  queued: false,
  url: 'https://example.com',
  acceptedAt: '2026-06-15T11:30:00.000000Z',
  occurredAt: '2026-06-15T11:29:59.000000Z',
  statusDescription: null,
  providerResponse: null,
  nextAttemptAt: null,
  attempts: [],
  ...changes,
});

const show = async (rows: HistoryRow[], workflowUrl: (id: string) => string | null = () => null) => {
  const ports = createFakePorts();
  const given = aNewNotification();
  const { id } = given.notification;
  await ports.notifications.register(given);
  ports.memory.statuses.set(
    id,
    rows.map((row) => ({ ...row, callbackId: null, details: null })),
  );
  return { id, items: (await showHistory({ ...ports, workflowUrl }, operator, id, { limit: 50 })).items };
};

describe('showHistory', () => {
  it('shows the open status that left the queue as being delivered', async () => {
    const { items } = await show([
      aRow({ state: 'delivered' }),
      aRow({ sequence: 2 }),
      aRow({ sequence: 3 }),
    ]);
    expect(items.map(({ state }) => state)).toEqual(['delivered', 'delivering', 'pending']);
  });

  it('names the workflow, and where to look at it', async () => {
    const { id, items } = await show([aRow({})], (workflowId) => `http://ui/${workflowId}`);
    expect(items[0]).toMatchObject({
      workflow_id: `notification/${id}`,
      workflow_url: `http://ui/notification/${id}`,
    });
  });

  it('names no workflow for a status that was skipped', async () => {
    const skipped = aRow({ state: 'skipped', stateReason: 'The service has no callback.' });
    const { items } = await show([skipped], () => 'http://ui');
    expect(items[0]).toMatchObject({ state: 'skipped', workflow_id: null, workflow_url: null });
  });

  it("does not know another service's notification", async () => {
    const ports = createFakePorts();
    const given = aNewNotification();
    await ports.notifications.register(given);
    const stranger = {
      kind: 'service',
      serviceId: aService().id,
      profile: 'govuk-notify',
      keyId: 'k',
      keyType: 'live',
      rateLimitPerSecond: null,
    } as const;
    await expect(
      showHistory({ ...ports, workflowUrl: () => null }, stranger, given.notification.id, { limit: 50 }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
