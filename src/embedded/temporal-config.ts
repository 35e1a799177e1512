import type { KeyFiles, TemporalCertificates } from './temporal-certificates.ts';

/** Where Temporal keeps its two databases. */
export type TemporalDatabases = { temporalUrl: string; visibilityUrl: string };

export const temporalPortNames = [
  'temporalFrontend',
  'temporalFrontendMembership',
  'temporalHistory',
  'temporalHistoryMembership',
  'temporalMatching',
  'temporalMatchingMembership',
  'temporalWorker',
  'temporalWorkerMembership',
] as const;

export type TemporalPorts = Readonly<Record<(typeof temporalPortNames)[number], number>>;

export const sqlPlugin = 'postgres12_pgx';
const host = '127.0.0.1';

/** The server's configuration; JSON is YAML as well. */
export function temporalConfig(
  databases: TemporalDatabases,
  ports: TemporalPorts,
  dynamicConfigPath: string,
  certificates: TemporalCertificates,
): object {
  const rpc = (grpcPort: number, membershipPort: number): object => ({
    rpc: { grpcPort, membershipPort, bindOnIP: host },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      // Fixed for the life of a database; four are enough for one machine.
      numHistoryShards: 4,
      datastores: {
        default: { sql: sqlStore(databases.temporalUrl, 40) },
        visibility: { sql: sqlStore(databases.visibilityUrl, 20) },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: host }, tls: mutualTls(certificates) },
    services: {
      frontend: rpc(ports.temporalFrontend, ports.temporalFrontendMembership),
      history: rpc(ports.temporalHistory, ports.temporalHistoryMembership),
      matching: rpc(ports.temporalMatching, ports.temporalMatchingMembership),
      worker: rpc(ports.temporalWorker, ports.temporalWorkerMembership),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${host}:${ports.temporalFrontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: {
      history: { state: 'disabled', enableRead: false },
      visibility: { state: 'disabled', enableRead: false },
    },
    namespaceDefaults: { archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } } },
    dynamicConfigClient: { filepath: dynamicConfigPath, pollInterval: '60s' },
  };
}

/** Every port asks for a certificate of ours, and gives one: those for callers as those between the services. */
function mutualTls({ caFile, serverName, frontend, internode, worker }: TemporalCertificates): object {
  const client = { serverName, rootCaFiles: [caFile] };
  const server = ({ certFile, keyFile }: KeyFiles): object => ({
    ...{ certFile, keyFile, clientCaFiles: [caFile], requireClientAuth: true },
  });
  return {
    internode: { server: server(internode), client },
    frontend: { server: server(frontend), client },
    systemWorker: { ...worker, client },
  };
}

/** Limits that are meant for shared clusters are lifted: this one serves Ringback alone. */
export function temporalDynamicConfig(): object {
  const unlimited = 100_000;
  const values: Record<string, boolean | number | string> = {
    'system.enableEagerWorkflowStart': true,
    'system.enableActivityEagerExecution': true,
    // The ports by which the services find each other, too.
    'system.enableRingpopTLS': true,
    'frontend.rps': unlimited,
    'frontend.namespaceRPS': unlimited,
    'frontend.namespaceRPS.visibility': unlimited,
    'frontend.persistenceMaxQPS': unlimited,
    'history.rps': unlimited,
    'history.persistenceMaxQPS': unlimited,
    'matching.rps': unlimited,
    'matching.persistenceMaxQPS': unlimited,
    'worker.persistenceMaxQPS': unlimited,
    'system.visibilityPersistenceMaxReadQPS': unlimited,
    'system.visibilityPersistenceMaxWriteQPS': unlimited,
    // What operators' lists show is written a second late and in batches: by then most workflows have closed, and the
    // record of their start is never written, which would be the dearest of all writes.
    'history.visibilityProcessorMaxPollRPS': 1,
    'history.visibilityTaskBatchSize': 1000,
    // As many workflows as may change again soon, some 25 KB each. By itself the server keeps 128,000 for an hour, most of them
    // closed: as these fill the memory it may use, it does little else than collect garbage.
    'history.hostLevelCacheMaxSize': 5_000,
    // More are for task queues that one host cannot serve; tasks then meet pollers by a detour.
    'matching.numTaskqueueReadPartitions': 1,
    'matching.numTaskqueueWritePartitions': 1,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [{ value }]]));
}

function sqlStore(url: string, maxConns: number): object {
  const { username, password, hostname, port, pathname, searchParams } = new URL(url);
  const sslMode = searchParams.get('sslmode') ?? 'disable';
  const isEncrypted = !['disable', 'allow', 'prefer'].includes(sslMode);
  return {
    pluginName: sqlPlugin,
    databaseName: decodeURIComponent(pathname.slice(1)),
    connectAddr: `${hostname}:${port || '5432'}`,
    connectProtocol: 'tcp',
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    maxConns,
    maxIdleConns: maxConns,
    maxConnLifetime: '1h',
    ...(isEncrypted && { tls: { enabled: true, enableHostVerification: sslMode === 'verify-full' } }),
  };
}
