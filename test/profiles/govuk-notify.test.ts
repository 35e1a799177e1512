import { govukNotify } from '../../src/profiles/govuk-notify.ts';
import { fixture } from '../support/fixture.ts';

describe('The govuk-notify profile', () => {
  it("sends GOV.UK Notify's body byte for byte", () => {
    const body = govukNotify.deliveryStatusBody({
      id: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
      reference: 'café-12345678',
      to: 'person@example.com',
      status: 'temporary-failure',
      statusDescription: 'not sent by this profile',
      providerResponse: 'not sent by this profile',
      createdAt: '2026-06-15T11:30:00.123456Z',
      completedAt: '2026-06-15T11:30:05.654321Z',
      sentAt: '2026-06-15T11:30:01.000000Z',
      notificationType: 'email',
      templateId: 'f33517ff-2a88-4f6e-b855-c550268ce08a',
      templateVersion: 1,
    });
    expect(body).toBe(fixture('govuk-delivery-status.json').trimEnd());
  });

  it.each([
    [199, false],
    [200, true],
    [204, true],
    [299, true],
    [300, false],
    [302, false],
    [404, false],
    [500, false],
  ])('takes HTTP status %d as delivered: %s', (status, isSuccess) => {
    expect(govukNotify.isSuccess(status)).toBe(isSuccess);
  });

  it('knows every status that it sends', () => {
    const { statuses, finalStatuses } = govukNotify.callbackRule;
    expect(statuses).not.toBe('every');
    for (const status of new Set([...finalStatuses, ...(statuses === 'every' ? [] : statuses)]))
      expect(govukNotify.statuses).toContain(status);
  });
});
