import type { CallbackSender, Sns } from '../ports/index.ts';
import { AppError } from '../domain/errors.ts';

const timeoutMs = 5_000;
const never = new AbortController().signal;
/** SNS signs with a few certificates at a time, for months. */
const keptMs = 60 * 60_000;
const maxKept = 20;

/** SNS by the sender that makes callbacks too: to public addresses only, without redirects, and within bounds. */
export function createSns(sender: CallbackSender, now: () => number = Date.now): Sns {
  const kept = new Map<string, { until: number; certificate: string }>();

  const get = async (url: string): Promise<string> => {
    const request = { owner: 'sns', method: 'GET' as const, url, headers: {}, body: null, timeoutMs };
    const { failure, response } = await sender.send(request, never);
    if (failure) throw new AppError('UNAVAILABLE', `SNS cannot be asked: ${failure.reason}`);
    if (response?.status !== 200)
      throw new AppError('UNAVAILABLE', `SNS answered ${response?.status ?? 'nothing'}.`);
    return new TextDecoder().decode(response.body);
  };

  return {
    async certificate(url) {
      const known = kept.get(url);
      if (known && known.until > now()) return known.certificate;
      const certificate = await get(url);
      if (kept.size >= maxKept) kept.clear();
      kept.set(url, { until: now() + keptMs, certificate });
      return certificate;
    },

    async confirm(url) {
      await get(url);
    },
  };
}
