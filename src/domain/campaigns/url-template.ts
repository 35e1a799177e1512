// The URL of a Dispatch callback, into which `${variables}` are put. What a value holds can never leave the place it
// stands in: it is encoded there, and scheme, host and port hold no variable.

/** The longest URL that is called; receivers refuse longer ones. */
const maxUrlLength = 8192;

type Piece = { kind: 'text'; text: string } | { kind: 'variable'; name: string };

/** What is wrong with the template as such, for certain; null when nothing is. */
export function templateObjection(template: string): string | null {
  const pieces = parse(template);
  if (pieces === null)
    return 'has a ${ without its }, or a name that is empty or holds $, { or }: variables are written ${name}';
  if (/\$\{/.test(headOf(template)))
    return 'must not have a variable in its scheme, host or port: ${…} may stand in the path, the query and the fragment';
  // The URL standard skips further slashes, and would take the first segment for the host.
  if (!/^[^:/?#\\]+:\/\/[^/?#\\]/.test(template)) return 'must be an absolute https URL';
  const hasDots = pathOf(sampleUrl(template)).some(isDotSegment);
  return hasDots ? 'must not have . or .. as a segment of its path' : null;
}

/** The names of its variables, each once, in their order. */
export function variablesOf(template: string): string[] {
  const names = (parse(template) ?? []).flatMap((piece) => (piece.kind === 'variable' ? [piece.name] : []));
  return [...new Set(names)];
}

/** The URL that the template gives with harmless values and without its fragment, to be looked at like any other. */
export function sampleUrl(template: string): string {
  const url = (parse(template) ?? []).map((piece) => (piece.kind === 'text' ? piece.text : 'x')).join('');
  return url.replace(/#.*$/s, '');
}

/**
 * Puts the values in, percent-encoded so that each stays within the path segment, the query value or the fragment it
 * stands in. A name that `valueOf` does not know is a problem, as is a value that would make a segment `.` or `..`.
 */
export function renderUrl(
  template: string,
  valueOf: (name: string) => string | null,
): { kind: 'url'; url: string } | { kind: 'problem'; message: string } {
  let url = '';
  for (const piece of parse(template) ?? []) {
    const value = piece.kind === 'text' ? piece.text : valueOf(piece.name);
    if (value === null)
      return problem(
        `The callback's URL has the variable ${nameOf(piece)}, which this message does not have.`,
      );
    url += piece.kind === 'text' ? value : encoded(value);
  }
  if (pathOf(url).some(isDotSegment))
    return problem(
      "A variable of the callback's URL makes a segment of its path . or .., which leads elsewhere.",
    );
  if (url.length > maxUrlLength)
    return problem(
      `The callback's URL has ${url.length} characters with its variables; at most ${maxUrlLength} are called.`,
    );
  return { kind: 'url', url };
}

/** Of the marks that this leaves as they are, the URL standard encodes one in a query: what is recorded is what is sent. */
function encoded(value: string): string {
  return encodeURIComponent(value).replaceAll("'", '%27');
}

function problem(message: string): { kind: 'problem'; message: string } {
  return { kind: 'problem', message };
}

function nameOf(piece: Piece): string {
  return piece.kind === 'variable' ? `\${${piece.name}}` : '';
}

/** Null where it cannot be read. */
function parse(template: string): Piece[] | null {
  const pieces: Piece[] = [];
  for (let at = 0; at < template.length;) {
    const start = template.indexOf('${', at);
    if (start < 0) {
      pieces.push({ kind: 'text', text: template.slice(at) });
      break;
    }
    if (start > at) pieces.push({ kind: 'text', text: template.slice(at, start) });
    const end = template.indexOf('}', start);
    const name = template.slice(start + 2, end < 0 ? undefined : end);
    if (end < 0 || name === '' || /[${]/.test(name)) return null;
    pieces.push({ kind: 'variable', name });
    at = end + 1;
  }
  return pieces;
}

/** Everything up to where the path, the query or the fragment begins. */
function headOf(template: string): string {
  return /^(?:[^/?#\\]*:)?(?:\/\/)?[^/?#\\]*/.exec(template)?.[0] ?? template;
}

function pathOf(url: string): string[] {
  return url
    .slice(headOf(url).length)
    .replace(/[?#].*$/s, '')
    .split(/[/\\]/);
}

// As the URL standard reads them, which takes the encoded dot for a dot.
function isDotSegment(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}
