// Activities that are asked for something that could not be in the database, by whoever reaches Temporal.
import { activitiesOnDatabase } from '../support/activities-on-database.ts';
import { withStatuses } from '../support/attempts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let id: string;
beforeAll(async () => {
  database = await createTestDatabase();
  id = await withStatuses(database.pool, (await storeService(database.pool)).serviceId, 1);
});
afterAll(() => database.drop());

const activities = () => activitiesOnDatabase(database.pool, async () => 200);

const nonsense = [undefined, null, 0, 'x', "'; --", [], {}, { notificationId: 'x', sequence: 1 }] as const;

test.each([
  'attemptCallback',
  'awaitAttempt',
  'retryCallback',
  'finishStatus',
  'sendMail',
  'cancelDrain',
  'applyTimeout',
] as const)('%s with an input of any other shape does nothing', async (name) => {
  const { call, sent } = activities();
  const numbers = [-1, 1.5, 2 ** 40, Number.NaN, '1', null].map((sequence) => ({
    notificationId: id,
    sequence,
  }));
  for (const input of [...nonsense, ...numbers])
    expect([undefined, 'nothing to do', { kind: 'finished', state: 'unknown' }]).toContainEqual(
      await call(name, input),
    );
  expect(sent).toEqual({ callbacks: 0, mails: [], members: [] });
});

test.each(['listMails', 'releaseHeld', 'processLetterPage', 'advanceBatch'] as const)(
  '%s with fields of any other shape does nothing',
  async (name) => {
    const { call, sent } = activities();
    for (const field of [undefined, null, 'x', -1, 2 ** 40, {}])
      expect([[], null, expect.objectContaining({ state: 'unknown' })]).toContainEqual(
        await call(name, {
          ...{ communicationId: field, drainId: field, reportId: field, batchId: field },
          ...{ kind: field, incident: field, limit: field },
        }),
      );
    expect(sent).toEqual({ callbacks: 0, mails: [], members: [] });
  },
);
