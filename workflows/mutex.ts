/**
 * Lets pieces of work go one after the other, in the order in which they came. Of local activities that run side by side
 * a replay may bring the results together that came one by one, or the other way about, and what follows from them would
 * then be asked for in another order: the run could not go on in another process. One at a time, there is only one order.
 */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
