// The fakes keep the same contract as the real stores, or the HTTP tests would prove nothing.
import { describeApiKeyStore } from '../support/contracts/api-key-store.ts';
import { describeCallbackStore } from '../support/contracts/callback-store.ts';
import { describeCommunicationStore } from '../support/contracts/communication-store.ts';
import { describeInboundStore } from '../support/contracts/inbound-store.ts';
import { describeLetterReportStore } from '../support/contracts/letter-report-store.ts';
import { describeNotificationStore } from '../support/contracts/notification-store.ts';
import { describeServiceStore } from '../support/contracts/service-store.ts';
import { createFakePorts } from '../support/fake-ports.ts';

describe('The fakes in memory', () => {
  describeServiceStore(async () => createFakePorts().services);
  describeApiKeyStore(async () => createFakePorts());
  describeCallbackStore(async () => createFakePorts());
  describeCommunicationStore(async () => createFakePorts());
  describeNotificationStore(async () => createFakePorts());
  describeInboundStore(async () => createFakePorts());
  describeLetterReportStore(async () => createFakePorts().letterReports);
});
