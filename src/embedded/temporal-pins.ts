import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder whose go.mod and go.sum say which Temporal is used, however it is got. */
export const temporalModuleFolder = fileURLToPath(new URL('./temporal/', import.meta.url));

const modules = { server: 'go.temporal.io/server', ui: 'github.com/temporalio/ui-server/v2' } as const;

/** Versions without the leading v: `{ server: '1.32.1', ui: '2.54.1' }`. */
export type TemporalPins = Readonly<Record<keyof typeof modules, string>>;

/**
 * SHA-256 by the name of the release archive (`temporal_1.32.1_linux_amd64.tar.gz`), each verified once by somebody who
 * trusts where it came from. None has been: a release's own checksums come from the host of the archive and prove
 * nothing of it. While an archive is not named here it is downloaded only where the operator asks for that.
 */
export const archivePins: ArchivePins = {};
export type ArchivePins = Readonly<Record<string, string>>;

export async function temporalPins(): Promise<TemporalPins> {
  const path = join(temporalModuleFolder, 'go.mod');
  const goMod = await readFile(path, 'utf8');
  const versionOf = (module: string): string => {
    const line = goMod.split('\n').find((candidate) => candidate.trim().startsWith(`${module} v`));
    const version = line?.trim().split(/\s+/)[1];
    if (version === undefined) throw new Error(`${path} does not pin ${module}.`);
    return version.slice(1);
  };
  return { server: versionOf(modules.server), ui: versionOf(modules.ui) };
}
