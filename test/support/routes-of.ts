import type { ZodApp } from '../../src/http/zod-app.ts';

/** Every route of an app as `GET /path/:parameter`, without the HEAD that comes with each GET. */
export function routesOf(app: Pick<ZodApp, 'printRoutes'>): string[] {
  const parents: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', path = '', methods = ''] = /^(.*?)[└├]── (\S*) \((.*)\)$/.exec(line) ?? [];
      const depth = indent.length / 4;
      parents[depth] = path;
      const full = parents.slice(0, depth + 1).join('');
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => `${method} ${full}`);
    });
}
