import { createHash } from 'node:crypto';
import type { ClientCertificate } from '../../domain/access/credential.schema.ts';
import type { CallbackSender } from '../../ports/index.ts';

/** A sender that shows one certificate; `close` lets running exchanges end, then gives its connections back. */
export type CertifiedSender = { sender: CallbackSender; close(): Promise<void> };

/**
 * Sends what has no client certificate through `plain`, and the rest through a sender of that certificate's own: a
 * connection keeps the identity it was made with. At most `maxSenders` are kept, those used last.
 */
export function createClientCertificateSenders(
  plain: CallbackSender,
  open: (certificate: ClientCertificate) => CertifiedSender,
  { maxSenders = 64 } = {},
): CallbackSender & { close(): Promise<void> } {
  const senders = new Map<string, CertifiedSender>();
  const closing = new Set<Promise<void>>();

  const retire = (key: string, certified: CertifiedSender): void => {
    senders.delete(key);
    const closed = certified.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  const senderFor = (certificate: ClientCertificate): CallbackSender => {
    const key = keyOf(certificate);
    const certified = senders.get(key) ?? open(certificate);
    // A Map keeps the order of insertion: the first is the one not used for longest.
    senders.delete(key);
    senders.set(key, certified);
    const [oldest] = senders;
    if (senders.size > maxSenders && oldest) retire(...oldest);
    return certified.sender;
  };

  return {
    send: (request, signal) =>
      (request.clientCertificate ? senderFor(request.clientCertificate) : plain).send(request, signal),
    async close() {
      for (const [key, certified] of senders) retire(key, certified);
      await Promise.all(closing);
    },
  };
}

function keyOf({ certificate, private_key }: ClientCertificate): string {
  return createHash('sha256')
    .update(JSON.stringify([certificate, private_key]))
    .digest('base64');
}
