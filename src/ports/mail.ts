// What leaves by mail.

/** One mail to one address; `id` is the same in every try to send it. */
export type Mail = { id: string; to: string; subject: string; text: string };

export interface Mailer {
  /**
   * Resolves once the mail is out of our hands: a mail server has taken it, or its file is written. Throws UNAVAILABLE
   * with the reason while it is not.
   */
  send(mail: Mail): Promise<void>;
  close(): void;
}
