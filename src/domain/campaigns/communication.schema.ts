import { z } from 'zod';
import { CallbackPolicy } from '../callbacks/callback.schema.ts';
import { DispatchCredentials } from '../access/credential.schema.ts';
import { communicationEvents, type CommunicationEvent } from '../event.ts';
import { InstantOutput } from '../instant.schema.ts';
import { eventVariableNames } from './message-variables.ts';
import { NotificationList } from '../access/service.schema.ts';
import { Uuid, storedText } from '../text.schema.ts';

/** A name that can stand in `${…}`. */
const VariableName = storedText(200).regex(/^[^${}]+$/, 'must not contain $, { or }');
const Environment = z.record(
  storedText(100),
  z.record(VariableName, z.union([z.literal(''), storedText(4096)])),
);

/** The body of `POST /v1/campaigns`. */
export const CreateCampaign = z.strictObject({
  service_id: Uuid,
  name: storedText(255),
  environment: Environment.default({}).describe(
    'By mode, the variables that the URLs of callbacks may hold.',
  ),
});
export type CreateCampaign = z.infer<typeof CreateCampaign>;

export const Campaign = z
  .object({
    id: z.string(),
    service_id: z.string(),
    name: z.string(),
    environment: z.record(z.string(), z.record(z.string(), z.string())),
    created_at: InstantOutput,
  })
  .meta({ id: 'Campaign' });
export type Campaign = z.infer<typeof Campaign>;

const callbackMethods = ['GET', 'POST'] as const;

const callbackFields = {
  method: z.enum(callbackMethods),
  url: storedText(2048).describe('May hold `${variables}` in its path, its query and its fragment.'),
  policy: CallbackPolicy.optional(),
  names: z
    .record(z.string(), VariableName)
    .default({})
    .describe(
      'Other names for the variables, or fields, that the event brings along, by the names they have here.',
    ),
};

const NewCommunicationCallback = z
  .strictObject({
    event: z.enum(communicationEvents),
    ...callbackFields,
    credentials: DispatchCredentials.optional(),
  })
  .superRefine(({ event, names }, context) => {
    for (const message of nameFaults(event, names))
      context.addIssue({ code: 'custom', path: ['names'], message });
  });
export type NewCommunicationCallback = z.infer<typeof NewCommunicationCallback>;

/** The body of `PUT /v1/communications/{id}/callbacks/{event}`. */
export const ChangeCommunicationCallback = z.strictObject({
  ...callbackFields,
  credentials: DispatchCredentials.nullable()
    .optional()
    .describe('Left out, they stay as they are; null for none.'),
});
export type ChangeCommunicationCallback = z.infer<typeof ChangeCommunicationCallback>;

export const CommunicationEventName = z.enum(
  communicationEvents,
  `must be one of: ${communicationEvents.join(', ')}`,
);

export function nameFaults(event: CommunicationEvent, names: Readonly<Record<string, string>>): string[] {
  const known = eventVariableNames[event];
  const unknown = Object.keys(names).find((name) => !known.includes(name));
  if (unknown !== undefined)
    return [
      known.length > 0
        ? `${event} has: ${known.join(', ')}`
        : `${event} brings no variables of its own along`,
    ];
  const given = known.map((name) => names[name] ?? name);
  return new Set(given).size === given.length ? [] : ['must give each a name of its own'];
}

/** The body of `POST /v1/campaigns/{id}/communications`. */
export const CreateCommunication = z.strictObject({
  name: storedText(255),
  mode: storedText(100).describe("Which of the campaign's environments its URLs see."),
  notification_list: NotificationList.default([]),
  callbacks: z
    .array(NewCommunicationCallback)
    .max(communicationEvents.length)
    .refine((callbacks) => new Set(callbacks.map(({ event }) => event)).size === callbacks.length, {
      message: 'must have at most one callback for each event',
    }),
});
export type CreateCommunication = z.infer<typeof CreateCommunication>;

const CommunicationCallback = z
  .object({
    event: z.enum(communicationEvents),
    method: z.enum(callbackMethods),
    url: z.string(),
    policy: z.object({ attempts: z.number(), interval_seconds: z.number(), timeout_seconds: z.number() }),
    credentials: z.object({
      type: z.enum(['none', 'basic', 'bearer', 'header']),
      username: z.string().optional(),
      header: z.string().optional(),
    }),
    names: z.record(z.string(), z.string()),
  })
  .meta({ id: 'CommunicationCallback' });
export type CommunicationCallback = z.infer<typeof CommunicationCallback>;

export const Communication = z
  .object({
    id: z.string(),
    campaign_id: z.string(),
    service_id: z.string(),
    name: z.string(),
    mode: z.string(),
    status: z
      .enum(['PENDING', 'IN_PROGRESS', 'COMPLETE'])
      .describe('PENDING without a batch; COMPLETE when every batch was closed and is processed.'),
    state: z.enum(['enabled', 'disabled']),
    disabled_at: InstantOutput.nullable(),
    disabled_reason: z.string().nullable(),
    held: z.number().int(),
    notification_list: z.array(z.string()),
    callbacks: z.array(CommunicationCallback),
    created_at: InstantOutput,
  })
  .meta({ id: 'Communication' });
export type Communication = z.infer<typeof Communication>;
