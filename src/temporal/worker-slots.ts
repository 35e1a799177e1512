/**
 * How many of each kind of work a process takes at once. Workflow tasks and local activities are bounded by what the
 * processor can do; of these slots, first attempts whose receivers take their time may hold half (see `heldAttempts`).
 */
export const workflowSlots = {
  maxConcurrentWorkflowTaskExecutions: 100,
  maxConcurrentLocalActivityExecutions: 100,
  maxConcurrentActivityTaskExecutions: 100,
} as const;

/** See `createHeldAttempts`. */
export const mostHeldAttempts = 50;

/** Attempts under way in a process, and those that stand in line for their receiver: see `createAttemptGate`. */
export const mostAttempts = 4_000;
export const mostInLine = 2_000;

/** They wait for the network, and the gate bounds them: a slot that is missing would make one receiver wait for another. */
export const attemptSlots = {
  maxConcurrentActivityTaskExecutions: mostAttempts + mostInLine + 1_000,
} as const;

/** For every attempt that can be under way; without one, an attempt that is open here would be taken for lost. */
export const awaitSlots = { maxConcurrentActivityTaskExecutions: mostAttempts + 1_000 } as const;
