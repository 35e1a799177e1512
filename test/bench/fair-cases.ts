// The cases of `bench:fair`: some customers' receivers are in trouble; what do the others notice?
import { createInstallation, type Installation } from '../support/installation.ts';
import { createService, type TestService } from '../support/service-fixture.ts';
import { pause, until } from '../support/until.ts';
import { removeWhenInterrupted } from './cleanup.ts';
import { percentile, steadyLoad, type Target } from './fair-load.ts';
import { createFairReceivers, type Endpoint, type FairReceivers } from './fair-receivers.ts';
import { startSilentNames } from './silent-names.ts';

/** One line of the table. Latencies in milliseconds. */
export type Row = {
  name: string;
  before: { p50: number; p95: number } | null;
  p95: number;
  /** What is held against the target. */
  found: string;
  target: string;
  isMet: boolean;
};

export type FairCase = { id: string; run: () => Promise<Row> };

const allowedRatio = 1.3;
/** A machine that is this slow before the trouble has no room to show what the trouble does. */
const tooBusyMs = 500;
/** As long as an exchange may take: nothing that hangs ends before its case does. */
const policy = { timeout_seconds: 120 };

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, place) => `${prefix}-${place}`);

async function onInstallation<T>(
  env: Record<string, string>,
  work: (ringback: Installation, receivers: FairReceivers) => Promise<T>,
): Promise<T> {
  const ringback = await createInstallation({ LOG_LEVEL: 'error', ...env });
  removeWhenInterrupted(ringback);
  const receivers = createFairReceivers();
  try {
    await ringback.start();
    return await work(ringback, receivers);
  } finally {
    receivers.stop();
    await ringback.remove();
  }
}

async function servicesFor(ringback: Installation, endpoints: readonly Endpoint[]): Promise<TestService[]> {
  const services: TestService[] = [];
  for (const { url } of endpoints) services.push(await createService(ringback, url, policy));
  return services;
}

/** The latency of those in no trouble: while nobody is, and then while some are, from the first second or once it is open. */
async function compare(
  name: string,
  receivers: FairReceivers,
  options: {
    well: readonly TestService[];
    troubled: readonly TestService[];
    /** Where not everybody has the same part of the load, who is told in turn. */
    turns?: readonly Target[];
    perSecond: number;
    seconds: number;
    /** So many come to each of the troubled in the first moment of the trouble. */
    first?: number;
    /** Measured only once so many requests hang. */
    hangingFirst?: number;
    /** Whether those that will be in trouble are told before, too. */
    isAloneBefore?: boolean;
    begin: () => void;
  },
): Promise<Row> {
  const { perSecond, seconds, first = 0, hangingFirst = 0 } = options;
  const well = options.well.map((service): Target => ({ service, isMeasured: true }));
  const troubled = options.troubled.map((service): Target => ({ service, isMeasured: false }));
  const during = options.turns ?? [...well, ...troubled];
  const before = options.isAloneBefore ? well : during;
  await steadyLoad(receivers, before, { perSecond, seconds: 5 });
  const without = await steadyLoad(receivers, before, { perSecond, seconds });
  // What came before has ended; the trouble then begins together with the load.
  await pause(2_000);
  options.begin();
  const atOnce = troubled.flatMap((target) => Array.from({ length: first }, () => target));
  if (hangingFirst > 0) {
    await steadyLoad(receivers, [], { perSecond, seconds: 0, atOnce });
    await until('the requests hang', () => receivers.openCount() >= hangingFirst, 120);
    await pause(5_000);
    atOnce.length = 0;
  }
  const withTrouble = await steadyLoad(receivers, during, { perSecond, seconds, atOnce });
  const [p95, own] = [percentile(without, 0.95), percentile(withTrouble, 0.95)];
  return {
    name,
    before: { p50: percentile(without, 0.5), p95 },
    p95: own,
    found: p95 > tooBusyMs ? 'too slow before to tell' : `× ${(own / p95).toFixed(2)}`,
    target: `× ${allowedRatio}`,
    isMet: p95 <= tooBusyMs && own / p95 <= allowedRatio,
  };
}

