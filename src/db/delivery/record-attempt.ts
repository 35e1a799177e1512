// What one attempt leaves behind. Those that end at the same moment share a statement, unless they have consequences.
import { DatabaseError, type Pool } from 'pg';
import { isPrevented } from '../../domain/delivery/attempt.ts';
import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { AttemptRecord, DeliveryStore } from '../../ports/index.ts';
import {
  recordAndDisableStatement,
  recordAndWarnStatement,
  recordOwnFailureStatement,
  recordStatement,
  recordTogetherStatement,
} from './attempt-statements.ts';
import { createSharedStatement } from '../postgres/shared-statement.ts';

// Each can bring 16 KiB of body and 8 of headers, so a group stays below 3 MB as text.
const maxGroup = 50;
const maxRivals = 20;

export function createRecordAttempt(pool: Pool): DeliveryStore['record'] {
  const recordAlone = (attempt: AttemptRecord): Promise<true> =>
    withFreeNumber(() => pool.query({ ...statementOf(attempt), values: toValues(attempt) }));
  const recordShared = createSharedStatement<AttemptRecord, true>({
    together: async (attempts) => {
      await pool.query({
        name: 'record-attempts',
        text: recordTogetherStatement,
        values: toColumns(attempts.map(toValues)),
      });
      return attempts.map(() => true as const);
    },
    alone: recordAlone,
    maxItems: maxGroup,
    // The customer has the callback already.
    spacingMs: 10,
  });
  const inTurn = createKeyedMutex();

  // Two of one status need two numbers, and its state as the first one leaves it.
  return async (attempt) => {
    await inTurn(`${attempt.notificationId}/${attempt.sequence}`, () =>
      attempt.consequence || isPrevented(attempt.outcome) ? recordAlone(attempt) : recordShared(attempt),
    );
  };
}

function statementOf({ consequence, outcome }: AttemptRecord): { name: string; text: string } {
  if (isPrevented(outcome)) return { name: 'record-own-failure', text: recordOwnFailureStatement };
  switch (consequence?.kind) {
    case undefined:
      return { name: 'record-attempt', text: recordStatement };
    case 'disable':
      return { name: 'record-attempt-and-disable', text: recordAndDisableStatement };
    case 'warn':
      return { name: 'record-attempt-and-warn', text: recordAndWarnStatement };
  }
}

function toValues(attempt: AttemptRecord): unknown[] {
  const { exchange, consequence } = attempt;
  const { response } = exchange;
  return [
    attempt.notificationId,
    attempt.sequence,
    attempt.url,
    exchange.startedAt,
    Math.round(exchange.durationMs),
    attempt.outcome,
    response?.status ?? null,
    response ? JSON.stringify(response.headers) : null,
    response ? Buffer.from(response.body) : null,
    response?.truncated ?? false,
    attempt.error,
    attempt.state,
    attempt.nextAttemptInSeconds,
    ...(consequence ? [consequence.callbackId, consequence.reason] : []),
  ];
}

// Two workers record for the same status only when Temporal gave up on one that was still alive. The loser of the
// number waits for the winner's commit and then sees it, so each round lets at least one through.
async function withFreeNumber(insert: () => Promise<unknown>): Promise<true> {
  for (let round = 1; ; round += 1) {
    try {
      await insert();
      return true;
    } catch (cause) {
      const isTaken = cause instanceof DatabaseError && cause.constraint === 'attempts_pkey';
      if (!isTaken || round === maxRivals) throw cause;
    }
  }
}

function toColumns(rows: readonly unknown[][]): unknown[][] {
  const [first = []] = rows;
  return first.map((_value, column) => rows.map((row) => row[column]));
}
