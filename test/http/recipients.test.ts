import { createTestApp } from '../support/test-app.ts';

async function register(profile: string, to: string, notification_type: string) {
  const { call } = await createTestApp();
  const service = await call('POST', '/v1/services', { body: { name: 'Any', profile } });
  const { id: service_id } = service.json<{ id: string }>();
  return call('POST', '/v1/notifications', { body: { service_id, to, notification_type } });
}

test.each([
  ['govuk-notify', '07700900123', 'sms'],
  ['govuk-notify', '+44 (0)7700 900123', 'sms'],
  ['govuk-notify', '+33612345678', 'sms'],
  ['notifynl', '0612345678', 'sms'],
  ['gc-notify', '+16135550142', 'sms'],
  ['gc-notify', '613-555-0142', 'sms'],
  ['notify-gov-au', '0491 570 156', 'sms'],
  ['notify-gov-au', '+61491570156', 'sms'],
  ['gc-notify', 'person@example.com', 'email'],
  ['govuk-notify', 'zoë+parking@bücher.example', 'email'],
  ['govuk-notify', '1 High Street\nBath', 'letter'],
])('with %s a message to %j can be sent as %s', async (profile, to, type) => {
  const answer = await register(profile, to, type);
  expect([answer.statusCode, answer.json()]).toMatchObject([201, { to }]);
});

test.each([
  ['govuk-notify', '07700', 'sms', 'a phone number such as 07700900123'],
  ['govuk-notify', 'person@example.com', 'sms', 'a phone number such as 07700900123'],
  ['notifynl', 'zes', 'sms', 'a phone number such as 0612345678'],
  ['gc-notify', '07700900123', 'sms', 'a phone number such as +16135550142'],
  ['notify-gov-au', '12', 'sms', 'a phone number such as +61491570156'],
  ['gc-notify', '+16135550142', 'email', 'an e-mail address'],
  ['govuk-notify', 'a person@example.com', 'email', 'an e-mail address'],
])(
  'with %s a message to %j cannot be sent as %s, and the refusal says why',
  async (profile, to, type, why) => {
    const answer = await register(profile, to, type);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { errors: [{ path: 'to', message: `must be ${why}` }] },
    ]);
  },
);
