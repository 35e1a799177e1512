export const keyTypes = ['live', 'team', 'test'] as const;
export type KeyType = (typeof keyTypes)[number];
