import { readFileSync } from 'node:fs';

/** A file of test/fixtures as text, byte for byte. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
}
