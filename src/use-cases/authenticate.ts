import { AppError } from '../domain/errors.ts';
import { parseApiKey } from '../signing/api-key.ts';
import { equalsInConstantTime } from '../signing/constant-time.ts';
import { decodeNotifyJwt, verifyNotifyJwt, type JwtFault } from '../signing/notify-jwt.ts';
import type { Caller } from './caller.ts';
import type { ActiveKey, ServiceKeyCache } from './service-keys.ts';

export type AuthenticateUseCase = (authorization: string | undefined, patience?: Patience) => Promise<Caller>;

/** What a credential that looks wrong is worth. */
type Patience = {
  /** Unknown services are looked up many at a time, which takes a moment longer. */
  inGroups: boolean;
  /** Asked before a second look, without which a key that was made within the last second may be refused. */
  looksAgain: () => Promise<boolean>;
};

const patient: Patience = { inGroups: false, looksAgain: () => Promise.resolve(true) };

/** The longest credentials are JWTs, which the Notify clients make of some 250 characters. */
const maxCredentialLength = 4096;

type Refused = { kind: 'refused'; message: string };
type KeySearch = { kind: 'found'; key: ActiveKey } | Refused;

const howToAuthenticate =
  'Send the header Authorization with `Bearer <API key>`, `ApiKey-v1 <API key>`, `Bearer <Notify JWT>`, or as the operator `Bearer <admin token>`.';
const unknownKey =
  'The API key is not known: it was never given, was revoked, or its service does not exist.';

// As the Notify systems say it.
const clockRule = 'Your system clock must be accurate to within 30 seconds: check the clock of the caller.';

const jwtFaults: Record<JwtFault, string> = {
  malformed: `The token is neither an API key nor a well-formed JWT. ${howToAuthenticate}`,
  algorithm: 'The JWT must be signed with HS256, and name no critical extensions.',
  issuer: 'The JWT must name the id of a service as its `iss`.',
  signature: 'The JWT is not signed with an active API key of the service that its `iss` names.',
  clock: `The \`iat\` of the JWT is not the time here. ${clockRule}`,
  expired: `The JWT has expired: its \`exp\` has passed. ${clockRule}`,
  tooEarly: `The JWT is not valid yet: its \`nbf\` is to come. ${clockRule}`,
};

/** Says who sent an Authorization header; throws UNAUTHENTICATED, with what to send instead, when nobody known did. */
export function createAuthenticate(deps: {
  adminToken: string;
  keys: ServiceKeyCache;
  now: () => Date;
}): AuthenticateUseCase {
  const { adminToken, keys, now } = deps;

  /** A key younger than what the cache holds must work at once, so a miss is looked up again before it is believed. */
  const serviceCaller = async (
    serviceId: string,
    search: (keys: ActiveKey[]) => KeySearch,
    { inGroups, looksAgain }: Patience,
  ): Promise<Caller> => {
    const askedAt = now().getTime();
    const cached = await keys.load(serviceId, { inGroups });
    let result = searchIn(cached.found, search);
    let found = cached.found;
    if (result.kind === 'refused' && cached.loadedAt < askedAt && (await looksAgain())) {
      ({ found } = await keys.load(serviceId, { notBefore: askedAt }));
      result = searchIn(found, search);
    }
    // It may be the very key that we cannot read: that is our trouble, and the caller must not take it for revoked.
    if (result.kind === 'refused' && found?.isPartial)
      throw new AppError('UNAVAILABLE', 'API keys of this service cannot be checked now: try again later.');
    if (result.kind === 'refused' || !found) throw unauthenticated(refusal(result));
    const { id: keyId, keyType } = result.key;
    const { profile, rateLimitPerSecond } = found;
    return { kind: 'service', serviceId, profile, keyId, keyType, rateLimitPerSecond };
  };

  const byApiKey = (text: string, patience: Patience): Promise<Caller> | null => {
    const parsed = parseApiKey(text);
    if (!parsed) return null;
    const search = (active: ActiveKey[]): KeySearch => {
      const key = active.find(({ secret }) => equalsInConstantTime(secret, parsed.secret));
      return key ? { kind: 'found', key } : { kind: 'refused', message: unknownKey };
    };
    return serviceCaller(parsed.serviceId, search, patience);
  };

  const byJwt = async (token: string, patience: Patience): Promise<Caller> => {
    const decoded = decodeNotifyJwt(token);
    if (decoded.kind === 'invalid') throw unauthenticated(jwtFaults[decoded.reason]);
    const { jwt } = decoded;
    if (!uuidPattern.test(jwt.issuer)) throw unauthenticated(jwtFaults.issuer);
    const search = (active: ActiveKey[]): KeySearch => {
      const verdict = verifyNotifyJwt(
        jwt,
        active.map(({ secret }) => secret),
        now(),
      );
      if (verdict.kind === 'invalid') return { kind: 'refused', message: jwtFaults[verdict.reason] };
      const key = active[verdict.secretIndex];
      return key ? { kind: 'found', key } : { kind: 'refused', message: jwtFaults.signature };
    };
    return serviceCaller(jwt.issuer.toLowerCase(), search, patience);
  };

  return async (authorization, patience = patient) => {
    if (authorization === undefined) throw unauthenticated(`There is no credential. ${howToAuthenticate}`);
    const [scheme = '', credential, ...rest] = authorization.trim().split(/ +/);
    if (credential === undefined || rest.length > 0 || credential.length > maxCredentialLength)
      throw unauthenticated(`The Authorization header is not understood. ${howToAuthenticate}`);
    switch (scheme.toLowerCase()) {
      case 'bearer':
        if (equalsInConstantTime(credential, adminToken)) return { kind: 'operator' };
        return byApiKey(credential, patience) ?? byJwt(credential, patience);
      case 'apikey-v1': {
        const caller = byApiKey(credential, patience);
        if (!caller) throw unauthenticated(`This is not an API key: ${keyShape}`);
        return caller;
      }
      default:
        throw unauthenticated(`The scheme of the Authorization header is not known. ${howToAuthenticate}`);
    }
  };
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const keyShape = 'one is `<name>-<service id>-<secret>`, as it was shown when it was made.';

function searchIn(found: { keys: ActiveKey[] } | null, search: (keys: ActiveKey[]) => KeySearch): KeySearch {
  // A service that does not exist is answered as one without keys: who asks learns nothing of which exist.
  return search(found?.keys ?? []);
}

function refusal(result: KeySearch): string {
  return result.kind === 'refused' ? result.message : unknownKey;
}

function unauthenticated(message: string): AppError {
  return new AppError('UNAUTHENTICATED', message);
}
