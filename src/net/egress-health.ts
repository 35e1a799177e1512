import { codeOf, ownFailureKinds, type OwnFailureKind } from './own-failure.ts';

/** How our own way to the receivers does. */
export type EgressHealth = {
  failed(kind: OwnFailureKind, cause: unknown): void;
  /** An exchange has taken place over a new connection, to a name that name servers know or to an address. */
  worked(isByName: boolean): void;
  /** What is wrong with it, in words for the operator; null when nothing is known to be. */
  objection(): string | null;
};

const words: Record<OwnFailureKind, string> = {
  proxy: 'the egress proxy does not answer, or refuses our requests',
  resolver: 'no name server answers',
  network: 'no connection leaves this machine: no route, or a firewall of ours',
  resources: 'no file descriptors, ports or memory are left for connections',
};

// Twice as long as the longest wait before such an attempt is made again: then nobody is affected any more.
const staleMs = 120_000;
const reportsEveryMs = 60_000;

/** `report` hears of every kind at most once a minute while it lasts, `count` of every failure. */
export function createEgressHealth({
  count,
  report,
}: {
  count: (kind: OwnFailureKind) => void;
  report: (kind: OwnFailureKind, why: string) => void;
}): EgressHealth {
  const failedMs = new Map<OwnFailureKind, number>();
  const reportedMs = new Map<OwnFailureKind, number>();
  return {
    failed(kind, cause) {
      const nowMs = performance.now();
      failedMs.set(kind, nowMs);
      count(kind);
      if (nowMs - (reportedMs.get(kind) ?? -Infinity) < reportsEveryMs) return;
      reportedMs.set(kind, nowMs);
      report(kind, whyOf(cause));
    },
    worked(isByName) {
      for (const kind of failedMs.keys()) if (isByName || kind !== 'resolver') failedMs.delete(kind);
    },
    objection() {
      const sinceMs = performance.now() - staleMs;
      const [found] = ownFailureKinds.filter((kind) => (failedMs.get(kind) ?? -Infinity) > sinceMs);
      return found === undefined ? null : words[found];
    },
  };
}

/** For the operator's log only. */
function whyOf(cause: unknown): string {
  const { message, cause: deeper } = cause as { message?: unknown; cause?: unknown };
  const code = codeOf(deeper) || codeOf(cause);
  return [typeof message === 'string' ? message : '', code].filter((part) => part !== '').join(': ');
}
