import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../domain/errors.ts';

/** A name, an IPv4 address or an IPv6 address in brackets, and a port (RFC 9110, 7.2). */
const pattern = /^(?:[a-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

/**
 * Answers build URLs from the host and the scheme, which the caller or a trusted proxy names: what is none is refused
 * first (RFC 9112, 3.2). HTTP/1.0 may leave the host out, as some health checks do.
 */
export function addHostCheck(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ host, protocol }) => {
    // A proxy says what it will, whatever the type.
    if (host !== '' && !isHost(host))
      throw new AppError(
        'INVALID_INPUT',
        'The Host header, or X-Forwarded-Host, is not a host with an optional port: send it as in example.org:8600.',
      );
    if (!['http', 'https'].includes(protocol))
      throw new AppError(
        'INVALID_INPUT',
        'X-Forwarded-Proto is neither http nor https: send one of the two.',
      );
  });
}

/** Where the caller reached us. */
export function baseOf({ protocol, host }: FastifyRequest): string {
  if (host === '') throw new AppError('INVALID_INPUT', 'The Host header is missing: the answer has URLs.');
  return `${protocol}://${host}`;
}

function isHost(host: string): boolean {
  return pattern.test(host) && URL.canParse(`http://${host}`);
}
