import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { jsonReply, meaningOf, queryOf, readOne, refusedAsNotify, statusOf } from './reading.ts';

const statuses: Readonly<Record<string, string>> = { 10: 'delivered', 20: 'permanent-failure' };

const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  10: { 0: 'No error' },
  20: {
    20: 'Recipient number unreachable',
    21: 'Recipient number incorrect',
    22: 'Delivery failure',
    31: 'The recipient is blacklisted',
    32: 'The originator is not registered for this country',
  },
};

/** Spryng (NL): a GET that says everything in its query, and names the notification by its id. */
export const spryng: Provider = {
  name: 'spryng',
  proof: 'password_or_token',
  namesBy: 'id',
  method: 'GET',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  return readOne('Spryng', queryOf(request), ['STATUS', 'REASONCODE', 'REFERENCE'], (text) => ({
    reference: text('REFERENCE'),
    key: null,
    status: statusOf(statuses, text('STATUS')),
    word: text('STATUS'),
    description: meaningOf(reasons, text('STATUS'), text('REASONCODE')),
    providerResponse: `status ${text('STATUS')}, reason ${text('REASONCODE')}`,
    occurredAt: null,
  }));
}
