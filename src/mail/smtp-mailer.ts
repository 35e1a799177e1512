import { createTransport } from 'nodemailer';
import { AppError } from '../domain/errors.ts';
import type { Mailer } from '../ports/index.ts';
import { toMessage } from './message.ts';

/** Sends by an SMTP server: by `smtps:`, or by `smtp:` with STARTTLS where the server offers it. */
export function createSmtpMailer({
  url,
  from,
  timeoutMs = 20_000,
}: {
  url: string;
  from: string;
  /** For the connection, the greeting, and each silence after it. */
  timeoutMs?: number;
}): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail(toMessage(mail, from));
      } catch (cause) {
        throw new AppError('UNAVAILABLE', `The mail server did not take the mail: ${whatItSaid(cause)}`);
      }
    },
    close: () => transport.close(),
  };
}

/**
 * The server's own words, or what kept us from hearing any, without the addresses in them: they go into logs and into
 * Temporal's history. The error itself holds the whole conversation.
 */
function whatItSaid(cause: unknown): string {
  const { response, code, message } = cause as Record<string, unknown>;
  if (code === 'EAUTH') return 'it refused the user name or password of SMTP_URL.';
  const words = typeof response === 'string' ? [response] : [code, message];
  return words
    .filter((part) => typeof part === 'string')
    .join(', ')
    .replace(/[^\s<>"]+@[^\s<>"]+/g, '[address]')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
