// From accepted to told: the queue between the database and the workflows.

import type { EventName } from '../domain/event.ts';

/** A place in the dispatch queue: one accepted status whose workflow has not been told yet. */
export type DispatchEntry = {
  notificationId: string;
  sequence: number;
  status: string;
  eventId: string;
  event: EventName;
  serviceId: string;
  profile: string;
  callbackId: string;
  /** See `StoredCallback.receiverId`. */
  receiverId: string;
  /** Of the callback: how many attempts it allows at the same time. */
  maxInFlight: number;
  /** How often it was queued again while it stood in the queue: what was told of an earlier round is not this one. */
  round: number;
};

/** How many entries in all and for each receiver, and for which receivers none; a few more of the same notifications come with them. */
type ClaimBounds = { limit: number; perReceiver: number; except: readonly string[] };

export interface DispatchQueue {
  /**
   * Says that `owner` is alive for the next `leaseSeconds`; entries of owners that are not are anyone's. Answers how many
   * are alive.
   */
  beat(owner: string, leaseSeconds: number): Promise<number>;
  /** Takes over entries that are due and belong to nobody alive, the longest due for each receiver first. */
  claim(owner: string, bounds: ClaimBounds): Promise<DispatchEntry[]>;
  /** Entries that `owner` has had for longer: those it does not remember were committed while the answer was lost. */
  owned(owner: string, olderThanSeconds: number): Promise<DispatchEntry[]>;
  /** Forgets entries whose workflow has been told, unless they have been queued again since. */
  finish(entries: readonly DispatchEntry[]): Promise<void>;
  /** Ends the ownership of everything that `owner` still has. */
  resign(owner: string): Promise<void>;
  depth(): Promise<number>;
}

/** Hears at once that another process has left entries for anyone; without it they are found at the next sweep. */
export interface DispatchSignal {
  listen(onOffer: () => void): void;
  stop(): Promise<void>;
}

/** The two lines a dispatcher has to say; pino's shape. */
export interface DispatchLog {
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
}

export interface Workflows {
  /**
   * Starts the notification's workflow, or signals the running one. `entries` are one notification's, in sequence.
   * Throws UNAVAILABLE while no workflow can be told, anything else when this one cannot.
   */
  tell(entries: readonly DispatchEntry[]): Promise<'started' | 'signalled'>;
}