/** The hanging one is told more than the others, before as well. */
const oneHangs: FairCase = {
  id: '0',
  run: () =>
    onInstallation({}, async (ringback, receivers) => {
      const names = numbered('endpoint', 50);
      const services = await servicesFor(ringback, await receivers.onTheirOwn(names));
      const [troubled, ...well] = services;
      if (!troubled) throw new Error('there is no endpoint');
      const turns = well.flatMap((service, place) => [
        { service, isMeasured: true },
        ...(place % 5 === 0 ? [{ service: troubled, isMeasured: false }] : []),
      ]);
      return compare('1 of 50 endpoints hangs', receivers, {
        ...{ well, troubled: [troubled], turns, perSecond: 24, seconds: 60 },
        begin: () => receivers.silence(names.slice(0, 1)),
      });
    }),
};

const oneOrigin: FairCase = {
  id: '1a',
  run: () =>
    onInstallation({}, async (ringback, receivers) => {
      const names = ['well', ...numbered('hangs', 5)];
      const [well, ...troubled] = await servicesFor(ringback, await receivers.onOneOrigin(names));
      if (!well) throw new Error('there is no endpoint');
      return compare('one origin: 80 requests of 5 callbacks hang', receivers, {
        ...{ well: [well], troubled, turns: [{ service: well, isMeasured: true }] },
        ...{ isAloneBefore: true, perSecond: 10, seconds: 30 },
        ...{ first: 16, hangingFirst: 80 },
        begin: () => receivers.silence(names.slice(1)),
      });
    }),
};

const inFlight = 300;

const slowReceiver: FairCase = {
  id: '1b',
  run: () =>
    onInstallation({}, async (ringback, receivers) => {
      const [endpoint] = await receivers.onOneOrigin(['slow']);
      const service = await createService(ringback, endpoint?.url ?? '', { timeout_seconds: 10 }, inFlight);
      receivers.delay('slow', 8_000);
      const target = { service, isMeasured: true };
      const latencies = await steadyLoad(receivers, [target], { perSecond: inFlight, seconds: 1 });
      await until('they are answered', () => receivers.arrivals.size === inFlight, 120).catch(
        () => undefined,
      );
      await pause(9_000);
      const once = [...receivers.arrivals.values()].filter(({ times }) => times === 1).length;
      return {
        name: `${inFlight} in flight, 8 s each, timeout 10 s`,
        before: null,
        p95: percentile(latencies, 0.95),
        found: `${once} in one attempt`,
        target: `${inFlight}`,
        isMet: once === inFlight,
      };
    }),
};

const silentNames: FairCase = {
  id: '2',
  run: async () => {
    const names = await startSilentNames((name) => name.startsWith('well'));
    try {
      return await onInstallation({ EGRESS_RESOLVERS: names.address }, async (ringback, receivers) => {
        const wellNames = numbered('well', 10);
        const well = await servicesFor(ringback, await receivers.onOneOrigin(wellNames, 'well.test'));
        const troubled: TestService[] = [];
        for (const name of numbered('silent', 16))
          troubled.push(
            ...(await servicesFor(ringback, await receivers.onOneOrigin([name], `${name}.test`))),
          );
        return await compare('16 attempts at names whose server is silent', receivers, {
          ...{ well, troubled, turns: well.map((service) => ({ service, isMeasured: true })) },
          ...{ isAloneBefore: true, perSecond: 10, seconds: 30, first: 1, begin: () => undefined },
        });
      });
    } finally {
      await names.stop();
    }
  },
};

const manySilent: FairCase = {
  id: '5',
  run: () =>
    onInstallation({}, async (ringback, receivers) => {
      const names = numbered('endpoint', 200);
      const services = await servicesFor(ringback, await receivers.onTheirOwn(names));
      return compare('150 of 200 fall silent in the same second', receivers, {
        ...{ well: services.slice(150), troubled: services.slice(0, 150), perSecond: 32, seconds: 45 },
        begin: () => receivers.silence(names.slice(0, 150)),
      });
    }),
};

export const fairCases: readonly FairCase[] = [oneHangs, oneOrigin, slowReceiver, silentNames, manySilent];
