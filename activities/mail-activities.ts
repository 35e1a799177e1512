import { Context } from '@temporalio/activity';
import { writeCommunicationMail, type MailKind } from '../src/domain/callbacks/communication-mail.ts';
import type { Mailer, MailStore } from '../src/ports/index.ts';
import { isId, isNumber } from './parse-input.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export type MailPorts = {
  mails: MailStore;
  mailer: Mailer;
  /** Where links in mails lead, without a slash at its end. */
  publicUrl: string;
};

export type MailIncident = { communicationId: string; kind: MailKind; incident: number };

/** As long as one try may take; a try that hangs for longer is given up by Temporal. */
const claimSeconds = 180;

/** The mails of one incident that are still to be sent, one an address. Temporal sees their ids and no address. */
export function createListMails({ mails }: MailPorts) {
  return async function listMails({ communicationId, kind, incident }: MailIncident): Promise<string[]> {
    if (!isId(communicationId) || !isNumber(incident)) return [];
    return mails.unsent(communicationId, kind, incident);
  };
}

/**
 * Sends one mail that the database has, unless it was sent before. It throws until the mail server has taken it, and
 * while somebody else is sending it. Between the taking and our record of it a process can die: then it is sent again,
 * under the same Message-ID.
 */
export function createSendMail({ mails, mailer, publicUrl }: MailPorts) {
  return async function sendMail(mailId: string): Promise<void> {
    const open = await mails.load(mailId);
    if (!open) return;
    if (!(await mails.claim(mailId, thisActivity(), claimSeconds)))
      throw new Error('The mail is being sent by somebody else, or was sent meanwhile.');
    const mail = { id: open.id, to: open.address, ...writeCommunicationMail(open.facts, publicUrl) };
    await withHeartbeat(() => mailer.send(mail));
    await mails.sent(mailId);
  };
}

/** The same in every try, so that one which follows a dead worker's need not wait for its claim to end. */
function thisActivity(): string {
  const { activityId, workflowExecution } = Context.current().info;
  return `${workflowExecution?.runId}/${activityId}`;
}
