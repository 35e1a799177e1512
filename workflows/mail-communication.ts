// What people are told of a communication: one mail to each address of its list.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities, MailIncident } from '../activities/index.ts';

const { listMails } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

// Until the mail server takes it: nobody learns of a stopped communication otherwise.
const { sendMail } = proxyActivities<Activities>({
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
});

/** `incident` is the version of the callback that its disabling made. */
export async function disableCommunication(input: {
  communicationId: string;
  incident: number;
}): Promise<void> {
  await mailEverybody({ ...input, kind: 'disabled' });
}

/** `incident` is the second at which the warning was decided on. */
export async function warnCommunication(input: { communicationId: string; incident: number }): Promise<void> {
  await mailEverybody({ ...input, kind: 'warning' });
}

/** Side by side: an address that is refused for ever must not keep the others from their mail. */
async function mailEverybody(incident: MailIncident): Promise<void> {
  const mailIds = await listMails(incident);
  await Promise.all(mailIds.map((mailId) => sendMail(mailId)));
}
