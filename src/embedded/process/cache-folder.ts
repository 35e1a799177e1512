import { homedir } from 'node:os';
import { join } from 'node:path';

/** The per-user folder for what can be fetched or built again: `XDG_CACHE_HOME`, else the platform's usual place. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const userHome = env['HOME'] ?? homedir();
  const platformDefault =
    platform === 'darwin' ? join(userHome, 'Library', 'Caches') : join(userHome, '.cache');
  return join(env['XDG_CACHE_HOME'] || platformDefault, 'ringback');
}
