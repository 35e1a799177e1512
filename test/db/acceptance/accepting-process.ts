// A process that accepts one status and says so; a test then kills it outright.
import { createAcceptor } from '../../../src/use-cases/acceptance/accept-events.ts';
import { createPool } from '../../../src/db/postgres/pool.ts';
import { createDispatchQueue } from '../../../src/db/dispatch/dispatch-queue.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import { createAcceptStatus } from '../../../src/use-cases/acceptance/accept-status.ts';
import { noDispatchSink, noMetrics, operator } from '../../support/db-fixture.ts';

const [, , url = '', owner = '', notificationId = '', eventId = ''] = process.argv;
const pool = createPool(url, { max: 2, application_name: 'ringback-tests' });
await createDispatchQueue(pool).renewLease(owner, 2);
const accept = createAcceptStatus(
  createAcceptor({
    statuses: createStatusStore(pool),
    // Under its own name, and then never told: what a crash right after the commit leaves behind.
    dispatchSink: { ...noDispatchSink, owner: () => owner },
    metrics: noMetrics,
    now: () => new Date(),
  }),
);
const answer = await accept(operator, notificationId, { status: 'sending', event_id: eventId });
process.stdout.write(`${JSON.stringify(answer)}\n`);
setInterval(() => undefined, 60_000);
