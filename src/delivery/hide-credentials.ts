import type { Exchange } from '../domain/delivery/attempt.ts';
import type { CallbackAuth } from '../domain/access/credential.schema.ts';
import { basicCredentials } from './build-callback-request.ts';

const hidden = '[credential]';
/** What is shorter is in any text by chance. */
const minLength = 4;

/** The exchange without our own credential, which receivers that echo requests would otherwise put into the history. */
export function hideCredentials(
  exchange: Exchange,
  auth: CallbackAuth,
  accessTokens: readonly string[],
): Exchange {
  const { response } = exchange;
  const spellings = [...secretsOf(auth), ...accessTokens]
    .filter((secret) => secret.length >= minLength)
    .flatMap(spellingsOf);
  if (!response || spellings.length === 0) return exchange;
  const hide = (text: string): string =>
    spellings.reduce((kept, spelling) => kept.replaceAll(spelling, hidden), text);
  // A byte is a character in latin1, so what is not the secret stays as it came, UTF-8 or not.
  const bytes = Buffer.from(response.body).toString('latin1');
  return {
    ...exchange,
    response: {
      ...response,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, hide(value)]),
      ),
      body: Buffer.from(hide(bytes), 'latin1'),
    },
  };
}

function secretsOf(auth: CallbackAuth): string[] {
  switch (auth.type) {
    case 'none':
      return [];
    case 'bearer':
      return [auth.token];
    case 'basic':
      return [basicCredentials(auth), auth.password];
    case 'api_key':
      return [auth.value];
    case 'oauth2_client_credentials':
      return [auth.client_secret];
  }
}

/** As it was sent, and as JSON (PHP escapes the slash) and URLs write it; in latin1, as the body is searched. */
function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const all = [secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret)];
  return [...new Set(all)].flatMap((text) => [text, Buffer.from(text, 'utf8').toString('latin1')]);
}
