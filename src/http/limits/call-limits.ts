// What bounds the calls of one caller. Kept in each process and not in PostgreSQL: a round trip for every status would
// cost more than the status. With several API processes each allows its own share.
//
// @fastify/rate-limit counts a request before its credential is known, in windows of which two adjacent ones let twice as
// many through, by a clock that tests cannot set; what is limited here is mostly what turned out to be wrong.
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../domain/errors.ts';
import { clientAddress } from './client-address.ts';
import { createPacer } from './pacer.ts';
import { createTokenBuckets, type Limit } from './token-buckets.ts';

export type LimitSettings = {
  /** Of an API key whose service has no limit of its own. */
  requestsPerSecond: number;
  /** Of a client address: requests whose credential is wrong that are looked at in full, to the API and to the webhooks each. */
  failuresPerSecond: number;
  /** How many requests a second of addresses that fail too often are refused; the others wait for it. */
  refusalsPerSecond?: number;
};

export interface CallLimits {
  /** Counts a request of an API key; throws RATE_LIMITED. */
  admitKey(keyId: string, perSecond: number | null): void;
  failures: FailureLimit;
  webhookFailures: FailureLimit;
  /** Waits for the turn of a request that looks wrong, behind those that are refused; does not wait where too many do. */
  turn(): Promise<true>;
  /** Throws a refusal of an address that fails too often in its turn; where too many wait, the connection ends unanswered. */
  refuse(refusal: Error, request: FastifyRequest): Promise<never>;
  /** Counts a webhook from an address whose failures are spent: 0 where it may be checked, else seconds to wait. */
  webhookChecks(address: string): number;
}

interface FailureLimit {
  /** Whether an address has failed so often that only what costs little is looked at. */
  isSpent(address: string): boolean;
  /** Counts a failure: what to answer with, `failure` itself or RATE_LIMITED once there were too many. */
  refusal(address: string, failure: Error): Error;
}

/** Some 100 bytes each. An address that goes on failing is never among those forgotten. */
const maxAddresses = 20_000;
const maxKeys = 20_000;
/** Measured: a refusal costs 0.2 ms of the thread, so these are 2 % of it; 500 that wait are answered within five seconds. */
const refusalsPerSecond = 100;
const maxWaitingRefusals = 500;
const loggedEveryMs = 60_000;
/** How many seconds' worth may come at once, of what nobody has limited by hand. */
const defaultBurstSeconds = 5;

export function createCallLimits(settings: LimitSettings, nowMs: () => number): CallLimits {
  const keys = createTokenBuckets({ maxKeys, nowMs });
  const checks = createTokenBuckets({ maxKeys: maxAddresses, nowMs });
  const spared = { perSecond: settings.failuresPerSecond, burst: settings.failuresPerSecond };
  const pacer = createPacer({
    perSecond: settings.refusalsPerSecond ?? refusalsPerSecond,
    maxWaiting: maxWaitingRefusals,
  });
  let refused = 0;
  let loggedAtMs = -Infinity;
  const noteRefusal = ({ ip, log }: FastifyRequest): void => {
    refused += 1;
    if (nowMs() - loggedAtMs < loggedEveryMs) return;
    log.warn(
      { refused, address: clientAddress(ip) },
      'an address sends too many requests with wrong credentials',
    );
    [refused, loggedAtMs] = [0, nowMs()];
  };
  return {
    async turn() {
      await pacer.turn();
      return true;
    },
    async refuse(refusal, request) {
      noteRefusal(request);
      if (!(await pacer.turn())) request.raw.socket.destroy();
      throw refusal;
    },
    admitKey(keyId, own) {
      const perSecond = own ?? settings.requestsPerSecond;
      const burst = own ?? perSecond * defaultBurstSeconds;
      const wait = keys.take(keyId, { perSecond, burst });
      if (wait > 0)
        throw rateLimited(`This API key may make ${perSecond} requests a second, and has made them.`, wait);
    },
    failures: createFailureLimit(settings.failuresPerSecond, nowMs),
    webhookFailures: createFailureLimit(settings.failuresPerSecond, nowMs),
    webhookChecks: (address) => checks.take(address, spared),
  };
}

function createFailureLimit(perSecond: number, nowMs: () => number): FailureLimit {
  const limit: Limit = { perSecond, burst: perSecond * defaultBurstSeconds };
  const buckets = createTokenBuckets({ maxKeys: maxAddresses, nowMs });
  return {
    isSpent: (address) => buckets.peek(address, limit) > 0,
    refusal(address, failure) {
      const wait = buckets.take(address, limit);
      return wait === 0
        ? failure
        : rateLimited('Too many requests with wrong credentials have come from this address.', wait);
    },
  };
}

export function rateLimited(what: string, waitSeconds: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitSeconds));
  const wait = `${retryAfterSeconds} second${retryAfterSeconds === 1 ? '' : 's'}`;
  return new AppError('RATE_LIMITED', `${what} Repeat the request after ${wait}.`, { retryAfterSeconds });
}
