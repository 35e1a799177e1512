import { setMaxListeners } from 'node:events';
import type { AttemptReport } from './execute-attempt.ts';
import type { StatusKey } from './load-due-delivery.ts';

// Long enough for a workflow that turned away just before the end to come and ask for it.
const keepEndedMs = 60_000;

/** The attempts that this process has under way, for those who come to wait for one that somebody else began. */
export type InFlightAttempts = {
  /** Starts `attempt`, or joins the one of the same status that is under way; `signal` aborts when the process stops. */
  begin(key: StatusKey, attempt: (signal: AbortSignal) => Promise<AttemptReport>): Promise<AttemptReport>;
  /** The one that is under way or has ended lately; undefined when this process knows of none. */
  find(key: StatusKey): Promise<AttemptReport> | undefined;
  /** The one that is under way. */
  underWay(key: StatusKey): Promise<AttemptReport> | undefined;
  /** Gives what is under way `graceMs` to end by itself, then cuts it short; resolves when all of it has ended. */
  stop(graceMs: number): Promise<void>;
};

export function createInFlightAttempts(): InFlightAttempts {
  const known = new Map<string, Promise<AttemptReport>>();
  const underWay = new Map<string, Promise<unknown>>();
  const stopping = new AbortController();
  // One for each attempt under way, as many as the callbacks allow; each is removed when its attempt has ended.
  setMaxListeners(0, stopping.signal);
  const nameOf = ({ notificationId, sequence }: StatusKey): string => `${notificationId}/${sequence}`;

  return {
    begin(key, attempt) {
      const name = nameOf(key);
      const open = known.get(name);
      if (open && underWay.has(name)) return open;
      const report = attempt(stopping.signal);
      known.set(name, report);
      const ended = report
        .catch(() => undefined)
        .finally(() => {
          underWay.delete(name);
          setTimeout(() => {
            if (known.get(name) === report) known.delete(name);
          }, keepEndedMs).unref();
        });
      underWay.set(name, ended);
      return report;
    },
    find: (key) => known.get(nameOf(key)),
    underWay: (key) => (underWay.has(nameOf(key)) ? known.get(nameOf(key)) : undefined),
    async stop(graceMs) {
      const grace = setTimeout(() => stopping.abort(), graceMs);
      await Promise.all(underWay.values());
      clearTimeout(grace);
    },
  };
}
