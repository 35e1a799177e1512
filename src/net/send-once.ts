import { Buffer } from 'node:buffer';
import type { Dispatcher } from 'undici';
import type { CallbackResponse } from '../domain/attempt.ts';
import type { CallbackRequest } from '../ports/index.ts';
import { boundHeaders } from './bound-headers.ts';
import { collectBody, type BodyCollector } from './collect-body.ts';
import type { Connection } from './connections.ts';

/** The receiver does what HTTP does not allow, or allows without end. */
export class HostileAnswerError extends Error {
  override readonly name = 'HostileAnswerError';
}

// 102 and 103 may come several times; nobody needs them this often.
const maxInterimAnswers = 32;

const emptyBody = { GET: null, POST: Buffer.alloc(0) };

export type Sending = {
  /** Resolves when the answer is whole, or as much has come as is kept; rejects with what came instead. */
  ended: Promise<void>;
  isSent(): boolean;
  /** The answer as far as it has come; null without a status line. */
  received(): Promise<CallbackResponse | null>;
  /** Closes the connection, also while it is being made. */
  abandon(reason: Error): void;
};

/** Sends one request, once, and collects its answer within bounds. */
export function sendOnce(
  connection: Pick<Connection, 'dispatcher' | 'mayKeep' | 'destroy'>,
  request: Pick<CallbackRequest, 'method' | 'url' | 'headers' | 'body'>,
): Sending {
  let sent: Dispatcher.DispatchController | null = null;
  let abandonedBecause: Error | null = null;
  let head: Pick<CallbackResponse, 'status' | 'headers'> | null = null;
  let body: BodyCollector | null = null;
  let interimAnswers = 0;
  let isWhole = false;

  const abandon = (reason: Error): void => {
    abandonedBecause ??= reason;
    connection.destroy(reason);
  };
  const ended = new Promise<void>((resolve, reject) => {
    const { origin, pathname, search } = new URL(request.url);
    connection.dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method: request.method,
        headers: request.headers,
        // An empty POST says that it is empty; a GET says nothing of a body.
        body: request.body === null ? emptyBody[request.method] : Buffer.from(request.body, 'utf8'),
        reset: !connection.mayKeep,
      },
      {
        onRequestStart(controller) {
          // undici starts a request again whose connection it closed itself: here it is sent once or never.
          if (sent) abandonedBecause ??= new Error('The request was sent before.');
          if (abandonedBecause) controller.abort(abandonedBecause);
          else sent = controller;
        },
        onResponseStart(controller, status, headers) {
          if (status < 200) {
            interimAnswers += 1;
            if (interimAnswers > maxInterimAnswers)
              controller.abort(new HostileAnswerError('interim answers came without end'));
            return;
          }
          head = { status, headers: boundHeaders(headers) };
          body = collectBody([headers['content-encoding'] ?? ''].flat().join(','), () => {
            resolve();
            abandon(new Error('Enough of the answer has come.'));
          });
        },
        onResponseData(_controller, chunk) {
          body?.push(chunk);
        },
        onResponseEnd() {
          isWhole = true;
          resolve();
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });

  return {
    ended,
    abandon,
    isSent: () => sent !== null,
    async received() {
      return head && body && { ...head, ...(await body.finish(isWhole)) };
    },
  };
}
