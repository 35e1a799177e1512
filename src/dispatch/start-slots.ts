export type StartSlot = { release(): void };

/**
 * Counts the starts that this process works on. A start whose request is open at the receiver is not counted: it costs no
 * processor time, and silent receivers must not occupy the slots of the others.
 */
export function createStartSlots() {
  const open = new Map<string, Set<{ isAtReceiver: boolean }>>();
  let occupied = 0;

  const move = (notificationId: string, isAtReceiver: boolean): void => {
    for (const slot of open.get(notificationId) ?? []) {
      if (slot.isAtReceiver === isAtReceiver) continue;
      slot.isAtReceiver = isAtReceiver;
      occupied += isAtReceiver ? -1 : 1;
    }
  };

  return {
    occupied: () => occupied,

    occupy(notificationId: string): StartSlot {
      const slot = { isAtReceiver: false };
      const own = open.get(notificationId) ?? new Set();
      open.set(notificationId, own.add(slot));
      occupied += 1;
      return {
        release(): void {
          if (!own.delete(slot)) return;
          if (own.size === 0) open.delete(notificationId);
          if (!slot.isAtReceiver) occupied -= 1;
        },
      };
    },

    /** The notification's request is on its way, or has been answered. */
    sent: (notificationId: string): void => move(notificationId, true),
    answered: (notificationId: string): void => move(notificationId, false),
    areAllReleased: () => open.size === 0,
  };
}
