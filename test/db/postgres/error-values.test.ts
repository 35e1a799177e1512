// Errors of PostgreSQL go into logs and into Temporal's histories, so they come out of the pool without their values.
import { inspect } from 'node:util';
import { ApplicationFailure, DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { inTransaction } from '../../../src/db/postgres/pool.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const canary = '07700900461';
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool
    .query(`CREATE TABLE people (id integer PRIMARY KEY, "to" text UNIQUE CHECK ("to" <> 'x${canary}'));
    INSERT INTO people VALUES (1, '${canary}')`);
});
afterAll(() => database.drop());

/** All that a log or a history could take from an error: what prints, what is enumerable, and what a failure holds. */
function everything(error: unknown): string {
  const failure = new DefaultFailureConverter().errorToFailure(
    ApplicationFailure.fromError(error),
    defaultPayloadConverter,
  );
  return [
    inspect(error, { showHidden: true, depth: 9 }),
    JSON.stringify(error),
    JSON.stringify(failure),
  ].join('\n');
}

test.each([
  ['a value that is taken', '23505', 'INSERT INTO people VALUES (2, $1)', [canary]],
  ['a row that a check refuses', '23514', 'INSERT INTO people VALUES (2, $1)', [`x${canary}`]],
  ['a text that is no uuid', '22P02', 'SELECT $1::text::uuid', [`"${canary}"`]],
  ['a parameter of the wrong type', '22P02', 'SELECT $1::uuid', [canary]],
  ['a number that is too large', '22003', 'SELECT $1::text::integer', [canary]],
  ['a time that is none', '22007', 'SELECT $1::text::timestamptz', [`${canary}T`]],
  ['a text that is no JSON', '22P02', 'SELECT $1::text::jsonb', [`{"${canary}`]],
  ['an escape that no text may have', '22P05', 'SELECT $1::jsonb', [`{"${canary}": "\\u0000"}`]],
  ['bytes that are no UTF-8', '22021', "SELECT convert_from(decode($1, 'hex'), 'UTF8')", ['07700900461f']],
  ['an array that is none', '22P02', 'SELECT $1::text::text[]', [`{${canary}`]],
])('%s is an error with its code and without the value', async (_what, code, sql, values) => {
  const { pool } = database;
  const errors = [
    await pool.query(sql, values).catch((error: unknown) => error),
    await inTransaction(pool, (client) => client.query(sql, values)).catch((error: unknown) => error),
  ];

  for (const error of errors) {
    const refused = { code: 'INVALID_INPUT', cause: expect.objectContaining({ code }) as unknown };
    expect(error).toMatchObject(code.startsWith('22') ? refused : { code });
    expect(everything(error)).not.toContain(canary);
    expect(everything(error)).not.toMatch(/0x07|0x90/);
  }
});

test('a constraint’s name is still known, and where in the code it happened', async () => {
  const error = await database.pool
    .query('INSERT INTO people VALUES (2, $1)', [canary])
    .catch((e: unknown) => e);

  expect(error).toMatchObject({
    constraint: 'people_to_key',
    message: expect.stringContaining('people_to_key') as string,
  });
  expect((error as Error).stack).toContain('error-values.test.ts');
});
