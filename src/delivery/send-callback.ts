import type { Exchange } from '../domain/delivery/attempt.ts';
import { fromDate } from '../domain/instant.ts';
import type {
  AccessTokens,
  CallbackSender,
  DeliveryJob,
  OAuth2Credential,
  SecretBox,
  StoredCallback,
} from '../ports/index.ts';
import { buildCallbackRequest } from './build-callback-request.ts';
import { hideCredentials } from './hide-credentials.ts';
import { decryptCredentials, type Credentials } from './decrypt-credentials.ts';

export type SendPorts = {
  sender: CallbackSender;
  secrets: SecretBox;
  accessTokens: AccessTokens;
  userAgent: string;
  /** Where links to Ringback lead, without a slash at its end. */
  publicUrl: string;
  /** Hears of every credential that no key decrypts: it concerns its own callback only. */
  onUnopenedCredentials: (unopened: UnopenedCredentials) => void;
};

export type UnopenedCredentials = { serviceId: string; callbackId: string; event: string; reason: string };

/** The exchange of one attempt, with the credentials as they are now and without them in what comes back. */
export async function sendCallback(
  ports: SendPorts,
  job: DeliveryJob,
  callback: StoredCallback,
  signal: AbortSignal,
): Promise<Exchange> {
  const credentials = openedOrNull(ports, job, callback);
  if (!credentials) return prevented();
  const { auth } = credentials;
  const exchange = (accessToken: string | null, timeoutMs: number): Promise<Exchange> => {
    const request = buildCallbackRequest(ports, job, callback, credentials, { accessToken });
    return ports.sender.send({ ...request, timeoutMs }, signal);
  };
  const timeoutMs = callback.policy.timeoutSeconds * 1000;
  if (auth.type !== 'oauth2_client_credentials')
    return hideCredentials(await exchange(null, timeoutMs), auth, []);
  return sendWithAccessToken(ports, { callback, auth, exchange, timeoutMs, signal });
}

function openedOrNull(
  { secrets, onUnopenedCredentials }: SendPorts,
  job: DeliveryJob,
  callback: StoredCallback,
): Credentials | null {
  try {
    return decryptCredentials(secrets, job, callback);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it does not decrypt';
    onUnopenedCredentials({ serviceId: job.serviceId, callbackId: callback.id, event: job.event, reason });
    return null;
  }
}

/** Without what proves us to the receiver nothing is sent: it would be refused, and that would be held against the receiver. */
function prevented(): Exchange {
  const reason = 'Ringback cannot decrypt the credentials of this callback. This attempt does not count.';
  const failure = { outcome: 'credential_error', reason } as const;
  return { startedAt: fromDate(new Date()), durationMs: 0, failure, response: null };
}

type OAuth2Attempt = {
  callback: StoredCallback;
  auth: OAuth2Credential;
  exchange: (accessToken: string, timeoutMs: number) => Promise<Exchange>;
  timeoutMs: number;
  signal: AbortSignal;
};

/**
 * A kept token may have been withdrawn before its time, which only a 401 tells: then the exchange is made once more with
 * a new one, as part of the same attempt and of its deadline. A 401 to a token that is new stands.
 */
async function sendWithAccessToken(
  { accessTokens }: SendPorts,
  { callback, auth, exchange, timeoutMs, signal }: OAuth2Attempt,
): Promise<Exchange> {
  const startedAt = fromDate(new Date());
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const leftMs = (): number => Math.max(1, Math.ceil(timeoutMs - elapsedMs()));
  const whole = (last: Pick<Exchange, 'failure' | 'response'>, ...tokens: string[]): Exchange =>
    hideCredentials({ ...last, startedAt, durationMs: elapsedMs() }, auth, tokens);
  const owner = { callbackId: callback.id, version: callback.version };

  const first = await accessTokens.obtain(owner, auth, { signal, timeoutMs: leftMs() });
  if (first.kind === 'failed') return whole({ failure: first.failure, response: null });
  const answer = await exchange(first.token, leftMs());
  if (first.isNew || answer.failure || answer.response?.status !== 401) return whole(answer, first.token);

  const second = await accessTokens.obtain(owner, auth, {
    signal,
    timeoutMs: leftMs(),
    rejected: first.token,
  });
  // What the receiver answered says more than why there was no second exchange.
  if (second.kind === 'failed') return whole(answer, first.token);
  return whole(await exchange(second.token, leftMs()), first.token, second.token);
}
