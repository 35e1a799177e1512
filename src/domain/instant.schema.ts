import { z } from 'zod';
import { toInstant } from './instant.ts';

// PostgreSQL has no year 0, and an Instant no fifth digit: an offset can lead to either from a year that looks right.
const isWithinFourDigits = (text: string): boolean => {
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9999;
};

/** An RFC 3339 time with an offset, as an Instant. */
export const InstantInput = z.iso
  .datetime({
    offset: true,
    error: 'must be an RFC 3339 time such as 2026-06-15T11:30:00.123456Z',
    abort: true,
  })
  .refine(isWithinFourDigits, 'must be between the years 1 and 9999')
  .transform(toInstant);

export const InstantOutput = z.string().meta({ format: 'date-time', example: '2026-06-15T11:30:00.123456Z' });
