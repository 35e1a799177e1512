import type { NotificationProgress, StatusMessage } from './messages.ts';
import { StatusLine } from './status-line.ts';

/** A notification's lines, one for each event: what goes to one callback never waits for what goes to another. */
export class StatusLines {
  readonly #lines = new Map<string, StatusLine>();
  readonly #onLine: (line: StatusLine) => void;

  /** `onLine` hears of every line that something was added to. */
  constructor(onLine: (line: StatusLine) => void) {
    this.#onLine = onLine;
  }

  hasFinished(status: StatusMessage): boolean {
    return this.#lines.get(eventOf(status))?.hasFinished(status) ?? false;
  }

  /** Whether something of this event has been brought to its end. */
  hasReported(event: string): boolean {
    return (this.#lines.get(event)?.progress().finished.length ?? 0) > 0;
  }

  add(status: StatusMessage): void {
    let line = this.#lines.get(eventOf(status));
    if (!line) {
      line = new StatusLine([]);
      this.#lines.set(eventOf(status), line);
    }
    line.add(status);
    this.#onLine(line);
  }

  waiting(): StatusMessage[] {
    return [...this.#lines.values()].flatMap((line) => line.waiting());
  }

  progress(): NotificationProgress {
    const all = [...this.#lines.values()].map((line) => line.progress());
    return {
      delivering: all.flatMap(({ delivering }) => delivering),
      waiting: all.flatMap(({ waiting }) => waiting),
      finished: all.flatMap(({ finished }) => finished),
    };
  }
}

function eventOf({ event = 'delivery_status' }: StatusMessage): string {
  return event;
}
