import { AppError, invalidField } from '../domain/errors.ts';
import { providerTokenContext } from '../domain/secret-contexts.ts';
import type { SecretBox } from '../ports/index.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
import { clientDigest, clientKey } from './provider-index.ts';
import { basicCredentialsOf } from './provider-request-parts.ts';

const lifeSeconds = 3600;

export type IssuedToken = { access_token: string; token_type: 'Bearer'; expires_in: number };

/**
 * An access token for a provider that shows its client id and secret (RFC 6749, 4.4). It is sealed rather than stored, so
 * any process knows it again. Throws UNAUTHENTICATED for credentials that are nobody's.
 */
export async function issueProviderToken(
  ports: { accounts: ProviderAccounts; secrets: SecretBox; now: () => Date },
  provider: string,
  authorization: string | undefined,
  /** Read only of a request that shows credentials that are somebody's. */
  grantType: () => string | null,
): Promise<IssuedToken> {
  const shown = basicCredentialsOf(authorization);
  const known = await ports.accounts.of(provider);
  const isKnown = shown !== null && known.find(clientKey(shown.username, shown.password)).length > 0;
  if (!isKnown)
    throw new AppError('UNAUTHENTICATED', 'These client credentials are not those of any service.');
  if (grantType() !== 'client_credentials') throw invalidField('grant_type', 'must be client_credentials');
  const claims = {
    // Not a service: the token speaks for whoever has this account, and for as long as it has this secret.
    account: clientDigest(shown.username, shown.password),
    until: ports.now().getTime() + lifeSeconds * 1000,
  };
  const sealed = ports.secrets.seal(JSON.stringify(claims), providerTokenContext(provider));
  return {
    access_token: Buffer.from(sealed).toString('base64url'),
    token_type: 'Bearer',
    expires_in: lifeSeconds,
  };
}
