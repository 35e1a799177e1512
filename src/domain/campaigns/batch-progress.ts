/** How a batch stands, as its workflow shows it. */
export type BatchProgress = {
  status: 'WAITING' | 'IN_PROGRESS' | 'COMPLETE';
  members: number;
  started: number;
  processed: number;
  isClosed: boolean;
};

export function batchProgress(state: {
  members: number;
  started: number;
  processed: number;
  isClosed: boolean;
  isComplete: boolean;
  isDisabled: boolean;
}): BatchProgress {
  const { members, started, processed, isClosed } = state;
  return { status: statusOfBatch(state), members, started, processed, isClosed };
}

/** Nothing of a batch is to be sent while it waits for its communication to be enabled. */
export function statusOfBatch(state: {
  members: number;
  started: number;
  isComplete: boolean;
  isDisabled: boolean;
}): BatchProgress['status'] {
  if (state.isComplete) return 'COMPLETE';
  return state.isDisabled && state.started < state.members ? 'WAITING' : 'IN_PROGRESS';
}
