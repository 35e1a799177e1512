/** By which files a connection to Temporal is encrypted and both ends are proved; null for what the other end does not ask. */
export type TemporalTlsFiles = {
  /** Of whom the server's certificate has to be; null for the authorities that the system trusts. */
  caFile: string | null;
  client: { certFile: string; keyFile: string } | null;
  /** The name that has to be in the server's certificate; null for the host that is connected to. */
  serverName: string | null;
};

/** As Temporal's SDK wants it. */
export type TemporalTls = {
  serverRootCACertificate?: Buffer;
  clientCertPair?: { crt: Buffer; key: Buffer };
  serverNameOverride?: string;
};

/** Read anew for each connection, so that files that were exchanged meanwhile count; null files are a plain connection. */
export async function readTemporalTls(
  files: TemporalTlsFiles | null,
  readFile: (path: string) => Promise<Buffer>,
): Promise<TemporalTls | false> {
  if (!files) return false;
  const { caFile, client, serverName } = files;
  return {
    ...(caFile !== null && { serverRootCACertificate: await readFile(caFile) }),
    ...(client && {
      clientCertPair: { crt: await readFile(client.certFile), key: await readFile(client.keyFile) },
    }),
    ...(serverName !== null && { serverNameOverride: serverName }),
  };
}

/** The variables that say it, named as Temporal's own tools name them. */
export type TemporalTlsVariables = {
  TEMPORAL_TLS_SERVER_CA_CERT_PATH?: string | undefined;
  TEMPORAL_TLS_CLIENT_CERT_PATH?: string | undefined;
  TEMPORAL_TLS_CLIENT_KEY_PATH?: string | undefined;
  TEMPORAL_TLS_SERVER_NAME?: string | undefined;
};

export function temporalTlsFiles(variables: TemporalTlsVariables): TemporalTlsFiles | null {
  const {
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: caFile = null,
    TEMPORAL_TLS_CLIENT_CERT_PATH: certFile,
    TEMPORAL_TLS_CLIENT_KEY_PATH: keyFile,
    TEMPORAL_TLS_SERVER_NAME: serverName = null,
  } = variables;
  const client = certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : null;
  return caFile === null && client === null && serverName === null ? null : { caFile, client, serverName };
}

export function temporalTlsVariables({
  caFile,
  client,
  serverName,
}: TemporalTlsFiles): Partial<Record<keyof TemporalTlsVariables, string>> {
  return {
    ...(caFile !== null && { TEMPORAL_TLS_SERVER_CA_CERT_PATH: caFile }),
    ...(client && {
      TEMPORAL_TLS_CLIENT_CERT_PATH: client.certFile,
      TEMPORAL_TLS_CLIENT_KEY_PATH: client.keyFile,
    }),
    ...(serverName !== null && { TEMPORAL_TLS_SERVER_NAME: serverName }),
  };
}
