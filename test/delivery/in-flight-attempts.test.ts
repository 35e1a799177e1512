import { createInFlightAttempts } from '../../src/delivery/in-flight-attempts.ts';
import type { AttemptReport } from '../../src/delivery/execute-attempt.ts';

const key = { notificationId: 'n', sequence: 1 };
const done: AttemptReport = { kind: 'finished', state: 'delivered' };

function controlled() {
  let end: (report: AttemptReport) => void = () => undefined;
  let made = 0;
  const signals: AbortSignal[] = [];
  const attempt = (signal: AbortSignal): Promise<AttemptReport> => {
    made += 1;
    signals.push(signal);
    return new Promise((resolve) => {
      end = resolve;
      signal.addEventListener('abort', () => resolve({ kind: 'finished', state: 'cut short' }));
    });
  };
  return { attempt, end: () => end(done), made: () => made, signals };
}

describe('The open attempts of a process', () => {
  it('lets others join an attempt that is under way, and makes it once', async () => {
    const attempts = createInFlightAttempts();
    const { attempt, end, made } = controlled();
    const first = attempts.begin(key, attempt);
    const second = attempts.begin(key, attempt);
    const found = attempts.find(key);
    end();
    expect(await Promise.all([first, second, found])).toEqual([done, done, done]);
    expect(made()).toBe(1);
  });

  it('still knows one that has ended, but not as under way, and makes a new one when asked', async () => {
    const attempts = createInFlightAttempts();
    const { attempt, end, made } = controlled();
    const first = attempts.begin(key, attempt);
    end();
    await first;
    expect(await attempts.find(key)).toEqual(done);
    expect(attempts.underWay(key)).toBeUndefined();
    const again = attempts.begin(key, attempt);
    expect(made()).toBe(2);
    end();
    await again;
  });

  it('knows nothing of another status', () => {
    expect(createInFlightAttempts().find({ ...key, sequence: 2 })).toBeUndefined();
  });

  it('gives what is under way some time when the process stops, and then cuts it short', async () => {
    const attempts = createInFlightAttempts();
    const [quick, slow] = [controlled(), controlled()];
    const reports = [
      attempts.begin(key, quick.attempt),
      attempts.begin({ ...key, sequence: 2 }, slow.attempt),
    ];
    const stopped = attempts.stop(50);
    quick.end();
    await stopped;
    expect(await Promise.all(reports)).toEqual([done, { kind: 'finished', state: 'cut short' }]);
  });

  it('is not upset by an attempt that breaks, and stops all the same', async () => {
    const attempts = createInFlightAttempts();
    const broken = attempts.begin(key, () => Promise.reject(new Error('the database is away')));
    await expect(broken).rejects.toThrow('away');
    await attempts.stop(1000);
  });
});
