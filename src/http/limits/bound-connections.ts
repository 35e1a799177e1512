// How many connections are open at most, and which gives way to a new one: the longest unused of those on which nobody has
// shown who they are, first the idle ones. So connections that are held open, however many, keep nobody out.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface BoundConnections {
  /** Somebody known has called on this connection: others give way before it. */
  prove(socket: Socket): void;
  readonly count: number;
}

type State = { isProven: boolean; requests: number };

export function boundConnections(server: Server, max: number): BoundConnections {
  const states = new Map<Socket, State>();
  // Each in the order of their last use; busy ones with a known caller never give way.
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();
  const idleProven = new Set<Socket>();
  const givingWay = [idle, busy, idleProven] as const;

  const place = (socket: Socket, { isProven, requests }: State): void => {
    for (const list of givingWay) list.delete(socket);
    if (requests === 0) (isProven ? idleProven : idle).add(socket);
    else if (!isProven) busy.add(socket);
  };
  const change = (socket: Socket, changeState: (state: State) => void): void => {
    const state = states.get(socket);
    if (!state) return;
    changeState(state);
    place(socket, state);
  };
  const forget = (socket: Socket): void => {
    states.delete(socket);
    for (const list of givingWay) list.delete(socket);
  };
  const makeRoom = (): boolean => {
    for (const list of givingWay) {
      const [oldest] = list;
      if (oldest === undefined) continue;
      forget(oldest);
      oldest.destroy();
      return true;
    }
    return false;
  };

  server.on('connection', (socket: Socket) => {
    if (states.size >= max && !makeRoom()) {
      socket.destroy();
      return;
    }
    const state = { isProven: false, requests: 0 };
    states.set(socket, state);
    place(socket, state);
    socket.once('close', () => forget(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    change(socket, (state) => (state.requests += 1));
    response.once('close', () => change(socket, (state) => (state.requests -= 1)));
  });

  return {
    prove: (socket) => {
      if (states.get(socket)?.isProven === false) change(socket, (state) => (state.isProven = true));
    },
    get count() {
      return states.size;
    },
  };
}
