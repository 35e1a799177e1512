import { Context } from '@temporalio/activity';

// Far below the heartbeat timeouts that workflows give; what ends sooner sends none.
const heartbeatMs = 5_000;

/** Lets Temporal know that this process is alive while `work` waits for the network, so that a dead one is missed soon. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beating = setInterval(() => context.heartbeat(), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
