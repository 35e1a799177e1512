import { preventedOutcomes } from '../../domain/delivery/attempt.ts';

const prevented = preventedOutcomes.map((outcome) => `'${outcome}'`).join(', ');

/** Of `attempts a`, those that something of ours kept from taking place. */
export const isPrevented = `a.outcome IN (${prevented})`;

/** Of `attempts a`, those of the customer: not what we broke off, nor what something of ours kept from taking place. */
export const isCounted = `a.outcome NOT IN ('cancelled', ${prevented})`;
