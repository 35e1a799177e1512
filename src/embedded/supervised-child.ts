/** Tells the supervisor that this process can be used; does nothing when there is no supervisor. */
export function reportReady(): void {
  process.send?.({ ready: true });
}

/** Calls back when the supervisor has died, so that this process does not outlive it. */
export function onSupervisorGone(callback: () => void): void {
  if (process.send === undefined) return;
  if (process.connected) process.once('disconnect', callback);
  else callback();
}
