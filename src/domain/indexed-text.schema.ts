import { storedText } from './text.schema.ts';

// An index entry of PostgreSQL has at most 2,704 bytes, with what else is in it; a character has up to three.
const maxIndexedBytes = 2000;

/** UTF-8 bytes of well-formed text, counted without making them: `domain` has no Buffer. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += 1;
    // Each half of a surrogate pair counts for two of its four bytes.
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) bytes += 1;
  }
  return bytes;
}

/** Text by which rows are found. */
export const indexedText = (max: number) =>
  storedText(max).refine(
    (text) => text.length * 3 <= maxIndexedBytes || utf8Length(text) <= maxIndexedBytes,
    `must be at most ${maxIndexedBytes} bytes in UTF-8`,
  );
