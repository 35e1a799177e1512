import type { InboundText, Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import {
  field,
  jsonOf,
  jsonReply,
  meaningOf,
  readOne,
  refusedAsNotify,
  statusOf,
  timeIn,
} from './reading.ts';

const statuses: Readonly<Record<string, string>> = {
  2: 'permanent-failure',
  3: 'delivered',
  4: 'temporary-failure',
  5: 'permanent-failure',
};

/** What the substatuses of each status mean. */
const substatuses: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  2: {
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
  3: { 2: 'Delivered to operator', 5: 'Delivered to handset' },
  4: {
    6: 'Absent Subscriber',
    8: 'Roaming not allowed',
    13: 'SMS Not Supported',
    15: 'Expired',
    27: 'Absent Subscriber',
    29: 'Invalid delivery report',
    32: 'Delivery Failure',
  },
  5: {
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
};

/** MMG (UK, NL): JSON that names the notification by its id. */
export const mmg: Provider = {
  name: 'mmg',
  proof: 'password_or_token',
  namesBy: 'id',
  method: 'POST',
  readStatus,
  readInbound,
  statusTaken: jsonReply(200, { result: 'success' }),
  inboundTaken: jsonReply(200, { status: 'ok' }),
  inboundUnknown: { status: 200, contentType: 'text/plain', body: 'RECEIVED' },
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  return readOne('MMG', jsonOf(request), ['status', 'CID'], (text, fields) => {
    const [status, substatus] = [text('status'), field(fields, 'substatus')];
    return {
      reference: text('CID'),
      key: null,
      status: statusOf(statuses, status),
      word: status,
      description: meaningOf(substatuses, status, substatus),
      providerResponse: substatus === null ? `status ${status}` : `status ${status}, substatus ${substatus}`,
      occurredAt: timeIn('Europe/London', field(fields, 'deliverytime')),
    };
  });
}

function readInbound(request: ProviderRequest): Reading<InboundText> {
  return readOne('MMG', jsonOf(request), ['MSISDN', 'Number', 'Message', 'ID'], (text) => ({
    key: text('ID'),
    source: text('MSISDN'),
    destination: text('Number').replace(/^44/, '0'),
    message: unquoted(text('Message')),
    // [sic]
    receivedAt: timeIn('UTC', unquoted(text('DateRecieved'))),
  }));
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
