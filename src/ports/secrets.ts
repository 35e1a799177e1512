// Secrets at rest, and where callbacks may go.

/** Secrets at rest; `context` names what is sealed and must be given again to open it. */
export interface SecretBox {
  seal(plaintext: string, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): string;
  /** Whether it is sealed under the newest key. */
  isNewest(sealed: Uint8Array): boolean;
}

export interface UrlPolicy {
  /** Why callbacks to this URL are refused for certain, as the end of a sentence; null when nothing is known against it. */
  objection(url: string): string | null;
}

/** The sealed secrets of one row, each with the context it is bound to; `place` names the row in messages. */
export type SealedRow = {
  place: string;
  secrets: { context: string; sealed: Uint8Array }[];
  /** Puts others in their places; false when the row has changed since it was read. */
  replace(sealed: readonly Uint8Array[]): Promise<boolean>;
};

/** Every row that holds a sealed secret. */
export interface SealedRows {
  count(): Promise<number>;
  /** Up to `limit` rows after `cursor` (null: from the start); `nextCursor` is null after the last. */
  page(cursor: string | null, limit: number): Promise<{ rows: SealedRow[]; nextCursor: string | null }>;
}
