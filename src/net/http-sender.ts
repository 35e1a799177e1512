import type { Exchange } from '../domain/attempt.ts';
import { fromDate } from '../domain/instant.ts';
import type { CallbackSender } from '../ports/index.ts';
import { describeFailure, describeOwnFailure } from './describe-failure.ts';
import type { EgressHealth } from './egress-health.ts';
import { giveUntil, StoppedError } from './give-until.ts';
import type { HttpAgent } from './guarded-agent.ts';
import { sendOnce } from './send-once.ts';

/**
 * Makes one HTTP exchange: no redirects, no re-sends, no cookies, one deadline from the first packet to the last byte
 * read, and a connection of its owner's.
 */
export function createHttpSender(agent: HttpAgent, health: EgressHealth | null = null): CallbackSender {
  return {
    async send({ owner = '', method, url, headers, body, timeoutMs }, signal) {
      const startedAt = fromDate(new Date());
      const startedMs = performance.now();
      const ended = (
        result: Pick<Exchange, 'failure' | 'response'>,
        endedMs = performance.now(),
      ): Exchange => ({
        startedAt,
        durationMs: endedMs - startedMs,
        ...result,
      });
      const context = { isTls: url.startsWith('https:'), isSent: false, hasAnswered: false, timeoutMs };
      if (signal.aborted)
        return ended({ failure: describeFailure(new StoppedError(), context), response: null });

      const connection = agent.take(owner, new URL(url).origin);
      const sending = sendOnce(connection, {
        method,
        url,
        // Saves receivers the work, and us the bombs of those that heed it.
        headers: { 'accept-encoding': 'identity', ...headers },
        body,
      });
      try {
        await giveUntil(sending.ended, timeoutMs, signal);
        if (connection.isNew) health?.worked(connection.progress.askedFor !== null);
        return ended({ failure: null, response: await sending.received() });
      } catch (cause) {
        const endedMs = performance.now();
        const isSent = sending.isSent();
        sending.abandon(cause as Error);
        const response = await sending.received();
        const { progress } = connection;
        const own =
          response === null && !(cause instanceof StoppedError)
            ? await agent.judgeFailure(cause, { isSent, progress, sinceMs: startedMs })
            : null;
        if (own !== null) {
          health?.failed(own, cause);
          return ended({ failure: describeOwnFailure(), response: null }, endedMs);
        }
        const failure = describeFailure(cause, { ...context, isSent, hasAnswered: response !== null });
        return ended({ failure, response }, endedMs);
      }
    },
  };
}
