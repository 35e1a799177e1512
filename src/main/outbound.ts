import type { Config } from '../config.ts';
import { createAccessTokens } from '../net/access-tokens.ts';
import { createClientCertificateSenders } from '../net/client-certificate-senders.ts';
import type { EgressPolicy } from '../net/egress-policy.ts';
import { createGuardedAgent } from '../net/guarded-agent.ts';
import { createHttpSender } from '../net/http-sender.ts';
import type { AccessTokens, CallbackSender } from '../ports/index.ts';

export type Outbound = { sender: CallbackSender; accessTokens: AccessTokens; close(): Promise<void> };

/** Everything by which this process reaches customers' URLs, and nothing that is not public or allowed. */
export function createOutbound({ EGRESS_PROXY: proxy }: Config, egress: EgressPolicy): Outbound {
  const agent = createGuardedAgent(egress, { proxy });
  const plainSender = createHttpSender(agent);
  const sender = createClientCertificateSenders(plainSender, ({ certificate, private_key }) => {
    const own = createGuardedAgent(egress, {
      proxy,
      clientCertificate: { cert: certificate, key: private_key },
    });
    return { sender: createHttpSender(own, { maxIdleConnections: 8 }), close: () => own.close() };
  });
  return {
    sender,
    accessTokens: createAccessTokens({ sender: plainSender }),
    async close() {
      await sender.close();
      await agent.destroy();
    },
  };
}
