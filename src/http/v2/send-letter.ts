import type { onRequestAsyncHookHandler } from 'fastify';
import { invalidField } from '../../domain/errors.ts';
import { RegisterNotification } from '../../domain/notification.schema.ts';
import { SendLetter, SendPrecompiledLetter } from '../../domain/notify-api.schema.ts';
import { createTurns } from '../../use-cases/give-way.ts';
import type { RouteDeps } from '../deps.ts';
import { bytesOf, parseJson, refuseWhole } from '../heavy-body.ts';
import { createJsonScan, type Extent } from '../json-scan.ts';
import { baseOf } from '../request-host.ts';
import { check, refuse } from '../validate.ts';
import type { ZodApp } from '../zod-app.ts';
import { sentShape } from './notify-shapes.ts';
import { fromTemplate, register } from './send-routes.ts';

/** A PDF of 5 MB, the most that GOV.UK Notify takes, in base64. */
const letterLimitBytes = 8 * 1024 * 1024;
/** All that is not the PDF. */
const restLimitBytes = 256 * 1024;
const leastAddressLines = 3;
const mostAddressLines = 7;
const AnyLetter = SendPrecompiledLetter.or(SendLetter);

/** Within a scope whose bodies come as bytes. */
export function addLetterRoute(app: ZodApp, deps: RouteDeps, takeHeavySlot: onRequestAsyncHookHandler): void {
  app.post(
    '/notifications/letter',
    {
      bodyLimit: letterLimitBytes,
      onRequest: takeHeavySlot,
      preValidation: async (request) => {
        request.body = await readLetter(bytesOf(request.body));
      },
      schema: { hide: true, body: AnyLetter },
    },
    async (request, reply) => {
      const { body } = request;
      if (!('template_id' in body)) {
        const given = {
          to: 'Provided as PDF',
          notification_type: 'letter' as const,
          reference: body.reference,
        };
        const { id, reference } = await register(deps, request, given, {});
        return reply.code(201).send({ id, reference, ...(body.postage && { postage: body.postage }) });
      }
      const to = addressOf(body.personalisation);
      const given = { ...fromTemplate(body), to, notification_type: 'letter' as const };
      const notification = await register(deps, request, given, {});
      return reply.code(201).send(sentShape(baseOf(request), notification, { body: '', subject: '' }));
    },
  );
}

/** Of a PDF nothing is kept, so it is only looked through, and something short stands for it. */
async function readLetter(bytes: Buffer) {
  const scan = createJsonScan(bytes);
  if (!scan.isObjectNext()) throw refuseWhole(bytes);
  const turns = createTurns();
  const rest: string[] = [];
  let restBytes = 0;
  for (const name of scan.names(restLimitBytes)) {
    const isPdf = name === 'content' && scan.isStringNext();
    const extent = scan.value(name, isPdf ? letterLimitBytes : restLimitBytes);
    restBytes += name.length + (isPdf ? 0 : extent.end - extent.start);
    if (turns.isOver()) await turns.give();
    if (restBytes > restLimitBytes) throw invalidField('body', 'has too much beside the PDF');
    const value = isPdf ? await stubOf(bytes, extent) : bytes.toString('utf8', extent.start, extent.end);
    parseJson(value);
    rest.push(`${JSON.stringify(name)}:${value}`);
  }
  const checked = check(AnyLetter, parseJson(`{${rest.join(',')}}`), 'body');
  if (checked.faults) throw refuse(checked.faults);
  return checked.value;
}

/** JSON text of base64 where the string is some, else of text that is none. */
async function stubOf(bytes: Buffer, { start, end }: Extent): Promise<string> {
  const turns = createTurns();
  let characters = 0;
  let padding = 0;
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    // Some clients escape each solidus.
    if (byte === 0x5c && bytes[at + 1] === 0x2f) continue;
    if (byte === 0x3d) padding += 1;
    else if (padding > 0 || !isBase64[byte]) return notBase64;
    characters += 1;
    if (characters % 65_536 === 0 && turns.isOver()) await turns.give();
  }
  if (characters === 0) return '""';
  return characters % 4 === 0 && padding <= 2 ? '"AAAA"' : notBase64;
}

const notBase64 = '"%"';
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const isBase64 = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(alphabet.includes(String.fromCharCode(byte))),
);

function addressOf(personalisation: Record<string, unknown>): string {
  const lines = Array.from({ length: 7 }, (_, index) => personalisation[`address_line_${index + 1}`])
    .concat(personalisation['postcode'])
    .filter((line): line is string => typeof line === 'string' && line.trim() !== '');
  if (lines.length < leastAddressLines)
    throw invalidField('personalisation', `must have an address of at least ${leastAddressLines} lines`);
  if (lines.length > mostAddressLines)
    throw invalidField('personalisation', `must have an address of at most ${mostAddressLines} lines`);
  // As `to` is checked where a notification is registered by its own fields.
  const address = RegisterNotification.shape.to.safeParse(lines.join('\n'));
  if (address.success) return address.data;
  const isTooLong = address.error.issues.some(({ code }) => code === 'too_big');
  const fault = isTooLong ? 'is too long' : 'must not contain U+0000 or an unpaired surrogate';
  throw invalidField('personalisation', `has an address that ${fault}`);
}
