import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createAccessTokens } from '../net/access-tokens.ts';
import { createClientCertificateSenders } from '../net/client-certificate-senders.ts';
import { createEgressHealth } from '../net/egress-health.ts';
import type { EgressPolicy } from '../net/egress-policy.ts';
import { createGuardedAgent } from '../net/guarded-agent.ts';
import { createHttpSender } from '../net/http-sender.ts';
import { createResolver } from '../net/resolver.ts';
import type { AccessTokens, CallbackSender } from '../ports/index.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export type Outbound = {
  sender: CallbackSender;
  accessTokens: AccessTokens;
  /** What is wrong with our own way out; null when nothing is known to be. */
  objection(): string | null;
  close(): Promise<void>;
};

/** Everything by which this process reaches customers' URLs, and nothing that is not public or allowed. */
export function createOutbound(
  { EGRESS_PROXY: proxy, EGRESS_RESOLVERS: servers }: Config,
  { egress, metrics, log }: { egress: EgressPolicy; metrics: Metrics; log: Logger },
): Outbound {
  const resolver = createResolver({ ...(servers && { servers }) });
  const health = createEgressHealth({
    count: (kind) => metrics.egressFailed(kind),
    report: (kind, why) =>
      log.warn({ kind, why }, 'callbacks cannot leave this network; none of them counts this as an attempt'),
  });
  const agent = createGuardedAgent(egress, { proxy, resolver });
  const plainSender = createHttpSender(agent, health);
  const sender = createClientCertificateSenders(plainSender, ({ certificate, private_key }) => {
    const own = createGuardedAgent(egress, {
      proxy,
      resolver,
      clientCertificate: { cert: certificate, key: private_key },
      maxIdleConnections: 8,
    });
    return { sender: createHttpSender(own, health), close: () => own.close() };
  });
  return {
    sender,
    accessTokens: createAccessTokens({ sender: plainSender }),
    objection: () => health.objection(),
    async close() {
      await sender.close();
      await agent.destroy();
      resolver.close();
    },
  };
}
