import type { Logger } from 'pino';
import type { UnopenedCredentials } from '../../activities/index.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const reportsEveryMs = 600_000;
const maxReported = 10_000;

/** Counts every attempt that it prevents, and logs each callback at most once in ten minutes. */
export function reportUnopenedCredentials(
  metrics: Pick<Metrics, 'secretUnopened'>,
  log: Pick<Logger, 'error'>,
): (unopened: UnopenedCredentials) => void {
  const reportedMs = new Map<string, number>();
  return (unopened) => {
    metrics.secretUnopened('callback');
    const nowMs = performance.now();
    if (nowMs - (reportedMs.get(unopened.callbackId) ?? -Infinity) < reportsEveryMs) return;
    if (reportedMs.size >= maxReported) reportedMs.clear();
    reportedMs.set(unopened.callbackId, nowMs);
    log.error(
      unopened,
      'the credentials of this callback cannot be decrypted: its statuses wait until they are configured again or RINGBACK_SECRET_KEYS has their key',
    );
  };
}
