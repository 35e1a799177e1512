import { Client } from 'pg';
import type { DispatchSignal } from '../../ports/index.ts';

export const dispatchChannel = 'ringback_dispatch';

const reconnectMs = 1_000;

/** LISTEN on a connection of its own, made again whenever it breaks. */
export function createDispatchSignal(databaseUrl: string): DispatchSignal {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;

  const connect = async (onOffer: () => void): Promise<void> => {
    const fresh = new Client({
      connectionString: databaseUrl,
      application_name: 'ringback-dispatch',
      keepAlive: true,
    });
    client = fresh;
    const lost = (): void => {
      if (isStopping || client !== fresh) return;
      client = undefined;
      void fresh.end().catch(() => undefined);
      timer = setTimeout(() => void connect(onOffer), reconnectMs);
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', onOffer);
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${dispatchChannel}`);
      // What was offered while nobody listened.
      onOffer();
    } catch {
      lost();
    }
  };

  return {
    listen: (onOffer) => void connect(onOffer),
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
