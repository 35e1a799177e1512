const parentPollMs = 250;

/**
 * Aborted when this process is asked to end: by SIGTERM, SIGINT or SIGHUP, or because the npm that runs it is gone.
 * Later signals change nothing: npm and the process group may both pass on the same one.
 */
export function stopRequested(env: NodeJS.ProcessEnv): AbortSignal {
  const stop = new AbortController();
  const request = (): void => stop.abort();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, request);
  if (env['npm_lifecycle_event'] !== undefined) {
    const npm = process.ppid;
    const poll = setInterval(() => process.ppid !== npm && request(), parentPollMs);
    poll.unref();
    stop.signal.addEventListener('abort', () => clearInterval(poll));
  }
  return stop.signal;
}
