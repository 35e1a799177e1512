import { isId, withinLimit } from './asked-for.ts';

export type LetterPorts = {
  /** Accepts the next letters of a report and says how it then stands; null when there is none. */
  tellReturnedLetters: (reportId: string, limit: number) => Promise<LetterStep | null>;
};

export type LetterStep = { state: string; matched: number; done: number };

const mostAtOnce = 500;

/** Repeated, it accepts no letter twice. */
export function createAcceptReturnedLetters({ tellReturnedLetters }: LetterPorts) {
  return async function acceptReturnedLetters(input: {
    reportId: string;
    limit: number;
  }): Promise<LetterStep> {
    const report = isId(input.reportId)
      ? await tellReturnedLetters(input.reportId, withinLimit(input.limit, mostAtOnce))
      : null;
    if (!report) return { state: 'unknown', matched: 0, done: 0 };
    return { state: report.state, matched: report.matched, done: report.done };
  };
}
