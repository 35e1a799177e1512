import {
  ProviderCredentials,
  type ConfigureProvider,
  type ConfiguredProvider,
  type StoredCredentials,
} from '../domain/provider.schema.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { invalidField, notFound } from '../domain/errors.ts';
import { providerContext } from '../domain/secret-contexts.ts';
import type { ProviderStore, SecretBox, ServiceStore } from '../ports/index.ts';
import { providers } from '../providers/index.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
import { keysOf, type KnownAccounts, type OpenCredentials } from './provider-index.ts';

/**
 * Says with what a provider shows itself for a service, replacing what was said before. Nothing of the credentials is
 * ever read back. Throws NOT_FOUND for an unknown service or provider.
 */
export async function configureProvider(
  ports: {
    services: Pick<ServiceStore, 'find'>;
    providers: ProviderStore;
    accounts: ProviderAccounts;
    secrets: SecretBox;
  },
  serviceId: string,
  providerName: string,
  body: ConfigureProvider,
): Promise<{ stored: ConfiguredProvider; wasCreated: boolean }> {
  const provider = providers.get(providerName);
  if (!provider) throw notFound('provider');
  if (!(await ports.services.find(serviceId))) throw notFound('service');
  if (body.inbound_numbers?.length && !provider.readInbound)
    throw invalidField('inbound_numbers', `${providerName} brings no inbound messages`);
  const parsed = ProviderCredentials[provider.proof].safeParse(body.credentials);
  if (!parsed.success)
    throw invalidField('credentials', parsed.error.issues[0]?.message ?? 'are not those of this provider');
  const credentials: StoredCredentials = parsed.data;
  const isUnchecked = 'type' in credentials;
  if (!isUnchecked)
    requireRoom(await ports.accounts.of(providerName), credentials, body.public_url ?? null, serviceId);
  const result = await ports.providers.put(serviceId, providerName, {
    credentialType: isUnchecked ? 'none' : provider.proof,
    sealedCredentials: isUnchecked
      ? null
      : ports.secrets.seal(JSON.stringify(credentials), providerContext(serviceId, providerName)),
    inboundNumbers: body.inbound_numbers ?? [],
    publicUrl: body.public_url ?? null,
  });
  ports.accounts.forget(providerName);
  return result;
}

/**
 * Every request has to be tried with each account that no request names, before anything of it is proven: of those there
 * can be only so many.
 */
function requireRoom(
  { unnamed }: KnownAccounts,
  credentials: OpenCredentials,
  publicUrl: string | null,
  serviceId: string,
): void {
  if (keysOf(credentials).length > 0) return;
  const isTwilio = 'auth_token' in credentials;
  const max = isTwilio ? 50 : 500;
  const others = unnamed.filter(({ services }) => services.some((own) => own.serviceId !== serviceId));
  const isKnown = others.some((own) => own.publicUrl === publicUrl && isSame(own.credentials, credentials));
  if (isKnown || others.length < max) return;
  throw invalidField(
    'credentials',
    isTwilio
      ? `there are ${max} accounts without an account_sid already: give this one its account_sid`
      : `there are ${max} accounts of this provider already: use one of them`,
  );
}

function isSame(left: OpenCredentials, right: OpenCredentials): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

/** Lets a provider no longer speak for a service. */
export async function removeProvider(
  ports: { providers: ProviderStore; accounts: ProviderAccounts },
  serviceId: string,
  providerName: string,
): Promise<void> {
  if (!(await ports.providers.remove(serviceId, providerName))) throw notFound('provider of this service');
  ports.accounts.forget(providerName);
}
