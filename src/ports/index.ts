// What the core needs from the world. Interfaces only: adapters live in the rooms named after their technology.
export type * from './accepting.ts';
export type * from './communications.ts';
export type * from './delivery.ts';
export type * from './dispatch.ts';
export type * from './inbound.ts';
export type * from './letters.ts';
export type * from './mail.ts';
export type * from './secrets.ts';
export type * from './campaigns.ts';
export type * from './providers.ts';
