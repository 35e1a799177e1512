// How results are shown: medians of the rounds, and ratios of these.
import type { Burst } from './burst.ts';
import { totalOf } from './process-costs.ts';

export type Row = Record<string, number>;

/** The medians over the rounds. */
export function rowOf(rounds: readonly Burst[]): Row {
  const of = (value: (round: Burst) => number, digits = 1): number =>
    Number(median(rounds.map(value)).toFixed(digits));
  return {
    'accepted/s': of(({ acceptedPerSecond }) => acceptedPerSecond, 0),
    'delivered/s': of(({ deliveredPerSecond }) => deliveredPerSecond, 0),
    'CPU s/1000': of(({ cpuPer1000 }) => totalOf(cpuPer1000)),
    application: of(({ cpuPer1000 }) => cpuPer1000.application),
    Temporal: of(({ cpuPer1000 }) => cpuPer1000.temporal),
    PostgreSQL: of(({ cpuPer1000 }) => cpuPer1000.postgres),
    'round trips': of(({ databasesPerStatus }) => databasesPerStatus.ringback.transactions, 2),
    'rows written': of(({ databasesPerStatus }) => databasesPerStatus.ringback.rowsWritten, 2),
    "Temporal's transactions": of(({ databasesPerStatus }) => databasesPerStatus.temporal.transactions),
    "Temporal's rows": of(({ databasesPerStatus }) => databasesPerStatus.temporal.rowsWritten),
    events: of(({ workflow }) => workflow.events),
    'state transitions': of(({ workflow }) => workflow.stateTransitions),
  };
}

export const cpuOf = (rounds: readonly Burst[]): number =>
  median(rounds.map(({ cpuPer1000 }) => totalOf(cpuPer1000)));
export const deliveredOf = (rounds: readonly Burst[]): number =>
  median(rounds.map(({ deliveredPerSecond }) => deliveredPerSecond));

/** With two digits; what is divided was measured in one run. */
export const ratio = (value: number, by: number): number => Number((value / by).toFixed(2));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
