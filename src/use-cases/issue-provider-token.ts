import { AppError, invalidField } from '../domain/errors.ts';
import { providerTokenContext } from '../domain/secret-contexts.ts';
import type { SecretBox } from '../ports/index.ts';
import { equalsInConstantTime } from '../signing/constant-time.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
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
  grantType: string | null,
): Promise<IssuedToken> {
  const shown = basicCredentialsOf(authorization);
  const { accounts } = await ports.accounts.of(provider);
  const [owner] = accounts.filter(({ credentials: own }) => {
    if (!('client_id' in own) || !shown) return false;
    const isClient = equalsInConstantTime(own.client_id, shown.username);
    return equalsInConstantTime(own.client_secret, shown.password) && isClient;
  });
  if (!owner) throw new AppError('UNAUTHENTICATED', 'These client credentials are not those of any service.');
  if (grantType !== 'client_credentials') throw invalidField('grant_type', 'must be client_credentials');
  const claims = {
    serviceId: owner.services[0]?.serviceId,
    until: ports.now().getTime() + lifeSeconds * 1000,
  };
  const sealed = ports.secrets.seal(JSON.stringify(claims), providerTokenContext(provider));
  return {
    access_token: Buffer.from(sealed).toString('base64url'),
    token_type: 'Bearer',
    expires_in: lifeSeconds,
  };
}
