import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createOutboxMailer } from '../mail/outbox-mailer.ts';
import { createSmtpMailer } from '../mail/smtp-mailer.ts';
import type { Mailer } from '../ports/index.ts';

/** By the operator's mail server or, without one, as files that somebody has to look at. */
export function createMailer({ SMTP_URL, MAIL_FROM, RINGBACK_HOME }: Config, log: Logger): Mailer {
  if (SMTP_URL !== undefined) return createSmtpMailer({ url: SMTP_URL, from: MAIL_FROM });
  const folder = resolve(join(RINGBACK_HOME, 'outbox'));
  log.info({ folder }, 'SMTP_URL is unset: mails are written to files');
  return createOutboxMailer({ folder, from: MAIL_FROM });
}
