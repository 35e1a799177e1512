// What has been started and not stopped yet; an interrupted benchmark leaves none of it behind.
import { stopRequested } from '../../src/embedded/process/stop-requested.ts';
import type { Installation } from '../support/installation.ts';

const open: (() => Promise<void>)[] = [];

/** `stop` is called once: by whoever is done with it, or when the benchmark is interrupted. */
function stopLater(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const once = (): Promise<void> => {
    stopped ??= stop();
    open.splice(open.indexOf(once), 1);
    return stopped;
  };
  open.push(once);
  return once;
}

export function stopWhenInterrupted(): void {
  stopRequested(process.env).addEventListener('abort', () => void stopAll());
}

/** An installation leads a process group of its own, and would outlive an interrupted run. */
export function removeWhenInterrupted(ringback: Installation): void {
  const remove = (): void => void ringback.remove().finally(() => process.exit(130));
  stopRequested(process.env).addEventListener('abort', remove);
}

async function stopAll(): Promise<void> {
  for (const stop of [...open].reverse()) await stop().catch(() => undefined);
  process.exit(130);
}

/** Stops what `make` gives, however `work` ends, and however early: what is being made is waited for. */
export async function using<T extends { stop(): Promise<void> }, R>(
  make: Promise<T>,
  work: (made: T) => Promise<R>,
): Promise<R> {
  const stop = stopLater(async () => (await make).stop());
  try {
    return await work(await make);
  } finally {
    await stop();
  }
}
