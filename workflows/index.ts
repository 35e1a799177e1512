// Every workflow a worker can run. The names are stored in histories, so they are final.
export { notificationWorkflow } from './notification.ts';
