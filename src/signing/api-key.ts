/** What an API key says when it is taken apart. */
export type ParsedApiKey = { serviceId: string; secret: string };

// The name may hold anything, hyphens and UUIDs too, so the key is read from its end.
const apiKeyPattern =
  /^.+-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The key as the Notify clients take it: `<name>-<service id>-<secret uuid>`. */
export function formatApiKey(name: string, serviceId: string, secret: string): string {
  return `${name}-${serviceId}-${secret}`;
}

/** The service is the 36 characters before the last 36, which are the secret; null when `text` is no such key. */
export function parseApiKey(text: string): ParsedApiKey | null {
  const match = apiKeyPattern.exec(text);
  const [, serviceId, secret] = match ?? [];
  if (serviceId === undefined || secret === undefined) return null;
  return { serviceId: serviceId.toLowerCase(), secret };
}
