/**
 * What anybody may ask for, however often: one answer for all who ask while it is made, and for `forMs` after that. One that
 * fails is made anew for the next.
 */
export function shareAnswer<T>(make: () => Promise<T>, forMs: number): () => Promise<T> {
  let known: { answer: Promise<T>; endsMs: number } | null = null;
  return async () => {
    if (known && performance.now() < known.endsMs) return known.answer;
    const made = { answer: make(), endsMs: Infinity };
    known = made;
    try {
      return await made.answer;
    } catch (cause) {
      if (known === made) known = null;
      throw cause;
    } finally {
      made.endsMs = performance.now() + forMs;
    }
  };
}
