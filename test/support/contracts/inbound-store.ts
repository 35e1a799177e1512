import { createAcceptor } from '../../../src/use-cases/acceptance/accept-events.ts';
import type { InboundStore, OwnedScope, ServiceStore, StatusStore } from '../../../src/ports/index.ts';
import { createAcceptInbound } from '../../../src/use-cases/acceptance/accept-inbound.ts';
import { aService } from '../builders.ts';
import { noDispatchSink, noMetrics, operator } from '../db-fixture.ts';

type Stores = { services: ServiceStore; statuses: StatusStore; inbound: InboundStore };

const live = (serviceId: string): OwnedScope => ({ serviceId, keyTypes: ['live', 'team'] });

/** What every InboundStore does, with messages that the use-case has accepted. */
export function describeInboundStore(makeStores: () => Promise<Stores>): void {
  const make = async () => {
    const stores = await makeStores();
    const service = aService();
    await stores.services.create(service);
    const acceptor = createAcceptor({
      ...{ statuses: stores.statuses, dispatchSink: noDispatchSink, metrics: noMetrics },
      now: () => new Date(),
    });
    const acceptInbound = createAcceptInbound({ ...stores, ...acceptor });
    const accept = async (source_number: string, message: string): Promise<string> => {
      const body = { source_number, destination_number: '07700900789', message };
      return (await acceptInbound(operator, service.id, body)).id;
    };
    return { inbound: stores.inbound, serviceId: service.id, accept };
  };

  describe('InboundStore', () => {
    it('gives all messages of a number one place, and those of another number another', async () => {
      const { inbound, serviceId } = await make();
      const first = await inbound.conversation({ serviceId, keyType: 'live' }, '447700900456');
      expect(await inbound.conversation({ serviceId, keyType: 'live' }, '447700900456')).toBe(first);
      expect(await inbound.conversation({ serviceId, keyType: 'live' }, '447700900457')).not.toBe(first);
    });

    it('gives what a number sends for trying out a place of its own', async () => {
      const { inbound, serviceId, accept } = await make();
      const real = await inbound.conversation({ serviceId, keyType: 'live' }, '447700900456');
      const trial = await inbound.conversation({ serviceId, keyType: 'test' }, '447700900456');
      expect(trial).not.toBe(real);
      await accept('447700900456', 'Hello');
      const page = { limit: 10, olderThan: null };
      expect(await inbound.list(live(serviceId), page)).toMatchObject([
        { message: 'Hello', keyType: 'live' },
      ]);
      expect(await inbound.list({ serviceId, keyTypes: ['test'] }, page)).toEqual([]);
    });

    it('finds a message by its id, with its place and what it says', async () => {
      const { inbound, serviceId, accept } = await make();
      await accept('447700900456', 'one');
      const id = await accept('447700900456', 'two');
      expect(await inbound.find(id)).toMatchObject({
        ...{ id, serviceId, sequence: 2, sourceNumber: '447700900456', message: 'two' },
        notificationId: await inbound.conversation({ serviceId, keyType: 'live' }, '447700900456'),
      });
      expect(await inbound.find('9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10')).toBeNull();
    });

    it('lists a service’s messages newest first, a page at a time, and nothing after one that is not its own', async () => {
      const { inbound, serviceId, accept } = await make();
      const ids: string[] = [];
      for (const number of ['447700900456', '447700900457', '447700900456'])
        ids.unshift(await accept(number, 'x'));
      const first = await inbound.list(live(serviceId), { limit: 2, olderThan: null });
      const second = await inbound.list(live(serviceId), { limit: 2, olderThan: first[1]?.id ?? '' });
      expect([first.length, second.length]).toEqual([2, 1]);
      expect([...first, ...second].map(({ id }) => id)).toEqual(ids);
      const unknown = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
      expect(await inbound.list(live(serviceId), { limit: 2, olderThan: unknown })).toEqual([]);
    });
  });
}
