import { AppError } from '../../domain/errors.ts';
import type { Caller } from './caller.ts';

/** Throws FORBIDDEN unless the operator calls. */
export function requireOperator(caller: Caller): void {
  if (caller.kind !== 'operator')
    throw new AppError('FORBIDDEN', "This is for the operator: a service's API key may not call it.");
}
