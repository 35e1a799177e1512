// What Ringback is compared with: a plain workflow, signalWithStart, and one regular activity that only posts. It has no
// database, no authentication, no history of its own and no limits.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Pool } from 'undici';
import { readTemporalTls, type TemporalTlsFiles } from '../../src/domain/temporal-tls.ts';
import { answerQuestions } from './child.ts';
import { statusSignal } from './obvious-workflow.ts';

const [address = '', receiverUrl = '', tlsFiles = 'null'] = process.argv.slice(2);
const taskQueue = 'obvious-design';
const { origin, pathname: path } = new URL(receiverUrl);
const pool = new Pool(origin, { connections: 64 });
const body = JSON.stringify({
  id: randomUUID(),
  reference: null,
  to: '07700900123',
  status: 'delivered',
  padding: 'x'.repeat(280),
});

Runtime.install({ logger: new DefaultLogger('ERROR') });
const tls = await readTemporalTls(JSON.parse(tlsFiles) as TemporalTlsFiles | null, readFile);
const connection = await NativeConnection.connect({ address, tls });
const client = new Client({ connection });
const worker = await Worker.create({
  ...{ connection, taskQueue },
  workflowsPath: fileURLToPath(new URL('./obvious-workflow.ts', import.meta.url)),
  activities: {
    async post(eventId: string): Promise<void> {
      const headers = { 'content-type': 'application/json', 'x-event-id': eventId };
      const answer = await pool.request({ path, method: 'POST', headers, body });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`the receiver answered ${answer.statusCode}`);
    },
  },
});
const running = worker.run();

answerQuestions({
  ready: () => true,

  /** Answers how many seconds it took to tell Temporal of all statuses. */
  async burst(burst: { workflowIds: string[]; statuses: number; inFlight: number }) {
    const { workflowIds, statuses, inFlight } = burst;
    const startedMs = performance.now();
    const left = workflowIds.values();
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (const workflowId of left)
          for (let n = 0; n < statuses; n += 1)
            await client.workflow.signalWithStart('obviousWorkflow', {
              ...{ workflowId, taskQueue, args: [statuses] },
              ...{ signal: statusSignal, signalArgs: [`${workflowId}/${n}`] },
            });
      }),
    );
    return (performance.now() - startedMs) / 1000;
  },
});
await running;
