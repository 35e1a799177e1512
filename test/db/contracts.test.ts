// The same contracts that the fakes in memory keep, on the real PostgreSQL.
import { createApiKeyStore } from '../../src/db/access/api-key-store.ts';
import { createCallbackStore } from '../../src/db/callbacks/callback-store.ts';
import { createCommunicationStore } from '../../src/db/callbacks/communication-store.ts';
import { createDrainStore } from '../../src/db/callbacks/drain-store.ts';
import { createInboundStore } from '../../src/db/notifications/inbound-store.ts';
import { createLetterReportStore } from '../../src/db/notifications/letter-report-store.ts';
import { createNotificationStore } from '../../src/db/notifications/notification-store.ts';
import { createServiceStore } from '../../src/db/access/service-store.ts';
import { createStatusStore } from '../../src/db/acceptance/status-store.ts';
import { describeApiKeyStore } from '../support/contracts/api-key-store.ts';
import { describeCallbackStore } from '../support/contracts/callback-store.ts';
import { describeCommunicationStore } from '../support/contracts/communication-store.ts';
import { describeInboundStore } from '../support/contracts/inbound-store.ts';
import { describeLetterReportStore } from '../support/contracts/letter-report-store.ts';
import { describeNotificationStore } from '../support/contracts/notification-store.ts';
import { describeServiceStore } from '../support/contracts/service-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE services CASCADE');
});

const stores = async () => ({
  services: createServiceStore(database.pool),
  apiKeys: createApiKeyStore(database.pool),
  callbacks: createCallbackStore(database.pool),
  notifications: createNotificationStore(database.pool),
  statuses: createStatusStore(database.pool),
  inbound: createInboundStore(database.pool),
  communications: createCommunicationStore(database.pool),
  drains: createDrainStore(database.pool),
});

describe('The stores on PostgreSQL', () => {
  describeServiceStore(async () => (await stores()).services);
  describeApiKeyStore(stores);
  describeCallbackStore(stores);
  describeCommunicationStore(stores);
  describeNotificationStore(stores);
  describeInboundStore(stores);
  describeLetterReportStore(async () => createLetterReportStore(database.pool));
});
