import type { NotificationProgress, StatusMessage } from './messages.ts';

/**
 * The statuses of one event that a run knows of, lowest sequence first. A sequence is in it once: repeated signals are
 * dropped here. One that is finished may come again, because what was held and is released is told of anew.
 */
export class StatusLine {
  readonly #known = new Set<number>();
  #waiting: StatusMessage[] = [];
  #delivering: StatusMessage | null = null;
  #finished: number[] = [];

  constructor(statuses: readonly StatusMessage[]) {
    for (const status of statuses) this.add(status);
  }

  add(status: StatusMessage): void {
    if (this.#known.has(status.sequence) && !this.hasFinished(status)) return;
    this.#finished = this.#finished.filter((sequence) => sequence !== status.sequence);
    this.#known.add(status.sequence);
    this.#waiting.push(status);
    this.#waiting.sort((a, b) => a.sequence - b.sequence);
  }

  /** The next status to deliver; null when nothing is left. */
  next(): StatusMessage | null {
    this.#delivering = this.#waiting.shift() ?? null;
    return this.#delivering;
  }

  hasFinished({ sequence }: StatusMessage): boolean {
    return this.#finished.includes(sequence);
  }

  finish({ sequence }: StatusMessage): void {
    this.#finished.push(sequence);
    this.#delivering = null;
  }

  /** Puts `later` back behind a status that this run had not heard of yet and that goes first. */
  bringForward(earlier: StatusMessage, later: StatusMessage): void {
    this.#waiting = [later, ...this.#waiting];
    this.#known.delete(earlier.sequence);
    this.add(earlier);
    this.#delivering = null;
  }

  waiting(): StatusMessage[] {
    return [...this.#waiting];
  }

  progress(): NotificationProgress {
    return {
      delivering: this.#delivering ? [this.#delivering] : [],
      waiting: this.waiting(),
      finished: [...this.#finished],
    };
  }
}
