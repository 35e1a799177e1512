// The obvious design's workflow: each signalled status goes out by one regular activity, in turn.
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

type Posting = { post(eventId: string): Promise<void> };

const { post } = proxyActivities<Posting>({
  startToCloseTimeout: '120 seconds',
  retry: { initialInterval: '5 minutes', backoffCoefficient: 1, maximumAttempts: 5 },
});

export const statusSignal = defineSignal<[string]>('status');

export async function obviousWorkflow(expected: number): Promise<void> {
  const waiting: string[] = [];
  setHandler(statusSignal, (eventId) => void waiting.push(eventId));
  for (let told = 0; told < expected; told += 1) {
    await condition(() => waiting.length > 0);
    await post(waiting.shift() ?? '');
  }
}
