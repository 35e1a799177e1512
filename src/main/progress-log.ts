import type { EmbeddedLog } from '../embedded/process/embedded-log.ts';

/** What the embedded parts say, as lines for a person who waits in front of a terminal. */
export function createProgressLog(): EmbeddedLog {
  const say = (prefix: string) => (details: object, message: string) => {
    const { err } = details as { err?: unknown };
    console.log(`${prefix}${message}${err instanceof Error ? `: ${err.message}` : ''}`);
  };
  return { info: say('  '), warn: say('  ! '), error: say('  !! ') };
}
