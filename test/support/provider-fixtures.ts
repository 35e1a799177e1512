import { readFileSync } from 'node:fs';
import type { ProviderRequest } from '../../src/providers/index.ts';

const folder = new URL('../fixtures/providers/', import.meta.url);

export type ProviderFixture = {
  file: string;
  provider: string;
  headers?: Record<string, string>;
  query?: string;
  signature?: { auth_token?: string; url?: string; cert?: string };
  token?: { secret_key: string; salt: string; decodes_to: string };
  expect: Record<string, unknown> & {
    status?: string;
    govau_status?: string;
    gc_status?: string;
    detail?: string | null;
    gc_provider_response?: string | null;
    provider_response?: string;
  };
};

/** What came from providers, and what it is to lead to. */
export const providerFixtures = JSON.parse(
  readFileSync(new URL('manifest.json', folder), 'utf8'),
) as ProviderFixture[];

export function fixtureBytes({ file }: { file: string }): Buffer {
  return readFileSync(new URL(file, folder));
}

/** The request of a fixture; Spryng's file is the whole target of a GET. */
export function requestOf(fixture: ProviderFixture): ProviderRequest {
  const bytes = fixtureBytes(fixture);
  const isTarget = fixture.provider === 'spryng';
  const query = isTarget ? bytes.toString('utf8').replace(/^[^?]*\?/, '') : (fixture.query ?? '');
  const headers = Object.entries(fixture.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    body: isTarget ? new Uint8Array() : bytes,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers) as Record<string, string>,
  };
}
