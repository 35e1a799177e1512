import { v7 as uuidv7 } from 'uuid';
import type {
  Campaign,
  Communication,
  CreateCommunication,
  NewCommunicationCallback,
} from '../../domain/campaigns/communication.schema.ts';
import type { CallbackAuth, DispatchCredentials } from '../../domain/access/credential.schema.ts';
import { AppError, invalidFields, notFound, type FieldError } from '../../domain/errors.ts';
import { fromDate } from '../../domain/instant.ts';
import { communicationAuthContext } from '../../domain/access/secret-contexts.ts';
import { sampleUrl, templateObjection, variablesOf } from '../../domain/campaigns/url-template.ts';
import type { CampaignStore, SealedCommunicationCallback, SecretBox, UrlPolicy } from '../../ports/index.ts';
import { deliveryRulesOf } from '../../profiles/index.ts';
import { callbackUrlObjection } from '../callbacks/callback-url.ts';
import { withDefaults } from '../callbacks/policy-defaults.ts';

type Ports = { campaigns: CampaignStore; secrets: SecretBox; urlPolicy: UrlPolicy; now: () => Date };

/**
 * A communication of a campaign, with its callbacks. A URL is refused for what can be known of it now: where a variable
 * stands, and for `communication_complete`, which no member's attributes belong to, also that it is none.
 */
export async function createCommunication(
  ports: Ports,
  campaignId: string,
  body: CreateCommunication,
): Promise<Communication> {
  const campaign = await ports.campaigns.find(campaignId);
  if (!campaign) throw notFound('campaign');
  const faults = body.callbacks.flatMap((callback, index) => {
    const message = urlObjection(callback, campaign, body.mode, ports.urlPolicy);
    return message === null ? [] : [{ path: `callbacks.${index}.url`, message } satisfies FieldError];
  });
  if (faults.length > 0) throw invalidFields(faults);

  const id = uuidv7();
  await ports.campaigns.addCommunication({
    id,
    campaign_id: campaignId,
    service_id: campaign.service_id,
    name: body.name,
    mode: body.mode,
    notification_list: body.notification_list,
    created_at: fromDate(ports.now()),
    callbacks: body.callbacks.map((callback) => seal(ports.secrets, id, callback)),
  });
  const communication = await ports.campaigns.findCommunication(id);
  if (!communication) throw new AppError('INTERNAL', 'The communication was stored and is not there.');
  return communication;
}

export function urlObjection(
  { event, url }: NewCommunicationCallback,
  { environment }: Campaign,
  mode: string,
  policy: UrlPolicy,
): string | null {
  const objection = templateObjection(url) ?? callbackUrlObjection(sampleUrl(url), policy);
  if (objection !== null || event !== 'communication_complete') return objection;
  const known = ['batchId', 'communicationId', ...Object.keys(environment[mode] ?? {})];
  const unknown = variablesOf(url).filter((name) => !known.includes(name));
  return unknown.length === 0
    ? null
    : `has ${unknown.map((name) => `\${${name}}`).join(', ')}, which communication_complete does not know: it has ${known.join(', ')}`;
}

export function seal(
  secrets: SecretBox,
  communicationId: string,
  { event, method, url, policy, credentials, names }: NewCommunicationCallback,
): SealedCommunicationCallback {
  const auth = credentials && toAuth(credentials);
  return {
    event,
    method,
    url,
    names,
    policy: withDefaults(policy, deliveryRulesOf('dispatch').retryPolicy),
    authType: auth?.type ?? 'none',
    authShown: credentials ? shownOf(credentials) : {},
    sealedAuth: auth
      ? secrets.seal(JSON.stringify(auth), communicationAuthContext(communicationId, event))
      : null,
  };
}

function toAuth(credentials: DispatchCredentials): CallbackAuth {
  return credentials.type === 'header' ? { ...credentials, type: 'api_key' } : credentials;
}

function shownOf(credentials: DispatchCredentials): Record<string, string> {
  switch (credentials.type) {
    case 'basic':
      return { username: credentials.username };
    case 'header':
      return { header: credentials.header };
    case 'bearer':
      return {};
  }
}
