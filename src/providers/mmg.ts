import type { InboundText, Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, jsonOf, jsonReply, missing, refusedAsNotify, timeIn, unreadable } from './reading.ts';

/** Of each status, the family's word and what its substatuses mean. */
const statuses: Readonly<Record<string, { status: string; substatuses: Readonly<Record<string, string>> }>> =
  {
    2: {
      status: 'permanent-failure',
      substatuses: {
        1: 'Number does not exist',
        4: 'Rejected by operator',
        5: 'Unidentified Subscriber',
        9: 'Undelivered',
        11: 'Service for Subscriber suspended',
        12: 'Illegal equipment',
        2049: 'Subscriber IMSI blacklisted',
        2050: 'Number blacklisted in do-not-disturb blacklist',
        2052: 'Destination number blacklisted',
        2053: 'Source address blacklisted',
      },
    },
    3: {
      status: 'delivered',
      substatuses: { 2: 'Delivered to operator', 5: 'Delivered to handset' },
    },
    4: {
      status: 'temporary-failure',
      substatuses: {
        6: 'Absent Subscriber',
        8: 'Roaming not allowed',
        13: 'SMS Not Supported',
        15: 'Expired',
        27: 'Absent Subscriber',
        29: 'Invalid delivery report',
        32: 'Delivery Failure',
      },
    },
    5: {
      status: 'permanent-failure',
      substatuses: {
        6: 'Network out of coverage',
        8: 'Incorrect number prefix',
        10: 'Number on do-not-disturb service',
        11: 'Sender id not registered',
        13: 'Sender id blacklisted',
        14: 'Destination number blacklisted',
        19: 'Routing unavailable',
        20: 'Rejected by anti-flooding mechanism',
        21: 'System error',
        23: 'Duplicate message id',
        24: 'Message formatted incorrectly',
        25: 'Message too long',
        51: 'Missing recipient value',
        52: 'Invalid destination',
      },
    },
  };

/** MMG (UK, NL): JSON that names the notification by its id. */
export const mmg: Provider = {
  name: 'mmg',
  proof: 'password_or_token',
  method: 'POST',
  readStatus,
  readInbound,
  statusTaken: jsonReply(200, { result: 'success' }),
  inboundTaken: jsonReply(200, { status: 'ok' }),
  inboundUnknown: { status: 200, contentType: 'text/plain', body: 'RECEIVED' },
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = jsonOf(request);
  if (!fields) return unreadable('MMG');
  const messages = missing('MMG', fields, ['status', 'CID']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const status = field(fields, 'status') ?? '';
  const substatus = field(fields, 'substatus');
  const known = Object.hasOwn(statuses, status) ? statuses[status] : undefined;
  const description = known && substatus !== null ? (known.substatuses[substatus] ?? null) : null;
  return {
    kind: 'read',
    items: [
      {
        reference: field(fields, 'CID') ?? '',
        key: null,
        status: known?.status ?? 'technical-failure',
        word: status,
        description,
        providerResponse:
          substatus === null ? `status ${status}` : `status ${status}, substatus ${substatus}`,
        occurredAt: timeIn('Europe/London', field(fields, 'deliverytime')),
      },
    ],
  };
}

function readInbound(request: ProviderRequest): Reading<InboundText> {
  const fields = jsonOf(request);
  if (!fields) return unreadable('MMG');
  const messages = missing('MMG', fields, ['MSISDN', 'Number', 'Message', 'ID']);
  if (messages.length > 0) return { kind: 'refused', messages };
  return {
    kind: 'read',
    items: [
      {
        key: field(fields, 'ID'),
        source: field(fields, 'MSISDN') ?? '',
        destination: (field(fields, 'Number') ?? '').replace(/^44/, '0'),
        message: unquoted(field(fields, 'Message') ?? ''),
        // [sic]
        receivedAt: timeIn('UTC', unquoted(field(fields, 'DateRecieved') ?? '')),
      },
    ],
  };
}

/** As MMG quotes: like a form's value, and in it what is not ASCII as Python would write it. */
function unquoted(text: string): string {
  return percentDecoded(text.replaceAll('+', ' ')).replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|([nrt\\]))/g,
    (escape, four?: string, eight?: string, two?: string, plain?: string) => {
      if (plain !== undefined) return { n: '\n', r: '\r', t: '\t', '\\': '\\' }[plain] ?? escape;
      const code = Number.parseInt(four ?? eight ?? two ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
    },
  );
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
