import fc from 'fast-check';
import {
  renderUrl,
  sampleUrl,
  templateObjection,
  variablesOf,
} from '../../src/domain/campaigns/url-template.ts';

const render = (template: string, values: Record<string, string>) =>
  renderUrl(template, (name) => (Object.hasOwn(values, name) ? (values[name] ?? null) : null));

describe('A template is refused', () => {
  it.each([
    ['for a ${ without its }', 'https://a.example/${id'],
    ['for a variable without a name', 'https://a.example/${}'],
    ['for a variable within a variable', 'https://a.example/${a${b}}'],
  ])('%s', (_why, template) => expect(templateObjection(template)).toMatch(/variables are written/));

  it.each([
    'https://${host}/path',
    'https://a.${domain}/path',
    'https://a.example${path}',
    'https://a.example:${port}/path',
    'https://${user}@a.example/path',
    '${scheme}://a.example/path',
    'https${s}://a.example/path',
    'https:${rest}',
    '${url}',
  ])('for a variable in its scheme, host or port: %s', (template) =>
    expect(templateObjection(template)).toMatch(/scheme, host or port/),
  );

  it.each([
    'https:///${host}/path',
    'https:/a.example/${x}',
    'https:\\\\a.example/${x}',
    'a.example/${x}',
    'https://',
  ])('for a host that only some parsers find: %s', (template) =>
    expect(templateObjection(template)).toBe('must be an absolute https URL'),
  );

  it.each(['https://a.example/../${x}', 'https://a.example/./x', 'https://a.example/%2e%2E/x'])(
    'for a segment that leads elsewhere: %s',
    (template) => expect(templateObjection(template)).toMatch(/segment of its path/),
  );
});

describe('A template', () => {
  it('may have variables in its path, its query and its fragment', () => {
    const template = 'https://a.example:8443/x/${First Name}/y-${id}?a=${a}&b=${id}#${part}';
    expect(templateObjection(template)).toBeNull();
    expect(variablesOf(template)).toEqual(['First Name', 'id', 'a', 'part']);
    expect(sampleUrl(template)).toBe('https://a.example:8443/x/x/y-x?a=x&b=x');
  });

  it('may have dollars and braces that are no variables', () => {
    expect(templateObjection('https://a.example/$1/}')).toBeNull();
    expect(render('https://a.example/$1/}', {})).toEqual({ kind: 'url', url: 'https://a.example/$1/}' });
  });
});

describe('The URL of a callback', () => {
  it('has its values encoded for the place they stand in', () => {
    const values = { segment: 'a/b?c#d%', value: 'x&y=z +é', part: '#?' };
    expect(render('https://a.example/${segment}/end?q=${value}#${part}', values)).toEqual({
      kind: 'url',
      url: 'https://a.example/a%2Fb%3Fc%23d%25/end?q=x%26y%3Dz%20%2B%C3%A9#%23%3F',
    });
  });

  it('is none where a variable is not known, and the problem names it', () => {
    expect(render('https://a.example/${id}/${nobody}', { id: '1' })).toEqual({
      kind: 'problem',
      message: "The callback's URL has the variable ${nobody}, which this message does not have.",
    });
  });

  it.each(['.', '..'])('is none where a value would make its segment %s', (value) => {
    expect(render('https://a.example/x/${up}/y', { up: value })).toMatchObject({ kind: 'problem' });
    expect(render('https://a.example/x/a${up}/y', { up: value })).toMatchObject({ kind: 'url' });
    expect(render('https://a.example/x?up=${up}', { up: value })).toMatchObject({ kind: 'url' });
  });

  it('is none where two values together would make such a segment', () => {
    expect(render('https://a.example/${a}${b}/y', { a: '.', b: '.' })).toMatchObject({ kind: 'problem' });
  });

  it('is none where it becomes longer than receivers take', () => {
    expect(render('https://a.example/${a}', { a: 'x'.repeat(9000) })).toMatchObject({ kind: 'problem' });
  });

  it('goes where the template says, whatever the values are, and each value comes out of its place unchanged', () => {
    const template = 'https://a.example:8443/x/${a}/y${b}?p=${a}&q=${b}#${a}';
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
        fc.pre(a.isWellFormed() && b.isWellFormed());
        const rendered = render(template, { a, b });
        if (rendered.kind === 'problem') return /^\.{1,2}$/.test(a);
        const url = new URL(rendered.url);
        const segments = url.pathname.split('/');
        expect(url.origin).toBe('https://a.example:8443');
        expect(segments).toHaveLength(4);
        expect(decodeURIComponent(segments[2] ?? '')).toBe(a);
        expect(decodeURIComponent(segments[3] ?? '')).toBe(`y${b}`);
        expect([...url.searchParams]).toEqual([
          ['p', a],
          ['q', b],
        ]);
        return decodeURIComponent(url.hash.slice(1)) === a;
      }),
      { numRuns: 500 },
    );
  });
});
