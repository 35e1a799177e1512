export type LetterPorts = {
  /** Accepts the next letters of a report and says how it then stands; null when there is none. */
  tellReturnedLetters: (reportId: string, limit: number) => Promise<LetterStep | null>;
};

export type LetterStep = { state: string; matched: number; done: number };

/** Repeated, it accepts no letter twice. */
export function createAcceptReturnedLetters({ tellReturnedLetters }: LetterPorts) {
  return async function acceptReturnedLetters(input: {
    reportId: string;
    limit: number;
  }): Promise<LetterStep> {
    const report = await tellReturnedLetters(input.reportId, input.limit);
    if (!report) return { state: 'unknown', matched: 0, done: 0 };
    return { state: report.state, matched: report.matched, done: report.done };
  };
}
