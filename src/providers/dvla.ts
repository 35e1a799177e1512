import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, jsonOf, objectOf, refusedAsNotify, timeIn, unreadable } from './reading.ts';

const statuses: Readonly<Record<string, string>> = { DESPATCHED: 'delivered', REJECTED: 'technical-failure' };

/** DVLA's print hub (UK, NL): JSON of a letter, named by the notification's id, which the URL's token signs. */
export const dvla: Provider = {
  name: 'dvla',
  proof: 'signed_token',
  namesBy: 'id',
  method: 'POST',
  readStatus,
  statusTaken: { status: 204, contentType: 'application/json', body: '' },
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const event = jsonOf(request);
  const data = event && objectOf(event['data']);
  if (!event || !data) return unreadable('DVLA');
  const [reference, word] = [field(data, 'jobId'), field(data, 'jobStatus')];
  if (reference === null || word === null || !Object.hasOwn(statuses, word))
    return {
      kind: 'refused',
      messages: ['DVLA callback failed: data.jobId and data.jobStatus (DESPATCHED or REJECTED) are required'],
    };
  return {
    kind: 'read',
    items: [
      {
        reference,
        key: null,
        status: statuses[word] ?? null,
        word,
        description: field(data, 'comment'),
        providerResponse: word,
        occurredAt: timeIn('UTC', field(data, 'transitionDate')),
      },
    ],
  };
}
