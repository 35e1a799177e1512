import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { AppError } from '../domain/errors.ts';
import type { Mailer } from '../ports/index.ts';
import { toMessage } from './message.ts';

/** Writes each mail as `<its id>.eml`, for the owner only, as it would have gone to a server. */
export function createOutboxMailer({ folder, from }: { folder: string; from: string }): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(toMessage(mail, from));
      const file = join(folder, `${mail.id}.eml`);
      const draft = `${file}.${process.pid}.draft`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(draft, message as Buffer, { mode: 0o600 });
        await chmod(draft, 0o600);
        // Whole or not at all: whoever watches the folder must not read half a mail.
        await rename(draft, file);
      } catch (cause) {
        throw new AppError('UNAVAILABLE', `The mail could not be written to ${folder}.`, { cause });
      }
    },
    close: () => transport.close(),
  };
}
