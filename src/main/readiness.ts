import type { Pool } from 'pg';
import type { Delivery } from './delivery.ts';
import type { Outbound } from './outbound.ts';

const patienceMs = 2_000;

/**
 * What `GET /readyz` says: null for each part that is there, else why not. A process that only accepts does without
 * Temporal and without a way out: being away, they delay and never refuse.
 */
export function createReadiness(
  pool: Pool,
  delivery: Delivery | null,
  outbound: Pick<Outbound, 'objection'>,
): () => Promise<Record<string, string | null>> {
  return async () => ({
    postgres: await objection(pool.query('SELECT 1'), 'PostgreSQL does not answer'),
    ...(delivery && {
      temporal: await objection(askTemporal(delivery), 'Temporal does not answer'),
      worker: delivery.worker.isPolling() ? null : 'the worker does not poll',
      egress: outbound.objection(),
    }),
  });
}

async function askTemporal({ worker }: Delivery): Promise<unknown> {
  const client = worker.client();
  if (!client) throw new Error('not connected');
  return client.workflowService.getSystemInfo({});
}

async function objection(answer: Promise<unknown>, otherwise: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), patienceMs);
  });
  return Promise.race([
    answer.then(
      () => null,
      () => otherwise,
    ),
    late,
  ]).finally(() => clearTimeout(timer));
}
