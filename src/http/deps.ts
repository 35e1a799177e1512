import type { FastifyBaseLogger } from 'fastify';
import type {
  ApiKeyStore,
  BatchStore,
  CallbackStore,
  CampaignStore,
  CommunicationStore,
  DrainStore,
  InboundStore,
  LetterReportStore,
  NotificationStore,
  ProviderStore,
  Redeliveries,
  SecretBox,
  SendTest,
  ServiceStore,
  SetAsideRequests,
  StoredCallbacks,
  StatusStore,
  UrlPolicy,
} from '../ports/index.ts';
import type { LimitSettings } from './limits/call-limits.ts';
import type { AcceptComplaintUseCase } from '../use-cases/acceptance/accept-complaint.ts';
import type { AcceptInboundUseCase } from '../use-cases/acceptance/accept-inbound.ts';
import type { AcceptProblemUseCase } from '../use-cases/acceptance/accept-problem.ts';
import type { AcceptStatusUseCase } from '../use-cases/acceptance/accept-status.ts';
import type { ProviderAccounts } from '../use-cases/providers/provider-accounts.ts';
import type { ReceiveInbound } from '../use-cases/providers/receive-inbound.ts';
import type { ReceiveReceipts } from '../use-cases/providers/receive-receipts.ts';
import type { ServiceKeyCache, UnopenedKey } from '../use-cases/access/service-keys.ts';
import type { WorkflowUrl } from '../use-cases/notifications/show-history.ts';

/** Everything the HTTP side needs; whoever composes the process gives it. */
export type HttpDeps = {
  services: ServiceStore;
  apiKeys: ApiKeyStore;
  callbacks: CallbackStore;
  communications: CommunicationStore;
  drains: DrainStore;
  campaigns: CampaignStore;
  batches: BatchStore;
  storedCallbacks: StoredCallbacks;
  redeliveries: Redeliveries;
  sendTest: SendTest;
  notifications: NotificationStore;
  statuses: Pick<StatusStore, 'history' | 'attempts'>;
  inbound: InboundStore;
  letterReports: LetterReportStore;
  setAsideRequests: SetAsideRequests;
  secrets: SecretBox;
  urlPolicy: UrlPolicy;
  acceptStatus: AcceptStatusUseCase;
  acceptComplaint: AcceptComplaintUseCase;
  acceptProblem: AcceptProblemUseCase;
  acceptInbound: AcceptInboundUseCase;
  providers: ProviderStore;
  accounts: ProviderAccounts;
  receiveReceipts: ReceiveReceipts;
  receiveInbound: ReceiveInbound;
  workflowUrl: WorkflowUrl;
  /** Null for each part that is there, else why it is not, in words anyone may read. */
  readiness: () => Promise<Record<string, string | null>>;
  renderMetrics: () => Promise<{ contentType: string; text: string }>;
  now: () => Date;
  onUnopenedKey: (unopened: UnopenedKey) => void;
  adminToken: string;
  /** The addresses (CIDR) whose `X-Forwarded-*` are believed; empty for none. */
  trustProxy: string[];
  /** `nowMs` is a clock that never goes back; the process's own unless given. */
  limits: LimitSettings & { maxConnections: number; maxBodyBytes?: number; nowMs?: () => number };
  version: string;
  /** False in a process that only delivers: it answers for itself and nothing else. */
  isApiServed: boolean;
  /** Null for no log. */
  logger: FastifyBaseLogger | null;
};

export type RouteDeps = HttpDeps & { keys: ServiceKeyCache };
