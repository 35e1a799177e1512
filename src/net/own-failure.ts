/** What of ours was away: nothing of it says anything about a receiver. */
export const ownFailureKinds = ['proxy', 'resolver', 'network', 'resources'] as const;
export type OwnFailureKind = (typeof ownFailureKinds)[number];

/** The exchange could not take place because of something on our side. */
export class OwnFailure extends Error {
  override readonly name = 'OwnFailure';
  readonly kind: OwnFailureKind;

  constructor(kind: OwnFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

// No file descriptors, no ports, no memory, or a firewall of our own that lets nothing out.
const resourceCodes = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EADDRINUSE'];
const firewallCodes = ['EPERM', 'EACCES', 'ENETDOWN'];

/** Of an error of the operating system; null when it may be the receiver's. */
export function ownFailureOf(code: string): OwnFailureKind | null {
  if (resourceCodes.includes(code)) return 'resources';
  return firewallCodes.includes(code) ? 'network' : null;
}

// By shape, not by class: Node's own errors are of another realm where code runs in a `vm` context, as tests do.
export function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
