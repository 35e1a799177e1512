import type { UrlPolicy } from '../../ports/index.ts';

/** What is wrong with a callback's URL, for certain; null when nothing is. Where it leads is checked at each attempt. */
export function callbackUrlObjection(url: string, policy: UrlPolicy): string | null {
  // The URL parser would silently drop tabs and newlines, and read a backslash as a slash.
  if (/[\u0000-\u0020\u007f\\]/.test(url))
    return 'must not contain spaces, control characters or backslashes';
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^https?:\/\//i.test(url)) return 'must be an absolute https URL';
  if (parsed.username !== '' || parsed.password !== '')
    return 'must not contain a user name or password: give the credential as bearer_token or auth';
  // An empty fragment leaves no trace in `hash`.
  if (url.includes('#')) return 'must not contain a fragment';
  return policy.objection(url);
}
