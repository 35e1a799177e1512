// Whatever a provider sends: what is read of it can be stored.
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { createInboundStore } from '../../src/db/inbound-store.ts';
import { createReceiptStore } from '../../src/db/receipt-store.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { providers, type InboundText, type Provider, type Receipt } from '../../src/providers/index.ts';
import { createAcceptComplaint } from '../../src/use-cases/accept-complaint.ts';
import { createAcceptInbound } from '../../src/use-cases/accept-inbound.ts';
import { acceptReceipt } from '../../src/use-cases/accept-receipt.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noHandover, noMetrics, operator, storeNotification, storeService } from '../support/db-fixture.ts';
import { mutatedRequests } from '../support/mutated-fixtures.ts';

let database: TestDatabase;
let serviceId: string;
let emailId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId } = await storeService(database.pool));
  emailId = await storeNotification(database.pool, serviceId);
});
afterAll(() => database.drop());

function createStoring() {
  const { pool } = database;
  const acceptance = {
    ...{ statuses: createStatusStore(pool), handover: noHandover, metrics: noMetrics },
    now: () => new Date(),
  };
  const receipts = createReceiptStore(pool);
  const reporting = {
    acceptStatus: createAcceptStatus(acceptance),
    acceptComplaint: createAcceptComplaint(acceptance),
  };
  const acceptInbound = createAcceptInbound({
    ...acceptance,
    services: createServiceStore(pool),
    inbound: createInboundStore(pool),
  });
  const message = {
    ...{ notificationId: emailId, serviceId, profile: 'govuk-notify', status: 'created' },
    ...{ notificationType: 'email', destination: null },
  };
  return {
    async receipt({ name: provider, namesBy }: Provider, receipt: Receipt) {
      const eventId = uuidv7();
      await receipts.find({ provider, namesBy, reference: receipt.reference }, [serviceId]);
      await receipts.keepEarly({
        ...{ id: uuidv7(), provider, serviceIds: [serviceId], uncheckedServiceIds: [], eventId, receipt },
      });
      await acceptReceipt(reporting, message, receipt, {
        ...{ eventId, receivedAt: '2026-06-15T11:30:00.123456Z' },
      });
    },
    async inbound({ source, destination, message: text, receivedAt }: InboundText) {
      await acceptInbound(operator, serviceId, {
        ...{ source_number: source, destination_number: destination, message: text, event_id: uuidv7() },
        ...(receivedAt !== null && { date_received: receivedAt }),
      });
    },
  };
}

test.each([...providers])(
  'of no request of %s is anything read that PostgreSQL refuses',
  async (name, provider) => {
    const storing = createStoring();
    let read = 0;
    await fc.assert(
      fc.asyncProperty(mutatedRequests(name), async (request) => {
        const receipts = provider.readStatus(request);
        for (const receipt of receipts.kind === 'read' ? receipts.items : [])
          await storing.receipt(provider, receipt).then(() => (read += 1));
        const texts = provider.readInbound?.(request);
        for (const text of texts?.kind === 'read' ? texts.items : []) await storing.inbound(text);
      }),
      { numRuns: 150 },
    );
    expect(read).toBeGreaterThan(0);
  },
  60_000,
);
