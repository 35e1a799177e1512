import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

/** The answer to one request was longer on the wire than any that is read to its end. */
class EndlessAnswerError extends Error {
  override readonly name = 'EndlessAnswerError';
  readonly code = 'RINGBACK_ENDLESS_ANSWER';
}

// Headers, interim answers and the 16 KiB of a body come to less. Chunk extensions and blank lines before an answer
// count towards none of undici's limits, and would be parsed at full speed until the deadline.
const maxAnswerBytes = 256 * 1024;
const maxContinueBytes = 8 * 1024;

const continueStarts = ['HTTP/1.1 100 ', 'HTTP/1.1 100\r', 'HTTP/1.0 100 ', 'HTTP/1.0 100\r'];
const continueStartLength = 13;

/**
 * Has undici see on this connection what it can stand: no `100 Continue`, which a client has to ignore (RFC 9110,
 * 15.2) and undici takes for a broken answer, and no answer without end.
 */
export function guardReads<S extends Socket>(socket: S): S {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  const write = socket.write.bind(socket);
  let received = 0;
  let held: Buffer = Buffer.alloc(0);
  let isBeforeAnswer = true;

  socket.write = ((...args: Parameters<typeof write>) => {
    received = 0;
    isBeforeAnswer = true;
    return write(...args);
  }) as S['write'];

  socket.read = ((size?: number) => {
    for (;;) {
      const chunk = read(size);
      if (chunk === null) return null;
      received += chunk.length;
      if (received > maxAnswerBytes) {
        socket.destroy(new EndlessAnswerError('the answer is too long'));
        return null;
      }
      if (!isBeforeAnswer) return chunk;
      const rest = withoutContinue(Buffer.concat([held, chunk]));
      isBeforeAnswer = rest.isUndecided;
      held = rest.isUndecided ? rest.bytes : Buffer.alloc(0);
      if (!rest.isUndecided) return rest.bytes;
    }
  }) as S['read'];
  return socket;
}

/** `bytes` after the `100 Continue`s at their beginning; undecided while one might still be coming in. */
function withoutContinue(bytes: Buffer): { bytes: Buffer; isUndecided: boolean } {
  let rest = bytes;
  for (;;) {
    const start = rest.toString('latin1', 0, continueStartLength);
    if (!continueStarts.includes(start))
      return { bytes: rest, isUndecided: continueStarts.some((each) => each.startsWith(start)) };
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { bytes: rest, isUndecided: rest.length < maxContinueBytes };
    rest = rest.subarray(end + 4);
  }
}
