import type { Exchange } from '../domain/attempt.ts';
import { RefusedAddressError } from './guarded-agent.ts';

type Failure = NonNullable<Exchange['failure']>;

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at that address and port',
  ECONNRESET: 'the receiver closed the connection before it answered',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be resolved just now',
  EPIPE: 'the receiver closed the connection while the request was sent',
  ETIMEDOUT: 'the connection could not be made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be made in time',
  UND_ERR_SOCKET: 'the receiver closed the connection before it answered',
  UND_ERR_HEADERS_OVERFLOW: 'the response headers are too large',
};

/** Why there was no complete answer, told apart as the history tells it, in words that name no secret. */
export function describeFailure(
  cause: unknown,
  context: { isLate: boolean; isStopped: boolean; timeoutMs: number },
): Failure {
  if (context.isStopped) return { outcome: 'cancelled', reason: 'Ringback stopped during this attempt.' };
  if (context.isLate)
    return { outcome: 'timeout', reason: `No complete answer within ${context.timeoutMs / 1000} seconds.` };
  if (cause instanceof RefusedAddressError)
    return { outcome: 'refused', reason: `Refused: ${cause.message}.` };
  const code = errorCode(cause);
  if (isTlsCode(code)) return { outcome: 'tls_error', reason: `The secure connection failed: ${code}.` };
  return { outcome: 'connect_error', reason: `The exchange failed: ${words[code] ?? code}.` };
}

// By shape, not by class: Node's own errors are of another realm where code runs in a `vm` context, as tests do.
function errorCode(cause: unknown): string {
  const { code, name, errors } = cause as { code?: unknown; name?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errorCode(errors[0]);
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'an unknown error';
}

function isTlsCode(code: string): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_PURPOSE)/.test(
      code,
    ) || code === 'ERR_INVALID_PROTOCOL'
  );
}
