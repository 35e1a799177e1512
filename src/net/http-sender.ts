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
      const ended = (result: Pick<Exchange, 'failure' | 'response'>): Exchange => ({
        startedAt,
        durationMs: performance.now() - startedMs,
        ...result,
      });
      let response: CallbackResponse | null = null;
      try {
        const answer = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers,
          body: Buffer.from(body, 'utf8'),
          signal: AbortSignal.any([deadline, signal]),
        });
        response = {
          status: answer.statusCode,
          headers: flatten(answer.headers),
          body: new Uint8Array(),
          truncated: false,
        };
        Object.assign(response, await readBody(answer.body));
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

/** The first 16 KiB; what follows is not read, and its connection is closed rather than drained. */
async function readBody(
  stream: Dispatcher.ResponseData['body'],
): Promise<Pick<CallbackResponse, 'body' | 'truncated'>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBodyBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBodyBytes), truncated: bytes > maxBodyBytes };
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
