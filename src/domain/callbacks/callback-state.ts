/** What became of one accepted status on its way to the customer's URL. */
export const callbackStates = [
  'pending',
  'delivering',
  'retrying',
  'delivered',
  'failed',
  'held',
  'skipped',
] as const;
export type CallbackState = (typeof callbackStates)[number];

/** The states that are stored; `delivering` is only ever derived, so that the healthy path writes once. */
export type StoredState = Exclude<CallbackState, 'delivering'>;

/** Why a status is held, as the history says it. */
export const heldReason = 'The communication is disabled; enabling it delivers what is held.';

const finished: ReadonlySet<StoredState> = new Set<StoredState>(['delivered', 'failed', 'held', 'skipped']);

/** A finished status is never attempted again by itself, and lets the next one of its notification go. */
export function isTerminal(state: StoredState): boolean {
  return finished.has(state);
}

/**
 * The state to show for each of a notification's statuses, given in sequence: the first unfinished one that has left
 * the dispatch queue is being delivered now; those behind it wait for it.
 */
export function publicStates(statuses: readonly { state: StoredState; queued: boolean }[]): CallbackState[] {
  let isFirstOpen = true;
  return statuses.map(({ state, queued }) => {
    if (isTerminal(state)) return state;
    const shown = state === 'pending' && isFirstOpen && !queued ? 'delivering' : state;
    isFirstOpen = false;
    return shown;
  });
}
