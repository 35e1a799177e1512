import { z } from 'zod';
import { InstantOutput } from '../instant.schema.ts';
import { EmailAddress, storedText } from '../text.schema.ts';

export const NotificationList = z.array(EmailAddress).max(100);

/** The body of `POST /v1/services`; whether the profile exists is the use-case's question. */
export const CreateService = z.strictObject({
  name: storedText(255),
  profile: storedText(50),
  notification_list: NotificationList.optional(),
});
export type CreateService = z.infer<typeof CreateService>;

export const UpdateService = z
  .strictObject({
    name: storedText(255).optional(),
    notification_list: NotificationList.optional(),
    rate_limit_per_second: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .nullable()
      .optional()
      .describe('Requests a second of each of its API keys; null for what the installation allows.'),
  })
  .refine((change) => Object.keys(change).length > 0, {
    message: 'give at least one of name, notification_list, rate_limit_per_second',
    when: ({ issues }) => issues.length === 0,
  });
export type UpdateService = z.infer<typeof UpdateService>;

export const Service = z
  .object({
    id: z.string(),
    name: z.string(),
    profile: z.string(),
    notification_list: z.array(z.string()),
    rate_limit_per_second: z
      .number()
      .int()
      .optional()
      .describe('Requests a second of each of its API keys; left out where the installation says it.'),
    created_at: InstantOutput,
  })
  .meta({ id: 'Service' });
export type Service = z.infer<typeof Service>;
