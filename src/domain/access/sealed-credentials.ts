/** What a callback shows to its receiver beside `sealedAuth`, read at the attempt. */
export type SealedCredentials = {
  version: number;
  /** The bearer token before the present one, while the day of its overlap lasts. */
  sealedPreviousAuth: Uint8Array | null;
  /** How many attempts of this status were answered 401 since the credential was changed last. */
  unauthorizedAttempts: number;
  sealedClientCertificate: Uint8Array | null;
  /** The secrets that sign at present, the newest first; none while signing is off. */
  sealedSigningSecrets: readonly Uint8Array[];
};
