import { readFileSync, writeFileSync } from 'node:fs';
import { anyText } from '../support/matchers.ts';
import { createTestApp } from '../support/test-app.ts';

const snapshot = new URL('openapi.json', import.meta.url);

type Operation = {
  summary?: string;
  tags?: string[];
  security?: unknown[];
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
};
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: object } };

const readDocument = async (): Promise<Document> => {
  const { call } = await createTestApp();
  return (await call('GET', '/openapi.json', { as: null })).json<Document>();
};

describe('The OpenAPI document', () => {
  it('is the one that callers were given (UPDATE_SNAPSHOTS=1 writes it anew)', async () => {
    const text = `${JSON.stringify(await readDocument(), null, 2)}\n`;
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(snapshot, text);
    expect(text).toBe(readFileSync(snapshot, 'utf8'));
  });

  it('gives every route a summary, a tag and its callers, and every refusal as a problem', async () => {
    const { paths } = await readDocument();
    for (const [path, operations] of Object.entries(paths))
      for (const [method, { summary, tags, security, responses }] of Object.entries(operations)) {
        const where = `${method} ${path}`;
        expect([where, summary, tags]).toEqual([where, anyText, [anyText]]);
        expect([where, Array.isArray(security)]).toEqual([where, true]);
        for (const [status, { content }] of Object.entries(responses))
          if (Number(status) >= 400 && path !== '/readyz')
            expect([where, status, content]).toEqual([
              where,
              status,
              { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
            ]);
      }
  });

  it('has no component that nothing refers to, and refers to none that it has not', async () => {
    const document = await readDocument();
    const references = new Set(
      [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
    );
    expect(new Set(Object.keys(document.components.schemas))).toEqual(references);
  });
});
