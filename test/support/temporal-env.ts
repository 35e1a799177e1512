import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

import { prepareTimeSkippingServer } from './time-skipping-server.ts';
import type { Executable } from './time-skipping-server.ts';

let isQuiet = false;

/**
 * A Temporal whose clock jumps to the next timer while a result is awaited through its `client`, and runs as usual
 * otherwise. One per test file, `teardown()` in `afterAll`. It refuses search attributes that are not named here.
 */
export async function createSkippingEnv(
  keywordAttributes: readonly string[] = [],
): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  const env = await startServer(await findServer());
  if (keywordAttributes.length > 0) await addKeywordAttributes(env, keywordAttributes);
  return env;
}

async function startServer(executable: Executable | undefined): Promise<TestWorkflowEnvironment> {
  // What the SDK would download is held to no digest.
  if (!executable && process.env['TEMPORAL_DOWNLOAD_UNPINNED'] !== 'true')
    throw new Error(
      "There is no time-skipping test server of Temporal's: install a JDK (17 or newer) and Maven, or name an executable " +
        'in TEMPORAL_TEST_SERVER, or set TEMPORAL_DOWNLOAD_UNPINNED=true to run whatever the Temporal SDK downloads.',
    );
  try {
    return await TestWorkflowEnvironment.createTimeSkipping(executable ? { server: { executable } } : {});
  } catch (error) {
    throw new Error(
      "Temporal's time-skipping test server did not start: install a JDK (17 or newer) and Maven, or allow the network " +
        'for the download of the Temporal SDK, or name an executable in TEMPORAL_TEST_SERVER.',
      { cause: error },
    );
  }
}

async function findServer(): Promise<Executable | undefined> {
  const prepared = process.env['RINGBACK_TEST_SERVER_PATH'];
  if (prepared) return { type: 'existing-path', path: prepared };
  return prepareTimeSkippingServer((line) => process.stderr.write(`${line}\n`));
}

async function addKeywordAttributes(env: TestWorkflowEnvironment, names: readonly string[]): Promise<void> {
  const keyword = 2; // IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD of Temporal's API
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(names.map((name) => [name, keyword])),
  });
}

// The test server lacks newer capabilities, about which the SDK's core would warn in every test.
function quietRuntime(): void {
  if (isQuiet) return;
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
  isQuiet = true;
}
