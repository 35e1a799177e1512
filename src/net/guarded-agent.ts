import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { connectToFirst, type Target } from './connect-to-first.ts';
import { createConnections, type Connect, type Connections, type Progress } from './connections.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { createEgressTunnel } from './egress-tunnel.ts';
import { guardReads } from './guard-reads.ts';
import { createResolver, type NameResolver } from './resolver.ts';
import { secureOver } from './secure-over.ts';
import { createJudgeFailure, type JudgeFailure } from './way-out.ts';

/** The connection was not made because its address may not be reached. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

type Options = {
  /** Where connections are made through, `http://host:port`; it is the operator's, so it may be anywhere. */
  proxy?: string | undefined;
  /** What the receiver is shown in the TLS handshake; PEM. */
  clientCertificate?: { cert: string; key: string };
  /** What it answers is checked here, whoever answers. */
  resolver?: NameResolver;
  maxIdleConnections?: number;
  hasRoute?: () => Promise<boolean>;
};

export type HttpAgent = Connections & { judgeFailure: JudgeFailure };

/**
 * Makes connections and checks the very address it connects to: names after their resolution, every answer of them, and
 * literals before any. A name that is checked first and resolved again later could answer differently the second time.
 */
export function createGuardedAgent(
  policy: EgressPolicy,
  { proxy, clientCertificate, resolver = createResolver(), maxIdleConnections, hasRoute }: Options = {},
): HttpAgent {
  const tunnel = proxy === undefined ? null : createEgressTunnel(new URL(proxy), resolver);
  // Over a connection that is there. Each exchange has one deadline, which ends the handshake as well.
  const secure = buildConnector({ timeout: 0, ...clientCertificate });

  const refuse = (what: string, objection: string | null): void => {
    if (objection !== null) throw new RefusedAddressError(`${what} ${objection}`);
  };

  const checkedTargets = async (host: string, port: number, progress: Progress): Promise<Target[]> => {
    if (isIP(host) !== 0) return [{ address: host, port }];
    if (resolver.isAskedFor(host)) progress.askedFor = host;
    const addresses = await resolver.resolve(host);
    // Which one, and what it is in our network, is not for the history.
    if (addresses.some(({ address }) => policy.addressObjection(address) !== null))
      refuse(host, 'resolves to an address that is not public');
    return addresses.map(({ address }) => ({ address, port }));
  };

  const connect: Connect = async (target, { signal, progress }) => {
    const { protocol, hostname: host } = target;
    const port = Number(target.port) || (protocol === 'https:' ? 443 : 80);
    // What is refused at configuration may have been configured under another policy.
    refuse('the URL', policy.schemeObjection(protocol));
    refuse('the URL', policy.portObjection(port));
    refuse(host, policy.hostObjection(host));
    progress.stage = 'resolving';
    const targets = await checkedTargets(host, port, progress);
    progress.stage = 'connecting';
    // The checked address is what the proxy is asked for: given the name, it would resolve it once more, and a rebinding
    // name would lead it, and so the callback, to what this network keeps private.
    const socket = await (tunnel ? tunnel.open(targets, signal) : connectToFirst(targets, signal));
    progress.stage = 'connected';
    return guardReads(protocol === 'https:' ? await secureOver(secure, target, socket, signal) : socket);
  };

  return {
    ...createConnections(connect, { ...(maxIdleConnections !== undefined && { maxIdleConnections }) }),
    judgeFailure: createJudgeFailure({ resolver, tunnel, ...(hasRoute && { hasRoute }) }),
  };
}
