import { AppError, invalidField } from '../domain/errors.ts';
import type { StoredCredentials } from '../domain/provider.schema.ts';
import { providerContext, providerTokenContext } from '../domain/secret-contexts.ts';
import type { ProviderStore, SecretBox } from '../ports/index.ts';
import { equalsInConstantTime } from '../signing/constant-time.ts';
import { basicCredentialsOf } from './provider-request-parts.ts';

const lifeSeconds = 3600;

export type IssuedToken = { access_token: string; token_type: 'Bearer'; expires_in: number };

/**
 * An access token for a provider that shows its client id and secret (RFC 6749, 4.4). It is sealed rather than stored, so
 * any process knows it again. Throws UNAUTHENTICATED for credentials that are nobody's.
 */
export async function issueProviderToken(
  ports: { providers: ProviderStore; secrets: SecretBox; now: () => Date },
  provider: string,
  authorization: string | undefined,
  grantType: string | null,
): Promise<IssuedToken> {
  const shown = basicCredentialsOf(authorization);
  const owners = (await ports.providers.of(provider)).filter(({ sealedCredentials: sealed, serviceId }) => {
    if (!sealed || !shown) return false;
    const own = JSON.parse(
      ports.secrets.open(sealed, providerContext(serviceId, provider)),
    ) as StoredCredentials;
    if (!('client_id' in own)) return false;
    const isClient = equalsInConstantTime(own.client_id, shown.username);
    return equalsInConstantTime(own.client_secret, shown.password) && isClient;
  });
  const [owner] = owners;
  if (!owner) throw new AppError('UNAUTHENTICATED', 'These client credentials are not those of any service.');
  if (grantType !== 'client_credentials') throw invalidField('grant_type', 'must be client_credentials');
  const claims = { serviceId: owner.serviceId, until: ports.now().getTime() + lifeSeconds * 1000 };
  const sealed = ports.secrets.seal(JSON.stringify(claims), providerTokenContext(provider));
  return {
    access_token: Buffer.from(sealed).toString('base64url'),
    token_type: 'Bearer',
    expires_in: lifeSeconds,
  };
}
