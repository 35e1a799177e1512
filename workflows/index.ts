// Every workflow a worker can run. The names are stored in histories, so they are final.
export { batchWorkflow } from './batch.ts';
export { drainHeld } from './drain-held.ts';
export { disableCommunication, warnCommunication } from './mail-communication.ts';
export { inboundWorkflow } from './inbound.ts';
export { notificationWorkflow } from './notification.ts';
export { processReturnedLetters } from './process-returned-letters.ts';
export { timeOutNotification } from './time-out-notification.ts';
