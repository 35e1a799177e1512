import fc from 'fast-check';
import { isTerminal, publicStates, type StoredState } from '../../src/domain/callbacks/callback-state.ts';

const states: StoredState[] = ['pending', 'retrying', 'delivered', 'failed', 'held', 'skipped'];
const rows = fc.array(fc.record({ state: fc.constantFrom(...states), queued: fc.boolean() }));

describe('The states that are shown', () => {
  it('name the first open status that has left the queue as being delivered', () => {
    expect(
      publicStates([
        { state: 'delivered', queued: false },
        { state: 'pending', queued: false },
        { state: 'pending', queued: false },
      ]),
    ).toEqual(['delivered', 'delivering', 'pending']);
  });

  it('leave a status pending that is still in the queue', () => {
    expect(publicStates([{ state: 'pending', queued: true }])).toEqual(['pending']);
  });

  it('let nothing be delivered behind a status that is retried', () => {
    expect(
      publicStates([
        { state: 'retrying', queued: false },
        { state: 'pending', queued: false },
      ]),
    ).toEqual(['retrying', 'pending']);
  });

  it('name at most one as being delivered, with none open before it, and change no other', () => {
    fc.assert(
      fc.property(rows, (statuses) => {
        const shown = publicStates(statuses);
        expect(shown.filter((state) => state === 'delivering').length).toBeLessThanOrEqual(1);
        const delivering = shown.indexOf('delivering');
        if (delivering >= 0)
          expect(statuses.slice(0, delivering).every(({ state }) => isTerminal(state))).toBe(true);
        shown.forEach((state, index) => {
          if (index !== delivering) expect(state).toBe(statuses[index]?.state);
        });
      }),
    );
  });
});
