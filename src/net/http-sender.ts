import { Buffer } from 'node:buffer';
import { type Dispatcher, request } from 'undici';
import type { CallbackResponse, Exchange } from '../domain/attempt.ts';
import { fromDate } from '../domain/instant.ts';
import type { CallbackSender } from '../ports.ts';
import { describeFailure } from './describe-failure.ts';

const maxBodyBytes = 16 * 1024;

/** Makes one HTTP exchange: no redirects, no re-sends, one deadline from the first packet to the last byte read. */
export function createHttpSender(agent: Dispatcher): CallbackSender {
  return {
    async send({ url, headers, body, timeoutMs }, signal) {
      const startedAt = fromDate(new Date());
      const startedMs = performance.now();
      const deadline = AbortSignal.timeout(timeoutMs);
      const given = AbortSignal.any([deadline, signal]);
      const ended = (result: Pick<Exchange, 'failure' | 'response'>): Exchange => ({
        startedAt,
        durationMs: performance.now() - startedMs,
        ...result,
      });
      let response: CallbackResponse | null = null;
      try {
        given.throwIfAborted();
        const answer = await orAborted(
          request(url, {
            dispatcher: agent,
            method: 'POST',
            headers,
            body: Buffer.from(body, 'utf8'),
            signal: given,
          }),
          given,
        );
        response = {
          status: answer.statusCode,
          headers: flatten(answer.headers),
          body: new Uint8Array(),
          truncated: true,
        };
        await readBody(answer.body, response);
        return ended({ failure: null, response });
      } catch (cause) {
        return ended({
          failure: describeFailure(cause, { isLate: deadline.aborted, isStopped: signal.aborted, timeoutMs }),
          response,
        });
      }
    },
  };
}

/** undici heeds the signal only once a connection is made: until then this does. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}

/**
 * Reads the first 16 KiB into `response`, which keeps what has come should the rest never come. What follows is not
 * read, and its connection is closed rather than drained.
 */
async function readBody(stream: Dispatcher.ResponseData['body'], response: CallbackResponse): Promise<void> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    response.body = bytes.subarray(0, maxBodyBytes);
    if (bytes.length > maxBodyBytes) return;
  }
  response.truncated = false;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
