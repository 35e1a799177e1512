import { StatusLine } from '../../workflows/status-line.ts';

const message = (sequence: number) => ({ sequence, status: 'sent', eventId: `event-${sequence}` });
const waiting = (line: StatusLine) => line.waiting().map(({ sequence }) => sequence);

describe('The line of a notification’s statuses', () => {
  it('gives the lowest sequence first, however they came', () => {
    const line = new StatusLine([message(3), message(1)]);
    line.add(message(2));
    expect([line.next(), line.next(), line.next(), line.next()]).toEqual([
      message(1),
      message(2),
      message(3),
      null,
    ]);
  });

  it('takes a sequence once while it waits or is being delivered', () => {
    const line = new StatusLine([message(1), message(2)]);
    line.next();
    line.add(message(1));
    line.add(message(2));
    expect(waiting(line)).toEqual([2]);
  });

  it('takes a finished sequence again, and again only once', () => {
    const line = new StatusLine([message(1)]);
    line.next();
    line.finish(message(1));
    expect(line.hasFinished(message(1))).toBe(true);
    line.add(message(1));
    line.add(message(1));
    expect(waiting(line)).toEqual([1]);
    expect(line.progress().finished).toEqual([]);
  });

  it('puts a status back behind the earlier one that it brings along', () => {
    const line = new StatusLine([message(2), message(3)]);
    line.next();
    line.bringForward(message(1), message(2));
    expect(waiting(line)).toEqual([1, 2, 3]);
  });
});
