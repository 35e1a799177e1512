import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../ports/index.ts';

/** A mail as nodemailer takes it. Its Message-ID tells a mail that was sent twice, because a process died in between. */
export function toMessage({ id, to, subject, text }: Mail, from: string): SendMailOptions {
  return {
    from,
    // As an object: a text would be parsed, and could name more than one address.
    to: { name: '', address: to },
    subject,
    text,
    messageId: `<${id}@ringback>`,
    // RFC 3834: what answers mails by itself should leave these alone.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
