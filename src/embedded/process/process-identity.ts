import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const processStateField = 0;
const startTimeField = 19;

/** Tells one process from a later one with the same pid by when it started; null when none (or a zombie) is there. */
export function processIdentity(pid: number): string | null {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid);
}

/** Whether the process that was recorded with this identity is still running. */
export function isSameProcess(pid: number, identity: string): boolean {
  return processIdentity(pid) === identity;
}

function identityFromProc(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The command name before the last parenthesis may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[processStateField];
  if (state === 'Z' || state === 'X') return null;
  const boot = readOrNull('/proc/sys/kernel/random/boot_id') ?? '';
  return `${boot.trim()}/${fields[startTimeField] ?? ''}`;
}

function identityFromPs(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const line = status === 0 ? stdout.trim() : '';
  const state = line.split(/\s+/, 1)[0] ?? '';
  return line === '' || state.startsWith('Z') ? null : line.slice(state.length).trim();
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
