/** Of `attempts a`, those of the customer: not what we broke off, nor what our own way out kept from taking place. */
export const isCounted = `a.outcome NOT IN ('cancelled', 'egress_error')`;
