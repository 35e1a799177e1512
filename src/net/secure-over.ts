import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** TLS over `socket`, which ends with it. */
export function secureOver(
  secure: buildConnector.connector,
  target: buildConnector.Options,
  socket: Socket,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const end = (cause: Error): void => {
      // The handle belongs to the upper one by then, the lower one may never have had it taken.
      upper?.destroy();
      socket.destroy();
      reject(cause);
    };
    const stop = (): void => end(signal.reason as Error);
    // From here on what happens to it is told by the socket above it.
    socket.on('error', () => undefined);
    // undici's types leave out that it returns the socket.
    const connect = secure as (...args: Parameters<typeof secure>) => Socket | undefined;
    const upper = connect({ ...target, httpSocket: socket }, (failure, secured) => {
      signal.removeEventListener('abort', stop);
      if (secured) resolve(secured);
      else end(failure);
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
