import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Each start logs into fresh files; the previous start's are kept beside them as `.log.1`. */
export async function rotateLogs(folder: string): Promise<void> {
  const logs = (await readdir(folder)).filter((file) => file.endsWith('.log'));
  await Promise.all(logs.map((file) => rename(join(folder, file), join(folder, `${file}.1`))));
}
