// What the Temporal server's own configuration template for PostgreSQL (config/development-postgres12.yaml and
// dynamicconfig/development-sql.yaml of v1.32) sets otherwise than Ringback does.
import { readFile } from 'node:fs/promises';
import { freePort } from '../../src/embedded/process/free-port.ts';

type Store = { sql: Record<string, unknown> };
type Config = Record<string, unknown> & {
  persistence: Record<string, unknown> & { datastores: { default: Store; visibility: Store } };
  global: Record<string, unknown>;
};

export async function readJson(file: string): Promise<Config> {
  return JSON.parse(await readFile(file, 'utf8')) as Config;
}

export function withShards(config: Config, numHistoryShards: number): string {
  return JSON.stringify({ ...config, persistence: { ...config.persistence, numHistoryShards } });
}

/** The template's settings on the databases and ports of `ours`. */
export async function templateOf(
  ours: Config,
  dynamicConfigFile: string,
): Promise<{ config: object; dynamic: object }> {
  const { datastores } = ours.persistence;
  const stored = ({ sql }: Store, maxConns: number): Store => ({
    sql: { ...sql, pluginName: 'postgres12', maxConns, maxIdleConns: maxConns },
  });
  const config = {
    ...ours,
    log: { stdout: true, level: 'info' },
    persistence: {
      ...ours.persistence,
      datastores: { default: stored(datastores.default, 20), visibility: stored(datastores.visibility, 2) },
    },
    global: {
      ...ours.global,
      metrics: {
        prometheus: {
          ...{ framework: 'tally', timerType: 'histogram' },
          listenAddress: `127.0.0.1:${await freePort()}`,
        },
      },
    },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '10s' },
  };
  const values = {
    'limit.maxIDLength': 255,
    'frontend.workerVersioningDataAPIs': true,
    'frontend.workerVersioningWorkflowAPIs': true,
    'frontend.workerVersioningRuleAPIs': true,
    'system.enableDeploymentVersions': true,
    'system.enableDeployments': true,
    'matching.queryWorkflowTaskTimeoutLogRate': 1.0,
    'history.ReplicationEnableUpdateWithNewTaskMerge': true,
    'history.hostLevelCacheMaxSize': 8192,
  };
  const dynamic = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [{ value }]]));
  return { config, dynamic };
}
