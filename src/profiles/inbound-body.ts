import type { InboundFacts } from '../domain/notifications/inbound.ts';
import { pythonJson } from './python-json.ts';

/** The same five keys in all systems of the Notify family; how the numbers are written is each one's own. */
export function inboundBody(facts: InboundFacts): string {
  return pythonJson([
    ['id', facts.id],
    ['source_number', facts.sourceNumber],
    ['destination_number', facts.destinationNumber],
    ['message', facts.message],
    ['date_received', facts.dateReceived],
  ]);
}
