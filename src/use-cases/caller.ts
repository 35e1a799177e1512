/** Who is calling, after the credential was checked. */
export type Caller =
  | { kind: 'operator' }
  | { kind: 'service'; serviceId: string; profile: string; keyId: string; keyType: string };

/** A service sees its own things only; to others they do not exist. */
export function maySee(caller: Caller, serviceId: string): boolean {
  return caller.kind === 'operator' || caller.serviceId === serviceId;
}
