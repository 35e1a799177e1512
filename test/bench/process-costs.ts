// What processes cost, as Linux counts it.
import { readdirSync, readFileSync } from 'node:fs';

/** The pids of what a benchmark is about: each stands for itself and all below it. */
export type Parts = {
  application: readonly number[];
  temporal: readonly number[];
  postgres: readonly number[];
};
export type PerPart = { application: number; temporal: number; postgres: number };

/** The kernel's clock ticks in a second, on every Linux there is. */
const ticksPerSecond = 100;

/** The CPU seconds that the parts' living processes have used so far. */
export function cpuSecondsOf(parts: Parts): PerPart {
  return overParts(parts, (pid) => (statOf(pid)?.ticks ?? 0) / ticksPerSecond);
}

/** The memory of the parts, with what processes share counted once between them (PSS), in MiB. */
export function memoryMiBOf(parts: Parts): PerPart {
  return overParts(parts, (pid) => {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  });
}

export const totalOf = ({ application, temporal, postgres }: PerPart): number =>
  application + temporal + postgres;

/** For each part: what `combine` makes of the two. */
export function zip(
  left: PerPart,
  right: PerPart,
  combine: (left: number, right: number) => number,
): PerPart {
  return {
    application: combine(left.application, right.application),
    temporal: combine(left.temporal, right.temporal),
    postgres: combine(left.postgres, right.postgres),
  };
}

function overParts(parts: Parts, of: (pid: number) => number): PerPart {
  const children = childrenOf();
  const sum = (roots: readonly number[]): number =>
    treeOf(roots, children).reduce((total, pid) => total + of(pid), 0);
  return {
    application: sum(parts.application),
    temporal: sum(parts.temporal),
    postgres: sum(parts.postgres),
  };
}

function treeOf(roots: readonly number[], children: ReadonlyMap<number, number[]>): number[] {
  const tree = [...roots];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function childrenOf(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  return children;
}

function statOf(pid: number): { parent: number; ticks: number } | null {
  try {
    // Behind the command, which may hold anything: state, parent, …, user and system time at 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}
