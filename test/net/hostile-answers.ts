// What receivers can do to one who only wants to hand them a status.
import type { Socket } from 'node:net';

/** Writes `piece` over and over, as fast as the other side takes it. */
export function flood(piece: string) {
  return (socket: Socket): void => {
    const pieces = piece.repeat(Math.ceil(16_384 / piece.length));
    // One write a turn: to a socket that the other side has just reset, writes succeed until the turn is over.
    const more = (): void => {
      if (!socket.writable) return;
      if (socket.write(pieces, 'latin1')) setImmediate(more);
      else socket.once('drain', more);
    };
    more();
  };
}

/** Writes `piece` again every few milliseconds, so that the connection is never idle. */
export function drip(piece: string) {
  return (socket: Socket): void => {
    const timer = setInterval(() => socket.write(piece), 10);
    socket.on('close', () => clearInterval(timer));
  };
}

export const nothing = (): void => undefined;
export const say = (text: string) => (socket: Socket) => void socket.write(text, 'latin1');
export const sayAndEnd = (text: string) => (socket: Socket) => void socket.end(text, 'latin1');

export const sayAndReset = (text: string) => (socket: Socket) => {
  socket.write(text, 'latin1');
  // The reset may not overtake the bytes before it.
  setTimeout(() => socket.resetAndDestroy(), 30);
};

export const sayThen = (text: string, then: (socket: Socket) => void) => (socket: Socket) => {
  socket.write(text, 'latin1');
  then(socket);
};

export const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
export const interim = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
export const continued = 'HTTP/1.1 100 Continue\r\n\r\n';
