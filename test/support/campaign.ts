// A campaign as a Dispatch user runs it: one batch, of which the platform reports what became of each destination, and a
// receiver that fails a tenth of the time.
import type { Call } from './call.ts';
import { startUrlReceiver } from './url-receiver.ts';
import { until } from './until.ts';

const inFlight = 32;
const membersPerCall = 5000;

/** Twilio's words for a text message that arrives, and for one that does not. */
const arrives = ['queued', 'sending', 'sent', 'delivered'];
const failsToArrive = ['queued', 'sent', 'undelivered'];

export type CampaignMember = { id: string; studentId: string; words: string[] };

/** The words that are reported of the n-th member: every fourth is an e-mail, every seventh does not arrive. */
function wordsOf(n: number): string[] {
  if (n % 4 === 0) return ['sent'];
  return n % 7 === 0 ? failsToArrive : arrives;
}

export async function startCampaign(call: Call, admin: string, size: number) {
  let asked = 0;
  const receiver = await startUrlReceiver(() => ((asked += 1) % 10 === 0 ? 503 : 200));
  const post = async <T>(path: string, body: object = {}): Promise<T> => {
    const { status, body: answer } = await call<T>('POST', path, admin, body);
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  };

  const service = await post<{ id: string }>('/v1/services', { name: 'University', profile: 'dispatch' });
  const campaign = await post<{ id: string }>('/v1/campaigns', {
    service_id: service.id,
    name: 'Term fees',
    environment: { live: { team: 'fees & loans' }, test: { team: 'nobody' } },
  });
  const policy = { attempts: 12, interval_seconds: 1, timeout_seconds: 10 };
  const communication = await post<{ id: string }>(`/v1/campaigns/${campaign.id}/communications`, {
    name: 'First reminder',
    mode: 'live',
    notification_list: ['ops@university.example'],
    callbacks: [
      {
        event: 'message_sent',
        method: 'GET',
        url: `${receiver.base}/sent/\${studentId}/\${id}?team=\${team}`,
        policy,
      },
      {
        event: 'message_delivery_status_change',
        method: 'POST',
        url: `${receiver.base}/change/\${studentId}/\${messageStatus}?error=\${errorCode}&to=\${destination}`,
        policy,
      },
      {
        event: 'communication_complete',
        method: 'POST',
        url: `${receiver.base}/complete/\${batchId}`,
        policy,
      },
    ],
  });

  const members: CampaignMember[] = [];
  const bodyOf = (from: number, to: number): object => ({
    members: Array.from({ length: to - from }, (_, index) => ({
      attributes: { studentId: `student ${from + index}/A` },
      destinations: [
        wordsOf(from + index).length === 1
          ? { type: 'email', to: `student${from + index}@university.example` }
          : { type: 'sms', to: `+614915${70000 + from + index}`, provider: 'twilio' },
      ],
    })),
  });
  const addAll = ({ members: added }: { members: { id: string }[] }): void => {
    for (const { id } of added) {
      const n = members.length;
      members.push({ id, studentId: `student ${n}/A`, words: wordsOf(n) });
    }
  };
  const batch = await post<{ id: string; members: { id: string }[] }>(
    `/v1/communications/${communication.id}/batches`,
    bodyOf(0, Math.min(size, membersPerCall)),
  );
  addAll(batch);
  for (let from = membersPerCall; from < size; from += membersPerCall)
    addAll(
      await post(`/v1/batches/${batch.id}/members`, bodyOf(from, Math.min(size, from + membersPerCall))),
    );

  /** Reports every word of a member, each after the one before was accepted; asks again while it is refused as busy. */
  const report = async ({ id, words }: CampaignMember, n: number): Promise<void> => {
    const destination = words.length === 1 ? `student${n}@university.example` : `+614915${70000 + n}`;
    for (const [place, status] of words.entries()) {
      const event_id = `${id.slice(0, 24)}${String(n).padStart(8, '0')}${String(place).padStart(4, '0')}`;
      const body = {
        ...{ destination, status, event_id },
        ...(status === 'undelivered' && { provider_response: '30003' }),
      };
      await until(
        `the status ${status} of member ${n} is accepted`,
        () =>
          call('POST', `/v1/notifications/${id}/statuses`, admin, body).then(
            ({ status: code }) => code < 300,
            () => false,
          ),
        120,
      );
    }
  };
  const reportAll = async (): Promise<void> => {
    const left = [...members.entries()].values();
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (const [n, member] of left) await report(member, n);
      }),
    );
  };

  return {
    receiver,
    serviceId: service.id,
    communicationId: communication.id,
    batchId: batch.id,
    members,
    reportAll,
    close: () => post(`/v1/batches/${batch.id}/complete`),
    batch: async (query = '') =>
      (await call<ShownBatch>('GET', `/v1/batches/${batch.id}${query}`, admin)).body,
    /** The part of the URLs that were taken for one event. */
    taken: (event: string) => receiver.taken().filter(({ url }) => url.startsWith(`/${event}/`)),
  };
}

type ShownBatch = {
  status: string;
  member_count: number;
  started_count: number;
  processed_count: number;
  members?: { id: string; attributes: object; destinations: { status: string }[]; status: string }[];
};

export type RunningCampaign = Awaited<ReturnType<typeof startCampaign>>;

/** What is wrong with what the receiver took; nothing, when every member was told of as it should be. */
export function faultsOf({ members, taken, batchId }: RunningCampaign): string[] {
  const changes = new Map<string, string[]>();
  for (const { url } of taken('change')) {
    const [, , studentId = '', rest = ''] = url.split('/');
    const own = changes.get(studentId) ?? [];
    const word = rest.split('?')[0] ?? '';
    // A worker that dies between an answer and its record calls again.
    if (own.at(-1) !== word) own.push(word);
    changes.set(studentId, own);
  }
  const sent = new Set(taken('sent').map(({ url }) => url));
  const faults = members.flatMap(({ id, studentId, words }) => {
    const own = encodeURIComponent(studentId);
    const told = changes.get(own)?.join() ?? '';
    const expected = words.length === 1 ? '' : words.join();
    return [
      ...(sent.has(`/sent/${own}/${id}?team=fees%20%26%20loans`)
        ? []
        : [`${studentId} was not told of as sent`]),
      ...(told === expected ? [] : [`${studentId} was told ${told} instead of ${expected}`]),
    ];
  });
  if (sent.size !== members.length) faults.push(`${sent.size} members were told of as sent`);
  const completions = new Set(taken('complete').map(({ url }) => url));
  if (completions.size !== 1 || !completions.has(`/complete/${batchId}`))
    faults.push('the completion is wrong');
  return faults;
}
