import type { KeyType } from '../../../src/domain/access/key-type.ts';
import type { LetterReport } from '../../../src/domain/notifications/returned-letters.schema.ts';
import type { LetterReportStore, ReturnedLetterEntry } from '../../../src/ports/index.ts';

export function createFakeLetterReportStore(): LetterReportStore {
  const reports = new Map<
    string,
    { report: LetterReport; serviceId: string | null; keyType: KeyType; entries: ReturnedLetterEntry[] }
  >();
  return {
    async create({ id, serviceId, keyType, letters }) {
      const entries = letters.map((letter, index) => ({ ...letter, place: index + 1 }));
      const report: LetterReport = {
        ...{ id, state: 'running', matched: letters.length, done: 0 },
        ...{ started_at: '2026-06-15T11:30:00.123000Z', finished_at: null },
      };
      reports.set(id, { report, serviceId, keyType, entries });
    },

    async find(id) {
      const found = reports.get(id);
      if (!found) return null;
      const { report, serviceId, keyType } = found;
      return structuredClone({ report, serviceId, keyType });
    },

    async next(id, limit) {
      const found = reports.get(id);
      return (found?.entries ?? []).filter(({ place }) => place > (found?.report.done ?? 0)).slice(0, limit);
    },

    async advance(id, place) {
      const found = reports.get(id);
      if (!found) return null;
      const { report } = found;
      report.done = Math.max(report.done, place);
      if (report.done >= report.matched) {
        report.state = 'done';
        report.finished_at ??= '2026-06-15T11:31:00.123000Z';
      }
      return structuredClone(report);
    },
  };
}
