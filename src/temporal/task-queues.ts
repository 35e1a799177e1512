/** Where workflows run, and the activities that ask only the database or a mail server. */
export const mainTaskQueue = 'ringback';

/** Where only the process of this id takes activities: those that wait for an attempt which it has under way. */
export function ownTaskQueue(processId: string): string {
  return `${mainTaskQueue}-process-${processId}`;
}
