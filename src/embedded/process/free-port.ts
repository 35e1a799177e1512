import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const host = '127.0.0.1';
// Temporal keeps its ports in a smallint column (cluster_membership.rpc_port), which ends at 32767; the ports that
// systems give to outgoing connections begin above it.
const lowest = 20_000;
const highest = 32_767;
const tries = 1_000;

/** A TCP port of 127.0.0.1 that nobody listens on: the preferred one if it is free, else one of 20000 to 32767. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let tried = 0; tried < tries; tried += 1) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free TCP port was found on ${host} between ${lowest} and ${highest}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
