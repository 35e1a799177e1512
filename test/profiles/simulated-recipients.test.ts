import { isSmokeTest, simulatedOutcome } from '../../src/domain/acceptance/simulated-recipients.ts';
import { profileNamed } from '../../src/profiles/index.ts';

const outcome = (profile: string, to: string) => {
  const { simulatedRecipients } = profileNamed(profile);
  return isSmokeTest(simulatedRecipients, to) ? 'smoke test' : simulatedOutcome(simulatedRecipients, to);
};

describe.each([
  {
    profile: 'govuk-notify',
    temporary: ['07700900003', '+44 7700 900003', '447700900003'],
    permanent: ['07700900002'],
    smoke: [
      '+447700900000',
      '07700 900 111',
      '07700900222',
      'simulate-delivered-2@notifications.service.gov.uk',
    ],
  },
  {
    profile: 'notifynl',
    temporary: ['07700900003'],
    permanent: ['07700900002'],
    smoke: ['+447700900000', 'simulate-delivered@notifications.service.gov.uk'],
  },
  {
    profile: 'gc-notify',
    temporary: ['+15149301633', '(514) 930-1633'],
    permanent: ['+15149301632'],
    smoke: ['+16132532222', '+16132532223', '+16132532224', 'simulate-delivered-3@notification.canada.ca'],
  },
  {
    profile: 'notify-gov-au',
    temporary: ['0426305770', '+61426305770', '+61409000003'],
    permanent: ['0426305771', '+61409000002'],
    smoke: ['+61400900000', '+61400900111', '+61426305774', 'simulate-delivered@notify.gov.au'],
  },
])('The simulated recipients of $profile', ({ profile, temporary, permanent, smoke }) => {
  it.each([...temporary, 'temp-fail@simulator.notify', 'Temp-Fail@Simulator.Notify'])(
    'let a message to %s fail for now',
    (to) => expect(outcome(profile, to)).toBe('temporary-failure'),
  );
  it.each([...permanent, 'perm-fail@simulator.notify'])('let a message to %s fail for good', (to) =>
    expect(outcome(profile, to)).toBe('permanent-failure'),
  );
  it.each(smoke)('take %s for a smoke test', (to) => expect(outcome(profile, to)).toBe('smoke test'));
  it.each([
    '07700900123',
    'person@example.com',
    '1 High Street, 7700900003',
    'x simulate-delivered@notify.gov.au',
  ])('let a message to %s be delivered', (to) => expect(outcome(profile, to)).toBe('delivered'));
});
