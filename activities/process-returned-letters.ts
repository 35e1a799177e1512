import { isId, withinLimit } from './parse-input.ts';

export type LetterPorts = {
  /** Accepts the next letters of a report and says how it then stands; null when there is none. */
  processReturnedLetters: (reportId: string, limit: number) => Promise<LetterStep | null>;
};

export type LetterStep = { state: string; matched: number; done: number };

const mostAtOnce = 500;

/** Repeated, it accepts no letter twice. */
export function createProcessLetterPage({ processReturnedLetters }: LetterPorts) {
  return async function processLetterPage(input: { reportId: string; limit: number }): Promise<LetterStep> {
    const report = isId(input.reportId)
      ? await processReturnedLetters(input.reportId, withinLimit(input.limit, mostAtOnce))
      : null;
    if (!report) return { state: 'unknown', matched: 0, done: 0 };
    return { state: report.state, matched: report.matched, done: report.done };
  };
}
