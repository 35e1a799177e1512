import { connect, isIPv6, type Socket } from 'node:net';
import { codeOf, ownFailureOf } from './own-failure.ts';

export type Target = { address: string; port: number };

// RFC 8305, 5: "Connection Attempt Delay".
const headStartMs = 250;

/**
 * A connection to the first of `targets` that takes one (RFC 8305): the next is tried as soon as one fails, or has not
 * answered within a quarter of a second. None is given up for being slow: how long to wait is the caller's to say.
 */
export function connectToFirst(targets: readonly Target[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>();
    const failures: Error[] = [];
    let started = 0;
    let headStart: NodeJS.Timeout | undefined;

    const end = (): void => {
      clearTimeout(headStart);
      signal.removeEventListener('abort', stop);
      for (const socket of open) socket.destroy();
    };
    const stop = (): void => {
      end();
      reject(signal.reason as Error);
    };

    const startNext = (): void => {
      clearTimeout(headStart);
      const target = targets[started];
      if (!target) {
        if (open.size === 0) {
          end();
          reject(mostTelling(failures));
        }
        return;
      }
      started += 1;
      const options = { host: target.address, port: target.port, highWaterMark: 64 * 1024 };
      const socket = connect(options);
      open.add(socket);
      socket.setNoDelay(true).setKeepAlive(true, 60_000);
      const onError = (cause: Error): void => {
        open.delete(socket);
        socket.destroy();
        failures.push(withoutIpv6(target, cause));
        startNext();
      };
      socket.once('error', onError);
      socket.once('connect', () => {
        socket.off('error', onError);
        open.delete(socket);
        for (const loser of open) loser.on('error', () => undefined);
        end();
        resolve(socket);
      });
      if (started < targets.length) headStart = setTimeout(startNext, headStartMs);
    };

    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    startNext();
  });
}

/** What is ours has kept an address from being tried at all; a refusal says more than a network that is not there. */
function mostTelling(failures: readonly Error[]): Error {
  const found =
    failures.find((failure) => ownFailureOf(codeOf(failure)) !== null) ??
    failures.find((failure) => codeOf(failure) !== 'ENETUNREACH');
  return found ?? failures[0] ?? withCode('ENOTFOUND', 'there is no address to connect to');
}

/** A machine without IPv6 lacks no port for it. */
function withoutIpv6({ address }: Target, cause: Error): Error {
  const isMissing = isIPv6(address) && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(cause));
  return isMissing ? withCode('ENETUNREACH', 'there is no IPv6 here') : cause;
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
