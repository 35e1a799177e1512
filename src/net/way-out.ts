// Whose failure it is that an exchange did not take place. In doubt a witness is asked: another name, or the proxy itself.
import { createSocket } from 'node:dgram';
import type { Progress } from './connections.ts';
import { SilentProxyError, type EgressTunnel } from './egress-tunnel.ts';
import { LateError } from './give-until.ts';
import { codeOf, OwnFailure, ownFailureOf, type OwnFailureKind } from './own-failure.ts';
import { NoAnswerError, type NameResolver } from './resolver.ts';

type Circumstances = {
  isSent: boolean;
  progress: Readonly<Progress>;
  /** When the exchange began, by performance.now. */
  sinceMs: number;
};

/** What of ours was away; null when the failure is the receiver's. */
export type JudgeFailure = (cause: unknown, circumstances: Circumstances) => Promise<OwnFailureKind | null>;

const unreachable = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];
const brokenOff = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

export function createJudgeFailure({
  resolver,
  tunnel,
  hasRoute = hasRouteOut,
}: {
  resolver: NameResolver;
  tunnel: EgressTunnel | null;
  hasRoute?: () => Promise<boolean>;
}): JudgeFailure {
  return async (cause, { isSent, progress, sinceMs }) => {
    if (cause instanceof OwnFailure) return cause.kind;
    const code = firstCodeOf(cause);
    const known = ownFailureOf(code);
    if (known !== null) return known;
    const isLate = cause instanceof LateError;

    // Everything that a proxy carries, it can also lose.
    if (tunnel && progress.stage !== 'resolving') {
      const isInDoubt = isLate || brokenOff.includes(code) || cause instanceof SilentProxyError;
      return isInDoubt && !(await tunnel.isAnswering()) ? 'proxy' : null;
    }
    if (code === 'ENETUNREACH' && !(await hasRoute())) return 'network';
    if (isSent || progress.stage === 'connected' || progress.askedFor === null) return null;
    const isResolving = progress.stage === 'resolving';
    const isInDoubt = isResolving
      ? isLate || cause instanceof NoAnswerError
      : isLate || unreachable.includes(code);
    if (!isInDoubt || (await resolver.isAnswering(progress.askedFor, sinceMs))) return null;
    // Name servers are mostly elsewhere: when neither they nor the receiver can be reached, nothing can.
    return isResolving ? 'resolver' : 'network';
  };
}

/** A UDP socket is connected without a packet: only the routing table is asked, for the addresses of root name servers. */
export async function hasRouteOut(): Promise<boolean> {
  const found = await Promise.all([canRoute('udp4', '198.41.0.4'), canRoute('udp6', '2001:503:ba3e::2:30')]);
  return found.includes(true);
}

function canRoute(type: 'udp4' | 'udp6', address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const end = (isThere: boolean): void => {
      socket.close();
      resolve(isThere);
    };
    socket.once('error', () => end(false));
    socket.connect(53, address, () => end(true));
  });
}

function firstCodeOf(cause: unknown): string {
  const { errors } = (cause ?? {}) as { errors?: unknown };
  return Array.isArray(errors) && errors.length > 0 ? firstCodeOf(errors[0]) : codeOf(cause);
}
