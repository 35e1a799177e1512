// A complete receiver: it verifies the signature, ignores repeats, and answers once the status is stored.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const toleranceSeconds = 300;
const seen = new Map(); // Your database, with a unique key on the event id.

/** Standard Webhooks 1.0, `v1`: HMAC-SHA256 over `<id>.<timestamp>.<body>` with the secret behind `whsec_`. */
export function verify(secret, headers, body, nowSeconds = Date.now() / 1000) {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!(Math.abs(nowSeconds - Number(timestamp)) <= toleranceSeconds)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

async function receive(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const secret = readFileSync(process.env.WEBHOOK_SECRET_FILE, 'utf8').trim();
  if (!verify(secret, request.headers, body)) return response.writeHead(401).end();
  const eventId = request.headers['ringback-event-id'];
  if (!seen.has(eventId)) {
    seen.set(eventId, body);
    console.log(`verified: sequence ${request.headers['ringback-sequence']}: ${body}`);
  }
  return response.writeHead(204).end();
}

if (process.env.WEBHOOK_SECRET_FILE)
  createServer(receive).listen(Number(process.env.PORT ?? 8700), '127.0.0.1');
