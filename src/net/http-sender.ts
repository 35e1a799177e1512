import type { Dispatcher } from 'undici';
import type { Exchange } from '../domain/attempt.ts';
import { fromDate } from '../domain/instant.ts';
import type { CallbackSender } from '../ports/index.ts';
import { describeFailure } from './describe-failure.ts';
import { giveUntil, StoppedError } from './give-until.ts';
import { countConnections } from './count-connections.ts';
import { sendOnce } from './send-once.ts';

/**
 * Makes one HTTP exchange: no redirects, no re-sends, no cookies, one deadline from the first packet to the last byte
 * read. At most `maxIdleConnections` are kept for later: what goes beyond closes its connection when it is done.
 */
export function createHttpSender(agent: Dispatcher, { maxIdleConnections = 512 } = {}): CallbackSender {
  const connections = countConnections(agent);
  let inFlight = 0;
  return {
    async send({ method, url, headers, body, timeoutMs }, signal) {
      const startedAt = fromDate(new Date());
      const startedMs = performance.now();
      const ended = (result: Pick<Exchange, 'failure' | 'response'>): Exchange => ({
        startedAt,
        durationMs: performance.now() - startedMs,
        ...result,
      });
      const isTls = url.startsWith('https:');
      const described = (cause: unknown, isSent: boolean, hasAnswered: boolean): Exchange['failure'] =>
        describeFailure(cause, { isTls, isSent, hasAnswered, timeoutMs });
      if (signal.aborted)
        return ended({ failure: described(new StoppedError(), false, false), response: null });

      const sending = sendOnce(agent, {
        method,
        url,
        // Saves receivers the work, and us the bombs of those that heed it.
        headers: { 'accept-encoding': 'identity', ...headers },
        body,
        keepAlive: Math.max(connections.open(), inFlight) < maxIdleConnections,
      });
      inFlight += 1;
      try {
        await giveUntil(sending.ended, timeoutMs, signal);
        return ended({ failure: null, response: await sending.received() });
      } catch (cause) {
        sending.abandon(cause as Error);
        const response = await sending.received();
        return ended({ failure: described(cause, sending.isSent(), response !== null), response });
      } finally {
        inFlight -= 1;
      }
    },
  };
}
