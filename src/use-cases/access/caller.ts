import { keyTypes, type KeyType } from '../../domain/access/key-type.ts';
import type { OwnedScope } from '../../ports/index.ts';

/** Who is calling, after the credential was checked. */
export type Caller = { kind: 'operator' } | ServiceCaller;
export type ServiceCaller = {
  kind: 'service';
  serviceId: string;
  profile: string;
  keyId: string;
  keyType: KeyType;
  /** Null for what the installation allows. */
  rateLimitPerSecond: number | null;
};

/** A message, or what stands for several of one kind: whose it is, and with which type of key it was made. */
type Owned =
  | { readonly serviceId: string; readonly keyType: KeyType }
  | { readonly service_id: string; readonly key_type: KeyType };

// Team keys make real messages; whom they may be sent to is the rule of the platform that sends.
const real = ['live', 'team'] as const;
const reachOf: Record<KeyType, readonly KeyType[]> = { live: real, team: real, test: ['test'] };

/** Whether a caller may see and touch a message; to others it does not exist. */
export function maySee(caller: Caller, owned: Owned): boolean {
  if (caller.kind === 'operator') return true;
  const [serviceId, keyType] =
    'serviceId' in owned ? [owned.serviceId, owned.keyType] : [owned.service_id, owned.key_type];
  return caller.serviceId === serviceId && reachOf[caller.keyType].includes(keyType);
}

/** The same rule as a condition of a statement; null when it excludes nothing. */
export function scopeOf(caller: Caller): OwnedScope | null {
  if (caller.kind === 'operator') return null;
  return { serviceId: caller.serviceId, keyTypes: reachOf[caller.keyType] };
}

/**
 * The inbound messages that a service's key lists. They belong to the service, so any key shows them, as with the Notify
 * systems; those reported for trying out stay with test keys.
 */
export function inboundScopeOf({ serviceId, keyType }: ServiceCaller): OwnedScope {
  return { serviceId, keyTypes: keyType === 'test' ? keyTypes : real };
}

/** What a caller makes is of its key's type; the operator's is live. */
export function keyTypeOf(caller: Caller): KeyType {
  return caller.kind === 'operator' ? 'live' : caller.keyType;
}

/** A service reads its own settings with any key; those of others do not exist for it. */
export function maySeeSettings(caller: Caller, serviceId: string): boolean {
  return caller.kind === 'operator' || caller.serviceId === serviceId;
}

/** Batches and their members are live: Dispatch tries things out by a communication's `mode`. */
export function maySeeBatches(caller: Caller, serviceId: string): boolean {
  return maySee(caller, { serviceId, keyType: 'live' });
}
