/** The deadline passed. */
export class DeadlineExceededError extends Error {
  override readonly name = 'LateError';
}

/** Ringback itself is stopping. */
export class AbortedError extends Error {
  override readonly name = 'StoppedError';
}

/**
 * Waits for `promise`, but no longer than `timeoutMs`, and not once `signal` is aborted. By hand, because on Node 20
 * `AbortSignal.any` keeps something of every call for as long as the longest-lived of its signals lives.
 */
export async function withDeadline(
  promise: Promise<void>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  let cleanUp = (): void => undefined;
  const end = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(new AbortedError('Ringback is stopping.'));
    const timer = setTimeout(() => reject(new DeadlineExceededError('The deadline has passed.')), timeoutMs);
    signal.addEventListener('abort', onAbort);
    cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  await Promise.race([promise, end]).finally(cleanUp);
}
