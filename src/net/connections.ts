import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';
import { agentOptions } from './agent-options.ts';

/** How far a connection has come. */
export type Progress = {
  stage: 'resolving' | 'connecting' | 'connected';
  /** The name that name servers were asked for; null when none was. */
  askedFor: string | null;
};

/** Makes a connection; `signal` aborts when nobody wants it any more. */
export type Connect = (
  target: buildConnector.Options,
  making: { signal: AbortSignal; progress: Progress },
) => Promise<Socket>;

export type Connection = {
  dispatcher: Pick<Dispatcher, 'dispatch'>;
  progress: Readonly<Progress>;
  /** Whether it is made for this exchange. */
  isNew: boolean;
  /** Whether it may be kept after this exchange. */
  mayKeep: boolean;
  /** Ends it, whatever it is doing, also while it is being made. */
  destroy(reason: Error): void;
};

export type Connections = {
  /** A connection for one exchange of `owner`: one of its own to `origin` that is idle, or one that is to be made. */
  take(owner: string, origin: string): Connection;
  /** How many there are, in use or idle. */
  open(): number;
  /** Lets running exchanges end. */
  close(): Promise<void>;
  destroy(): Promise<void>;
};

type Own = Connection & { key: string; client: Client };

/**
 * One connection for each exchange under way, and no line to wait in: how many there may be is for others to say, before
 * an attempt begins. Idle ones are kept for their owner alone, at most `maxIdleConnections` over all; the one that was
 * idle for longest makes room.
 */
export function createConnections(connect: Connect, { maxIdleConnections = 512 } = {}): Connections {
  const all = new Set<Own>();
  // In the order in which they became idle.
  const idle = new Set<Own>();
  const idleByKey = new Map<string, Own[]>();

  const leaveIdle = (own: Own): void => {
    if (!idle.delete(own)) return;
    const rest = (idleByKey.get(own.key) ?? []).filter((other) => other !== own);
    if (rest.length > 0) idleByKey.set(own.key, rest);
    else idleByKey.delete(own.key);
  };

  const becomeIdle = (own: Own): void => {
    const { connected, size } = own.client.stats;
    if (!all.has(own) || idle.has(own) || own.client.destroyed || !connected || size > 0) return;
    idle.add(own);
    idleByKey.set(own.key, [...(idleByKey.get(own.key) ?? []), own]);
  };

  const forget = (own: Own): void => {
    leaveIdle(own);
    all.delete(own);
    void own.client.destroy();
  };

  const make = (key: string, origin: string): Own => {
    const making = new AbortController();
    const progress: Progress = { stage: 'resolving', askedFor: null };
    const client = new Client(origin, {
      ...agentOptions,
      connect: (target, callback) => {
        connect(target, { signal: making.signal, progress }).then(
          (socket) => callback(null, socket),
          (cause: unknown) => callback(cause as Error, null),
        );
      },
    });
    const own: Own = {
      key,
      client,
      dispatcher: client,
      progress,
      isNew: true,
      mayKeep: true,
      destroy(reason) {
        leaveIdle(own);
        all.delete(own);
        making.abort(reason);
        void client.destroy(reason);
      },
    };
    client.on('drain', () => becomeIdle(own));
    // undici connects anew for a request that it has not sent yet: the close of an idle connection has crossed it.
    client.on('disconnect', () => {
      if (client.destroyed || client.stats.size === 0) forget(own);
    });
    client.on('connectionError', () => forget(own));
    all.add(own);
    return own;
  };

  const makeRoom = (): void => {
    const [longestIdle] = idle;
    if (all.size >= maxIdleConnections && longestIdle) forget(longestIdle);
  };

  return {
    take(owner, origin) {
      const key = `${owner} ${origin}`;
      // The one that was used last: the others come to their end, and no more are kept than are needed.
      const kept = idleByKey.get(key)?.at(-1);
      if (kept) {
        leaveIdle(kept);
        kept.isNew = false;
        return kept;
      }
      makeRoom();
      const own = make(key, origin);
      own.mayKeep = all.size <= maxIdleConnections;
      return own;
    },
    open: () => all.size,
    async close() {
      await Promise.all([...all].map(({ client }) => client.close()));
    },
    async destroy() {
      const closing = [...all];
      for (const own of closing) own.destroy(new Error('The connections are closed.'));
      await Promise.all(closing.map(({ client }) => client.destroy()));
    },
  };
}
