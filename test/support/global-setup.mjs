// Jest imports its global hooks natively, where TypeScript needs tsx.
import { tsImport } from 'tsx/esm/api';

const { testNeeds } = await tsImport('./test-needs.ts', import.meta.url);

/** Starts what the chosen test files share. */
// eslint-disable-next-line import-x/no-default-export -- how Jest finds it
export default async function setUp({ rootDir, testPathPatterns }) {
  const needs = testNeeds(rootDir, testPathPatterns.toExecutor({ rootDir }));
  if (!Object.values(needs).includes(true)) return;
  const { startTestServers } = await tsImport('./test-servers.ts', import.meta.url);
  globalThis.ringbackTestServers = await startTestServers(needs, process.env);
}
