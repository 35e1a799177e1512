import { v7 as uuidv7 } from 'uuid';
import type { LetterReportStore } from '../../../src/ports/index.ts';

/** What every LetterReportStore does. */
export function describeLetterReportStore(make: () => Promise<LetterReportStore>): void {
  const letters = Array.from({ length: 3 }, () => ({ notificationId: uuidv7(), eventId: uuidv7() }));

  describe('LetterReportStore', () => {
    it('gives the letters in their order, from where the telling stands', async () => {
      const store = await make();
      const id = uuidv7();
      await store.create({ id, serviceId: null, keyType: 'live', letters });
      const all = letters.map((letter, index) => ({ ...letter, place: index + 1 }));
      expect(await store.next(id, 2)).toEqual(all.slice(0, 2));
      expect(await store.advance(id, 2)).toMatchObject({
        state: 'running',
        matched: 3,
        done: 2,
        finished_at: null,
      });
      expect(await store.next(id, 2)).toEqual(all.slice(2));
    });

    it('is done when the last was told of, and stays so', async () => {
      const store = await make();
      const id = uuidv7();
      await store.create({ id, serviceId: null, keyType: 'live', letters });
      const end = await store.advance(id, 3);
      expect(end).toMatchObject({ state: 'done', done: 3, finished_at: expect.any(String) as string });
      expect(await store.advance(id, 1)).toEqual(end);
      expect(await store.find(id)).toEqual({ report: end, serviceId: null, keyType: 'live' });
    });

    it('knows of no other', async () => {
      const store = await make();
      expect(await store.find(uuidv7())).toBeNull();
      expect(await store.next(uuidv7(), 2)).toEqual([]);
      expect(await store.advance(uuidv7(), 1)).toBeNull();
    });
  });
}
