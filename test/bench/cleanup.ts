// What has been started and not stopped yet; an interrupted benchmark leaves none of it behind.
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

export function onSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll());
}

async function stopAll(): Promise<void> {
  for (const stop of [...open].reverse()) await stop().catch(() => undefined);
  process.exit(130);
}

/** Stops what `make` gave, however `work` ends. */
export async function using<T extends { stop(): Promise<void> }, R>(
  make: Promise<T>,
  work: (made: T) => Promise<R>,
): Promise<R> {
  const made = await make;
  const stop = stopLater(() => made.stop());
  try {
    return await work(made);
  } finally {
    await stop();
  }
}
