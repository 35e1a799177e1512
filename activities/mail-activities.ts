import { writeCommunicationMail, type MailKind } from '../src/domain/communication-mail.ts';
import type { Mailer, MailStore } from '../src/ports/index.ts';
import { whileBeating } from './while-beating.ts';

export type MailPorts = {
  mails: MailStore;
  mailer: Mailer;
  /** Where links in mails lead, without a slash at its end. */
  publicUrl: string;
};

export type MailOccasion = { communicationId: string; kind: MailKind; occasion: number };

/** The mails of one occasion that are still to be sent, one an address. Temporal sees their ids and no address. */
export function createListMails({ mails }: MailPorts) {
  return async function listMails({ communicationId, kind, occasion }: MailOccasion): Promise<string[]> {
    return mails.unsent(communicationId, kind, occasion);
  };
}

/**
 * Sends one mail, unless it was sent before. It throws until the mail server has taken it. Between that and our record
 * of it a process can die: then it is sent again, under the same Message-ID.
 */
export function createSendMail({ mails, mailer, publicUrl }: MailPorts) {
  return async function sendMail(mailId: string): Promise<void> {
    const open = await mails.load(mailId);
    if (!open) return;
    const mail = { id: open.id, to: open.address, ...writeCommunicationMail(open.facts, publicUrl) };
    await whileBeating(() => mailer.send(mail));
    await mails.sent(mailId);
  };
}
