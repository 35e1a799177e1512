import type { KeyType } from '../../domain/access/key-type.ts';

/** A condition on `key_type`, written out so that the planner finds the partial index of what is not live. */
export function isOfKeyType(keyTypes: readonly KeyType[]): string {
  return `key_type IN (${keyTypes.map((keyType) => `'${keyType}'`).join(', ')})`;
}
