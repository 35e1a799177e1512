import type { CallbackSender, Sns } from '../ports/index.ts';
import { AppError } from '../domain/errors.ts';

const timeoutMs = 5_000;
const never = new AbortController().signal;
/** SNS signs with a few certificates at a time, for months. */
const keptMs = 60 * 60_000;
const maxKept = 20;
/** The URL is not a signed field, so anyone may name one; what could not be fetched is not fetched again at once. */
const failureKeptMs = 10_000;
const maxFailures = 1_000;
const maxFetchedAtOnce = 4;

/** SNS by the sender that makes callbacks too: to public addresses only, without redirects, and within bounds. */
export function createSns(sender: CallbackSender, now: () => number = Date.now): Sns {
  const kept = new Map<string, { until: number; certificate: string }>();
  const failed = new Map<string, { until: number; cause: unknown }>();
  const fetching = new Map<string, Promise<string>>();

  const get = async (url: string): Promise<string> => {
    const request = { owner: 'sns', method: 'GET' as const, url, headers: {}, body: null, timeoutMs };
    const { failure, response } = await sender.send(request, never);
    if (failure) throw new AppError('UNAVAILABLE', `SNS cannot be asked: ${failure.reason}`);
    if (response?.status !== 200)
      throw new AppError('UNAVAILABLE', `SNS answered ${response?.status ?? 'nothing'}.`);
    return new TextDecoder().decode(response.body);
  };

  const fetchCertificate = async (url: string): Promise<string> => {
    try {
      const certificate = await get(url);
      remember(kept, maxKept, url, { until: now() + keptMs, certificate });
      return certificate;
    } catch (cause) {
      remember(failed, maxFailures, url, { until: now() + failureKeptMs, cause });
      throw cause;
    } finally {
      fetching.delete(url);
    }
  };

  return {
    async certificate(url) {
      const known = kept.get(url);
      if (known && known.until > now()) return known.certificate;
      const failure = failed.get(url);
      if (failure && failure.until > now()) throw failure.cause;
      const underWay = fetching.get(url);
      if (underWay) return underWay;
      // A certificate that was one before is fetched again whatever others are asked for.
      if (!known && fetching.size >= maxFetchedAtOnce)
        throw new AppError('UNAVAILABLE', 'Too many certificates of SNS are being fetched: send this again.');
      const started = fetchCertificate(url);
      fetching.set(url, started);
      return started;
    },

    async confirm(url) {
      await get(url);
    },
  };
}

/** The oldest makes room. */
function remember<T>(entries: Map<string, T>, max: number, key: string, value: T): void {
  entries.delete(key);
  if (entries.size >= max) entries.delete(entries.keys().next().value ?? key);
  entries.set(key, value);
}
