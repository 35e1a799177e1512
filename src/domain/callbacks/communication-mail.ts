import type { Instant } from '../instant.ts';

export type MailKind = 'disabled' | 'warning';

/** What a mail about a communication says; never a recipient of a notification, a token or what was sent. */
export type CommunicationMailFacts = {
  kind: MailKind;
  serviceId: string;
  serviceName: string;
  /** The event whose callback was failing. */
  event: string;
  /** Of Dispatch; null for what is a service's callback for the event. */
  communication: { id: string; name: string } | null;
  url: string;
  /** The status that was failing, and how often it was tried. */
  notificationId: string;
  sequence: number;
  attemptsMade: number;
  lastAttempt: {
    at: Instant;
    error: string;
    responseStatus: number | null;
    /** Null without an answer. */
    responseBody: string | null;
    truncated: boolean;
  } | null;
  /** When it was decided, and why, in words. */
  at: Instant;
  reason: string;
  held: number;
};

const maxBody = 1000;
const maxName = 100;

/** A mail in plain text: what happened and what to do first, what may explain it after that. */
export function writeCommunicationMail(
  facts: CommunicationMailFacts,
  publicUrl: string,
): { subject: string; text: string } {
  const name = oneLine(facts.serviceName);
  const about = facts.communication
    ? `"${oneLine(facts.communication.name)}" of "${name}"`
    : `"${name}" (${facts.event})`;
  const lines = facts.kind === 'disabled' ? disabledLines(facts, publicUrl) : warningLines(facts);
  return {
    subject:
      facts.kind === 'disabled'
        ? `Ringback disabled ${about}`
        : `Ringback: callbacks for ${about} are failing`,
    text: `${[...lines, '', ...detailLines(facts, name, publicUrl)].join('\n')}\n`,
  };
}

function disabledLines(facts: CommunicationMailFacts, publicUrl: string): string[] {
  const { held } = facts;
  const waiting = held === 1 ? '1 status is held' : `${held} statuses are held`;
  const kept = held === 0 ? 'what comes from now on is held.' : `${waiting}, and so is all that comes.`;
  return [
    facts.communication
      ? 'A callback to the URL below failed for good, so Ringback has disabled its communication.'
      : 'Callbacks to the URL below failed for good, so Ringback has disabled them.',
    `Nothing is lost: ${kept}`,
    '',
    'Once the receiver works again, enable them with:',
    '',
    '  curl -X POST -H "Authorization: Bearer $RINGBACK_ADMIN_TOKEN" \\',
    `    ${publicUrl}${pathOf(facts)}/enable`,
    '',
    'What is held is then delivered in order, with the URL and the credential',
    'as they are at that moment.',
  ];
}

function pathOf({ communication, serviceId, event }: CommunicationMailFacts): string {
  return communication
    ? `/v1/communications/${communication.id}`
    : `/v1/services/${serviceId}/callbacks/${event}`;
}

function warningLines({ attemptsMade }: CommunicationMailFacts): string[] {
  return [
    `A callback to the URL below has failed ${attemptsMade} times. It is still being retried,`,
    'and nothing is disabled yet: that happens when a status has used up its',
    'attempts. At most one such warning is sent in an hour.',
  ];
}

function detailLines(facts: CommunicationMailFacts, name: string, publicUrl: string): string[] {
  const { lastAttempt } = facts;
  return [
    `Service:       ${name} (${facts.serviceId})`,
    ...(facts.communication
      ? [`Communication: ${oneLine(facts.communication.name)} (${facts.communication.id})`]
      : []),
    `Event:         ${facts.event}`,
    `URL:           ${oneLine(facts.url, 2048)}`,
    `${facts.kind === 'disabled' ? 'Disabled at:  ' : 'Failing at:   '} ${facts.at}`,
    `Why:           ${oneLine(facts.reason, 1000)}`,
    `Notification:  ${facts.notificationId}, status ${facts.sequence}`,
    `Its history:   ${publicUrl}/v1/notifications/${facts.notificationId}/callbacks`,
    ...(lastAttempt ? ['', ...answerLines(lastAttempt)] : []),
  ];
}

function answerLines(last: NonNullable<CommunicationMailFacts['lastAttempt']>): string[] {
  const heading = `The last attempt, at ${last.at}: ${oneLine(last.error, 1000)}`;
  if (last.responseBody === null) return [heading, 'There was no answer.'];
  const body = visible(last.responseBody);
  if (body === '') return [heading, 'The answer had no body.'];
  const shown = Array.from(body).slice(0, maxBody).join('');
  const isCut = last.truncated || shown !== body;
  return [
    `${heading}${last.responseStatus === null ? '' : ` Its answer (${last.responseStatus}):`}`,
    '',
    ...shown.split('\n').map((line) => `> ${line}`),
    ...(isCut ? ['', '(cut here; the history has more)'] : []),
  ];
}

function oneLine(text: string, max = maxName): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return Array.from(line).length > max ? `${Array.from(line).slice(0, max).join('')}…` : line;
}

/**
 * With everything that is not to be seen written out, so that no answer can colour a terminal, hide a part of itself or
 * reverse what is around it. Line breaks of every kind become one.
 */
function visible(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu, (hidden) =>
      Array.from(hidden, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`).join(''),
    );
}
