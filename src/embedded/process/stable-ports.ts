import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasErrorCode } from './error-text.ts';
import { freePort } from './free-port.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** Ports by name. A home keeps its ports from start to start as long as nobody else took them meanwhile. */
export type StablePorts<Name extends string> = Readonly<Record<Name, number>>;

export async function stablePorts<Name extends string>(
  home: string,
  names: readonly Name[],
): Promise<StablePorts<Name>> {
  const path = join(home, 'ports.json');
  const remembered = await readPorts(path);
  const chosen = new Map<Name, number>();
  for (const name of names) chosen.set(name, await portNotIn(new Set(chosen.values()), remembered[name]));
  const ports = Object.fromEntries(chosen) as Record<Name, number>;
  await writeFileAtomically(path, JSON.stringify({ ...remembered, ...ports }, null, 2), 0o600);
  return ports;
}

async function portNotIn(taken: ReadonlySet<number>, preferred: number | undefined): Promise<number> {
  for (;;) {
    const port = await freePort(preferred !== undefined && taken.has(preferred) ? undefined : preferred);
    if (!taken.has(port)) return port;
  }
}

async function readPorts(path: string): Promise<Partial<Record<string, number>>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, port]) => Number.isInteger(port)));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || error instanceof SyntaxError) return {};
    throw error;
  }
}
