import { z } from 'zod';
import { InstantOutput } from './instant.schema.ts';
import { storedText } from './text.schema.ts';

/** One for each letter: its `provider_reference`, its `reference` or its id. */
export const LetterReference = storedText(1000);
export const maxLetterReferences = 100_000;

/** The body of `POST /v1/letters/returned`. */
export const ReturnedLetters = z.strictObject({
  references: z
    .array(LetterReference)
    .min(1)
    .max(maxLetterReferences)
    .describe('Of each letter: its `provider_reference`, its `reference` or its id.'),
});
export type ReturnedLetters = z.infer<typeof ReturnedLetters>;

export const MatchedLetters = z
  .object({
    matched: z.number().int().describe('How many letters were found, and are told of.'),
    unmatched: z
      .array(z.string())
      .describe('The references that name no letter, or letters of several services.'),
  })
  .meta({ id: 'MatchedLetters' });
export type MatchedLetters = z.infer<typeof MatchedLetters>;

/** How far the telling of letters that were reported together is. */
export const LetterReport = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done']),
    matched: z.number().int(),
    done: z.number().int().describe('How many have been accepted as returned, and are on their way.'),
    started_at: InstantOutput,
    finished_at: InstantOutput.nullable(),
  })
  .meta({ id: 'LetterReport' });
export type LetterReport = z.infer<typeof LetterReport>;
