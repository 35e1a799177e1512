import type { DeliveryMetrics, SendTest, Sns, UrlPolicy } from '../../src/ports/index.ts';
import { noHandover } from '../../src/use-cases/accept-events.ts';
import { createAcceptComplaint } from '../../src/use-cases/accept-complaint.ts';
import { createAcceptInbound } from '../../src/use-cases/accept-inbound.ts';
import { createAcceptProblem } from '../../src/use-cases/accept-problem.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { lookAtEarlyReceipts } from '../../src/use-cases/look-at-early-receipts.ts';
import { createProviderAccounts, type UnopenedCredentials } from '../../src/use-cases/provider-accounts.ts';
import { createReceiveInbound } from '../../src/use-cases/receive-inbound.ts';
import { createReceiveReceipts } from '../../src/use-cases/receive-receipts.ts';
import type { UnopenedKey } from '../../src/use-cases/service-keys.ts';
import { createTellReturnedLetters } from '../../src/use-cases/tell-returned-letters.ts';
import { createFakeApiKeyStore } from './fakes/api-key-store.ts';
import { createFakeBatchStore } from './fakes/batch-store.ts';
import { createFakeCallbackStore } from './fakes/callback-store.ts';
import { createFakeCampaignStore } from './fakes/campaign-store.ts';
import { createFakeCommunicationStore } from './fakes/communication-store.ts';
import { createFakeDrainStore } from './fakes/drain-store.ts';
import { createMemory } from './fakes/memory.ts';
import { createFakeInboundStore } from './fakes/inbound-store.ts';
import { createFakeLetterReportStore } from './fakes/letter-report-store.ts';
import { createFakeNotificationStore } from './fakes/notification-store.ts';
import { createFakeProviderStore, createFakeReceiptStore } from './fakes/provider-stores.ts';
import { createFakeRedeliveries } from './fakes/redeliveries.ts';
import { createFakeSetAsideRequests } from './fakes/set-aside-requests.ts';
import { createFakeSecretBox } from './fakes/secret-box.ts';
import { createFakeServiceStore } from './fakes/service-store.ts';
import { createFakeStoredCallbacks } from './fakes/stored-callbacks.ts';
import { fixture } from './fixture.ts';
import { createFakeStatusStore } from './fakes/status-store.ts';

export const testNow = new Date('2026-06-15T11:30:00.123Z');

const httpsOnly: UrlPolicy = {
  objection: (url) => (url.startsWith('https:') ? null : 'must be an https URL'),
};

const noMetrics: DeliveryMetrics = {
  accepted: () => undefined,
  dispatched: () => undefined,
  attempted: () => undefined,
  firstAttemptAfter: () => undefined,
};

/** A receiver that answers every test with what it was told to expect. */
const sendTest: SendTest = async (job, callback) => ({
  startedAt: '2026-06-15T11:30:00.123000Z',
  durationMs: 1.4,
  failure: null,
  response: {
    status: callback.url.endsWith('/broken') ? 500 : 200,
    headers: { 'x-reference': job.facts.reference ?? '' },
    body: new TextEncoder().encode('thank you'),
    truncated: false,
  },
});

/** Every port in memory, over one shared state; `memory` lets a test look behind them. */
export function createFakePorts() {
  const memory = createMemory();
  const statuses = createFakeStatusStore(memory);
  const notifications = createFakeNotificationStore(memory);
  const services = createFakeServiceStore(memory);
  const inbound = createFakeInboundStore(memory);
  const letterReports = createFakeLetterReportStore();
  const now = (): Date => testNow;
  const acceptance = {
    statuses,
    handover: noHandover,
    metrics: noMetrics,
    now,
  };
  const providers = createFakeProviderStore(memory);
  const receipts = createFakeReceiptStore(memory);
  const secrets = createFakeSecretBox();
  const acceptStatus = createAcceptStatus(acceptance);
  const acceptComplaint = createAcceptComplaint(acceptance);
  const acceptInbound = createAcceptInbound({ ...acceptance, services, inbound });
  /** SNS with the certificate of the fixtures; what it was told of subscriptions. */
  const confirmed: string[] = [];
  const sns: Sns = {
    certificate: async () => fixture('providers/sns-test-signing-cert.pem'),
    confirm: async (url) => void confirmed.push(url),
  };
  const unopened: UnopenedCredentials[] = [];
  const unopenedKeys: UnopenedKey[] = [];
  const accounts = createProviderAccounts({ providers, secrets, onUnopened: (one) => unopened.push(one) });
  /** By which the providers' door goes; a test may set it. */
  const clock = { now: testNow };
  const door = { accounts, secrets, sns, now: () => clock.now };
  const reporting = {
    ...{ receipts, acceptStatus, acceptComplaint },
    onAmbiguous: () => undefined,
  };
  return {
    memory,
    receipts,
    confirmed,
    unopened,
    unopenedKeys,
    onUnopenedKey: (one: UnopenedKey) => void unopenedKeys.push(one),
    clock,
    providers,
    accounts,
    receiveReceipts: createReceiveReceipts({ ...door, ...reporting }),
    receiveInbound: createReceiveInbound({ ...door, acceptInbound }),
    lookAtEarlyReceipts: (at: Date) => lookAtEarlyReceipts({ ...reporting, now: () => at }),
    services,
    inbound,
    apiKeys: createFakeApiKeyStore(memory),
    callbacks: createFakeCallbackStore(memory),
    communications: createFakeCommunicationStore(memory),
    drains: createFakeDrainStore(memory),
    campaigns: createFakeCampaignStore(memory),
    batches: createFakeBatchStore(memory),
    storedCallbacks: createFakeStoredCallbacks(memory),
    redeliveries: createFakeRedeliveries(memory),
    sendTest,
    notifications,
    statuses,
    secrets,
    urlPolicy: httpsOnly,
    acceptStatus,
    acceptComplaint,
    acceptProblem: createAcceptProblem(acceptance),
    acceptInbound,
    letterReports,
    setAsideRequests: createFakeSetAsideRequests(),
    /** What the workflow of a report does. */
    tellReturnedLetters: createTellReturnedLetters({ ...acceptance, letterReports }),
    now,
  };
}
