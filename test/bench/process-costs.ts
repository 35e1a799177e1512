// What processes cost, as Linux counts it.
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock ticks in a second, on every Linux there is. */
const ticksPerSecond = 100;

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

/** A process and all below it. */
function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (stat) parents.set(Number(name), stat.parent);
  }
  const tree = [root];
  for (const pid of tree)
    tree.push(...[...parents].flatMap(([child, parent]) => (parent === pid ? [child] : [])));
  return tree;
}

/** The CPU seconds that a process and its living children have used so far. */
export function cpuSecondsOf(root: number): number {
  const ticks = treeOf(root).map((pid) => statOf(pid)?.ticks ?? 0);
  return ticks.reduce((sum, own) => sum + own, 0) / ticksPerSecond;
}

/** The memory of a process and its children, with what they share counted once between them (PSS), in MiB. */
export function memoryMiBOf(root: number): number {
  const kib = treeOf(root).map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return Math.round(kib.reduce((sum, own) => sum + own, 0) / 1024);
}
