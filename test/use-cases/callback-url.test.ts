import { callbackUrlObjection } from '../../src/use-cases/callbacks/callback-url.ts';

const anythingGoes = { objection: () => null };

describe('The URL of a callback', () => {
  it.each([
    'https://example.com',
    'HTTPS://Example.com:8443/a/b?c=d%20e',
    'https://[2001:db8::1]/',
    'https://例え.jp/',
  ])('may be %s', (url) => {
    expect(callbackUrlObjection(url, anythingGoes)).toBeNull();
  });

  it.each([
    ['example.com/callbacks', 'absolute'],
    ['//example.com', 'absolute'],
    ['https:example.com', 'absolute'],
    ['https://', 'absolute'],
    ['https://example.com:99999', 'absolute'],
    ['ftp://example.com', 'absolute'],
    ['javascript:alert(1)', 'absolute'],
    ['file:///etc/passwd', 'absolute'],
    [' https://example.com', 'spaces'],
    ['https://exam\nple.com', 'spaces'],
    ['https:\\\\example.com', 'backslashes'],
    ['https://user:secret@example.com', 'user name'],
    ['https://user@example.com', 'user name'],
    ['https://example.com/#part', 'fragment'],
    ['https://example.com/#', 'fragment'],
  ])('may not be %j', (url, word) => {
    expect(callbackUrlObjection(url, anythingGoes)).toContain(word);
  });

  it("is refused in the policy's own words", () => {
    expect(callbackUrlObjection('https://10.0.0.1', { objection: () => 'must be public' })).toBe(
      'must be public',
    );
  });
});
