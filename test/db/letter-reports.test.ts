// Letters that came back, reported together and told of page by page.
import { v7 as uuidv7 } from 'uuid';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createLetterReportStore } from '../../src/db/letter-report-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createWorkflowRequests } from '../../src/db/workflow-requests.ts';
import { reportReturnedLetters } from '../../src/use-cases/report-returned-letters.ts';
import { createTellReturnedLetters } from '../../src/use-cases/tell-returned-letters.ts';
import { callbackSettings } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noHandover, noMetrics, operator, storeNotification, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  ({ serviceId } = await storeService(database.pool, null));
  await createCallbackStore(database.pool).put(uuidv7(), serviceId, 'returned_letter', callbackSettings());
});
afterAll(() => database.drop());

const letterReports = () => createLetterReportStore(database.pool);

function tell() {
  const statuses = createStatusStore(database.pool);
  const ports = { statuses, handover: noHandover, metrics: noMetrics, now: () => new Date() };
  return createTellReturnedLetters({ ...ports, letterReports: letterReports() });
}

async function report(count: number) {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1)
    ids.push(await storeNotification(database.pool, serviceId, { notification_type: 'letter' }));
  const ports = { notifications: createNotificationStore(database.pool), letterReports: letterReports() };
  const { reportId } = await reportReturnedLetters(ports, operator, { references: ids });
  return { ids, reportId: reportId ?? '' };
}

const toldOf = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => createStatusStore(database.pool).history(id)))).map(
    (rows) => rows.length,
  );

test('a report asks for its workflow, and every page tells of the next letters, each once', async () => {
  const { ids, reportId } = await report(5);
  expect(await createWorkflowRequests(database.pool).claim(100, 0)).toMatchObject([
    {
      workflowId: `returned-letters/${reportId}`,
      workflowType: 'tellReturnedLetters',
      argument: { reportId },
    },
  ]);

  expect(await tell()(reportId, 2)).toMatchObject({ state: 'running', matched: 5, done: 2 });
  expect(await toldOf(ids)).toEqual([1, 1, 0, 0, 0]);
  expect(await tell()(reportId, 2)).toMatchObject({ done: 4 });
  expect(await tell()(reportId, 2)).toMatchObject({ state: 'done', done: 5 });
  expect(await tell()(reportId, 2)).toMatchObject({ state: 'done', done: 5 });
  expect(await toldOf(ids)).toEqual([1, 1, 1, 1, 1]);
});

test('a page whose end was not written down is done again and tells of no letter twice', async () => {
  const { ids, reportId } = await report(3);
  const dying = { ...letterReports(), advance: () => Promise.reject(new Error('killed')) };
  const statuses = createStatusStore(database.pool);
  const ports = { statuses, handover: noHandover, metrics: noMetrics, now: () => new Date() };
  await expect(createTellReturnedLetters({ ...ports, letterReports: dying })(reportId, 2)).rejects.toThrow(
    'killed',
  );

  await tell()(reportId, 2);
  await tell()(reportId, 2);
  expect(await toldOf(ids)).toEqual([1, 1, 1]);
});

test('a letter that is gone keeps no other from being told of', async () => {
  const { ids, reportId } = await report(2);
  await database.pool.query('DELETE FROM notifications WHERE id = $1', [ids[0]]);
  expect(await tell()(reportId, 10)).toMatchObject({ state: 'done', done: 2 });
  expect(await toldOf(ids)).toEqual([0, 1]);
});
