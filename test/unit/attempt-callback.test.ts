import { createActivities, createHeldAttempts } from '../../activities/index.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createDoor } from '../support/door.ts';

const key = (fake: ReturnType<typeof createFakeDelivery>) => ({
  notificationId: fake.notificationId,
  sequence: 1,
});

/** A first attempt that hangs until the door is opened, with a patience of a few milliseconds. */
function hanging() {
  const door = createDoor();
  let asked = 0;
  const fake = createFakeDelivery([1], async () => {
    asked += 1;
    await door.pass();
    return 200;
  });
  fake.ports.patienceMs = 5;
  return { fake, door, asked: () => asked, ...createActivities(fake.ports) };
}

describe('The first attempt of a status', () => {
  it('is answered as open when patience is over, takes one place, and gives it back at its end', async () => {
    const { fake, door, attemptCallback } = hanging();
    expect(await attemptCallback(key(fake))).toEqual({
      kind: 'open',
      taskQueue: fake.ports.ownTaskQueue,
      timeoutSeconds: 120,
    });
    expect(fake.ports.gate.load('c')).toBe(1);
    door.open();
    await fake.ports.openAttempts.find(key(fake));
    expect(fake.ports.gate.load('c')).toBe(0);
    expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  });

  it('is joined when it is asked for again meanwhile: one exchange, one place', async () => {
    const { fake, door, asked, attemptCallback } = hanging();
    await attemptCallback(key(fake));
    expect(await attemptCallback(key(fake))).toMatchObject({ kind: 'open' });
    expect(asked()).toBe(1);
    expect(fake.ports.gate.load('c')).toBe(1);
    door.open();
    await fake.ports.openAttempts.find(key(fake));
    expect(fake.ports.gate.load('c')).toBe(0);
    expect(fake.statuses[0]?.attempts).toHaveLength(1);
  });

  it('tells the dispatcher that it has begun, and that there is no more to wait for', async () => {
    const { fake } = hanging();
    const heard: string[] = [];
    fake.ports.attempting = () => heard.push('attempting');
    fake.ports.attempted = () => heard.push('attempted');
    await createActivities(fake.ports).attemptCallback(key(fake));
    expect(heard).toEqual(['attempting', 'attempted']);
  });

  it('hands the one that has waited longest over when too many wait, and holds that against no receiver', async () => {
    const heldAttempts = createHeldAttempts(2);
    const all = Array.from({ length: 3 }, () => {
      const { fake, door } = hanging();
      Object.assign(fake.ports, { heldAttempts, patienceMs: 600_000 });
      return { fake, door, result: createActivities(fake.ports).attemptCallback(key(fake)) };
    });
    for (const { door } of all) await door.arrived;
    expect(await all[0]?.result).toMatchObject({ kind: 'open' });
    expect(all[0]?.fake.ports.gate.isSlow('c')).toBe(false);
    for (const { door } of all) door.open();
    expect(await Promise.all(all.slice(1).map(({ result }) => result))).toEqual([
      { kind: 'settled', state: 'delivered' },
      { kind: 'settled', state: 'delivered' },
    ]);
  });
});
