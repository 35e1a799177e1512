import { z } from 'zod';
import type { HttpDeps } from '../deps.ts';
import { shareAnswer } from '../shared-answer.ts';
import type { ZodApp } from '../zod-app.ts';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    missing: z.array(z.string()).describe('The parts that are not there.'),
    reasons: z.record(z.string(), z.string()).describe('Why, for each of them.'),
  })
  .meta({ id: 'Readiness' });

const common = { tags: ['process'], security: [] };

/** Both ask the database, and anybody may ask for them. */
const answerForMs = 250;

export function addProcessRoutes(app: ZodApp, deps: HttpDeps): void {
  const readiness = shareAnswer(deps.readiness, answerForMs);
  const renderMetrics = shareAnswer(deps.renderMetrics, answerForMs);

  app.get(
    '/healthz',
    { schema: { ...common, summary: 'Say that the process is alive', response: { 200: Health } } },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        ...common,
        summary: 'Say whether everything that is needed is there',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const parts = Object.entries(await readiness());
      const missing = parts.flatMap(([name, reason]) => (reason === null ? [] : [[name, reason] as const]));
      const isReady = missing.length === 0;
      return reply.code(isReady ? 200 : 503).send({
        status: isReady ? 'ready' : 'not_ready',
        missing: missing.map(([name]) => name),
        reasons: Object.fromEntries(missing),
      });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        ...common,
        summary: 'Show the metrics, for Prometheus',
        response: { 200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => {
      const { contentType, text } = await renderMetrics();
      return reply.type(contentType).send(text);
    },
  );
}
