export type TimeoutPorts = {
  /** Accepts the status that its profile has for a notification that was not heard of in time, unless it was. */
  timeOut: (notificationId: string) => Promise<void>;
};

/** Asks the database only; repeated, it accepts nothing twice. */
export function createApplyTimeout({ timeOut }: TimeoutPorts) {
  return async function applyTimeout(notificationId: string): Promise<void> {
    await timeOut(notificationId);
  };
}
