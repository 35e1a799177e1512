import type { Exchange } from '../domain/attempt.ts';
import { SilentProxyError, TargetRefusedError } from './egress-tunnel.ts';
import { LateError, StoppedError } from './give-until.ts';
import { RefusedAddressError } from './guarded-agent.ts';
import { HostileAnswerError } from './send-once.ts';

type Failure = NonNullable<Exchange['failure']>;

export type FailureContext = { isTls: boolean; isSent: boolean; hasAnswered: boolean; timeoutMs: number };

const words = {
  ECONNREFUSED: 'nothing listens at that address and port',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be resolved just now',
  ETIMEDOUT: 'the connection could not be made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be made in time',
  UND_ERR_HEADERS_OVERFLOW: 'the response headers are too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as its content-length says',
  RINGBACK_ENDLESS_ANSWER: 'the answer is without end',
} as const;

const tlsWords: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes without those that lead to a trusted authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what came is not TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what came is not TLS',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the receiver does not speak TLS 1.2 or later',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the receiver asks for a client certificate',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the receiver does not speak TLS 1.2 or later',
};

/** Why there was no complete answer, told apart as the history tells it, in words that name no secret. */
export function describeFailure(cause: unknown, context: FailureContext): Failure {
  if (cause instanceof StoppedError)
    return { outcome: 'cancelled', reason: 'Ringback stopped during this attempt.' };
  if (cause instanceof LateError) {
    const what = context.isSent ? 'No complete answer' : 'No connection';
    return { outcome: 'timeout', reason: `${what} within ${context.timeoutMs / 1000} seconds.` };
  }
  if (cause instanceof RefusedAddressError)
    return { outcome: 'refused', reason: `Refused: ${cause.message}.` };
  if (cause instanceof HostileAnswerError) return connectError(cause.message);
  // That there is a proxy, and what it says, is not for the history.
  if (cause instanceof TargetRefusedError)
    return connectError(cause.isForbidden ? 'the host may not be called from here' : words.EHOSTUNREACH);
  if (cause instanceof SilentProxyError) return connectError(words.EHOSTUNREACH);
  const { code, message } = firstError(cause);
  const isClosed = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code);
  if (isClosed && context.isTls && !context.isSent)
    return tlsError('the receiver closed the connection during the TLS handshake');
  if (isTlsCode(code)) return tlsError(tlsWords[code] ? `${tlsWords[code]} (${code})` : code);
  return connectError(inWords(code, message, context));
}

/** Of what is not the receiver's fault. What it is, the operator's log and metrics say: it would describe our network. */
export function describeOwnFailure(): Failure {
  return { outcome: 'egress_error', reason: "Ringback's own network failed. This attempt does not count." };
}

function connectError(reason: string): Failure {
  return { outcome: 'connect_error', reason: `The exchange failed: ${reason}.` };
}

function tlsError(reason: string): Failure {
  return { outcome: 'tls_error', reason: `The secure connection failed: ${reason}.` };
}

function inWords(code: string, message: string, { hasAnswered }: FailureContext): string {
  // undici gives the same code to a close and to what it closes itself.
  if (code === 'HTTPParserError' || (code === 'UND_ERR_SOCKET' && message.startsWith('bad ')))
    return 'what came is not an HTTP answer';
  if (['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code))
    return hasAnswered
      ? 'the receiver closed the connection in the middle of its answer'
      : 'the receiver closed the connection before it answered';
  return Object.hasOwn(words, code) ? words[code as keyof typeof words] : code;
}

// By shape, not by class: Node's own errors are of another realm where code runs in a `vm` context, as tests do.
function firstError(cause: unknown): { code: string; message: string } {
  const { code, name, message, errors } = cause as Record<string, unknown>;
  if (Array.isArray(errors) && errors.length > 0) return firstError(errors[0]);
  const known = [code, name].find((each) => typeof each === 'string');
  return {
    code: typeof known === 'string' ? known : 'an unknown error',
    message: typeof message === 'string' ? message : '',
  };
}

function isTlsCode(code: string): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_PURPOSE)/.test(
      code,
    ) || code === 'ERR_INVALID_PROTOCOL'
  );
}
