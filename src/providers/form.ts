/** Far more than any provider has to say. */
export const maxFields = 500;

/** Names and values in their order; null, before any of them is looked at, where there are more than `maxFields`. */
export function pairsOf(text: string): [string, string][] | null {
  return hasTooManyFields(text) ? null : [...new URLSearchParams(text)];
}

export function hasTooManyFields(text: string): boolean {
  let fields = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    fields += 1;
    if (fields > maxFields) return true;
  }
  return false;
}
