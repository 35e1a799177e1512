import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A proxy that connects to what it is asked for, unless `refusal` gives it a line to answer with instead. */
export async function startConnectProxy(
  refusal: (authority: string) => string | null = () => null,
  port = 0,
) {
  const asked: { authority: string; headers: IncomingHttpHeaders }[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    return socket;
  };
  const server = createServer((_request, response) => {
    response.statusCode = 400;
    response.end();
  });
  server.on('connect', ({ url = '', headers }, client: Socket, head: Buffer) => {
    asked.push({ authority: url, headers });
    keep(client);
    const refused = refusal(url);
    if (refused !== null) {
      // It keeps its own end open, to see that the other closes.
      client.on('end', () => client.destroy()).resume();
      client.write(refused);
      return;
    }
    const { hostname, port: targetPort } = new URL(`http://${url}`);
    const target = keep(connect(Number(targetPort), hostname.replace(/^\[|\]$/g, '')));
    target.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      client.pipe(target).pipe(client);
    });
    target.on('close', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorities: () => asked.map(({ authority }) => authority),
    openSockets: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type ConnectProxy = Awaited<ReturnType<typeof startConnectProxy>>;
